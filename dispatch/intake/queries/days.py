"""Reads for whoever plans a day: the requests that visits serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.intake.models import CareRequest, CareRequestVisit
from dispatch.intake.values import Pairing, RequestStatus, ServedRequest, Urgency
from dispatch.storage import among, session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables


def find_served_requests(visit_ids: Iterable[UUID]) -> dict[UUID, ServedRequest]:
    """Find the request that each of these visits serves, as far as a plan asks; those that serve none are left out."""
    wanted = sorted(set(visit_ids))
    found: dict[UUID, ServedRequest] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = session().execute(
            sa.select(
                CareRequestVisit.visit_id,
                CareRequest.id,
                CareRequest.area_code,
                CareRequest.service_at_site_id,
                CareRequest.urgency,
                CareRequest.carer_sex,
                CareRequest.pairing,
                CareRequest.status,
            )
            .join(CareRequest, CareRequest.id == CareRequestVisit.care_request_id)
            .where(among(CareRequestVisit.visit_id, ids=wanted[start : start + CHUNK]))
        )
        for visit_id, request_id, area_code, offer_id, urgency, carer_sex, pairing, status in rows:
            found[visit_id] = ServedRequest(
                request_id,
                area_code,
                offer_id,
                Urgency(urgency),
                carer_sex,
                is_sequential=pairing == Pairing.SEQUENTIAL,
                status=RequestStatus(status),
            )
    return found


def offer_of(visit_id: sa.SQLColumnExpression[UUID]) -> sa.ScalarSelect[UUID | None]:
    """Select whose service at a site took the request that a visit serves, for each row of a query; null: nobody's."""
    return (
        sa.select(CareRequest.service_at_site_id)
        .join(CareRequestVisit, CareRequestVisit.care_request_id == CareRequest.id)
        .where(CareRequestVisit.visit_id == visit_id)
        .correlate_except(CareRequest, CareRequestVisit)
        .scalar_subquery()
    )
