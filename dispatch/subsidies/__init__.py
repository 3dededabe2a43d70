"""
Subsidy rules: what an area pays for a service, to whom, from when to when; and what they come to for each use.

Rules are data: no amount stands in the code. A use is paid for by the rule in force on its date, and a correction
supersedes, so that what was computed once can be computed again.
"""

from dispatch.subsidies.layout import LAYOUT
from dispatch.subsidies.operations.computing import compute_subsidies, is_covered
from dispatch.subsidies.operations.putting import (
    InvalidSubsidyRuleError,
    export_rules,
    import_rules,
    put_rule,
    put_rules,
)
from dispatch.subsidies.queries import find_rules, find_rules_by_id
from dispatch.subsidies.rules import compute_lines, week_of
from dispatch.subsidies.values import (
    INSURED_SERVICES,
    OUTCOME_WORDS,
    Line,
    Outcome,
    PutCount,
    RuleStatus,
    ServiceRule,
    SubsidyRule,
    SubsidyRuleRecord,
    Taken,
    Use,
)

__all__ = [
    "INSURED_SERVICES",
    "LAYOUT",
    "OUTCOME_WORDS",
    "InvalidSubsidyRuleError",
    "Line",
    "Outcome",
    "PutCount",
    "RuleStatus",
    "ServiceRule",
    "SubsidyRule",
    "SubsidyRuleRecord",
    "Taken",
    "Use",
    "compute_lines",
    "compute_subsidies",
    "export_rules",
    "find_rules",
    "find_rules_by_id",
    "import_rules",
    "is_covered",
    "put_rule",
    "put_rules",
    "week_of",
]
