"""Laws of the clocks that run by day, or always."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import intake
from dispatch.intake.values.clocks import ClockHours
from tests.factories.intake import ZONE, local

HOURS = st.sampled_from(ClockHours)
# one with no summer time, two with it, the last of them with a day that is half an hour longer
ZONES = st.sampled_from([ZONE, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
AMOUNTS = st.timedeltas(timedelta(), timedelta(days=5))


@pytest.mark.feature("R7")
@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-31 09:00", 240, "2026-03-31 13:00"),
        ("2026-03-31 07:00", 60, "2026-03-31 09:00"),  # does not begin before eight
        ("2026-03-31 19:30", 30, "2026-03-31 20:00"),  # the last moment of a day is still that day
        ("2026-03-31 19:30", 60, "2026-04-01 08:30"),  # across midnight
        ("2026-03-31 22:00", 60, "2026-04-01 09:00"),
        ("2026-03-31 22:00", 0, "2026-03-31 22:00"),
        ("2026-04-03 19:00", 24 * 60, "2026-04-05 19:00"),  # Friday evening: Saturday and Sunday are ordinary days
    ],
)
def test_a_clock_by_day_ends_where_a_hand_count_says(start, minutes, end):
    found = intake.clock_end(local(start), counted=timedelta(minutes=minutes), hours=ClockHours.BY_DAY, zone=ZONE)

    assert found == local(end)


@pytest.mark.feature("R7")
def test_a_clock_that_always_runs_knows_no_night():
    assert intake.clock_end(
        local("2026-03-31 23:50"), counted=timedelta(minutes=30), hours=ClockHours.ALWAYS, zone=ZONE
    ) == local("2026-04-01 00:20")


@pytest.mark.feature("R7")
@given(start=INSTANTS, first=AMOUNTS, second=AMOUNTS, hours=HOURS, zone=ZONES)
def test_adding_twice_is_adding_the_sum(start, first, second, hours, zone):
    in_two = intake.clock_end(
        intake.clock_end(start, counted=first, hours=hours, zone=zone), counted=second, hours=hours, zone=zone
    )

    assert in_two == intake.clock_end(start, counted=first + second, hours=hours, zone=zone)


@pytest.mark.feature("R7")
@given(start=INSTANTS, amount=AMOUNTS, hours=HOURS, zone=ZONES)
def test_what_was_added_is_what_is_counted(start, amount, hours, zone):
    end = intake.clock_end(start, counted=amount, hours=hours, zone=zone)

    assert intake.clock_counted(start, to_at=end, hours=hours, zone=zone) == amount


@given(instants=st.tuples(INSTANTS, INSTANTS, INSTANTS), hours=HOURS, zone=ZONES)
def test_what_is_counted_in_two_parts_is_what_is_counted_at_once(instants, hours, zone):
    first, middle, last = sorted(instants)

    def counted(from_at, to_at):
        return intake.clock_counted(from_at, to_at=to_at, hours=hours, zone=zone)

    assert counted(first, middle) + counted(middle, last) == counted(first, last)
    assert timedelta() <= counted(first, last) <= last - first


@given(start=INSTANTS, amount=AMOUNTS, moment=INSTANTS, hours=HOURS)
def test_before_its_end_a_clock_has_counted_less(start, amount, moment, hours):
    end = intake.clock_end(start, counted=amount, hours=hours, zone=ZONE)

    assert (moment >= end) or intake.clock_counted(start, to_at=moment, hours=hours, zone=ZONE) < (
        amount or timedelta.resolution
    )


def test_a_clock_does_not_count_backward():
    start = local("2026-03-31 09:00")

    assert intake.clock_counted(start, to_at=start - timedelta(hours=1), hours=ClockHours.ALWAYS, zone=ZONE) == (
        timedelta()
    )
    with pytest.raises(ValueError, match="forward"):
        intake.clock_end(start, counted=timedelta(minutes=-1), hours=ClockHours.BY_DAY, zone=ZONE)
