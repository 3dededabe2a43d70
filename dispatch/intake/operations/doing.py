"""
From the first start to the last finish: what is told of a service, and what becomes of its request.

A request is held before its visits, in every operation, so that two phones never wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import carers, visits
from dispatch.actor import SYSTEM, Role
from dispatch.intake.models import CareRequest, CareRequestVisit
from dispatch.intake.operations.moving import move_request, refuse_move
from dispatch.intake.operations.proving import find_attendance, find_standing_visits
from dispatch.intake.operations.scope import CareRequestNotFoundError, load_visible
from dispatch.intake.operations.submitting import show
from dispatch.intake.operations.tasks import close_tasks, raise_task
from dispatch.intake.queries import find_row
from dispatch.intake.rules import find_failure
from dispatch.intake.values import CloseReason, RequestStatus, TaskKind
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.values import FailureReason, RequestCard

S = RequestStatus
LATE_FOR_SUPERVISOR_MIN = 30
"""P: a shorter delay is the coordinator's alone, who sees it on the board."""
UNDER_WAY = frozenset({S.SCHEDULED, S.IN_PROGRESS})


def start_visit(visit_id: UUID, *, wish: visits.StartWish, actor: Actor, now: datetime) -> visits.StartFacts:
    """
    Keep that a visit began; the first start of a request puts it in progress.

    Its carer tells it, or a coordinator of the organization that serves. Whether the carer is still fit is asked
    before, by `assignment.start_visit`.

    Raises
    ------
    visits.VisitNotFoundError
        Where there is none, or the actor has nothing to do with it.
    visits.NotOwnLogError
        Where it is the other carer's of a pair.
    IllegalMoveError
        Where the request is on hold, has ended or has lost a carer.
    visits.VisitAlreadyStartedError, visits.IllegalVisitMoveError, visits.VisitTooEarlyError, visits.InvalidLogError
        See `visits.start_visit`.

    """
    request = _hold(visit_id, actor=actor)
    told = visits.start_visit(visit_id, wish=wish, actor=actor, received_at=now)
    if request is not None and not told.is_repeated:
        if request.status not in UNDER_WAY:
            refuse_move(request, to=S.IN_PROGRESS)
        settle(request, actor=actor, now=now)
    return told


def finish_visit(
    visit_id: UUID, *, wish: visits.FinishWish, actor: Actor, now: datetime, zone: ZoneInfo
) -> visits.LogResult:
    """
    Keep what was done on a visit; the last finish of a request completes it or lets it fail, by the outcomes.

    Who may tell it and what is raised is as with `start_visit`, and as `visits.finish_visit` says.
    """
    request = _hold(visit_id, actor=actor)
    result = visits.finish_visit(visit_id, wish=wish, actor=actor, received_at=now, zone=zone)
    if request is not None and result.status is visits.LogStatus.CREATED:
        settle(request, actor=actor, now=now)
    return result


def record_visit_logs(
    entries: Iterable[visits.VisitLogEntry], *, actor: Actor, received_at: datetime, zone: ZoneInfo
) -> list[visits.LogResult]:
    """Keep logs as `visits.record_visit_logs` does; one of a visit that serves a request moves the request too."""
    given = list(entries)
    requests = _hold_all(entry.visit_id for entry in given if entry.visit_id)
    results = visits.record_visit_logs(given, actor=actor, received_at=received_at, zone=zone)
    new = {
        each.log.visit_id
        for each in results
        if each.log is not None and each.log.visit_id and each.status is visits.LogStatus.CREATED
    }
    for visit_id, request in requests.items():
        if visit_id in new:
            settle(request, actor=actor, now=received_at)
    return results


def fail_request(request_id: UUID, *, reason: FailureReason, actor: Actor, now: datetime) -> RequestCard:
    """Let a request that was scheduled fail: visits that have not begun are canceled; see `move_request`."""
    return move_request(request_id, to=S.FAILED, actor=actor, now=now, reason=reason.value)


def lose_carer(visit_id: UUID, *, codes: Collection[str], now: datetime) -> RequestCard | None:
    """
    Take the carer from a visit that has not begun: the slot is free, the request has to be planned again.

    The first of `codes` is told as the reason; a supervisor is asked to look. None where the visit serves no request.
    """
    request_id = find_request_id(visit_id)
    request = find_row(request_id, is_locked=True) if request_id else None
    reason = next(iter(codes), "carer_left")
    visits.take_carer_away(visit_id, actor=SYSTEM, at=now, reason=reason)
    if request is None:
        return None
    if request.status == S.SCHEDULED:
        told = {"visit_id": str(visit_id), "codes": list(codes)}
        move_request(request.id, to=S.ACCEPTED, actor=SYSTEM, now=now, reason=reason, told=told)
    raise_task(request.id, kind=TaskKind.CARER_LOST, actor=SYSTEM, at=now, reason=reason)
    return show(request)


