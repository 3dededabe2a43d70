"""What the business does with visits: plan and cancel them, take in logs, count the monthly rate."""

from dispatch.visits.operations.doing import (
    VisitAlreadyFinishedError,
    VisitAlreadyStartedError,
    assign_carer,
    finish_visit,
    start_visit,
    take_carer_away,
)
from dispatch.visits.operations.logging import (
    InvalidLogError,
    LogIdReusedError,
    NotOwnLogError,
    VisitTooEarlyError,
    check_span,
    record_visit_logs,
)
from dispatch.visits.operations.missing import MISSED, MISSED_AFTER, hold_visit, miss_visit
from dispatch.visits.operations.planning import (
    CarerBusyError,
    CaseloadOverlapError,
    IllegalVisitMoveError,
    cancel_visits,
    hand_over_caseload,
    plan_visits,
    put_caseloads,
)
from dispatch.visits.operations.problems import InvalidProblemError, ProblemIdReusedError, find_problems, report_problem
from dispatch.visits.operations.publishing import hold_visits, publish_visits
from dispatch.visits.operations.rating import RATE_RULE, VISITING_SET, compute_public_rate, compute_rate

__all__ = [
    "MISSED",
    "MISSED_AFTER",
    "RATE_RULE",
    "VISITING_SET",
    "CarerBusyError",
    "CaseloadOverlapError",
    "IllegalVisitMoveError",
    "InvalidLogError",
    "InvalidProblemError",
    "LogIdReusedError",
    "NotOwnLogError",
    "ProblemIdReusedError",
    "VisitAlreadyFinishedError",
    "VisitAlreadyStartedError",
    "VisitTooEarlyError",
    "assign_carer",
    "cancel_visits",
    "check_span",
    "compute_public_rate",
    "compute_rate",
    "find_problems",
    "finish_visit",
    "hand_over_caseload",
    "hold_visit",
    "hold_visits",
    "miss_visit",
    "plan_visits",
    "publish_visits",
    "put_caseloads",
    "record_visit_logs",
    "report_problem",
    "start_visit",
    "take_carer_away",
]
