"""What people asked for and nobody gave: requests that intake records as unmatched, by area (R11)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch import areas, directory, intake
from dispatch.coverage import queries
from dispatch.coverage.operations.reading import READERS, judge_rows, sees_small_counts
from dispatch.coverage.rules import hiding
from dispatch.coverage.values import UnmetRow
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date

    from dispatch.actor import Actor
    from dispatch.coverage.queries import Box
    from dispatch.coverage.values import AreaRow, Run

LONGEST_SPAN_DAYS = 3 * 366

UNMET_RULE_VERSION = "unmet-2026-1"
UNMET_RULE = Words(
    "现在无人可派的请求每条计 1，记在提出请求时老年人住的区域，按服务日期归入起止日期；服务失败另列；"
    "拒单和超时未接只列在发生次数里，不改变这个数。",
    "Each request that finds nobody now counts once, where the elder lived when it was asked, by the day of the "
    "service; failed ones stand beside; declined and expired offers are in events and add to no request.",
)


class UnmetSpanError(InvalidError):
    """The span of dates is empty, or longer than anybody counts over."""

    slug = "unmet-span"
    title = Words("起止日期有误", "The span of dates is not valid")
    detail = Words(
        "起始日期应早于结束日期（结束当天不算），最长 {days} 天。",
        "from must be before to (to itself left out), at most {days} days.",
    )


def find_unmet(
    service_code: str,
    *,
    actor: Actor,
    area_code: str,
    level: areas.Level,
    from_on: date,
    to_on: date,
) -> list[UnmetRow]:
    """
    Find the areas of a level in which requests found nobody, or failed; those with most unmatched ones first.

    Each request that is unmatched now adds 1 to the area in which the elder lived when it was asked, for a service
    (code or label, those below it too) on a day from `from_on` up to, not including, `to_on`. Failed ones stand beside,
    and so does what happened by the log: offers declined and run out too, which add to no request.

    Raises AreaNotFoundError outside the actor's own, UnknownCodeError, UnmetSpanError.
    """
    if not actor.covers_area(area_code, *READERS):
        raise areas.AreaNotFoundError(area_code=area_code)
    areas.get_area(area_code)
    counts = _count(service_code, area_code=area_code, level=level, from_on=from_on, to_on=to_on)
    known = {area.code: area for area in areas.find_areas(prefixes=[area_code]) if area.level == level}
    found = [
        UnmetRow(
            area_code=code,
            level=level.value,
            name_zh=known[code].name_zh,
            name_en=known[code].name_en,
            unmet=one.unmatched,
            failed=one.failed,
            unmet_reasons=one.reasons.get(intake.UnmetKind.UNMATCHED, {}),
            failed_reasons=one.reasons.get(intake.UnmetKind.FAILED, {}),
            events={kind.value: one.events.get(kind, 0) for kind in intake.UnmetKind},
            event_reasons={kind.value: one.event_reasons.get(kind, {}) for kind in intake.UnmetKind},
        )
        for code, one in counts.items()
        if code in known
    ]
    shown = found if sees_small_counts(actor, area_code) else [hiding.hide_unmet(row) for row in found]
    return sorted(shown, key=lambda row: (-(row.unmet or 0), -(row.failed or 0), row.area_code))


def find_gaps_by_unmet(
    run: Run,
    *,
    actor: Actor,
    level: areas.Level,
    from_on: date,
    to_on: date,
    area_code: str = "",
    box_ll: Box | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[AreaRow]:
    """
    Find areas with elders or ground outside, those with most unmatched requests for the run's service first.

    Ties by elders outside, then by code. Whoever may not see a small count gets an order in which it counts as none.
    """
    counts = _count(run.service_code, area_code=area_code or run.area_code, level=level, from_on=from_on, to_on=to_on)
    rows = queries.find_gaps(run, level=level, area_code=area_code, box_ll=box_ll, limit=None)
    unmet = {code: one.unmatched for code, one in counts.items()}
    found = [replace(row, unmet=unmet.get(row.area_code, 0)) for row in judge_rows(run, rows=rows)]
    if not sees_small_counts(actor, run.area_code):
        found = [hiding.hide_area(row) for row in found]
    found.sort(key=lambda row: (-(row.unmet or 0), -(row.uncovered or 0), row.area_code))
    return found[skip : skip + limit]


def _count(
    service_code: str, *, area_code: str, level: areas.Level, from_on: date, to_on: date
) -> dict[str, intake.UnmetCount]:
    if not 0 < (to_on - from_on).days <= LONGEST_SPAN_DAYS:
        raise UnmetSpanError(days=LONGEST_SPAN_DAYS)
    services = directory.service_with_children(service_code)
    digits = areas.DIGITS[level]
    found: dict[str, intake.UnmetCount] = {}
    for one in intake.count_unmet(area_code, service_codes=services, from_on=from_on, to_on=to_on):
        code = one.area_code[:digits]
        found[code] = found[code] + one if code in found else replace(one, area_code=code)
    return found
