"""Decisions about visits: which clash, which logs count, how a month is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from dispatch.visits.values import Count, PublicRate, VisitStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import date, datetime
    from typing import TypeVar
    from uuid import UUID

    from dispatch.visits.values import Placement, Rate, Standing

    KeyT = TypeVar("KeyT", bound=Hashable)

CANCELABLE = (VisitStatus.PLANNED, VisitStatus.ASSIGNED, VisitStatus.PUBLISHED)
# a log with start and end proves both, whether or not the plan was published or the start was told before
FINISHABLE = (VisitStatus.ASSIGNED, VisitStatus.PUBLISHED, VisitStatus.STARTED, VisitStatus.MISSED)
# given to a carer, who sees it in the list of the day, whether or not a plan was published
MISSABLE = (VisitStatus.ASSIGNED, VisitStatus.PUBLISHED)
AFTER_GIVEN = (VisitStatus.STARTED, VisitStatus.FINISHED, VisitStatus.CANCELED, VisitStatus.MISSED)
# from each state of a visit those that can be reached (domain, section 2); a carer who is lost makes it planned again
MOVES_ALLOWED = {
    VisitStatus.PLANNED: (VisitStatus.ASSIGNED, VisitStatus.CANCELED),
    VisitStatus.ASSIGNED: (VisitStatus.PLANNED, VisitStatus.PUBLISHED, *AFTER_GIVEN),
    VisitStatus.PUBLISHED: (VisitStatus.PLANNED, *AFTER_GIVEN),
    VisitStatus.STARTED: (VisitStatus.FINISHED,),
    VisitStatus.FINISHED: (),
    VisitStatus.CANCELED: (),
    VisitStatus.MISSED: (VisitStatus.FINISHED,),
}
DISTRICT_DIGITS = 6
MOVED_AFTER = timedelta(minutes=15)
"""P: a start that is this much earlier or later than what was promised has not moved, and nobody is told."""
SMALLEST_SHOWN = 5  # smaller counts than this, but for 0, are hidden from planners (domain, section 5)
LEVELS = (6, 9, 12)  # digits of a district's, subdistrict's, community's code


class Tally(NamedTuple):
    """What standings come to; the fields are those of `Rate`."""

    whole: Count
    by_area: dict[str, Count]
    by_carer: dict[UUID | None, Count]
    by_category: dict[str, Count]


def is_overlapping(spans: Iterable[tuple[date, date | None]]) -> bool:
    """Say whether two of the half-open spans share a day."""
    ordered = sorted(spans, key=lambda span: span[0])
    return any(before[1] is None or before[1] > after[0] for before, after in pairwise(ordered))


def find_clash(
    wanted: Iterable[tuple[datetime, datetime]], busy: Iterable[tuple[datetime, datetime]]
) -> tuple[datetime, datetime] | None:
    """Find the first two half-open spans that share a moment: wanted with busy, or wanted with wanted."""
    ordered = sorted([*wanted, *busy])
    return next((after for before, after in pairwise(ordered) if after[0] < before[1]), None)


def is_told(status: str, *, stands: tuple[UUID | None, datetime | None], placed: Placement) -> bool:
    """Say whether a visit is published with the carer and start of a plan already: signing it tells nobody anything."""
    return status == VisitStatus.PUBLISHED and stands == (placed.carer_id, placed.start_at)


def has_moved(before: tuple[UUID | None, datetime | None], *, after: tuple[UUID, datetime]) -> bool:
    """Say whether a visit has another carer than was promised, or a start that is told as another one."""
    carer_id, start_at = before
    return carer_id != after[0] or start_at is None or abs(after[1] - start_at) > MOVED_AFTER


def levels_of(area_code: str, *, below: str) -> list[str]:
    """List the areas under another one that an area lies in, itself included: district, subdistrict, community."""
    longer = [area_code[:digits] for digits in LEVELS if len(below) < digits <= len(area_code)]
    return longer if not longer or longer[-1] == area_code else [*longer, area_code]


def count_by(standings: Sequence[Standing], *, keys_of: Callable[[Standing], Iterable[KeyT]]) -> dict[KeyT, Count]:
    """Count due and visited for each key that a standing has."""
    due: dict[KeyT, int] = {}
    seen: dict[KeyT, int] = {}
    for standing in standings:
        for key in keys_of(standing):
            due[key] = due.get(key, 0) + 1
            seen[key] = seen.get(key, 0) + standing.is_visited
    return {key: Count(due[key], seen[key]) for key in sorted(due, key=str)}


def tally(standings: Sequence[Standing], *, area_code: str) -> Tally:
    """Count the whole and its rows by area below `area_code`, by carer and by category."""
    return Tally(
        whole=count_by(standings, keys_of=lambda _: [""]).get("", Count(0, 0)),
        by_area=count_by(standings, keys_of=lambda each: levels_of(each.area_code, below=area_code)),
        by_carer=count_by(standings, keys_of=lambda each: [each.carer_id]),
        by_category=count_by(standings, keys_of=lambda each: each.categories),
    )


def narrow_rate(rate: Rate, *, carer_id: UUID | None = None, area_prefix: str = "") -> Rate:
    """Give the part of a rate that one community worker answers for (None: whoever), within an area."""
    kept = tuple(
        each
        for each in rate.standings
        if (carer_id is None or each.carer_id == carer_id) and each.area_code.startswith(area_prefix)
    )
    area_code = max(rate.area_code, area_prefix, key=len)
    return replace(rate, area_code=area_code, standings=kept, **tally(kept, area_code=area_code)._asdict())


def publish_rate(rate: Rate, *, area_prefix: str) -> PublicRate:
    """Give the part of a district's (or city's) rate within an area, with the small counts hidden."""
    is_whole_hidden, hidden = suppress_small(rate.by_area, whole=rate.whole, below=rate.area_code)
    part = narrow_rate(rate, area_prefix=area_prefix)
    is_hidden = is_whole_hidden or area_prefix in hidden
    is_district = len(area_prefix) == DISTRICT_DIGITS and not is_hidden
    return PublicRate(
        rate=part,
        whole=None if is_hidden else part.whole,
        by_area={code: None if is_hidden or code in hidden else count for code, count in part.by_area.items()},
        by_category={
            code: None if _is_small(count) else count for code, count in part.by_category.items() if is_district
        },
    )


def suppress_small(by_area: dict[str, Count], *, whole: Count, below: str) -> tuple[bool, frozenset[str]]:
    """
    Say which figures are hidden from who may see counts only: the whole itself, and which areas.

    A row is hidden where one of its three counts is 1 to 4. Since the rows of one area's parts add up, further
    parts are hidden, the smallest first, until at least two are hidden and no hidden sum is 1 to 4; where no
    part is left, all are hidden. The parts of a hidden area are hidden. (Bounds by linear programming, over
    months and nested services, come with the published figures.)

    Parameters
    ----------
    by_area : dict
        Counts by area code, of all levels below the whole.
    whole : Count
        What the highest level adds up to.
    below : str
        The code of the whole.

    """
    if _is_small(whole):
        return True, frozenset(by_area)
    hidden: set[str] = set()
    pending = [below]
    while pending:
        parent = pending.pop()
        parts = _parts(by_area, parent=parent)
        if parent in hidden:
            hidden.update(parts)
        else:
            hidden.update(_hidden_parts({code: by_area[code] for code in parts}))
        pending.extend(parts)
    return False, frozenset(hidden)


def _parts(by_area: dict[str, Count], *, parent: str) -> list[str]:
    under = [code for code in by_area if code.startswith(parent) and len(code) > len(parent)]
    shortest = min((len(code) for code in under), default=0)
    return [code for code in under if len(code) == shortest]


def _hidden_parts(parts: dict[str, Count]) -> set[str]:
    hidden = {code for code, count in parts.items() if _is_small(count)}
    by_size = sorted(parts.keys() - hidden, key=lambda code: (parts[code].due, code))
    while hidden and by_size:
        together = Count(sum(parts[code].due for code in hidden), sum(parts[code].visited for code in hidden))
        if len(hidden) > 1 and not _is_small(together):
            break
        hidden.add(by_size.pop(0))
    return hidden


def _is_small(count: Count) -> bool:
    return any(0 < number < SMALLEST_SHOWN for number in (count.due, count.visited, count.unvisited))
