"""
What of a run everybody may see: counts of people by area, with as few hidden as keep the small ones safe.

One table holds what is to be published and all that was published of the same people before (other minutes, other
services): the elders of an area are the same in all of them, and where one question includes the other the people
between the two are a count like any other. Of other people (another month) there is no exact sum; there a count that
moved by 1 to 4 counts as small, one that was hidden stays hidden while it hardly moves, and one that was shown and did
not move stays shown: so that two tables side by side tell no more than one.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from dispatch import suppression
from dispatch.coverage.values import ELDERS, MEASURES, Hiding, PublishedRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.coverage.values import AreaRow, Draft, Page

RULE = "coverage-publication-2026-1"
"""Names the rule above; a changed rule takes another name."""


class _Tables:
    """The joint table of one draft: which count of which page has which key, and how they add up."""

    def __init__(self, draft: Draft) -> None:
        self.now = draft.page
        same = [page for page in draft.earlier if page.people == self.now.people]
        self.pages = [self.now, *(page for page in same if page.question_hash != self.now.question_hash)]
        self.earlier = same
        self.counts: dict[str, int] = {}
        self.sums: list[suppression.Sum] = []
        self.derived: set[str] = set()  # never shown by themselves: what is left beside the parts, and between pages
        for page in self.pages:
            self._add_page(page)
        for first, second in combinations(self.pages, 2):
            if first.is_within(second):
                self._add_between(first, second)
            elif second.is_within(first):
                self._add_between(second, first)

    def _add_page(self, page: Page) -> None:
        for area_code, counts in page.counts.items():
            for measure in MEASURES:
                self.counts[key_of(page, area_code=area_code, measure=measure)] = counts[measure]
            whole, *parts = (key_of(page, area_code=area_code, measure=measure) for measure in MEASURES)
            self.sums.append(suppression.Sum(whole, tuple(parts)))
        for parent, children in _find_parts(page.counts).items():
            for measure in MEASURES:
                whole = key_of(page, area_code=parent, measure=measure)
                parts = [key_of(page, area_code=child, measure=measure) for child in children]
                self._add_sum(whole, parts=parts, rest=f"{whole}|outside")

    def _add_between(self, smaller: Page, larger: Page) -> None:
        for area_code in smaller.counts:
            keys = [key_of(page, area_code=area_code, measure="covered") for page in (larger, smaller)]
            self._add_sum(keys[0], parts=keys[1:], rest=f"{keys[0]}|beyond|{keys[1]}")

    def _add_sum(self, whole: str, *, parts: list[str], rest: str) -> None:
        self.counts[rest] = self.counts[whole] - sum(self.counts[part] for part in parts)
        self.derived.add(rest)
        self.sums.append(suppression.Sum(whole, (*parts, rest)))


def key_of(page: Page, *, area_code: str, measure: str) -> str:
    """Name a count: the elders of an area are the same whatever was asked."""
    return f"{area_code}|{measure}" if measure == ELDERS else f"{area_code}|{measure}|{page.question_hash}"


def choose_hidden(draft: Draft) -> Hiding:
    """
    Choose which counts of a draft stay hidden.

    Raises suppression.UnprotectableError where what was published before leaves no safe way.
    """
    tables = _Tables(draft)
    mine = _keys(tables.now)
    known: set[str] = set()
    hidden = set(tables.derived)
    for page in tables.earlier:
        for place, key in _keys(page).items():
            (hidden if place in page.hidden else known).add(key)
    small = {key for key, count in tables.counts.items() if suppression.is_small(count)}
    for page in draft.earlier:
        for place in _find_comparable(page, now=tables.now):
            key, moved = mine[place], abs(page.counts[place[0]][place[1]] - tables.counts[mine[place]])
            if place in page.hidden:
                hidden |= {key} if moved < suppression.SMALLEST_SHOWN else set()
            elif suppression.is_small(moved):
                small.add(key)
            elif not moved:
                known.add(key)
    known -= hidden | small
    table = suppression.Table(tables.counts, tuple(tables.sums), unpublished=frozenset(hidden))
    found = suppression.suppress(table, small=frozenset(small), known=frozenset(known))
    closed = found.hidden | hidden
    return Hiding(
        hidden=frozenset(place for place, key in mine.items() if key in closed),
        small=sum(key in small for key in mine.values()),
        is_least=found.is_least,
        rule=RULE,
    )


def make_rows(areas: Iterable[AreaRow], *, hidden: frozenset[tuple[str, str]]) -> tuple[PublishedRow, ...]:
    """Give the areas of a run as everybody sees them; a share only where both of its counts are shown."""
    return tuple(_row(area, hidden=hidden) for area in areas)


def _row(area: AreaRow, *, hidden: frozenset[tuple[str, str]]) -> PublishedRow:
    def shown(measure: str) -> int | None:
        count: int | None = getattr(area, measure)
        return None if (area.area_code, measure) in hidden else count

    elders, covered, uncovered = (shown(measure) for measure in MEASURES)
    return PublishedRow(
        area_code=area.area_code,
        level=area.level,
        name_zh=area.name_zh,
        name_en=area.name_en,
        elders=elders,
        covered=covered,
        uncovered=uncovered,
        covered_share=covered / elders if elders and covered is not None else None,
        is_suppressed=None in (elders, covered, uncovered),
    )


def _keys(page: Page) -> dict[tuple[str, str], str]:
    return {
        (area_code, measure): key_of(page, area_code=area_code, measure=measure)
        for area_code in page.counts
        for measure in MEASURES
    }


def _find_comparable(page: Page, *, now: Page) -> Iterable[tuple[str, str]]:
    """Give the counts that somebody could take for the same at another time; what shares a key is none of them."""
    if page.question_hash == now.question_hash:
        return
    for area_code in page.counts.keys() & now.counts.keys():
        if page.people != now.people:
            yield area_code, ELDERS
        if page.question == now.question:
            yield from ((area_code, measure) for measure in MEASURES[1:])


def _find_parts(area_codes: Iterable[str]) -> dict[str, list[str]]:
    """Give the areas right below each area: those whose longest known prefix it is."""
    known = set(area_codes)
    found: dict[str, list[str]] = {}
    for code in sorted(known):
        parent = next((code[:length] for length in range(len(code) - 1, 1, -1) if code[:length] in known), None)
        if parent is not None:
            found.setdefault(parent, []).append(code)
    return found
