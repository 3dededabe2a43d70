"""Proof of service: no request is completed without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import visits
from dispatch.errors import InvalidError
from dispatch.intake.models import Attendance
from dispatch.intake.queries import find_row, find_visit_ids
from dispatch.intake.rules import ELEMENTS, EVERYTHING, find_missing_of_visits
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.intake.models import CareRequest


class ProofMissingError(InvalidError):
    """A request is to be completed, and start, end, place or provider is not on record."""

    slug = "proof-missing"
    title = Words("缺少服务凭证，不能完成", "Proof of service is missing")
    detail = Words(
        "请上门人员或机构调度员补记：POST /v1/visits/…/finish；到站服务：POST /v1/care-requests/…/attendance。",
        "The carer or the coordinator records start and end: POST /v1/visits/…/finish, at a site …/attendance.",
    )


def check_proofs(row: CareRequest) -> None:
    """Raise ProofMissingError, naming each missing element, unless all that serves a request is proven."""
    missing = find_missing(row)
    if missing:
        raise ProofMissingError(
            care_request_id=row.id, missing=missing, fields={name: [ELEMENTS[name]] for name in missing}
        )


def find_missing_proofs(request_id: UUID) -> list[str]:
    """Name the elements of proof that a request lacks; empty where all are on record."""
    row = find_row(request_id)
    return list(EVERYTHING) if row is None else find_missing(row)


def find_missing(row: CareRequest) -> list[str]:
    """Name the elements of proof that are not on record; empty where all are."""
    planned = find_standing_visits(row.id)
    if planned:
        return find_missing_of_visits(planned, proven=visits.find_proven([each.visit_id for each in planned]))
    there = find_attendance(row.id)
    if there is None or row.service_at_site_id is None:
        return list(EVERYTHING)
    return [] if there.finished_at else ["finished_at"]


def find_standing_visits(request_id: UUID) -> list[visits.VisitFacts]:
    """Find the visits of a request that were not canceled, in the order of their slots."""
    linked = find_visit_ids([request_id]).get(request_id, ())
    found = [each for each in visits.find_visits(visit_ids=linked) if each.status is not visits.VisitStatus.CANCELED]
    return sorted(found, key=lambda each: (each.slot_no, each.visit_id))


def find_attendance(request_id: UUID, *, is_locked: bool = False) -> Attendance | None:
    """Find what was recorded of a service given at a site."""
    query = sa.select(Attendance).where(Attendance.care_request_id == request_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()
