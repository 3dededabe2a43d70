"""
The clocks of a request: begun, held, resumed, met and dropped in the transactions of the moves that do so.

Time is handed in; the zone in which a clock by day counts is the clock's own.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dispatch import areas, dates, journal
from dispatch.actor import SYSTEM
from dispatch.intake.models import CareRequest, CareRequestClock
from dispatch.intake.operations.tasks import raise_task
from dispatch.intake.rules import clock_counted, clock_end, limits_of
from dispatch.intake.values import Clock, ClockHours, ClockState, TaskKind, Urgency
from dispatch.storage import session, set_deadline, withdraw_deadline

if TYPE_CHECKING:
    from datetime import date, datetime

    from dispatch.intake.values import UrgencyLimits

URGENCY_RULE: Final = "request.urgency"
ACCEPT_BREACH: Final = "request.accept_breach"
START_BREACH: Final = "request.start_breach"
BREACH: Final = {Clock.ACCEPT: ACCEPT_BREACH, Clock.START: START_BREACH}
TASK: Final = {Clock.ACCEPT: TaskKind.ACCEPT_BREACHED, Clock.START: TaskKind.START_BREACHED}
COUNTS: Final = (ClockState.RUNNING.value, ClockState.HELD.value)
MICROSECOND: Final = timedelta(microseconds=1)


def find_urgency_limits(urgency: Urgency, *, area_code: str, on: date) -> UrgencyLimits:
    """Give the limits of an urgency in an area on a date: the house's table, overridden by the nearest area's rule."""
    return limits_of(urgency, rule=areas.find_rule(area_code, rule_key=URGENCY_RULE, on=on))


def start_clocks(request: CareRequest, *, now: datetime, zone: ZoneInfo) -> None:
    """
    Let the clocks of a request that was just submitted run.

    Nobody can begin before the window opens, so the clock for the start counts from then on where that is later. A
    request whose window has passed is told of the past and has no clocks.
    """
    if request.window_to_at <= now:
        return
    limits = find_urgency_limits(
        Urgency(request.urgency), area_code=request.area_code, on=dates.service_date(now, zone)
    )
    _start(
        request,
        clock=Clock.ACCEPT,
        turn_no=1,
        from_at=now,
        limit=timedelta(minutes=limits.accept_min),
        hours=limits.hours,
        zone=zone,
        version=limits.version,
        now=now,
    )
    opens_at = max(now, request.window_from_at)
    in_window = limits.start_min is None
    _start(
        request,
        clock=Clock.START,
        turn_no=1,
        from_at=opens_at,
        limit=request.window_to_at - opens_at if limits.start_min is None else timedelta(minutes=limits.start_min),
        hours=ClockHours.ALWAYS if in_window else limits.hours,
        zone=zone,
        version=limits.version,
        now=now,
    )


def restart_accepting(request: CareRequest, *, now: datetime) -> None:
    """Let the clock for accepting run anew, as whoever had accepted withdrew; without an earlier one there is none."""
    last = (
        session()
        .scalars(
            sa.select(CareRequestClock)
            .where(CareRequestClock.care_request_id == request.id, CareRequestClock.clock == Clock.ACCEPT.value)
            .order_by(CareRequestClock.turn_no.desc())
            .limit(1)
        )
        .one_or_none()
    )
    if last is None or last.state in COUNTS:
        return
    zone = ZoneInfo(last.zone)
    limits = find_urgency_limits(
        Urgency(request.urgency), area_code=request.area_code, on=dates.service_date(now, zone)
    )
    _start(
        request,
        clock=Clock.ACCEPT,
        turn_no=last.turn_no + 1,
        from_at=now,
        limit=timedelta(minutes=limits.accept_min),
        hours=limits.hours,
        zone=zone,
        version=limits.version,
        now=now,
    )


def hold_clocks(request: CareRequest, *, now: datetime) -> None:
    """Stop the clocks that run; what they have counted is kept."""
    for row in _find(request.id, ClockState.RUNNING):
        _stop(row, to=ClockState.HELD, now=now)


def resume_clocks(request: CareRequest, *, now: datetime) -> None:
    """Let the clocks run on that were held: each has exactly as much left as when it stopped."""
    for row in _find(request.id, ClockState.HELD):
        row.state, row.stopped_at = ClockState.RUNNING.value, None
        row.running_from_at = max(now, row.started_at)
        left = timedelta(seconds=row.limit_s) - row.counted_us * MICROSECOND
        if left > timedelta():
            row.due_at = clock_end(
                row.running_from_at, counted=left, hours=ClockHours(row.hours), zone=ZoneInfo(row.zone)
            )
            _set(row, now=now)


def meet_clock(request: CareRequest, *, clock: Clock, now: datetime) -> None:
    """Stop one clock, because what it waited for came."""
    for row in _find(request.id, ClockState.RUNNING):
        if row.clock == clock.value:
            _stop(row, to=ClockState.MET, now=now)


def drop_clocks(request: CareRequest, *, now: datetime) -> None:
    """Stop the clocks that run or are held, because nobody waits any more."""
    for row in _find(request.id, ClockState.RUNNING, ClockState.HELD):
        _stop(row, to=ClockState.DROPPED, now=now)


def breach_clock(key: str, *, clock: Clock, at: datetime) -> bool:
    """
    Tell of a clock that has run past its limit, once: in the journal and to a supervisor; says whether it did.

    Parameters
    ----------
    key : str
        Of the deadline: the request's id and the turn.
    clock : Clock
        Which one.
    at : datetime
        The present time. A clock that stopped before it was due, or is due later by now, is left alone.

    Raises
    ------
    sqlalchemy.exc.OperationalError
        Where somebody is moving the request at this moment: they hold what this would wait for, and may wait for the
        deadline that the caller holds. The deadline is tried again.

    """
    text, _, turn_no = key.rpartition(":")
    request_id = UUID(text)
    waits_not = sa.select(CareRequest.id).where(CareRequest.id == request_id).with_for_update(nowait=True)
    if session().scalar(waits_not) is None:
        return False
    row = session().get(CareRequestClock, (request_id, clock.value, int(turn_no)), populate_existing=True)
    if row is None or row.breached_at is not None or (row.stopped_at or at) < row.due_at:
        return False
    _tell(row, at=at)
    return True


def elapsed(row: CareRequestClock, *, now: datetime) -> timedelta:
    """Give what a clock has counted by now; one that stopped counts no more."""
    counted = row.counted_us * MICROSECOND
    if row.running_from_at is None:
        return counted
    return counted + clock_counted(row.running_from_at, to_at=now, hours=ClockHours(row.hours), zone=ZoneInfo(row.zone))


def _start(
    request: CareRequest,
    *,
    clock: Clock,
    turn_no: int,
    from_at: datetime,
    limit: timedelta,
    hours: ClockHours,
    zone: ZoneInfo,
    version: str,
    now: datetime,
) -> None:
    limit_s = max(1, int(limit.total_seconds()))
    row = CareRequestClock(
        care_request_id=request.id,
        clock=clock.value,
        turn_no=turn_no,
        state=ClockState.RUNNING.value,
        hours=hours.value,
        zone=zone.key,
        limit_s=limit_s,
        rule_version=version,
        started_at=from_at.astimezone(UTC),
        running_from_at=from_at.astimezone(UTC),
        counted_us=0,
        due_at=clock_end(from_at, counted=timedelta(seconds=limit_s), hours=hours, zone=zone),
    )
    session().add(row)
    _set(row, now=now)


def _stop(row: CareRequestClock, *, to: ClockState, now: datetime) -> None:
    was_running = row.state == ClockState.RUNNING.value
    if was_running:
        row.counted_us = elapsed(row, now=now) // MICROSECOND
        row.running_from_at, row.stopped_at = None, now
    row.state = to.value
    if was_running and row.due_at <= now and row.breached_at is None:  # of one on hold it is not said when it is due
        _tell(row, at=now)  # no worker has come by since
    withdraw_deadline(BREACH[Clock(row.clock)], key=_key(row), at=now)


def _tell(row: CareRequestClock, *, at: datetime) -> None:
    row.breached_at = at
    clock = Clock(row.clock)
    request = session().get_one(CareRequest, row.care_request_id)
    journal.append(
        "care_request.breached",
        actor=SYSTEM,
        at=at,
        subject_id=row.care_request_id,
        from_status=request.status,  # it moves nothing
        to_status=request.status,
        clock=row.clock,
        turn_no=row.turn_no,
        due_at=row.due_at.isoformat(),
        limit_s=row.limit_s,
        elapsed_s=elapsed(row, now=at) // timedelta(seconds=1),
    )
    if row.state in COUNTS:
        raise_task(row.care_request_id, kind=TASK[clock], actor=SYSTEM, at=at)


def _find(request_id: UUID, *states: ClockState) -> list[CareRequestClock]:
    wanted = sa.select(CareRequestClock).where(
        CareRequestClock.care_request_id == request_id, CareRequestClock.state.in_([each.value for each in states])
    )
    return list(session().scalars(wanted.order_by(CareRequestClock.clock)))


def _set(row: CareRequestClock, *, now: datetime) -> None:
    set_deadline(BREACH[Clock(row.clock)], key=_key(row), due_at=row.due_at, at=now)


def _key(row: CareRequestClock) -> str:
    return f"{row.care_request_id}:{row.turn_no}"
