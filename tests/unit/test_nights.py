"""Shifts that end on the next day: they belong to the day on which they begin."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from dispatch.carers import ExceptionRecord, ShiftRecord, WorkSpan, work_spans
from tests.unit.test_carers import MONDAY, SINCE, TIANJIN, carer, utc

TUESDAY = date(2026, 3, 31)
NIGHT = ShiftRecord(0, time(22), time(6), 60, SINCE)
# 22:00 in Tianjin (UTC+8) is 14:00 UTC, 06:00 of the next day is 22:00 UTC of the same day
WORKED = WorkSpan(utc(14), utc(22), 60)


def test_night_is_one_span_of_the_day_on_which_it_begins() -> None:
    assert work_spans(carer(MONDAY, shifts=[NIGHT]), zone=TIANJIN) == (WORKED,)
    assert work_spans(carer(TUESDAY, shifts=[NIGHT]), zone=TIANJIN) == ()


def test_night_at_the_end_of_a_month_and_of_a_shift_ends_in_the_next_month() -> None:
    last = NIGHT._replace(weekday=1, valid_to=date(2026, 4, 1))

    spans = work_spans(carer(TUESDAY, shifts=[last]), zone=TIANJIN)

    assert spans == (WorkSpan(utc(14, day=31), datetime(2026, 3, 31, 22, tzinfo=UTC), 60),)
    assert spans[0].to_at.astimezone(TIANJIN).date() == date(2026, 4, 1)
    assert work_spans(carer(date(2026, 4, 7), shifts=[last]), zone=TIANJIN) == ()


@pytest.mark.parametrize(
    ("to_time", "hours"), [(time(0), 2), (time(22), 24), (time(21, 59), 23 + 59 / 60), (time(22, 1), 1 / 60)]
)
def test_hours_until_midnight_and_around_the_clock(to_time: time, hours: float) -> None:
    (span,) = work_spans(carer(MONDAY, shifts=[NIGHT._replace(to_time=to_time)]), zone=TIANJIN)

    assert (span.to_at - span.from_at).total_seconds() / 3600 == pytest.approx(hours)


def test_night_in_which_the_clock_is_put_forward_is_an_hour_shorter() -> None:
    # Berlin, 29 March 2026: 02:00 becomes 03:00, so 22:00-06:00 has seven hours; service in Tianjin has no such day
    night = NIGHT._replace(weekday=5)
    (span,) = work_spans(carer(date(2026, 3, 28), shifts=[night]), zone=ZoneInfo("Europe/Berlin"))

    assert (span.to_at - span.from_at).total_seconds() == 7 * 3600


def test_day_off_takes_the_night_that_begins_on_it_and_not_the_end_of_the_one_before() -> None:
    assert work_spans(carer(MONDAY, shifts=[NIGHT], exceptions=[ExceptionRecord(MONDAY, "off")]), zone=TIANJIN) == ()
    assert work_spans(carer(MONDAY, shifts=[NIGHT], exceptions=[ExceptionRecord(TUESDAY, "off")]), zone=TIANJIN) == (
        WORKED,
    )


def test_sick_day_ends_the_night_before_it_at_midnight() -> None:
    sick = ExceptionRecord(TUESDAY, "sick")
    late = ExceptionRecord(MONDAY, "extra", time(1), time(2))

    assert work_spans(carer(MONDAY, shifts=[NIGHT], exceptions=[sick, late]), zone=TIANJIN) == (
        WorkSpan(utc(17, day=29), utc(18, day=29), 0),
        WorkSpan(utc(14), utc(16), 60),  # 22:00-24:00
    )


def test_extra_hours_pass_midnight_with_their_break_and_join_the_evening() -> None:
    evening = ShiftRecord(0, time(18), time(22), 10, SINCE)
    extra = ExceptionRecord(MONDAY, "extra", time(22), time(2), 20)

    assert work_spans(carer(MONDAY, shifts=[evening], exceptions=[extra]), zone=TIANJIN) == (
        WorkSpan(utc(10), utc(18), 30),
    )


def test_extra_hours_from_midnight_are_hours() -> None:
    extra = ExceptionRecord(MONDAY, "extra", time(0), time(6))

    assert work_spans(carer(MONDAY, exceptions=[extra]), zone=TIANJIN) == (
        WorkSpan(utc(16, day=29), utc(22, day=29), 0),
    )
