"""Moving a request through its states; every move appends one entry to the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import sqlalchemy as sa

from dispatch import journal
from dispatch.actor import SYSTEM
from dispatch.errors import ConflictError, NotAllowedError
from dispatch.intake.models import CareRequest, CareRequestVisit
from dispatch.intake.operations.effects import AFTER_MOVE, BEFORE_MOVE, MadeMove
from dispatch.intake.operations.scope import load_visible, roles_to_change
from dispatch.intake.operations.submitting import add_open, show
from dispatch.intake.operations.vetting import InvalidCareRequestError
from dispatch.intake.queries import ASKED, find_rows
from dispatch.intake.rules import judge_move, role_of, state_after
from dispatch.intake.values import STATUS_WORDS, RequestState, RequestStatus
from dispatch.storage import among, check_version, session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor, Role
    from dispatch.intake.values import CancelReason, HoldReason, Move, RequestCard

ACCEPTED = "care_request.accepted"
NOTHING_MORE = Words("无，已经结束", "nothing, it has ended")


class IllegalMoveError(ConflictError):
    """The state machine has no such move from here; the facts name those it has."""

    slug = "illegal-move"
    title = Words("现在的状态不能这样变更", "This move is not allowed from here")
    detail = Words(
        "请求现在是“{status}”，不能变为“{to}”；可以变为：{allowed}。有误的请找民政干部。",
        'The request is "{status}" and cannot become "{to}"; it can become: {allowed}. If that is '
        "wrong, an officer can put it right.",
    )

    def text(self, locale: Locale) -> str:
        """Name the states in the reader's language; the facts have their codes."""
        names = [STATUS_WORDS[RequestStatus(each)].text(locale) for each in self.facts["allowed"]]
        return self.detail.text(
            locale,
            status=STATUS_WORDS[RequestStatus(self.facts["status"])].text(locale),
            to=STATUS_WORDS[RequestStatus(self.facts["to"])].text(locale),
            allowed=("、" if locale is Locale.ZH else ", ").join(names) or NOTHING_MORE.text(locale),
        )


class MoveNotAllowedError(NotAllowedError):
    """The move is legal, but not for the caller's role."""

    slug = "move-not-allowed"
    title = Words("你的角色不能这样变更请求", "Your role may not make this move")
    detail = Words(
        "请由提出请求的人、接单机构的调度员或民政干部来变更。",
        "Whoever asked, the coordinator of the provider or an officer can make it.",
    )


def move_request(
    request_id: UUID,
    *,
    to: RequestStatus,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    service_at_site_id: UUID | None = None,
    visit_ids: Sequence[UUID] = (),
    start_at: datetime | None = None,
    expected_version: int | None = None,
    told: Mapping[str, object] | None = None,
) -> RequestCard:
    """
    Make one move of the state machine.

    Accepting takes who serves (`service_at_site_id`), the visits in the order of their slots, and the start. What is
    `told` stands in the journal's entry: ids and codes. What a move brings with it stands in `effects`.

    Raises
    ------
    CareRequestNotFoundError
        Where there is none in the actor's scope.
    IllegalMoveError
        Where the state machine has no such move; `facts` hold the states that can be reached.
    MoveNotAllowedError
        Where the move is another role's.
    InvalidCareRequestError
        Where the move needs a reason, or accepting does not say who serves.
    ProofMissingError
        Where it is to be completed and start, end, place or provider is not on record.
    CareRequestRepeatedError
        Where a request is reopened while another asks for the same.

    """
    row, move, roles = _judged(
        request_id, to=to, actor=actor, service_at_site_id=service_at_site_id, expected_version=expected_version
    )
    state = state_of(row)
    _check(move, reason=reason, service_at_site_id=service_at_site_id)
    made = MadeMove(row=row, kind=move.kind, before=state, to=to, actor=actor, now=now, reason=reason, told=told or {})
    for check in BEFORE_MOVE:
        check(made)
    facts: dict[str, object] = {}
    if move.kind == ACCEPTED:
        row.service_at_site_id = service_at_site_id
        _link(row, visit_ids=visit_ids)
        facts |= {
            "service_at_site_id": str(service_at_site_id),
            "visit_ids": [str(each) for each in visit_ids],
            "start_at": start_at.isoformat() if start_at else None,
        }
    if to in ASKED and state.status not in ASKED:
        add_open(row, status=to)
    after = state_after(state, to=to)
    row.status, row.status_before_hold = to.value, after.before_hold.value if after.before_hold else None
    row.move_no += 1
    facts = _tell(made, role=role_of(move, roles=roles)) | facts
    journal.append(move.kind, actor=actor, at=now, subject_id=row.id, reason=reason, **facts)
    for effect in AFTER_MOVE:
        effect([made])
    session().flush()  # the version that the reply carries
    return show(row)


