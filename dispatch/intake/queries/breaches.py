"""
Clocks that ran past their limits, read off their rows: no sweep has to have come by.

A clock is past its limit if it is due by the moment at which it stopped, or by now where it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.intake.models import CareRequest, CareRequestClock
from dispatch.intake.values import ClockState
from dispatch.storage import UtcDateTime, session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.intake.values import BreachFilter, Clock

COUNTS = (ClockState.RUNNING.value, ClockState.HELD.value)


def is_breached(now: datetime) -> sa.ColumnElement[bool]:
    """Select the clocks that are past their limits."""
    stopped = sa.func.coalesce(CareRequestClock.stopped_at, sa.literal(now, UtcDateTime))
    return CareRequestClock.due_at <= stopped


def find_breached(
    condition: sa.ColumnElement[bool],
    *,
    wanted: BreachFilter,
    now: datetime,
    limit: int,
    after: tuple[datetime, UUID, Clock, int] | None,
) -> Sequence[sa.Row[CareRequestClock, CareRequest]]:
    """Find clocks past their limits with their requests, the latest due first; one more than the limit."""
    row = CareRequestClock
    query = (
        sa.select(row, CareRequest)
        .join(CareRequest, CareRequest.id == row.care_request_id)
        .where(condition, *_conditions(wanted, now=now))
    )
    if after:
        due_at, request_id, clock, turn_no = after
        query = query.where(
            sa.or_(
                row.due_at < due_at,
                sa.and_(row.due_at == due_at, row.care_request_id < request_id),
                sa.and_(row.due_at == due_at, row.care_request_id == request_id, row.clock < clock.value),
                sa.and_(
                    row.due_at == due_at,
                    row.care_request_id == request_id,
                    row.clock == clock.value,
                    row.turn_no < turn_no,
                ),
            )
        )
    order = (row.due_at.desc(), row.care_request_id.desc(), row.clock.desc(), row.turn_no.desc())
    return session().execute(query.order_by(*order).limit(limit + 1)).all()


def count_breached(area_prefix: str, *, wanted: BreachFilter, now: datetime) -> dict[tuple[str, str], int]:
    """Count the clocks past their limits by the request's area and the clock."""
    rows = session().execute(
        sa.select(CareRequest.area_code, CareRequestClock.clock, sa.func.count())
        .join(CareRequest, CareRequest.id == CareRequestClock.care_request_id)
        .where(CareRequest.area_code.startswith(area_prefix, autoescape=True), *_conditions(wanted, now=now))
        .group_by(CareRequest.area_code, CareRequestClock.clock)
    )
    return {(area_code, clock): count for area_code, clock, count in rows}


def count_open_breaches(*, now: datetime) -> dict[str, int]:
    """Count the breaches of the whole house that go on, by clock."""
    rows = session().execute(
        sa.select(CareRequestClock.clock, sa.func.count())
        .where(is_breached(now), CareRequestClock.state.in_(COUNTS))
        .group_by(CareRequestClock.clock)
    )
    return {clock: count for clock, count in rows}  # noqa: C416 - rows are no pairs to the type checker


def _conditions(wanted: BreachFilter, *, now: datetime) -> list[sa.ColumnElement[bool]]:
    row = CareRequestClock
    found = [is_breached(now)]
    if wanted.area_code:
        found.append(CareRequest.area_code.startswith(wanted.area_code, autoescape=True))
    if wanted.urgency:
        found.append(CareRequest.urgency == wanted.urgency)
    if wanted.clock:
        found.append(row.clock == wanted.clock)
    if wanted.from_at:
        found.append(row.due_at >= wanted.from_at)
    if wanted.to_at:
        found.append(row.due_at < wanted.to_at)
    if wanted.is_open is not None:
        found.append(row.state.in_(COUNTS) if wanted.is_open else row.state.not_in(COUNTS))
    return found