def give_visit(visit_id: UUID, *, carer_id: UUID, start_at: datetime, actor: Actor, now: datetime) -> visits.VisitFacts:
    """
    Put a carer on a visit that has not begun; with every slot filled the request is scheduled.

    Whether the carer is fit is judged before, by `assignment.give_visit`. Raises what `visits.assign_carer` raises, and
    IllegalMoveError where the request is on hold or has ended.
    """
    request = _hold(visit_id, actor=actor)
    if request is not None and request.status not in {S.ACCEPTED, *UNDER_WAY}:
        refuse_move(request, to=S.SCHEDULED)
    given = visits.assign_carer(visit_id, carer_id=carer_id, start_at=start_at, actor=actor, at=now)
    if request is not None and request.status == S.ACCEPTED:
        standing = find_standing_visits(request.id)
        if all(each.carer_id for each in standing):
            told = {"visit_id": str(visit_id), "carer_id": str(carer_id)}
            move_request(request.id, to=S.SCHEDULED, actor=actor, now=now, told=told)
            close_tasks(request.id, reason=CloseReason.SCHEDULED, actor=actor, at=now, kinds=[TaskKind.CARER_LOST])
            settle(request, actor=actor, now=now)
    return given


def report_problem(visit_id: UUID, *, report: visits.ProblemReport, actor: Actor, now: datetime) -> visits.ProblemFacts:
    """
    Keep what keeps a visit from going as planned; a supervisor is asked to look, unless it is a small delay.

    Who may tell it is as with `start_visit`. Raises what `visits.report_problem` raises. Journal:
    visit.problem_reported, supervisor_task.raised.
    """
    request = _hold(visit_id, actor=actor)
    told = visits.report_problem(visit_id, report=report, actor=actor, received_at=now)
    is_small = report.late_min is not None and report.late_min < LATE_FOR_SUPERVISOR_MIN
    if request is not None and not told.is_repeated and not is_small:
        raise_task(request.id, kind=TaskKind.PROBLEM_REPORTED, actor=actor, at=now, reason=report.kind.value)
    return told


def settle(request: CareRequest, *, actor: Actor, now: datetime) -> None:
    """
    Move a request on by what is on record of its visits, or of the attendance where it has none.

    The first start puts it in progress. When all have ended, it is completed where every outcome is a service; else it
    fails with the first outcome that is none.
    """
    planned = find_standing_visits(request.id)
    outcomes: list[visits.VisitOutcome | None]
    if planned:
        has_begun = any(each.status.has_begun for each in planned)
        has_ended = all(each.status is visits.VisitStatus.FINISHED for each in planned)
        outcomes = [each.outcome for each in planned]
    else:
        there = find_attendance(request.id)
        has_begun, has_ended = there is not None, there is not None and there.finished_at is not None
        outcomes = [visits.VisitOutcome(there.outcome)] if there and there.outcome else []
    if request.status == S.SCHEDULED and has_begun:
        move_request(request.id, to=S.IN_PROGRESS, actor=actor, now=now)
    if request.status == S.IN_PROGRESS and has_ended:
        failure = find_failure(outcomes)
        if failure is None:
            move_request(request.id, to=S.COMPLETED, actor=actor, now=now)
        else:
            move_request(request.id, to=S.FAILED, actor=actor, now=now, reason=failure.value)


def hold_of_visit(visit_id: UUID, *, actor: Actor) -> RequestCard | None:
    """
    Hold the request that a visit serves until the transaction ends; None where it serves none.

    Raises visits.VisitNotFoundError and visits.NotOwnLogError for who may not tell of the visit, as `start_visit` says.
    """
    row = _hold(visit_id, actor=actor)
    return show(row) if row else None


def _hold(visit_id: UUID, *, actor: Actor) -> CareRequest | None:
    visit = visits.get_visit(visit_id)
    request_id = find_request_id(visit_id)
    own_id = carers.find_carer_id(actor.account_id) if actor.account_id else None
    is_own = actor.is_system or (own_id is not None and own_id == visit.carer_id)
    if request_id is None:
        if not is_own:
            raise visits.VisitNotFoundError(visit_id=visit_id)
        return None
    try:
        row, roles = load_visible(request_id, actor=actor, is_locked=True)
    except CareRequestNotFoundError:
        raise visits.VisitNotFoundError(visit_id=visit_id) from None
    if is_own or roles is None or Role.COORDINATOR in roles:
        return row
    if Role.CARER in roles:
        raise visits.NotOwnLogError
    raise visits.VisitNotFoundError(visit_id=visit_id)


def find_request_id(visit_id: UUID) -> UUID | None:
    """Find the request that a visit serves."""
    query = sa.select(CareRequestVisit.care_request_id).where(CareRequestVisit.visit_id == visit_id)
    return session().scalars(query).one_or_none()


def _hold_all(visit_ids: Iterable[UUID]) -> dict[UUID, CareRequest]:
    """Hold the requests of visits, always in the same order; by visit."""
    found = {visit_id: request_id for visit_id in visit_ids if (request_id := find_request_id(visit_id))}
    held = {request_id: find_row(request_id, is_locked=True) for request_id in sorted(set(found.values()))}
    return {visit_id: row for visit_id, request_id in found.items() if (row := held[request_id]) is not None}
