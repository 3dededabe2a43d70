"""What a move of a request means for its clocks, for supervisors and for the log of unmet demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch.intake.operations.clocks import (
    drop_clocks,
    hold_clocks,
    meet_clock,
    restart_accepting,
    resume_clocks,
)
from dispatch.intake.operations.tasks import close_tasks_of, raise_task
from dispatch.intake.operations.unmet import record_unmet
from dispatch.intake.values import Clock, CloseReason, RequestStatus, TaskKind, UnmetKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dispatch.intake.models import CareRequest
    from dispatch.intake.operations.effects import MadeMove

S = RequestStatus
UNMET: Final = {S.UNMATCHED: UnmetKind.UNMATCHED, S.FAILED: UnmetKind.FAILED}
UNMATCHED = frozenset({TaskKind.UNMATCHED, TaskKind.NOT_OFFERABLE})
# a state that is reached, the tasks that have no cause any more, and why
GONE: Final = {
    S.SUBMITTED: (UNMATCHED | {TaskKind.CARER_LOST}, CloseReason.REOPENED),
    S.ACCEPTED: (UNMATCHED | {TaskKind.ACCEPT_BREACHED}, CloseReason.ACCEPTED),
    S.SCHEDULED: (frozenset({TaskKind.CARER_LOST}), CloseReason.SCHEDULED),
    S.IN_PROGRESS: (frozenset(TaskKind) - {TaskKind.DISPUTED, TaskKind.ELDER_EVENT}, CloseReason.STARTED),
    S.COMPLETED: (frozenset(TaskKind) - {TaskKind.DISPUTED}, CloseReason.COMPLETED),
    S.FAILED: (frozenset(TaskKind) - {TaskKind.DISPUTED}, CloseReason.FAILED),
    S.CANCELED: (frozenset(TaskKind), CloseReason.CANCELED),
    S.VOIDED: (frozenset(TaskKind), CloseReason.VOIDED),
}
# back to where it was, or a step back: nothing that was a cause is gone
NO_NEWS: Final = frozenset(
    {*((S.ON_HOLD, back) for back in (S.SUBMITTED, S.ACCEPTED, S.SCHEDULED)), (S.SCHEDULED, S.ACCEPTED)}
)
ENDED: Final = frozenset({S.COMPLETED, S.FAILED, S.CANCELED, S.VOIDED})


def follow_moves(moves: Sequence[MadeMove]) -> None:
    """
    Do what follows from moves that were made.

    A request that finds nobody goes on waiting, and its clocks count on: only a hold stops them.
    """
    for made in moves:
        _follow(made)
    gone = [made.row.id for made in moves if made.to in GONE and (made.before.status, made.to) not in NO_NEWS]
    if gone:
        first = moves[0]
        kinds, cause = GONE[first.to]
        close_tasks_of(gone, kinds=kinds, reason=cause, actor=first.actor, at=first.now)


def _follow(made: MadeMove) -> None:
    request, before, to = made.row, made.before.status, made.to
    _move_clocks(request, before=before, to=to, now=made.now)
    if to in UNMET:
        record_unmet(request.id, kind=UNMET[to], reasons=_why(made), at=made.now)
    if to is S.UNMATCHED:
        raise_task(request.id, kind=TaskKind.UNMATCHED, reason=made.reason, actor=made.actor, at=made.now)


def _why(made: MadeMove) -> list[str]:
    """Give why nobody was found: the codes of the providers that were looked at, or else of the move itself."""
    counts = made.told.get("reason_counts")
    if isinstance(counts, dict) and counts:
        return list(counts)
    return [made.reason] if made.reason else []


def _move_clocks(request: CareRequest, *, before: RequestStatus, to: RequestStatus, now: datetime) -> None:
    if to is S.ON_HOLD:
        hold_clocks(request, now=now)
    elif to in ENDED:
        drop_clocks(request, now=now)
    elif before is S.ON_HOLD:
        resume_clocks(request, now=now)
    elif to is S.ACCEPTED:
        meet_clock(request, clock=Clock.ACCEPT, now=now)
    elif to is S.IN_PROGRESS:
        meet_clock(request, clock=Clock.START, now=now)
    elif to is S.SUBMITTED and before in (S.ACCEPTED, S.SCHEDULED):
        restart_accepting(request, now=now)
