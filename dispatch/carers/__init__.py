"""
Carers: who visits elders, for which organization, with which skills, and when they work.

`find_carers` gives the facts of a date, `work_spans` the instants between which a carer works on it.
"""

from dispatch.carers.operations import InvalidCarerError, register_carers
from dispatch.carers.queries import find_carer_id, find_carer_names, find_carers, lock_carers
from dispatch.carers.rules import work_spans
from dispatch.carers.values import (
    CarerFacts,
    CarerRecord,
    CarerStatus,
    ExceptionKind,
    ExceptionRecord,
    PutCount,
    QualificationRecord,
    ShiftRecord,
    TravelMode,
    WorkSpan,
)

__all__ = [
    "CarerFacts",
    "CarerRecord",
    "CarerStatus",
    "ExceptionKind",
    "ExceptionRecord",
    "InvalidCarerError",
    "PutCount",
    "QualificationRecord",
    "ShiftRecord",
    "TravelMode",
    "WorkSpan",
    "find_carer_id",
    "find_carer_names",
    "find_carers",
    "lock_carers",
    "register_carers",
    "work_spans",
]
