"""Reads of unmet demand: requests as they stand, and the log of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.intake.models import CareRequest, UnmetDemand
from dispatch.intake.values import RequestStatus, UnmetCount
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

STANDING = (RequestStatus.UNMATCHED.value, RequestStatus.FAILED.value)


def count_unmet(area_prefix: str, *, service_codes: Collection[str], from_on: date, to_on: date) -> list[UnmetCount]:
    """
    Count unmet demand by the area in which the elder lived then; by code.

    Those count whose service day lies in the half-open span. Requests count as they stand now: who was taken up again
    is none. Events stay.
    """
    found: dict[str, UnmetCount] = {}

    def of(area_code: str) -> UnmetCount:
        return found.setdefault(area_code, UnmetCount(area_code))

    wanted = _within(CareRequest, area_prefix, service_codes=service_codes, from_on=from_on, to_on=to_on)
    standing = sa.and_(*wanted, CareRequest.status.in_(STANDING))
    counts: dict[str, dict[str, int]] = {}
    for area_code, status, count in session().execute(
        sa.select(CareRequest.area_code, CareRequest.status, sa.func.count())
        .where(standing)
        .group_by(CareRequest.area_code, CareRequest.status)
    ):
        counts.setdefault(area_code, {})[status] = count
    for area_code, by_status in counts.items():
        found[area_code] = UnmetCount(
            area_code, unmatched=by_status.get(STANDING[0], 0), failed=by_status.get(STANDING[1], 0)
        )
    for area_code, status, reasons, count in session().execute(_why(standing)):
        _add(of(area_code).reasons.setdefault(status, {}), reasons=reasons, count=count)
    logged = _within(UnmetDemand, area_prefix, service_codes=service_codes, from_on=from_on, to_on=to_on)
    for area_code, kind, reasons, count in session().execute(
        sa.select(UnmetDemand.area_code, UnmetDemand.kind, UnmetDemand.reasons, sa.func.count())
        .where(*logged)
        .group_by(UnmetDemand.area_code, UnmetDemand.kind, UnmetDemand.reasons)
    ):
        one = of(area_code)
        one.events[kind] = one.events.get(kind, 0) + count
        _add(one.event_reasons.setdefault(kind, {}), reasons=reasons, count=count)
    return [found[code] for code in sorted(found)]


def _within(
    rows: type[CareRequest | UnmetDemand],
    area_prefix: str,
    *,
    service_codes: Collection[str],
    from_on: date,
    to_on: date,
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        rows.area_code.startswith(area_prefix, autoescape=True),
        rows.service_code.in_(sorted(service_codes)),
        rows.service_on >= from_on,
        rows.service_on < to_on,
    )


def _why(standing: sa.ColumnElement[bool]) -> sa.Select[str, str, str, int]:
    """Select why requests stand as they do: what the newest line of their state says."""
    newest = (
        sa.select(UnmetDemand.care_request_id, UnmetDemand.kind, sa.func.max(UnmetDemand.at).label("at"))
        .group_by(UnmetDemand.care_request_id, UnmetDemand.kind)
        .subquery()
    )
    return (
        sa.select(
            CareRequest.area_code, CareRequest.status, UnmetDemand.reasons, sa.func.count(CareRequest.id.distinct())
        )
        .join(newest, sa.and_(newest.c.care_request_id == CareRequest.id, newest.c.kind == CareRequest.status))
        .join(
            UnmetDemand,
            sa.and_(
                UnmetDemand.care_request_id == CareRequest.id,
                UnmetDemand.kind == newest.c.kind,
                UnmetDemand.at == newest.c.at,
            ),
        )
        .where(standing)
        .group_by(CareRequest.area_code, CareRequest.status, UnmetDemand.reasons)
    )


def _add(counts: dict[str, int], *, reasons: str, count: int) -> None:
    for code in reasons.split(",") if reasons else ():
        counts[code] = counts.get(code, 0) + count
