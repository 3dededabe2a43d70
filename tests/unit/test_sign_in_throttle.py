"""How long somebody waits after how many failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.accounts.throttle import TriedBy, Tries, after_try, opens_at, set_back, take_back, tries_held

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
NAME, ADDRESS = TriedBy.NAME, TriedBy.ADDRESS


def _tried(times: int, *, by: TriedBy, every: timedelta = timedelta()) -> Tries:
    tries = Tries(NOW, NOW)
    for number in range(times):
        tries = after_try(tries, by=by, now=NOW + number * every)
    return tries


# 30 s doubled each time, at most 15 minutes: counted by hand
@pytest.mark.parametrize(
    ("times", "wait_s"),
    [(0, 0), (1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (500, 900)],
)
def test_the_wait_doubles_after_five_failures_up_to_a_quarter_of_an_hour(times, wait_s):
    tries = _tried(times, by=NAME)

    assert (opens_at(tries, by=NAME) - tries.last_at).total_seconds() == wait_s


@pytest.mark.parametrize(("times", "wait_s"), [(99, 0), (100, 30), (101, 60)])
def test_an_address_has_a_hundred_free_tries(times, wait_s):
    assert (opens_at(_tried(times, by=ADDRESS), by=ADDRESS) - NOW).total_seconds() == wait_s


def test_an_office_with_ninety_slips_an_hour_is_never_locked_out():
    # a slip every 40 s, one forgotten every 36 s: what is held never grows
    tries = _tried(2_000, by=ADDRESS, every=timedelta(seconds=40))

    assert tries_held(tries, by=ADDRESS) == 1


def test_a_name_forgets_one_failure_an_hour():
    tries = _tried(5, by=NAME)

    later = after_try(tries, by=NAME, now=NOW + timedelta(hours=3))

    assert tries_held(later, by=NAME) == 3  # 5 - 3 + 1


def test_a_name_takes_about_a_hundred_tries_a_day():
    tries, now, made = Tries(NOW, NOW), NOW, 0
    while now < NOW + timedelta(days=1):
        tries, made = after_try(tries, by=NAME, now=now), made + 1
        now = max(now, opens_at(tries, by=NAME))

    assert 96 <= made <= 120


def test_one_is_taken_back():
    assert take_back(_tried(7, by=ADDRESS), by=ADDRESS) == _tried(6, by=ADDRESS)


@pytest.mark.parametrize(("times", "wait_s"), [(4, 0), (7, 120)])
def test_a_clock_set_back_by_months_makes_nobody_wait_longer(times, wait_s):
    earlier = NOW - timedelta(days=230)

    tries = set_back(_tried(times, by=NAME), now=earlier)

    assert opens_at(tries, by=NAME) == earlier + timedelta(seconds=wait_s)
    assert tries_held(after_try(tries, by=NAME, now=earlier), by=NAME) == times + 1


def test_a_clock_that_goes_on_changes_nothing():
    tries = _tried(3, by=NAME)

    assert set_back(tries, now=NOW + timedelta(minutes=1)) == tries
