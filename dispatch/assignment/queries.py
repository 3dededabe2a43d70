"""Reads of the assignment room's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.assignment.models import Offer, Preference
from dispatch.assignment.values import TRIED_AND_WITHDRAWN, OfferStatus, PreferenceKind, Share
from dispatch.storage import in_force, session

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

REOPENED = "care_request.reopened"


def find_preferences(elder_id: UUID, *, on: date) -> dict[UUID, PreferenceKind]:
    """Find an elder's wishes about carers on a date; who is both preferred and refused is refused."""
    rows = session().execute(
        sa.select(Preference.carer_id, Preference.kind)
        .where(Preference.elder_id == elder_id, in_force(Preference, on))
        .order_by(Preference.kind)  # refused comes after preferred
    )
    return {carer_id: PreferenceKind(kind) for carer_id, kind in rows}


def load_preferences(elder_ids: list[UUID]) -> dict[tuple[UUID, UUID, date], Preference]:
    """Load the wishes of elders, by elder, carer and the date from which they hold."""
    rows = session().scalars(sa.select(Preference).where(Preference.elder_id.in_(elder_ids)))
    return {(row.elder_id, row.carer_id, row.valid_from): row for row in rows}


def find_shares(service_at_site_ids: Collection[UUID] | None, *, since_at: datetime) -> dict[UUID, Share]:
    """
    Find how many offers each service_at_site was made since an instant, and when the newest; None: of all.

    Offers count however they ended; those without any are left out.
    """
    query = sa.select(Offer.service_at_site_id, sa.func.count(), sa.func.max(Offer.made_at)).where(
        Offer.made_at >= since_at
    )
    if service_at_site_ids is not None:
        query = query.where(Offer.service_at_site_id.in_(sorted(service_at_site_ids)))
    rows = session().execute(query.group_by(Offer.service_at_site_id))
    return {each: Share(count, newest_at) for each, count, newest_at in rows}


def select_offered(*, since_at: datetime) -> sa.Select[UUID, UUID]:
    """Select whom requests were offered to since an instant: pairs of a request's id and a service_at_site's."""
    return sa.select(Offer.care_request_id, Offer.service_at_site_id).where(Offer.made_at >= since_at)


def find_tried(request_id: UUID) -> frozenset[UUID]:
    """
    Find the service_at_site rows that are not asked again in a request's present round.

    They declined, let the offer run out, or had it taken back for a reason that lies with them or the officer. A round
    ends when the request is reopened.
    """
    return frozenset(
        session().scalars(
            sa.select(Offer.service_at_site_id).where(
                Offer.care_request_id == request_id,
                Offer.round_no == find_round(request_id),
                sa.or_(
                    Offer.status.in_((OfferStatus.DECLINED, OfferStatus.EXPIRED)),
                    Offer.withdraw_reason.in_(sorted(TRIED_AND_WITHDRAWN)),
                ),
            )
        )
    )


def find_round(request_id: UUID) -> int:
    """Give a request's present round: 1, and one more for each time it was reopened."""
    return 1 + sum(entry.kind == REOPENED for entry in journal.find_entries(request_id))