def schedule_requests(rows: Sequence[CareRequest], *, now: datetime, told: Mapping[str, object]) -> None:
    """
    Schedule accepted requests that are held, as the system: as `move_request` would one by one, in few statements.

    Raises IllegalMoveError where one cannot be scheduled.
    """
    to, moves = RequestStatus.SCHEDULED, []
    for row in rows:
        before = state_of(row)
        move = judge_move(before, to=to, roles=None).move
        if move is None or before.status is not RequestStatus.ACCEPTED:
            raise _illegal(row, to=to)
        moves.append(MadeMove(row=row, kind=move.kind, before=before, to=to, actor=SYSTEM, now=now, told=told))
    if not moves:
        return
    for made in moves:
        for check in BEFORE_MOVE:
            check(made)
    session().execute(
        sa.update(CareRequest)
        .where(among(CareRequest.id, ids=[row.id for row in rows]))
        .values(status=to.value, move_no=CareRequest.move_no + 1, version=CareRequest.version + 1)
        .execution_options(synchronize_session=False)
    )
    find_rows([row.id for row in rows], is_locked=True)  # the rows as they are now
    journal.append_all([(made.kind, made.row.id, _tell(made, role=None)) for made in moves], actor=SYSTEM, at=now)
    for effect in AFTER_MOVE:
        effect(moves)


def _tell(made: MadeMove, *, role: Role | None) -> dict[str, object]:
    """Give what the journal is told of a move that was made."""
    return {
        **made.told,
        "from_status": made.before.status.value,
        "to_status": made.to.value,
        "move_no": made.row.move_no,
        "role": role.value if role else None,
    }


def check_move(
    request_id: UUID, *, to: RequestStatus, actor: Actor, kind: str, service_at_site_id: UUID | None = None
) -> None:
    """
    Raise what `move_request` would raise because of the state or the role; changes nothing.

    The move must be of that kind: to go on after a hold is no acceptance, and to confirm a draft no reopening, though
    they lead to the same states.
    """
    _judged(request_id, to=to, actor=actor, service_at_site_id=service_at_site_id, kind=kind)


def cancel_request(request_id: UUID, *, reason: CancelReason, actor: Actor, now: datetime) -> RequestCard:
    """Cancel a request that has not begun; see `move_request` for the errors."""
    return move_request(request_id, to=RequestStatus.CANCELED, actor=actor, now=now, reason=reason.value)


def hold_request(request_id: UUID, *, reason: HoldReason, actor: Actor, now: datetime) -> RequestCard:
    """Let a request wait; see `move_request` for the errors."""
    return move_request(request_id, to=RequestStatus.ON_HOLD, actor=actor, now=now, reason=reason.value)


def resume_request(request_id: UUID, *, actor: Actor, now: datetime) -> RequestCard:
    """Take a request off hold, back to the state before; see `move_request` for the errors."""
    row, _ = load_visible(request_id, actor=actor, is_locked=True)
    if row.status_before_hold is None:
        raise _illegal(row, to=RequestStatus(row.status))
    return move_request(request_id, to=RequestStatus(row.status_before_hold), actor=actor, now=now)


def refuse_move(row: CareRequest, *, to: RequestStatus) -> NoReturn:
    """Raise IllegalMoveError: the request cannot become that from where it is."""
    raise _illegal(row, to=to)


def _judged(
    request_id: UUID,
    *,
    to: RequestStatus,
    actor: Actor,
    service_at_site_id: UUID | None,
    expected_version: int | None = None,
    kind: str | None = None,
) -> tuple[CareRequest, Move, frozenset[Role] | None]:
    offer_ids = (service_at_site_id,) if service_at_site_id else ()
    row, roles = load_visible(request_id, actor=actor, offer_ids=offer_ids, is_locked=True)
    check_version(row.version, expected=expected_version)
    roles = roles_to_change(row, actor=actor, roles=roles)
    decision = judge_move(state_of(row), to=to, roles=roles)
    if decision.move is None or kind not in {None, decision.move.kind}:
        raise _illegal(row, to=to)
    if not decision.is_open_to_roles:
        raise MoveNotAllowedError(care_request_id=row.id)
    return row, decision.move, roles


def state_of(row: CareRequest) -> RequestState:
    """Say where a request stands, and where a hold returns it to."""
    before = row.status_before_hold
    return RequestState(RequestStatus(row.status), RequestStatus(before) if before else None)


def _illegal(row: CareRequest, *, to: RequestStatus) -> IllegalMoveError:
    decision = judge_move(state_of(row), to=to, roles=None)
    allowed = [each.value for each in decision.allowed]
    return IllegalMoveError(care_request_id=row.id, status=row.status, to=to.value, allowed=allowed)


def _check(move: Move, *, reason: str | None, service_at_site_id: UUID | None) -> None:
    if move.needs_reason and not reason:
        raise InvalidCareRequestError(fields={"reason": [Words("要写明原因。", "A reason is needed.")]})
    if move.kind == ACCEPTED and service_at_site_id is None:
        raise InvalidCareRequestError(fields={"service_at_site_id": [Words("要写明由谁服务。", "Say who serves it.")]})


def _link(row: CareRequest, *, visit_ids: Sequence[UUID]) -> None:
    session().add_all(
        CareRequestVisit(care_request_id=row.id, visit_id=visit_id, slot_no=slot_no)
        for slot_no, visit_id in enumerate(visit_ids, start=1)
    )
