"""A visit from its start to its end, as the phone of its carer tells, and giving it to somebody else."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dispatch import carers, journal
from dispatch.errors import ConflictError
from dispatch.storage import savepoint, session, withdraw_deadline
from dispatch.visits.models import Visit, VisitLog, VisitStart
from dispatch.visits.operations.logging import (
    InvalidLogError,
    LogIdReusedError,
    check_times,
    keep_logs,
)
from dispatch.visits.operations.missing import MISSED, await_visits
from dispatch.visits.operations.planning import CarerBusyError, IllegalVisitMoveError
from dispatch.visits.queries import FOR_CHANGE, VisitNotFoundError, find_busy, visit_facts
from dispatch.visits.rules import CANCELABLE, FINISHABLE, MOVES_ALLOWED, find_clash
from dispatch.visits.values import StartFacts, VisitLogEntry, VisitStatus
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.visits.values import FinishWish, LogResult, StartWish, VisitFacts

STARTABLE = (VisitStatus.ASSIGNED, VisitStatus.PUBLISHED)
NO_START = Words(
    "没有开始时间：先开始（…/start），或一并写明。", "There is no start: send …/start first, or say it here."
)
OTHER_START = Words("与已记录的开始时间不同。", "Another start is on record.")


class VisitAlreadyStartedError(ConflictError):
    """Another phone told the start before."""

    slug = "visit-already-started"
    title = Words("这次服务已经开始", "This visit has begun already")
    detail = Words("开始时间已有记录；接着记录结束。", "Its start is on record; send its end next.")


class VisitAlreadyFinishedError(ConflictError):
    """Another phone told the end before."""

    slug = "visit-already-finished"
    title = Words("这次服务已经结束", "This visit has been finished already")
    detail = Words(
        "已有记录 {log_id}；如有出入，请机构调度员联系区民政。",
        "Its log is {log_id}; where that is wrong, the coordinator tells the district office.",
    )


def start_visit(visit_id: UUID, *, wish: StartWish, actor: Actor, received_at: datetime) -> StartFacts:
    """
    Keep that a visit began; the same id again is the same start. Whether the actor may is the caller's to check.

    Journal: visit.started.

    Raises
    ------
    VisitNotFoundError, LogIdReusedError
        Where there is no such visit; where the id was used for another start.
    VisitAlreadyStartedError
        Where another start is on record.
    IllegalVisitMoveError
        Where it has no carer, is canceled, finished or missed: one that is missed takes a log with start and end.
    VisitTooEarlyError, InvalidLogError
        Where it began too long before its window, or later than now.

    """
    row = lock_visit(visit_id)
    kept = session().get(VisitStart, wish.start_id)
    if kept is not None:
        if (kept.visit_id, kept.started_at, kept.device_at) != (visit_id, wish.started_at, wish.device_at):
            raise LogIdReusedError(log_id=wish.start_id)
        return _start_facts(kept, row=row, is_repeated=True)
    if row.status == VisitStatus.STARTED:
        other = session().scalars(sa.select(VisitStart).where(VisitStart.visit_id == visit_id)).one()
        raise VisitAlreadyStartedError(visit_id=visit_id, started_at=other.started_at.isoformat(), start_id=other.id)
    if row.status not in STARTABLE or row.carer_id is None:
        raise illegal(row)
    check_times(
        row, started_at=wish.started_at, latest_at=max(wish.started_at, wish.device_at), received_at=received_at
    )
    made = VisitStart(
        id=wish.start_id,
        visit_id=visit_id,
        elder_id=row.elder_id,
        carer_id=row.carer_id,
        started_at=wish.started_at.astimezone(UTC),
        device_at=wish.device_at.astimezone(UTC),
        received_at=received_at,
    )
    try:
        with savepoint():
            session().add(made)
            session().flush()  # an id that was used for another visit at the same moment shows here
    except IntegrityError:
        raise LogIdReusedError(log_id=wish.start_id) from None
    row.status = str(VisitStatus.STARTED)
    withdraw_deadline(MISSED, key=str(visit_id), at=received_at)
    journal.append(
        "visit.started",
        actor=actor,
        at=received_at,
        subject_id=visit_id,
        elder_id=str(row.elder_id),
        carer_id=str(row.carer_id),
        start_id=str(wish.start_id),
        started_at=made.started_at.isoformat(),
    )
    return _start_facts(made, row=row, is_repeated=False)


def finish_visit(visit_id: UUID, *, wish: FinishWish, actor: Actor, received_at: datetime, zone: ZoneInfo) -> LogResult:
    """
    Keep what was done on a visit, as the log that `record_visit_logs` would make of it, and finish it.

    The start is the one on record or, where none is, the wish's. Whether the actor may is the caller's to check.
    Journal: visit_log.received, visit.finished.

    Raises
    ------
    VisitNotFoundError, LogIdReusedError
        Where there is no such visit; where the id was used for another content.
    VisitAlreadyFinishedError
        Where another log finished it.
    IllegalVisitMoveError
        Where it has no carer or is canceled.
    InvalidLogError, VisitTooEarlyError
        Where there is no start, the end is before it, or the times cannot be.

    """
    row = lock_visit(visit_id)
    kept = session().get(VisitLog, wish.log_id)
    entry = _entry(row, wish=wish, kept=kept)
    if kept is None and row.status == VisitStatus.FINISHED:
        first = (
            session()
            .scalars(
                sa.select(VisitLog).where(VisitLog.visit_id == visit_id).order_by(VisitLog.received_at, VisitLog.id)
            )
            .first()
        )
        raise VisitAlreadyFinishedError(visit_id=visit_id, log_id=first.id if first else None)
    if kept is None and (row.status not in FINISHABLE or row.carer_id is None):
        raise illegal(row)
    [result] = keep_logs([entry], actor=actor, received_at=received_at, zone=zone, is_vouched=True)
    if result.refusal is not None:
        raise result.refusal
    return result


def assign_carer(visit_id: UUID, *, carer_id: UUID, start_at: datetime, actor: Actor, at: datetime) -> VisitFacts:
    """
    Give a visit that has not begun to a carer. Whether the carer is fit is the caller's to judge.

    Journal: visit.assigned. Raises VisitNotFoundError, IllegalVisitMoveError and CarerBusyError.
    """
    row = lock_visit(visit_id)
    if row.status not in CANCELABLE:
        raise illegal(row)
    carers.lock_carers([carer_id])
    span = (start_at, start_at + timedelta(minutes=row.visit_min))
    if row.carer_id != carer_id and find_clash([span], find_busy([carer_id], from_at=span[0], to_at=span[1])[carer_id]):
        raise CarerBusyError(carer_id=carer_id)
    row.carer_id, row.start_at, row.status = carer_id, start_at, str(VisitStatus.ASSIGNED)
    await_visits([row], at=at)
    journal.append(
        "visit.assigned",
        actor=actor,
        at=at,
        subject_id=visit_id,
        elder_id=str(row.elder_id),
        carer_id=str(carer_id),
    )
    session().flush()  # the version that the answer carries
    return visit_facts(row)


def take_carer_away(visit_id: UUID, *, actor: Actor, at: datetime, reason: str) -> VisitFacts:
    """
    Let a visit that has not begun have no carer any more; it stays planned for the same time, and nothing holds it.

    `reason` is a code.

    Journal: visit.unassigned. Raises VisitNotFoundError and IllegalVisitMoveError.
    """
    row = lock_visit(visit_id)
    if row.status not in CANCELABLE:
        raise illegal(row)
    lost = row.carer_id
    row.carer_id, row.status = None, str(VisitStatus.PLANNED)
    row.is_pinned = False  # to a carer who does not come
    withdraw_deadline(MISSED, key=str(visit_id), at=at)
    journal.append(
        "visit.unassigned",
        actor=actor,
        at=at,
        subject_id=visit_id,
        reason=reason,
        elder_id=str(row.elder_id),
        carer_id=str(lost) if lost else None,
    )
    session().flush()  # the version that the answer carries
    return visit_facts(row)


def lock_visit(visit_id: UUID) -> Visit:
    """Load a visit that nobody else changes until the transaction ends; VisitNotFoundError where there is none."""
    row = session().get(Visit, visit_id, with_for_update=FOR_CHANGE, populate_existing=True)
    if row is None:
        raise VisitNotFoundError(visit_id=visit_id)
    return row


def illegal(row: Visit) -> IllegalVisitMoveError:
    """Say what can become of a visit from here."""
    status = VisitStatus(row.status)
    allowed = [each.value for each in MOVES_ALLOWED[status]]
    return IllegalVisitMoveError(visit_id=row.id, status=status.value, allowed=allowed)


def _entry(row: Visit, *, wish: FinishWish, kept: VisitLog | None) -> VisitLogEntry:
    start = session().scalars(sa.select(VisitStart).where(VisitStart.visit_id == row.id)).one_or_none()
    started_at = start.started_at if start else wish.started_at
    if started_at is None and kept is None:
        raise InvalidLogError(fields={"started_at": [NO_START]})
    if start is not None and wish.started_at is not None and wish.started_at != start.started_at:
        raise InvalidLogError(fields={"started_at": [OTHER_START]})
    carer_id = kept.carer_id if kept else row.carer_id
    if carer_id is None:
        raise illegal(row)
    return VisitLogEntry(
        log_id=wish.log_id,
        elder_id=kept.elder_id if kept else row.elder_id,
        carer_id=carer_id,
        service_code=row.service_code,
        mode=wish.mode,
        outcome=wish.outcome,
        started_at=started_at or wish.finished_at,
        finished_at=wish.finished_at,
        place=wish.place,
        device_at=wish.device_at,
        visit_id=row.id,
        fix_ll=wish.fix_ll,
        fix_accuracy_m=wish.fix_accuracy_m,
        checklist_version=wish.checklist_version,
        answers=wish.answers,
    )


def _start_facts(kept: VisitStart, *, row: Visit, is_repeated: bool) -> StartFacts:
    return StartFacts(
        start_id=kept.id,
        visit=visit_facts(row),
        started_at=kept.started_at,
        device_at=kept.device_at,
        received_at=kept.received_at,
        is_repeated=is_repeated,
    )
