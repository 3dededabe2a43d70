"""Which hours exclude each other, compared with a count of every date and minute."""

from __future__ import annotations

import random
from datetime import date, time, timedelta

import pytest

from dispatch.carers.rules import Hours, ShiftIndex, are_clashing

FIRST = date(2026, 3, 2)
DAYS = 30  # longer than any span below, and a week more
CASES = 600


def minutes_of(hours: Hours) -> set[int]:
    """Every worked minute from the first date on: the second implementation, without any week's arithmetic."""
    begin, end = (each.hour * 60 + each.minute for each in (hours.from_time, hours.to_time))
    found: set[int] = set()
    for day in range(DAYS):
        on = FIRST + timedelta(days=day)
        holds = hours.valid_from <= on and (hours.valid_to is None or on < hours.valid_to)
        if holds and on.weekday() == hours.weekday:
            found.update(range(day * 1440 + begin, day * 1440 + (end if begin < end else end + 1440)))
    return found


def any_hours(chance: random.Random) -> Hours:
    begin, end = chance.sample(range(0, 1440, 120), 2)
    valid_from = FIRST + timedelta(days=chance.randrange(12))
    valid_to = chance.choice([None, valid_from + timedelta(days=chance.randrange(1, 12))])
    if chance.random() < 0.3:  # hours of one date
        return Hours(valid_from.weekday(), _time(begin), _time(end), valid_from, valid_from + timedelta(days=1))
    return Hours(chance.randrange(7), _time(begin), _time(end), valid_from, valid_to)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


@pytest.mark.parametrize("seed", range(5))
def test_hours_clash_where_they_share_a_minute(seed) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    clashes = 0
    for _ in range(CASES):
        one, other = any_hours(chance), any_hours(chance)

        expected = bool(minutes_of(one) & minutes_of(other))

        assert are_clashing(one, other=other) == are_clashing(other, other=one) == expected, (one, other)
        clashes += expected
    assert 0 < clashes < CASES


@pytest.mark.parametrize("seed", range(5))
def test_index_finds_a_clash_where_comparing_with_everything_does(seed) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    index, kept = ShiftIndex(), []
    refused = 0
    for _ in range(80):
        hours = any_hours(chance)

        expected = any(are_clashing(hours, other=other) for other in kept)

        assert (index.find_clash(hours) is not None) == expected
        if expected:
            refused += 1
        else:
            index.add(hours)
            kept.append(hours)
        if kept and chance.random() < 0.2:
            gone = kept.pop(chance.randrange(len(kept)))
            index.remove(gone)
    assert refused > 0
    assert kept
