"""
Who goes where, when: one day's jobs and carers in, tours out.

Pure engine: plain values in, plain values out. Stopping rule and seed are arguments; the same seed and number of
iterations give the same plan.
"""

from dispatch.planner.answering import Standing
from dispatch.planner.answers import (
    Add,
    Blocked,
    BlockedBy,
    Breach,
    BreachKind,
    CarerRefusal,
    Change,
    Delay,
    Effect,
    Explanation,
    Move,
    Moved,
    NotPlaced,
    Option,
    PinJob,
    Placed,
    Remedy,
    RemedyKind,
    Remove,
    SplitPair,
    Swap,
    Unpin,
    WhoCan,
    WhyCarer,
    WhyStart,
)
from dispatch.planner.checking import check
from dispatch.planner.eligibility import CODES, NUMBERS, Eligibility, judge_carer, judge_carers
from dispatch.planner.explaining import explain
from dispatch.planner.measuring import CarerMeasures, Measures, Spread, measure
from dispatch.planner.reference import build_plan, carers_of, evaluate, order_of
from dispatch.planner.remedies import apply_remedy
from dispatch.planner.repairing import Repair, repair
from dispatch.planner.solving import Progress, solve, warm
from dispatch.planner.stopping import Canceled, MaxIterations, MaxSeconds
from dispatch.planner.values import (
    Before,
    Carer,
    Cost,
    Job,
    Pause,
    Pin,
    Plan,
    PlanningReason,
    Problem,
    Slot,
    Stop,
    TakenPause,
    Tour,
    Weights,
)
from dispatch.planner.warming import warm_questions

__all__ = [
    "CODES",
    "NUMBERS",
    "Add",
    "Before",
    "Blocked",
    "BlockedBy",
    "Breach",
    "BreachKind",
    "Canceled",
    "Carer",
    "CarerMeasures",
    "CarerRefusal",
    "Change",
    "Cost",
    "Delay",
    "Effect",
    "Eligibility",
    "Explanation",
    "Job",
    "MaxIterations",
    "MaxSeconds",
    "Measures",
    "Move",
    "Moved",
    "NotPlaced",
    "Option",
    "Pause",
    "Pin",
    "PinJob",
    "Placed",
    "Plan",
    "PlanningReason",
    "Problem",
    "Progress",
    "Remedy",
    "RemedyKind",
    "Remove",
    "Repair",
    "Slot",
    "SplitPair",
    "Spread",
    "Standing",
    "Stop",
    "Swap",
    "TakenPause",
    "Tour",
    "Unpin",
    "Weights",
    "WhoCan",
    "WhyCarer",
    "WhyStart",
    "apply_remedy",
    "build_plan",
    "carers_of",
    "check",
    "evaluate",
    "explain",
    "judge_carer",
    "judge_carers",
    "measure",
    "order_of",
    "repair",
    "solve",
    "warm",
    "warm_questions",
]
