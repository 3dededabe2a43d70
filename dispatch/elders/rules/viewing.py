"""Who sees how much of an elder's record, and what a masked record shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch import geo
from dispatch.actor import Role
from dispatch.elders.values import ElderCard, Ties, View
from dispatch.phones import mask_phone

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor

# domain: a place is shown to others rounded to 100 m
ROUNDED_TO_M = 100.0


def judge_view(actor: Actor, *, elder_id: UUID, area_code: str | None, ties: Ties) -> View:
    """
    Say how much of an elder's record the actor sees; the widest of what the roles allow.

    Parameters
    ----------
    actor : Actor
        Who asks.
    elder_id : UUID
        Whose record it is.
    area_code : str or None
        Where the elder lives.
    ties : Ties
        The elders to whom work ties the actor today.

    """
    area = area_code or "-"  # an elder who lives nowhere is in nobody's area
    is_own = elder_id in actor.elder_ids(Role.ELDER, Role.FAMILY)
    is_responsible = actor.covers_area(area, Role.COMMUNITY_WORKER) and elder_id in ties.caseload
    is_office = actor.is_system or actor.covers_area(area, Role.DISTRICT_OFFICER)
    ways = (
        (View.FULL, is_office or is_own or is_responsible),
        (View.REQUEST, actor.has_role(Role.COORDINATOR) and elder_id in ties.requested),
        (View.VISIT, actor.has_role(Role.CARER, Role.COMMUNITY_WORKER) and elder_id in ties.visited_today),
        (View.EMERGENCY, elder_id in ties.opened),
        (View.CALL, actor.covers_area(area, Role.OPERATOR) and elder_id in ties.on_line),
        # a volunteer is a carer of an area
        (View.MASKED, actor.covers_area(area, Role.COMMUNITY_WORKER, Role.OPERATOR, Role.CARER)),
    )
    return next((view for view, is_open in ways if is_open), View.NONE)


def mask_name(name: str) -> str:
    """Give the first character and two stars, however long the name is."""
    return f"{name[:1]}**"


def round_point(lonlat: geo.LonLat) -> geo.LonLat:
    """Give the nearest crossing of a 100 m grid: a place, but no door."""
    # a grid for each tenth of a degree, so that its metres are metres
    projection = geo.local_projection(round(lonlat[0], 1), round(lonlat[1], 1))
    rounded_xy = np.round(projection.to_xy(np.array([lonlat])) / ROUNDED_TO_M) * ROUNDED_TO_M
    lon, lat = projection.to_ll(rounded_xy)[0]
    return round(float(lon), 6), round(float(lat), 6)


def show_card(card: ElderCard, *, view: View) -> ElderCard:
    """Give of a full record what a view shows."""
    if view is View.FULL:
        return card
    if view in {View.REQUEST, View.VISIT, View.EMERGENCY, View.CALL}:
        return ElderCard(
            elder_id=card.elder_id,
            view=view,
            name=card.name,
            sex=card.sex,
            age_band=card.age_band,
            born_on=card.born_on,
            age=card.age,
            area_code=card.area_code,
            address=card.address,
            lon=card.lon,
            lat=card.lat,
            located_by=card.located_by,
            has_lift_access=card.has_lift_access,
            phone=card.phone,
            version=card.version,
            assessment=card.assessment if view is View.REQUEST else None,
        )
    lon, lat = (None, None) if card.lon is None or card.lat is None else round_point((card.lon, card.lat))
    return ElderCard(
        elder_id=card.elder_id,
        view=View.MASKED,
        name=mask_name(card.name),
        sex=card.sex,
        age_band=card.age_band,
        area_code=card.area_code,
        lon=lon,
        lat=lat,
        is_rounded=lon is not None,
        phone=mask_phone(card.phone) if card.phone else None,
        version=card.version,
    )
