"""Which weekly hours of one carer exclude each other, nights included."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

ONE_DAY = timedelta(days=1)
DAY_MIN, DAYS_OF_WEEK = 1440, 7


class Hours(NamedTuple):
    """Weekly hours that hold from one date to another; `valid_to` is excluded, None is open."""

    weekday: int
    from_time: time
    to_time: time
    valid_from: date
    valid_to: date | None
    row_id: UUID | None = None


def are_clashing(one: Hours, *, other: Hours) -> bool:
    """Say whether on any date the hours that begin on it, or on the date before, overlap with the other's."""
    return any(_meet(one, other, apart_days=apart) for apart in (-1, 0, 1))


class ShiftIndex:
    """
    All hours of one carer, so kept that a roster of single days is not compared with itself again and again.

    Hours of one day are compared with those of the days beside it, all others with everything.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._single: dict[date, list[Hours]] = {}
        self._long: list[Hours] = []

    def add(self, hours: Hours) -> None:
        """Take hours in."""
        self._shelf(hours).append(hours)

    def remove(self, hours: Hours) -> None:
        """Take hours out again."""
        self._shelf(hours).remove(hours)

    def find_clash(self, hours: Hours) -> Hours | None:
        """Find hours that exclude these, or None."""
        return next((other for other in self._near(hours) if are_clashing(hours, other=other)), None)

    def _near(self, hours: Hours) -> Iterator[Hours]:
        yield from self._long
        if _is_single(hours):
            for on in (hours.valid_from - ONE_DAY, hours.valid_from, hours.valid_from + ONE_DAY):
                yield from self._single.get(on, ())
        else:
            for shelf in self._single.values():
                yield from shelf

    def _shelf(self, hours: Hours) -> list[Hours]:
        return self._single.setdefault(hours.valid_from, []) if _is_single(hours) else self._long


def _is_single(hours: Hours) -> bool:
    return hours.valid_to == hours.valid_from + ONE_DAY


def _meet(one: Hours, other: Hours, *, apart_days: int) -> bool:
    """Say whether the other's hours, `apart_days` after the one's day, overlap with the one's on a day of both."""
    if (one.weekday + apart_days) % DAYS_OF_WEEK != other.weekday:
        return False
    begin, end = _minutes(one)
    other_begin, other_end = (minute + apart_days * DAY_MIN for minute in _minutes(other))
    if begin >= other_end or other_begin >= end:
        return False
    shift = timedelta(days=apart_days)
    first = max(one.valid_from, other.valid_from - shift)
    ends = [each for each in (one.valid_to, other.valid_to - shift if other.valid_to else None) if each]
    first += timedelta(days=(one.weekday - first.weekday()) % DAYS_OF_WEEK)
    return not ends or first < min(ends)


def _minutes(hours: Hours) -> tuple[int, int]:
    begin, end = (each.hour * 60 + each.minute for each in (hours.from_time, hours.to_time))
    return begin, end if begin < end else end + DAY_MIN
