"""The ability grade of GB/T 42195-2022: 26 scores, a total of at most 90, five grades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.elders.values import Adjustment, Grade

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

STANDARD = "GB/T 42195-2022"
# appendix B: each item with its highest score; 0 is complete loss
ITEMS = {
    # B.1 self-care
    "eating": 4,
    "grooming": 4,
    "bathing": 4,
    "upper_dressing": 4,
    "lower_dressing": 4,
    "bladder": 4,
    "bowel": 4,
    "toilet": 4,
    # B.2 basic movement
    "bed_mobility": 4,
    "bed_chair_transfer": 4,
    "walking": 4,
    "stairs": 3,
    # B.3 mental state
    "time_orientation": 4,
    "place_orientation": 4,
    "person_orientation": 4,
    "memory": 4,
    "understanding": 4,
    "expression": 4,
    "aggression": 1,
    "depression": 1,
    "consciousness": 2,
    # B.4 senses and taking part
    "vision": 2,
    "hearing": 2,
    "daily_affairs": 4,
    "transport": 3,
    "social_contact": 4,
}
HIGHEST = sum(ITEMS.values())  # 90
GRADES = tuple(Grade)  # from intact to complete loss
# the least total of each grade but the last (spec of the standard, table 3)
LEAST = ((90, Grade.INTACT), (66, Grade.MILD), (46, Grade.MODERATE), (30, Grade.SEVERE))


def find_score_faults(item_scores: Mapping[str, int]) -> dict[str, int]:
    """Find the items that are missing or out of their range, each with its highest score; unknown ones have -1."""
    wrong = {
        name: highest
        for name, highest in ITEMS.items()
        if name not in item_scores or not 0 <= item_scores[name] <= highest
    }
    return wrong | {name: -1 for name in item_scores if name not in ITEMS}


def grade_of(total: int, *, adjustments: Collection[str] = ()) -> Grade:
    """
    Give the grade of a total, made worse for what the scores do not show.

    A coma is complete loss; a diagnosis of dementia or of a mental illness, or two or more incidents within
    30 days, is one grade worse, once.
    """
    if Adjustment.COMA in adjustments:
        return Grade.COMPLETE
    found = next((grade for least, grade in LEAST if total >= least), Grade.COMPLETE)
    return GRADES[min(GRADES.index(found) + bool(adjustments), len(GRADES) - 1)]
