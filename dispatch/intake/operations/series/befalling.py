"""What befalls an elder, and what that does to open requests and series. Nothing of it is dropped without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import elders, journal
from dispatch.actor import SYSTEM
from dispatch.intake.models import CareSeries, SeriesPause
from dispatch.intake.operations.moving import move_request
from dispatch.intake.operations.series.changing import add_pause, finish_pause, finish_series
from dispatch.intake.operations.series.extending import queue_extension
from dispatch.intake.operations.series.settling import held_because, hold_by_record, release, settle_requests
from dispatch.intake.operations.tasks import raise_task
from dispatch.intake.queries import find_open_rows, find_series_of, find_series_row
from dispatch.intake.rules import BEFORE_HOLD, BEFORE_START
from dispatch.intake.values import (
    CancelReason,
    PauseReason,
    PauseWish,
    RequestStatus,
    SeriesEndReason,
    TaskKind,
)
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor

DISTRICT_DIGITS = 6


def follow_absences(elder_id: UUID, *, at: datetime) -> dict[UUID, RequestStatus]:
    """
    Hold what lies in a stay in hospital, take up again what does not any more, and have the series looked at.

    Gives the new state of each request that changed.
    """
    changed = settle_requests(elder_id, at=at)
    for series_id in find_series_of([elder_id]):
        queue_extension(series_id, at=at)
    return changed


def end_for_death(elder_id: UUID, *, on: date, at: datetime) -> None:
    """Cancel an elder's requests that have not begun and end the series; what is under way goes to a supervisor."""
    for series in _lock_series(elder_id):
        finish_series(series, reason=SeriesEndReason.DIED, on=on, actor=SYSTEM, now=at)
    for row in find_open_rows(elder_id):
        if row.status in BEFORE_START:
            move_request(row.id, to=RequestStatus.CANCELED, actor=SYSTEM, now=at, reason=CancelReason.DIED.value)
        else:
            raise_task(row.id, kind=TaskKind.ELDER_EVENT, actor=SYSTEM, at=at, reason=CancelReason.DIED.value)


def follow_move(elder_id: UUID, *, on: date, at: datetime) -> None:
    """
    Put what an elder asked for before a supervisor where the elder moved out of the district.

    Inside the district the series go on where the elder lives now, and requests are served there.
    """
    home = elders.find_area_codes([elder_id], on=on).get(elder_id)
    asked_in = {row.area_code for row in _lock_series(elder_id)} | {row.area_code for row in find_open_rows(elder_id)}
    left = {code[:DISTRICT_DIGITS] for code in asked_in} - {home[:DISTRICT_DIGITS] if home else None}
    if left:
        set_before_supervisor(elder_id, reason=PauseReason.MOVED_OUT, on=on, at=at)
    else:
        follow_absences(elder_id, at=at)


def set_before_supervisor(elder_id: UUID, *, reason: PauseReason, on: date, at: datetime) -> None:
    """
    Hold what an elder asked for and let the series wait from a day on; a supervisor decides what becomes of it.

    There is one task for each request, and one for all of a series, at its first.
    """
    for series in _lock_series(elder_id):
        if _find_open_pause(series.id, reason=reason) is None:
            add_pause(series, wish=PauseWish(on, None, reason), actor=SYSTEM, now=at)
    for row in find_open_rows(elder_id):
        if row.status == RequestStatus.ON_HOLD and held_because(row.id) not in {None, reason} and row.window_to_at > at:
            release(row, at=at)  # from now on it waits for another reason
        if row.status in BEFORE_HOLD and row.window_to_at > at:
            hold_by_record(row, reason=reason, at=at)
    _raise_tasks(elder_id, reason=reason.value, at=at)


def return_from_institution(elder_id: UUID, *, on: date, at: datetime) -> None:
    """Let the series go on that waited for an elder in an institution; other requests stay with their tasks."""
    for series in _lock_series(elder_id):
        pause = _find_open_pause(series.id, reason=PauseReason.ADMITTED)
        if pause is not None:
            finish_pause(series, pause=pause, on=on, actor=SYSTEM, now=at)
    follow_absences(elder_id, at=at)


def tell_of_grave_change(elder_id: UUID, *, at: datetime) -> None:
    """Let a supervisor look whether what was asked for still fits; nothing is held."""
    _raise_tasks(elder_id, reason=elders.EventKind.GRAVE_CHANGE.value, at=at)


def hand_over_series(elder_id: UUID, *, into_id: UUID, actor: Actor, at: datetime, on: date) -> int:
    """Let the active series of a record that was merged be those of the one that stays; gives how many."""
    home = elders.find_area_codes([into_id], on=on).get(into_id)
    rows = _lock_series(elder_id)
    for row in rows:
        row.elder_id = into_id
        row.area_code = home or row.area_code
        session().flush()  # its version
        journal.append(
            "care_series.handed_over",
            actor=actor,
            at=at,
            subject_id=row.id,
            elder_id=str(elder_id),
            into_id=str(into_id),
        )
        queue_extension(row.id, at=at)
    return len(rows)


def _raise_tasks(elder_id: UUID, *, reason: str, at: datetime) -> None:
    told: set[UUID] = set()
    for row in find_open_rows(elder_id):
        if row.status == RequestStatus.DRAFT or row.series_id in told:
            continue
        raise_task(row.id, kind=TaskKind.ELDER_EVENT, actor=SYSTEM, at=at, reason=reason)
        if row.series_id is not None:
            told.add(row.series_id)


def _lock_series(elder_id: UUID) -> list[CareSeries]:
    found = (find_series_row(each, is_locked=True) for each in find_series_of([elder_id]))
    return [row for row in found if row is not None]


def _find_open_pause(series_id: UUID, *, reason: PauseReason) -> SeriesPause | None:
    return session().scalar(
        sa.select(SeriesPause)
        .where(SeriesPause.series_id == series_id, SeriesPause.hold_reason == reason.value, SeriesPause.to_on.is_(None))
        .limit(1)
    )
