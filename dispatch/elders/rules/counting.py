"""Which category set counts, and who was in it from when to when."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from dispatch.elders.values import CategorySetFacts, Member, MembershipFacts, Stay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

DISTRICT_DIGITS = 6
DAY = timedelta(days=1)


def nearest_set(sets: Iterable[CategorySetFacts], *, area_code: str, on: date) -> CategorySetFacts | None:
    """Find the set in force on a date in the area itself or in the nearest one above that has one."""
    fitting = [
        each
        for each in sets
        if area_code.startswith(each.area_code)
        and each.valid_from <= on
        and (each.valid_to is None or on < each.valid_to)
    ]
    return max(fitting, key=lambda each: len(each.area_code), default=None)


def judge_member(
    elder_id: UUID,
    *,
    stays: Sequence[Stay],
    memberships: Sequence[MembershipFacts],
    sets: Sequence[CategorySetFacts],
    from_on: date,
    to_on: date,
) -> list[Member]:
    """
    Say in which districts' sets an elder was on at least one day of a span.

    Residences, memberships and sets are cut at each other's dates, so that a set or residence that changes
    within the span is followed to the day. A move inside a district counts once, where the span ends; a move
    between districts ends membership in one and begins it in the other.
    """
    found: dict[str, list[tuple[date, date, Stay, str, CategorySetFacts]]] = {}
    for stay in stays:
        for membership in memberships:
            low = max(from_on, stay.valid_from, membership.valid_from)
            high = min(to_on, stay.valid_to or to_on, membership.valid_to or to_on)
            for begin, end in _pieces(sets, low=low, high=high):
                counted = nearest_set(sets, area_code=stay.area_code, on=begin)
                if counted and membership.category in counted.members:
                    district = stay.area_code[:DISTRICT_DIGITS]
                    found.setdefault(district, []).append((begin, end, stay, membership.category, counted))
    return [_member(elder_id, days) for _, days in sorted(found.items())]


def _pieces(sets: Sequence[CategorySetFacts], *, low: date, high: date) -> list[tuple[date, date]]:
    if low >= high:
        return []
    turns = {day for each in sets for day in (each.valid_from, each.valid_to) if day and low < day < high}
    return list(pairwise(sorted({low, high} | turns)))


def _member(elder_id: UUID, days: list[tuple[date, date, Stay, str, CategorySetFacts]]) -> Member:
    _, end, stay, _, counted = max(days, key=lambda piece: piece[1])
    return Member(
        elder_id=elder_id,
        area_code=stay.area_code,
        first_on=min(piece[0] for piece in days),
        last_on=end - DAY,
        categories=frozenset(piece[3] for piece in days),
        category_set=counted,
    )
