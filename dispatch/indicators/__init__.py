"""
How well an area does: the targets of the policy documents, and the figures that are held against them.

Rates of the policy's own (T001, T038, T039) in every form they may be read in, land and floor of compounds, beds today
and to come, and how evenly all of it is spread. Figures rest on stored coverage runs and on the registers; a draft is
shown as one, and a figure that nobody computes says so.
"""

from dispatch.indicators.operations.beds import AgeingOutOfRangeError, compute_beds
from dispatch.indicators.operations.equity import compute_equity
from dispatch.indicators.operations.land import compute_land
from dispatch.indicators.operations.rates import compute_rates
from dispatch.indicators.operations.runs import RunOfAnotherQuestionError
from dispatch.indicators.operations.targets import TargetAreaUnknownError, put_known_targets, put_targets
from dispatch.indicators.queries import find_targets
from dispatch.indicators.rules.beds import MAPPING, describe_beds
from dispatch.indicators.rules.land import FLOOR_RULE, LAND_RULE
from dispatch.indicators.values import (
    CENTRAL,
    HUNDRED_HOUSEHOLDS,
    LAST_YEAR,
    PROJECTED_YEARS,
    SENSITIVITY,
    SLOWER,
    STATES,
    Ageing,
    AreaValue,
    BedGap,
    BedReport,
    BedStock,
    BedYear,
    CompoundFigure,
    Count,
    Equity,
    EquityMeasure,
    Form,
    FormFigure,
    Group,
    LandReport,
    LandSum,
    Measure,
    Operator,
    Rate,
    RateTarget,
    Ratio,
    Reach,
    Spread,
    Standard,
    TargetRecord,
    TargetStatus,
    ValueState,
    Verdict,
)

__all__ = [
    "CENTRAL",
    "FLOOR_RULE",
    "HUNDRED_HOUSEHOLDS",
    "LAND_RULE",
    "LAST_YEAR",
    "MAPPING",
    "PROJECTED_YEARS",
    "SENSITIVITY",
    "SLOWER",
    "STATES",
    "Ageing",
    "AgeingOutOfRangeError",
    "AreaValue",
    "BedGap",
    "BedReport",
    "BedStock",
    "BedYear",
    "CompoundFigure",
    "Count",
    "Equity",
    "EquityMeasure",
    "Form",
    "FormFigure",
    "Group",
    "LandReport",
    "LandSum",
    "Measure",
    "Operator",
    "Rate",
    "RateTarget",
    "Ratio",
    "Reach",
    "RunOfAnotherQuestionError",
    "Spread",
    "Standard",
    "TargetAreaUnknownError",
    "TargetRecord",
    "TargetStatus",
    "ValueState",
    "Verdict",
    "compute_beds",
    "compute_equity",
    "compute_land",
    "compute_rates",
    "describe_beds",
    "find_targets",
    "put_known_targets",
    "put_targets",
]
