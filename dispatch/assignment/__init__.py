"""
Who serves a request: the search for candidates, and giving the request to one of them.

Every provider of the elder's district gets a rank with its score or all the reasons why it cannot; a search
is stored with what it rests on. Assigning judges the chosen provider again by the same rules.
"""

from dispatch.assignment.operations.assigning import (
    AlreadyAssignedError,
    ProviderCannotServeError,
    ProviderNotFoundError,
    assign_request,
)
from dispatch.assignment.operations.distances import HomeUnlocatedError
from dispatch.assignment.operations.fitness import find_unfit, home_ll_of
from dispatch.assignment.operations.forgetting import forget_searches
from dispatch.assignment.operations.matching import WindowPastError, find_candidates, keep_run
from dispatch.assignment.operations.preferring import copy_preferences, put_preferences
from dispatch.assignment.queries import find_round, find_shares, find_tried
from dispatch.assignment.values import (
    DECLINE_WORDS,
    OFFER_STATUS_WORDS,
    REASON_WORDS,
    RULE_VERSION,
    Assignment,
    Assumptions,
    Candidate,
    CarerChoice,
    DeclineReason,
    MatchResult,
    MatchView,
    OfferCard,
    OfferStatus,
    PreferenceKind,
    PreferenceRecord,
    PutCount,
    Reason,
    ReasonCode,
    Score,
    Share,
    WithdrawReason,
)

__all__ = [
    "DECLINE_WORDS",
    "OFFER_STATUS_WORDS",
    "REASON_WORDS",
    "RULE_VERSION",
    "AlreadyAssignedError",
    "Assignment",
    "Assumptions",
    "Candidate",
    "CarerChoice",
    "DeclineReason",
    "HomeUnlocatedError",
    "MatchResult",
    "MatchView",
    "OfferCard",
    "OfferStatus",
    "PreferenceKind",
    "PreferenceRecord",
    "ProviderCannotServeError",
    "ProviderNotFoundError",
    "PutCount",
    "Reason",
    "ReasonCode",
    "Score",
    "Share",
    "WindowPastError",
    "WithdrawReason",
    "assign_request",
    "copy_preferences",
    "find_candidates",
    "find_round",
    "find_shares",
    "find_tried",
    "find_unfit",
    "forget_searches",
    "home_ll_of",
    "keep_run",
    "put_preferences",
]
