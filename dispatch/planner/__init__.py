"""
Who goes where, when: one day's jobs and carers in, tours out.

Pure engine: plain values in, plain values out. Stopping rule and seed are arguments; the same seed and number of
iterations give the same plan.
"""

from dispatch.planner.eligibility import CODES, NUMBERS, Eligibility, judge_carer, judge_carers
from dispatch.planner.reference import build_plan, carers_of, evaluate, order_of
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

__all__ = [
    "CODES",
    "NUMBERS",
    "Before",
    "Carer",
    "Cost",
    "Eligibility",
    "Job",
    "Pause",
    "Pin",
    "Plan",
    "PlanningReason",
    "Problem",
    "Slot",
    "Stop",
    "TakenPause",
    "Tour",
    "Weights",
    "build_plan",
    "carers_of",
    "evaluate",
    "judge_carer",
    "judge_carers",
    "order_of",
]
