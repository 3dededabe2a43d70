"""What may be asked of a siting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.coverage.rules.hiding import SMALLEST_SHOWN
from dispatch.coverage.values import (
    CANDIDATES_MAX,
    PICKS_MAX,
    PROOF_MAX_S,
    SEARCHED_MAX,
    WHOLE_MAX,
    CandidateSource,
    SitingWeight,
)
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.coverage.values import SitingWish

NEEDED = Words("候选来源是 points 时至少给出一个候选点。", "With candidates of the kind points give at least one.")
UNWANTED = Words("只有候选来源是 points 时才给出候选点。", "Give candidates with the kind points only.")
CATEGORY_NEEDED = Words("按类别加权时给出类别。", "Weighing by category needs a category.")
CATEGORY_UNWANTED = Words("只有按类别加权时才给出类别。", "Give a category only where it weighs.")

SHORTEST_REACH_M = 200
"""About as far as a hexagon of resolution 9 reaches: with shorter ways, picks would show doors instead of places."""
TOO_NEAR = Words(
    f"按限定的分钟和速度至少要能走 {SHORTEST_REACH_M} 米。",
    f"Limit and speed must allow at least {SHORTEST_REACH_M} m.",
)


class SitingOutOfRangeError(InvalidError):
    """More is asked of a siting than it can answer, or less than it needs."""

    slug = "siting-out-of-range"
    title = Words("选址的参数超出范围", "What is asked of the siting is out of range")


def check_bounds(wish: SitingWish) -> None:
    """Raise SitingOutOfRangeError with what is wrong, by field."""
    costs = {one.cost for one in wish.candidates} | {wish.cost}
    capacities = {one.capacity for one in wish.candidates if one.capacity is not None}
    faults: dict[str, list[Words | str]] = {}
    for name, least, value, most in (
        ("picks", 1, wish.picks, PICKS_MAX),
        ("capacity", 1, wish.capacity, WHOLE_MAX),
        ("cost", 0, wish.cost, WHOLE_MAX),
        ("budget", 0, wish.budget, WHOLE_MAX),
        ("proof_s", 1, wish.proof_s, PROOF_MAX_S),
        ("searched_max", 1, wish.searched_max, SEARCHED_MAX),
        *(("candidates", 0, value, WHOLE_MAX) for value in (min(costs), max(costs))),
        *(("candidates", 1, value, WHOLE_MAX) for value in (min(capacities, default=1), max(capacities, default=1))),
    ):
        if value is not None and not least <= value <= most:
            faults[name] = [Words(f"应在 {least} 到 {most} 之间。", f"Must lie between {least} and {most}.")]
    if len(wish.candidates) > CANDIDATES_MAX:
        faults["candidates"] = [
            Words(
                f"最多 {CANDIDATES_MAX} 个候选点，这里有 {len(wish.candidates)} 个。",
                f"At most {CANDIDATES_MAX} candidates are possible; these are {len(wish.candidates)}.",
            )
        ]
    is_points = wish.source is CandidateSource.POINTS
    if is_points != bool(wish.candidates):
        faults["candidates"] = [NEEDED if is_points else UNWANTED]
    is_category = wish.weight is SitingWeight.CATEGORY
    if is_category != (wish.category is not None):
        faults["category"] = [CATEGORY_NEEDED if is_category else CATEGORY_UNWANTED]
    if faults:
        raise SitingOutOfRangeError(fields=faults)


def check_counts_stay_hidden(wish: SitingWish) -> None:
    """
    Refuse what would let a reader who sees no small counts count or find single people by how many picks there are.

    Sites for fewer than five are picked once for each few people; with ways of some steps a pick stands at a door.
    Raises SitingOutOfRangeError.
    """
    faults: dict[str, list[Words | str]] = {}
    few = [Words(f"至少为 {SMALLEST_SHOWN}。", f"Must be at least {SMALLEST_SHOWN}.")]
    if wish.capacity is not None and wish.capacity < SMALLEST_SHOWN:
        faults["capacity"] = list(few)
    if any(one.capacity is not None and one.capacity < SMALLEST_SHOWN for one in wish.candidates):
        faults["candidates"] = list(few)
    question = wish.run_wish.question
    if question.limit_s * question.speed_mps < SHORTEST_REACH_M:
        faults["limit_min"] = [TOO_NEAR]
    if faults:
        raise SitingOutOfRangeError(fields=faults)
