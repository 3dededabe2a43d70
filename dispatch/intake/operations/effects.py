"""
What a move of a request brings with it, in one place.

Each check is asked before every move and may refuse it; each effect is called after every move, in the transaction of
the move, and decides by the move whether it has anything to do. Effects take many moves at once: of one operation, to
the same state, by the same actor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from dispatch import directory, visits
from dispatch.intake.models import CareRequestVisit
from dispatch.intake.operations.consequences import follow_moves
from dispatch.intake.operations.proving import check_proofs
from dispatch.intake.operations.queuing import queue_offering, unqueue_offerings
from dispatch.intake.queries import find_visit_ids
from dispatch.intake.rules import SILENCE, SILENCE_COUNTS_AFTER
from dispatch.intake.values import RequestStatus
from dispatch.storage import session, set_deadline, withdraw_deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from dispatch.actor import Actor
    from dispatch.intake.models import CareRequest
    from dispatch.intake.values import RequestState

    Effect = Callable[[Sequence["MadeMove"]], None]

S = RequestStatus
# after these moves nobody is to come any more
ENDING = frozenset({S.CANCELED, S.VOIDED, S.FAILED})
NOT_BEGUN = frozenset({visits.VisitStatus.PLANNED, visits.VisitStatus.ASSIGNED, visits.VisitStatus.PUBLISHED})
HOLDS_A_PLACE = frozenset({S.ACCEPTED, S.SCHEDULED, S.ON_HOLD})


@dataclass(frozen=True, slots=True)
class MadeMove:
    """One move: of which request, from where, to where, by whom and why."""

    row: CareRequest
    kind: str  # of the journal entry
    before: RequestState
    to: RequestStatus
    actor: Actor
    now: datetime
    reason: str | None = None
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_reopening(self) -> bool:
        """Whether it is asked for anew after somebody had it."""
        return self.kind == "care_request.reopened"


def prove(made: MadeMove) -> None:
    """Refuse completion without start, end, place and provider (ProofMissingError)."""
    if made.to is S.COMPLETED:
        check_proofs(made.row)


def end_visits(made: MadeMove) -> None:
    """Nobody comes any more: cancel the visits that have not begun."""
    if not (made.to in ENDING or made.is_reopening):
        return
    linked = find_visit_ids([made.row.id]).get(made.row.id, ())
    waiting = [each.visit_id for each in visits.find_visits(visit_ids=linked) if each.status in NOT_BEGUN]
    if waiting:
        visits.cancel_visits(waiting, actor=made.actor, at=made.now, reason=made.reason or made.to.value)


def free_place(made: MadeMove) -> None:
    """Give the place back; one that failed has used it up."""
    is_given_up = made.is_reopening or made.to in {S.CANCELED, S.VOIDED}
    served_by = made.row.service_at_site_id
    if is_given_up and served_by is not None and made.before.status in HOLDS_A_PLACE:
        directory.give_back_place(served_by, service_on=made.row.service_on, period=made.row.period)


def forget_provider(made: MadeMove) -> None:
    """Let a request that is asked for anew have no provider and no visits."""
    if made.is_reopening and made.row.service_at_site_id is not None:
        session().execute(sa.delete(CareRequestVisit).where(CareRequestVisit.care_request_id == made.row.id))
        made.row.service_at_site_id = None


def await_confirmation(made: MadeMove) -> None:
    """Let silence count as confirmation, some days after completion."""
    if made.to is S.COMPLETED:
        due_at = made.now + SILENCE_COUNTS_AFTER
        set_deadline(SILENCE, key=str(made.row.id), due_at=due_at, at=made.now)
    elif made.to is S.VOIDED:
        withdraw_deadline(SILENCE, key=str(made.row.id), at=made.now)


def keep_offering(moves: Sequence[MadeMove]) -> None:
    """Have providers asked while a request waits for one, and nobody once it does not."""
    asked = [made for made in moves if _waits_for_provider(made)]
    for made in asked:
        queue_offering(made.row.id, due_at=made.now, at=made.now)
    others = [made.row.id for made in moves if not _waits_for_provider(made)]
    if others:
        unqueue_offerings(others, at=moves[0].now)


def _waits_for_provider(made: MadeMove) -> bool:
    is_resumed_offered = made.to is S.OFFERED and made.before.status is S.ON_HOLD
    return made.to is S.SUBMITTED or is_resumed_offered


def each(effect: Callable[[MadeMove], None]) -> Effect:
    """Give an effect on one move as one on many."""

    def on_all(moves: Sequence[MadeMove]) -> None:
        for made in moves:
            effect(made)

    return on_all


BEFORE_MOVE: Final[tuple[Callable[[MadeMove], None], ...]] = (prove,)
# in this order: who serves is forgotten last
AFTER_MOVE: Final[tuple[Effect, ...]] = (
    each(end_visits),
    each(free_place),
    each(await_confirmation),
    keep_offering,
    follow_moves,
    each(forget_provider),
)
