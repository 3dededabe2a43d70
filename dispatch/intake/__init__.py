"""
Care requests: received, offered, accepted, ended.

The state machine is data (`MOVES`); every move appends one journal entry, from which `rebuild_state` gives
the present state again. Who may see a request follows from the elder, the area and the provider.
"""

from dispatch.intake.operations.moving import (
    IllegalMoveError,
    MoveNotAllowedError,
    cancel_request,
    check_move,
    hold_request,
    move_request,
    resume_request,
)
from dispatch.intake.operations.reading import find_events, find_requested_elders, find_requests, get_request
from dispatch.intake.operations.scope import CareRequestNotFoundError
from dispatch.intake.operations.submitting import (
    CareRequestIdTakenError,
    CareRequestRepeatedError,
    InvalidCareRequestError,
    submit_request,
)
from dispatch.intake.queries import count_open, count_unmatched_by_elder, count_unmet, find_history
from dispatch.intake.rules import (
    FARTHEST_AHEAD,
    LONGEST_WINDOW,
    MOVES,
    ON_BEHALF_MAX_LENGTH,
    derive_period,
    find_faults,
    judge_move,
    rebuild_state,
    roles_for,
    state_after,
)
from dispatch.intake.values import (
    STATUS_WORDS,
    CancelReason,
    Channel,
    HoldReason,
    Move,
    MoveDecision,
    Page,
    Pairing,
    RequestCard,
    RequestFilter,
    RequestState,
    RequestStatus,
    RequestWish,
    ServedCount,
    ServedHistory,
    UnmetCount,
    Urgency,
)

__all__ = [
    "FARTHEST_AHEAD",
    "LONGEST_WINDOW",
    "MOVES",
    "ON_BEHALF_MAX_LENGTH",
    "STATUS_WORDS",
    "CancelReason",
    "CareRequestIdTakenError",
    "CareRequestNotFoundError",
    "CareRequestRepeatedError",
    "Channel",
    "HoldReason",
    "IllegalMoveError",
    "InvalidCareRequestError",
    "Move",
    "MoveDecision",
    "MoveNotAllowedError",
    "Page",
    "Pairing",
    "RequestCard",
    "RequestFilter",
    "RequestState",
    "RequestStatus",
    "RequestWish",
    "ServedCount",
    "ServedHistory",
    "UnmetCount",
    "Urgency",
    "cancel_request",
    "check_move",
    "count_open",
    "count_unmatched_by_elder",
    "count_unmet",
    "derive_period",
    "find_events",
    "find_faults",
    "find_history",
    "find_requested_elders",
    "find_requests",
    "get_request",
    "hold_request",
    "judge_move",
    "move_request",
    "rebuild_state",
    "resume_request",
    "roles_for",
    "state_after",
    "submit_request",
]
