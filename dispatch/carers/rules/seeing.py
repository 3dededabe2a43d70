"""Who may see what of a carer's record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dispatch import geo
from dispatch.actor import Role
from dispatch.carers.values import CarerView
from dispatch.phones import mask_phone

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.carers.values import CarerCard

ROUNDED_TO_M = 100  # domain, section 1: a carer's base is a place


def judge_view(actor: Actor, *, organization_id: UUID, account_id: UUID | None) -> CarerView:
    """
    Say how much an actor sees of a carer within their scope.

    Whoever calls the carer needs the phone: the carers themselves and the coordinators of their organization.
    """
    is_own = account_id is not None and account_id == actor.account_id
    is_of_house = organization_id in actor.organization_ids(Role.COORDINATOR)
    return CarerView.FULL if actor.is_system or is_own or is_of_house else CarerView.OVERSIGHT


def show_card(card: CarerCard, *, view: CarerView) -> CarerCard:
    """Give of a full record what a view shows: without the need the phone is masked and the base rounded to 100 m."""
    if view is CarerView.FULL:
        return card
    base_ll = None if card.base_ll is None else _rounded(card.base_ll)
    return replace(
        card,
        view=view,
        phone=mask_phone(card.phone) if card.phone else None,
        base_ll=base_ll,
        is_rounded=base_ll is not None,
    )


def _rounded(lonlat: tuple[float, float]) -> tuple[float, float]:
    projection = geo.local_projection(round(lonlat[0], 1), round(lonlat[1], 1))
    rounded_xy = np.round(projection.to_xy(np.array([lonlat])) / ROUNDED_TO_M) * ROUNDED_TO_M
    lon, lat = projection.to_ll(rounded_xy)[0]
    return round(float(lon), 6), round(float(lat), 6)
