"""Which requests were not accepted or not begun in time: each for those who answer for it, counts for planners."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch import areas, dates
from dispatch.actor import Role
from dispatch.errors import InvalidError
from dispatch.intake.operations.clocks import elapsed
from dispatch.intake.operations.scope import visible
from dispatch.intake.operations.supervising import check_area
from dispatch.intake.queries import count_breached, find_breached
from dispatch.intake.rules import hide_breaches, whose_turn
from dispatch.intake.values import BreachCard, BreachFilter, BreachPage, Clock, ClockState, RequestStatus, Urgency
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.models import CareRequest, CareRequestClock
    from dispatch.intake.values import BreachCount

READERS: Final = (Role.DISTRICT_OFFICER, Role.OPERATOR, Role.COORDINATOR)
COUNTERS: Final = (Role.PLANNER, Role.DISTRICT_OFFICER)
LONGEST_SPAN: Final = timedelta(days=3 * 366)
SECOND: Final = timedelta(seconds=1)


class BreachSpanError(InvalidError):
    """The span of dates is empty, or longer than anybody looks back."""

    slug = "breach-span"
    title = Words("起止日期有误", "The span of dates is not valid")
    detail = Words(
        "起始日期应早于结束日期（结束当天不算），最长 {days} 天。",
        "from must be before to (to itself left out), at most {days} days.",
    )


class BreachMonthError(InvalidError):
    """Who sees counts only asks for another span than a month: the difference of two would tell of few people."""

    slug = "breach-month"
    title = Words("只能按整月查看", "Whole months only")
    detail = Words(
        "你的角色只看整月的数，例如从 2026-03-01 到 2026-04-01（结束当天不算）；其他起止日期请区县负责人查询。",
        "Your role sees whole months only, such as from=2026-03-01&to=2026-04-01; ask the district office for others.",
    )


def find_breaches(
    actor: Actor,
    *,
    wanted: BreachFilter,
    now: datetime,
    limit: int = 50,
    after: tuple[datetime, UUID, Clock, int] | None = None,
) -> BreachPage:
    """
    Find the clocks that ran past their limits, the latest due first, as the rows say at this moment.

    Officers and operators see those of their areas, coordinators those of the requests that they serve.

    Raises AreaNotFoundError where the area that is wanted is none or not the actor's, BreachSpanError.
    """
    check_span(wanted)
    check_area(wanted.area_code, actor=actor)
    reader = actor if actor.is_system else replace(actor, grants=tuple(g for g in actor.grants if g.role in READERS))
    found = find_breached(visible(reader), wanted=wanted, now=now, limit=limit, after=after)
    cards = [_card(row, request=request, now=now) for row, request in found[:limit]]
    last = cards[-1] if len(found) > limit else None
    place = (last.due_at, last.care_request_id, last.clock, last.turn_no) if last else None
    return BreachPage(breaches=cards, next_place=place)


def count_breaches(
    area_code: str, *, actor: Actor, level: areas.Level, wanted: BreachFilter, now: datetime, zone: ZoneInfo
) -> list[BreachCount]:
    """
    Count the breaches of the areas of a level by clock, in the order of codes; areas without any are left out.

    Whoever has no officer's grant for the area sees counts from five on, and others only as far as no small one can be
    worked out of them. What is hidden is decided for the whole district at once, whatever part of it is asked for, and
    for one calendar month at a time: of two spans of which one holds the other the difference would tell.

    Raises AreaNotFoundError outside the actor's own areas, BreachSpanError, BreachMonthError.
    """
    check_span(wanted)
    if not actor.covers_area(area_code, *COUNTERS):
        raise areas.AreaNotFoundError(area_code=area_code)
    areas.get_area(area_code)
    sees_all = actor.covers_area(area_code, Role.DISTRICT_OFFICER)
    if not sees_all and not _is_month(wanted, zone=zone):
        raise BreachMonthError
    root = area_code[: areas.DIGITS[areas.Level.DISTRICT]]
    counted = count_breached(root, wanted=wanted, now=now)
    rows = hide_breaches(counted, root=root, sees_small=sees_all)
    digits = areas.DIGITS[level]
    return [row for row in rows if len(row.area_code) == digits and row.area_code.startswith(area_code)]


def check_span(wanted: BreachFilter) -> None:
    """Raise BreachSpanError where the span is empty or too long."""
    if wanted.from_at and wanted.to_at and not timedelta() < wanted.to_at - wanted.from_at <= LONGEST_SPAN:
        raise BreachSpanError(days=LONGEST_SPAN.days)


def _is_month(wanted: BreachFilter, *, zone: ZoneInfo) -> bool:
    """Say whether exactly one calendar month is wanted, and nothing of it left out."""
    if (
        wanted.from_at is None
        or wanted.to_at is None
        or wanted != BreachFilter(from_at=wanted.from_at, to_at=wanted.to_at)
    ):
        return False
    first, end = (dates.service_date(at, zone) for at in (wanted.from_at, wanted.to_at))
    return (first, end) == dates.month_span(f"{first:%Y-%m}")


def _card(row: CareRequestClock, *, request: CareRequest, now: datetime) -> BreachCard:
    status, state = RequestStatus(request.status), ClockState(row.state)
    return BreachCard(
        care_request_id=request.id,
        elder_id=request.elder_id,
        area_code=request.area_code,
        service_code=request.service_code,
        urgency=Urgency(request.urgency),
        service_on=request.service_on,
        status=status,
        clock=Clock(row.clock),
        turn_no=row.turn_no,
        state=state,
        limit_s=row.limit_s,
        rule_version=row.rule_version,
        started_at=row.started_at,
        due_at=row.due_at,
        elapsed_s=elapsed(row, now=now) // SECOND,
        stopped_at=row.stopped_at,
        whose_turn=whose_turn(status),
        is_open=state in {ClockState.RUNNING, ClockState.HELD},
    )
