"""The state machine of a care request, and what a wish must satisfy. No session, no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch.actor import Role
from dispatch.intake.values import Channel, Move, MoveDecision, RequestState, RequestStatus, RequestWish
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.values import RequestCard
    from dispatch.journal import Entry

S = RequestStatus
REQUESTERS: Final = frozenset({Role.ELDER, Role.FAMILY, Role.OPERATOR, Role.COMMUNITY_WORKER})
OFFICER: Final = frozenset({Role.DISTRICT_OFFICER})
COORDINATOR: Final = frozenset({Role.COORDINATOR})
CARER: Final = frozenset({Role.CARER})
NOBODY: Final[frozenset[Role]] = frozenset()  # the system alone
BEFORE_HOLD: Final = (S.SUBMITTED, S.OFFERED, S.ACCEPTED, S.SCHEDULED)
BEFORE_START: Final = (S.DRAFT, *BEFORE_HOLD, S.ON_HOLD)


def _moves() -> tuple[Move, ...]:
    one = [
        Move(None, S.DRAFT, REQUESTERS, "care_request.drafted"),
        Move(None, S.SUBMITTED, REQUESTERS, "care_request.submitted"),
        Move(S.DRAFT, S.SUBMITTED, REQUESTERS, "care_request.submitted"),
        Move(S.SUBMITTED, S.OFFERED, OFFICER, "offer.made"),
        Move(S.OFFERED, S.OFFERED, OFFICER, "offer.made"),
        Move(S.SUBMITTED, S.ACCEPTED, COORDINATOR | OFFICER, "care_request.accepted"),
        Move(S.OFFERED, S.ACCEPTED, COORDINATOR | OFFICER, "care_request.accepted"),
        Move(S.SUBMITTED, S.UNMATCHED, NOBODY, "care_request.unmatched"),
        Move(S.OFFERED, S.UNMATCHED, NOBODY, "care_request.unmatched"),
        Move(S.ACCEPTED, S.SCHEDULED, COORDINATOR, "care_request.scheduled"),
        Move(S.SCHEDULED, S.ACCEPTED, COORDINATOR, "care_request.unscheduled"),
        # the coordinator too: for a carer whose phone is dead, and for services at a site
        Move(S.SCHEDULED, S.IN_PROGRESS, CARER | COORDINATOR, "care_request.started"),
        Move(S.IN_PROGRESS, S.COMPLETED, CARER | COORDINATOR, "care_request.completed"),
        Move(S.SCHEDULED, S.FAILED, CARER | COORDINATOR, "care_request.failed", needs_reason=True),
        Move(S.IN_PROGRESS, S.FAILED, CARER | COORDINATOR, "care_request.failed", needs_reason=True),
        Move(S.ACCEPTED, S.SUBMITTED, COORDINATOR, "care_request.reopened"),
        Move(S.SCHEDULED, S.SUBMITTED, COORDINATOR, "care_request.reopened"),
        Move(S.UNMATCHED, S.SUBMITTED, OFFICER, "care_request.reopened"),
    ]
    hold = [
        Move(before, S.ON_HOLD, REQUESTERS | OFFICER, "care_request.held", needs_reason=True) for before in BEFORE_HOLD
    ]
    resume = [Move(S.ON_HOLD, None, REQUESTERS | OFFICER, "care_request.resumed")]
    cancel = [
        Move(before, S.CANCELED, REQUESTERS | OFFICER, "care_request.canceled", needs_reason=True)
        for before in BEFORE_START
    ]
    void = [Move(before, S.VOIDED, OFFICER, "care_request.voided") for before in S if before is not S.VOIDED]
    return (*one, *hold, *resume, *cancel, *void)


MOVES: Final = _moves()
# kinds of entries about a request that move nothing: they say twice where it stands
NOTES: Final = frozenset(
    {
        "care_request.breached",
        "care_request.confirmed",
        "care_request.disputed",
        "care_request.dispute_closed",
    }
)

# P: a request is for the near future, and a window is a wish for a time and not for a season
LONGEST_WINDOW: Final = timedelta(days=7)
FARTHEST_AHEAD: Final = timedelta(days=60)
# P: the parts of a day for which places are counted, by the local hour at which the window begins
NOON_FROM_HOUR: Final = 11
EVENING_FROM_HOUR: Final = 16
ON_BEHALF_MAX_LENGTH: Final = 100

CHANNELS: Final = {
    # the first is what holds when none is said; an operator must say it
    Role.ELDER: (Channel.APP, Channel.SOS),
    Role.FAMILY: (Channel.APP, Channel.SOS),
    Role.COMMUNITY_WORKER: (Channel.WORKER, Channel.VISIT, Channel.COUNTER),
    Role.OPERATOR: (Channel.PHONE,),
}


def judge_move(state: RequestState, *, to: RequestStatus, roles: frozenset[Role] | None) -> MoveDecision:
    """
    Decide whether a request may go from its state to another.

    Parameters
    ----------
    state : RequestState
        Where it stands.
    to : RequestStatus
        Where it is to go.
    roles : frozenset of Role, or None
        The roles that the mover holds for this request; None: the system, which may make every move.

    """
    here = [(move, _target(move, state)) for move in MOVES if move.before is state.status]
    found = next((move for move, after in here if after is to), None)
    return MoveDecision(
        move=found,
        allowed=tuple(sorted({after for _, after in here if after is not None})),
        is_open_to_roles=found is not None and (roles is None or bool(found.roles & roles)),
    )


def _target(move: Move, state: RequestState) -> RequestStatus | None:
    return move.after or state.before_hold


def with_next_states(card: RequestCard) -> RequestCard:
    """Add to a request the states that it can go to."""
    decision = judge_move(RequestState(card.status, card.status_before_hold), to=card.status, roles=None)
    return replace(card, next_states=decision.allowed)


def first_move(to: RequestStatus) -> Move:
    """Give the move by which a request comes into being."""
    return next(move for move in MOVES if move.before is None and move.after is to)


def role_of(move: Move, *, roles: frozenset[Role] | None) -> Role | None:
    """Give the role in which a move is made, the first by name where several would do; None: the system."""
    return None if roles is None else min(move.roles & roles)


def state_after(state: RequestState, *, to: RequestStatus) -> RequestState:
    """Give the state after a legal move: a hold remembers where it came from, every other move forgets."""
    return RequestState(to, state.status if to is S.ON_HOLD else None)


def rebuild_state(entries: Iterable[Entry]) -> RequestState:
    """
    Rebuild a request's present state from its journal entries, oldest first.

    What is only noted (a clock that ran out, a confirmation, a dispute) moves nothing. That the last entry is
    missing shows where the result is not what the request says of itself.

    Raises
    ------
    ValueError
        Where the entries are no path through the state machine: something is missing, was changed or was added.

    """
    state: RequestState | None = None
    last_no: int | None = None
    for entry in entries:
        before, named = entry.facts.get("from_status"), entry.facts.get("to_status")
        if before != (state.status if state else None):
            raise ValueError(f"{entry.kind} starts from {before}, the request was {state and state.status}")
        if entry.kind in NOTES:
            if named != before:
                raise ValueError(f"{entry.kind} from {before} to {named} moves nothing")
            continue
        if named not in list(S):
            raise ValueError(f"{entry.kind} says no state")
        to, move_no = S(named), entry.facts.get("move_no")
        move = first_move(to) if state is None else judge_move(state, to=to, roles=None).move
        if move is None or move.kind != entry.kind:
            raise ValueError(f"{entry.kind} from {before} to {to} is no move of the state machine")
        # entries that were made before moves were counted have no number
        if last_no is not None and move_no != last_no + 1:
            raise ValueError(f"move {last_no} is followed by move {move_no}")
        last_no = move_no
        state = RequestState(to) if state is None else state_after(state, to=to)
    if state is None:
        raise ValueError("no entries")
    return state


def roles_for(actor: Actor, *, elder_id: UUID, area_code: str) -> frozenset[Role] | None:
    """
    List the roles in which an actor sees the requests of one elder; None: the system.

    Elder and family are bound to the elder; worker, operator and officer to the area. The coordinator's
    role follows from who serves the request, which the caller adds.
    """
    if actor.is_system:
        return None
    found = {role for role in (Role.ELDER, Role.FAMILY) if elder_id in actor.elder_ids(role)}
    by_area = (Role.COMMUNITY_WORKER, Role.OPERATOR, Role.DISTRICT_OFFICER)
    return frozenset(found | {role for role in by_area if actor.covers_area(area_code, role)})


def derive_period(window_from_at: datetime, *, zone: ZoneInfo) -> str:
    """Give the part of the day in which a window begins: before 11:00 morning, before 16:00 noon, then evening."""
    hour = window_from_at.astimezone(zone).hour
    return "morning" if hour < NOON_FROM_HOUR else "noon" if hour < EVENING_FROM_HOUR else "evening"


def choose_channel(wish: RequestWish, *, roles: frozenset[Role] | None) -> Channel | None:
    """Give the channel that holds, or None where the wish names none that fits one of the roles."""
    if roles is None:
        return wish.channel or Channel.APP
    for role, channels in CHANNELS.items():
        if role not in roles:
            continue
        if wish.channel in channels:
            return wish.channel
        if wish.channel is None and role is not Role.OPERATOR:
            return channels[0]
    return None


def find_faults(wish: RequestWish, *, roles: frozenset[Role] | None, now: datetime) -> dict[str, list[Words | str]]:
    """Say field by field what is wrong with a wish; empty where all is well. The past is open to the system only."""
    faults: dict[str, list[Words | str]] = {}
    if wish.window_from_at >= wish.window_to_at:
        faults["window_to_at"] = [Words("时间窗的结束要晚于开始。", "The window must end after it begins.")]
    elif wish.window_to_at - wish.window_from_at > LONGEST_WINDOW:
        faults["window_to_at"] = [Words("时间窗最长 7 天。", "A window is at most 7 days long.")]
    elif roles is not None and wish.window_to_at <= now:
        faults["window_to_at"] = [Words("时间窗已经过去，请另选时间。", "The window has passed; choose another time.")]
    elif roles is not None and wish.window_from_at > now + FARTHEST_AHEAD:
        faults["window_from_at"] = [Words("最多提前 60 天申请。", "Ask at most 60 days ahead.")]
    channel = choose_channel(wish, roles=roles)
    if channel is None:
        fitting = sorted({c.value for role, channels in CHANNELS.items() if role in (roles or ()) for c in channels})
        listed = ", ".join(fitting)
        faults["channel"] = [Words(f"你的角色只能用：{listed}。", f"Your role may use: {listed}.")]
    elif channel is Channel.PHONE and not (wish.on_behalf_of or "").strip():
        faults["on_behalf_of"] = [Words("电话代办要写明是替谁办的。", "A request by phone must say on whose behalf.")]
    return faults
