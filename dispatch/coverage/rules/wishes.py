"""From what people ask to a whole wish: dates, moments and what is usual for a mode."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dispatch.coverage.rules.moments import dated_part, read_moment
from dispatch.coverage.values import USUAL, CapacityRule, Mode, RunWish, UnknownHours

if TYPE_CHECKING:
    from uuid import UUID
    from zoneinfo import ZoneInfo


def make_wish(  # noqa: PLR0913 - each is one thing that somebody may say
    *,
    area_code: str,
    service_code: str,
    today: date,
    zone: ZoneInfo,
    as_of: date | None = None,
    mode: Mode = Mode.WALK,
    speed_mps: float | None = None,
    limit_min: int | None = None,
    at_local: str | None = None,
    unknown_hours: UnknownHours = UnknownHours.EXCLUDE,
    capacity: CapacityRule = CapacityRule.IGNORED,
    scenario_id: UUID | None = None,
) -> RunWish:
    """
    Make a wish out of what was said: what was not is usual for the mode.

    Sites and homes are those of `as_of`, else of the date in `at_local`, else of today.

    Raises
    ------
    InvalidMomentError
        `at_local` means no moment.

    """
    day = as_of or _date_in(at_local) or today
    return RunWish(
        area_code=area_code,
        service_code=service_code,
        as_of=day,
        mode=mode,
        speed_mps=USUAL[mode].speed_mps if speed_mps is None else speed_mps,
        limit_min=USUAL[mode].limit_min if limit_min is None else limit_min,
        at_local=None if at_local is None else read_moment(at_local, as_of=day, zone=zone),
        unknown_hours=unknown_hours,
        capacity=capacity,
        scenario_id=scenario_id,
    )


def _date_in(at_local: str | None) -> date | None:
    text = None if at_local is None else dated_part(at_local)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None  # read_moment says what is wrong
