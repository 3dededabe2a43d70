"""Holding the requests of days on which an elder is away, and taking them up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import elders, journal, storage
from dispatch.actor import SYSTEM
from dispatch.intake.operations.moving import move_request, resume_request
from dispatch.intake.queries import find_open_rows, find_pauses, find_row
from dispatch.intake.rules import BEFORE_HOLD, is_in_span
from dispatch.intake.values import PauseReason, RequestStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.intake.models import CareRequest
    from dispatch.intake.values import PauseCard

    Spans = list[tuple[date, date | None]]

HELD_OVER = "request.held_over"
"""A deadline, by the request's id: the time of a request that the record holds is over."""

CAUSE = "cause"  # in the journal's entry of a hold: what the record says, and no person
HELD, RESUMED = "care_request.held", "care_request.resumed"


def settle_requests(elder_id: UUID, *, at: datetime) -> dict[UUID, RequestStatus]:
    """
    Bring an elder's open requests in line with pauses and stays in hospital; the new state of each that changed.

    One whose day lies in a pause of its series or in a stay is held with the reason; its place stays taken, since who
    returns early is to be served. One that was held so and whose day is free again resumes if its time is still ahead,
    and is canceled with the reason otherwise. What a person held is left alone, and what a person took up again.
    """
    absences = elders.find_absences([elder_id], kind=elders.AbsenceKind.HOSPITAL).get(elder_id, [])
    rows = find_open_rows(elder_id)
    pauses = find_pauses({row.series_id for row in rows if row.series_id})
    changed: dict[UUID, RequestStatus] = {}
    for row in rows:
        reason = _reason(row, pauses=pauses, absences=absences)
        if row.status in BEFORE_HOLD and reason is not None and row.window_to_at > at and not _was_taken_up(row.id):
            hold_by_record(row, reason=reason, at=at)
            changed[row.id] = RequestStatus.ON_HOLD
        elif row.status == RequestStatus.ON_HOLD and _is_to_go_on(row, reason=reason, at=at):
            changed[row.id] = release(row, at=at)
    return changed


def hold_by_record(row: CareRequest, *, reason: PauseReason, at: datetime) -> None:
    """Hold a request because of what the record says, at most until its time is over."""
    told = {CAUSE: reason.value}
    move_request(row.id, to=RequestStatus.ON_HOLD, actor=SYSTEM, now=at, reason=reason.value, told=told)
    storage.set_deadline(HELD_OVER, key=str(row.id), due_at=max(row.window_to_at, at), at=at, again=True)


def release(row: CareRequest, *, at: datetime) -> RequestStatus:
    """Let a request go on that the record held; one whose time is over is canceled with the reason of the hold."""
    storage.withdraw_deadline(HELD_OVER, key=str(row.id), at=at)
    if row.window_to_at > at:
        return resume_request(row.id, actor=SYSTEM, now=at).status
    return _cancel(row, at=at)


def end_held_over(request_id: UUID, *, at: datetime) -> None:
    """Cancel a request that the record still holds when its time is over, with the reason of the hold."""
    row = find_row(request_id, is_locked=True)
    if row is None or row.status != RequestStatus.ON_HOLD or held_because(row.id) is None:
        return
    if row.window_to_at > at:  # it was moved since
        storage.set_deadline(HELD_OVER, key=str(row.id), due_at=row.window_to_at, at=at, again=True)
        return
    _cancel(row, at=at)


def held_because(request_id: UUID) -> PauseReason | None:
    """Say for what the record holds a request; None where a person does."""
    last = _last(request_id)
    cause = last.facts.get(CAUSE) if last is not None and last.kind == HELD else None
    return PauseReason(cause) if cause else None


def _cancel(row: CareRequest, *, at: datetime) -> RequestStatus:
    because = held_because(row.id) or PauseReason.AWAY
    return move_request(row.id, to=RequestStatus.CANCELED, actor=SYSTEM, now=at, reason=because.value).status


def _reason(row: CareRequest, *, pauses: Mapping[UUID, tuple[PauseCard, ...]], absences: Spans) -> PauseReason | None:
    own = pauses.get(row.series_id, ()) if row.series_id else ()
    found = next((each.reason for each in own if is_in_span(row.service_on, (each.from_on, each.to_on))), None)
    if found is None and any(is_in_span(row.service_on, each) for each in absences):
        return PauseReason.IN_HOSPITAL
    return found


def _is_to_go_on(row: CareRequest, *, reason: PauseReason | None, at: datetime) -> bool:
    """Say whether the record's hold is over: what is before a supervisor waits for them, unless a pause made it."""
    because = held_because(row.id)
    if because is None or row.window_to_at <= at:
        return because is not None
    return reason is None and (because is PauseReason.IN_HOSPITAL or row.series_id is not None)


def _was_taken_up(request_id: UUID) -> bool:
    """Say whether a person took up a request again after the last hold: they know better than the record."""
    last = _last(request_id)
    return last is not None and last.kind == RESUMED and last.actor_id is not None


def _last(request_id: UUID) -> journal.Entry | None:
    kept = [entry for entry in journal.find_entries(request_id) if entry.kind in {HELD, RESUMED}]
    return kept[-1] if kept else None
