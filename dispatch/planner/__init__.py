"""
Who goes where, when: one day's jobs and carers in, tours out.

Pure engine: plain values in, plain values out. Stopping rule and seed are arguments; the same seed and number of
iterations give the same plan.
"""

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
    "Before",
    "Carer",
    "Cost",
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
]
