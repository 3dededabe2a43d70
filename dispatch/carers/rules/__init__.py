"""Decisions about carers: when they work, which hours exclude each other, who may see what, what files say."""

from dispatch.carers.rules.hours import is_overlapping, work_spans
from dispatch.carers.rules.layout import CARER_LAYOUT, ROSTER_LAYOUT
from dispatch.carers.rules.overlaps import Hours, ShiftIndex, are_clashing
from dispatch.carers.rules.rostering import roster_day
from dispatch.carers.rules.rows import CarerSurroundings, judge_carer, judge_roster, single_day
from dispatch.carers.rules.seeing import judge_view, show_card

__all__ = [
    "CARER_LAYOUT",
    "ROSTER_LAYOUT",
    "CarerSurroundings",
    "Hours",
    "ShiftIndex",
    "are_clashing",
    "is_overlapping",
    "judge_carer",
    "judge_roster",
    "judge_view",
    "roster_day",
    "show_card",
    "single_day",
    "work_spans",
]
