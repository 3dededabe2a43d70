"""Closed lists and values of the assignment of requests."""

from dispatch.assignment.values.answers import (
    RULE_VERSION,
    Assignment,
    Assumptions,
    Candidate,
    MatchResult,
    MatchView,
    Score,
    Share,
)
from dispatch.assignment.values.cases import (
    BareSite,
    Conditions,
    ElderCase,
    MatchCase,
    OfferCase,
    Places,
    RequestCase,
)
from dispatch.assignment.values.preferences import (
    PreferenceKind,
    PreferenceRecord,
    PutCount,
)
from dispatch.assignment.values.reasons import (
    CHANGE_WORDS,
    REASON_WORDS,
    Change,
    ChangeCode,
    Reason,
    ReasonCode,
)
from dispatch.assignment.values.staffing import (
    CarerCase,
    CarerChoice,
    Job,
    Span,
    Staffing,
    Way,
    WorkSpan,
    shown_min,
)

__all__ = [
    "CHANGE_WORDS",
    "REASON_WORDS",
    "RULE_VERSION",
    "Assignment",
    "Assumptions",
    "BareSite",
    "Candidate",
    "CarerCase",
    "CarerChoice",
    "Change",
    "ChangeCode",
    "Conditions",
    "ElderCase",
    "Job",
    "MatchCase",
    "MatchResult",
    "MatchView",
    "OfferCase",
    "Places",
    "PreferenceKind",
    "PreferenceRecord",
    "PutCount",
    "Reason",
    "ReasonCode",
    "RequestCase",
    "Score",
    "Share",
    "Span",
    "Staffing",
    "Way",
    "WorkSpan",
    "shown_min",
]
