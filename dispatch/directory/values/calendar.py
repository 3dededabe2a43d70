"""Public holidays and make-up workdays (调休): what the library knows, and what an office has put right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from holidays.countries.china import China, ChinaStaticHolidays

if TYPE_CHECKING:
    from collections.abc import Mapping

# the years for which the library holds the State Council's notice; for others it reckons
LAST_KNOWN_YEAR = max(ChinaStaticHolidays.special_public_holidays)
FIRST_KNOWN_YEAR = min(ChinaStaticHolidays.special_public_holidays)
SATURDAY, SUNDAY = 5, 6


class DayKind(StrEnum):
    """What a day counts as; an ordinary day is what its weekday says."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day that is not simply its weekday; `source` None: the library's word."""

    on: date
    kind: DayKind
    source: str | None
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The library's days, and over them those that an office has entered."""

    entered: Mapping[date, tuple[DayKind, str]] = field(default_factory=dict)

    def kind_of(self, on: date) -> DayKind:
        """Say what a day counts as; never fails, whatever the year."""
        if on in self.entered:
            return self.entered[on][0]
        return _year(on.year).get(on, DayKind.ORDINARY)

    def is_estimated(self, on: date) -> bool:
        """Say whether nobody has told what this day counts as: a year without notice, and not entered."""
        return on not in self.entered and not FIRST_KNOWN_YEAR <= on.year <= LAST_KNOWN_YEAR

    def days(self, year: int) -> tuple[CalendarDay, ...]:
        """List the days of a year that are not simply their weekday, and all that were entered."""
        known = {on: (kind, None) for on, kind in _year(year).items()}
        entered = {on: day for on, day in self.entered.items() if on.year == year}
        return tuple(
            CalendarDay(on=on, kind=kind, source=source, is_estimated=self.is_estimated(on))
            for on, (kind, source) in sorted({**known, **entered}.items())
        )

    def weekday_date(self, on: date) -> date:
        """Give the date whose weekly hours hold: for a make-up workday at a weekend the working day next to it."""
        if self.kind_of(on) is DayKind.WORKDAY:
            return on + timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(on.weekday(), 0))
        return on


@lru_cache(maxsize=256)
def _year(year: int) -> dict[date, DayKind]:
    known = China(years=year)  # type: ignore[no-untyped-call] # the library left its type out
    found = {on: DayKind.HOLIDAY for on in known if on.year == year}
    return found | {on: DayKind.WORKDAY for on in known.weekend_workdays if on.year == year}
