"""Open or not: hours, holidays, closures, and what is not known."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch import directory

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = "Mo-Fr 08:00-17:00; PH off"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-31T10:00", True),  # a Tuesday
        ("2026-03-31T07:59", False),
        ("2026-03-31T17:00", False),
        ("2026-03-29T10:00", False),  # a Sunday
        ("2026-02-17T10:00", False),  # the first day of the Spring Festival, a Tuesday
    ],
)
def test_hours_hold_in_local_time_and_not_on_public_holidays(when, expected):
    assert directory.is_open(WEEK, at=at(when), zone=ZONE) is expected


def test_closure_wins_over_hours_up_to_its_end():
    closure = directory.Span(at("2026-03-31T09:00"), at("2026-03-31T12:00"))

    opened = [
        directory.is_open(WEEK, closures=[closure], at=at(f"2026-03-31T{hour}"), zone=ZONE)
        for hour in ("08:59", "09:00", "11:59", "12:00")
    ]

    assert opened == [True, False, False, True]


def test_a_span_must_be_open_from_beginning_to_end():
    noon = "Mo-Fr 08:00-12:00,13:00-17:00"

    def during(first: str, last: str) -> bool | None:
        return directory.is_open(noon, at=at(f"2026-03-31T{first}"), until=at(f"2026-03-31T{last}"), zone=ZONE)

    assert during("09:00", "12:00") is True
    assert during("11:30", "13:30") is False
    assert during("16:30", "17:01") is False


def test_unknown_hours_are_neither_open_nor_closed():
    closure = directory.Span(at("2026-03-31T00:00"), at("2026-04-01T00:00"))

    assert directory.is_open(None, at=at("2026-03-31T10:00"), zone=ZONE) is None
    assert directory.is_open(None, closures=[closure], at=at("2026-03-31T10:00"), zone=ZONE) is False


def test_full_width_signs_are_read_as_plain_ones():
    assert directory.read_hours("Mo-Fr 08：00-17：00；Sa 09:00-12:00") == "Mo-Fr 08:00-17:00;Sa 09:00-12:00"


@pytest.mark.parametrize("hours", ["每天", "Mo-Fr 8-17", "", "x" * 600])
def test_hours_that_do_not_parse_are_refused(hours):
    with pytest.raises(directory.InvalidHoursError):
        directory.read_hours(hours)


@pytest.mark.feature("D4")
@pytest.mark.parametrize(
    ("hours", "when", "expected"),
    [
        # the State Council's notice for 2026: Saturday 14 February and Sunday 4 January are worked
        ("Mo-Fr 08:00-17:00; PH off", "2026-02-14T10:00", True),
        ("Mo-Fr 08:00-17:00; PH off", "2026-01-04T10:00", True),
        ("Mo-Fr 08:00-17:00; PH off", "2026-02-07T10:00", False),  # a Saturday like others
        ("Mo-Fr 08:00-17:00; Sa 09:00-11:00", "2026-02-14T14:00", True),  # as a workday, not as a Saturday
        ("Mo-Su 11:00-13:00; PH off", "2026-02-17T11:30", False),
        ("Mo-Su 11:00-13:00; PH off", "2026-02-24T11:30", True),
        ("Mo-Fr 08:00-17:00; PH 10:00-12:00", "2026-02-17T11:00", True),  # holidays have hours of their own
        ("Mo-Fr 08:00-17:00; PH 10:00-12:00", "2026-02-17T14:00", False),
        ("Mo-Fr 08:00-17:00; PH off", "2100-06-01T10:00", True),  # far beyond the library's years: no failure
    ],
)
def test_holidays_and_make_up_workdays(hours, when, expected):
    assert directory.is_open(hours, at=at(when), zone=ZONE) is expected


@pytest.mark.feature("D4")
def test_an_entered_day_wins_over_the_library_and_is_not_estimated():
    day = at("2027-02-08T00:00").astimezone(ZONE).date()
    entered = directory.Calendar({day: (directory.DayKind.ORDINARY, "通知")})

    built_in = directory.Calendar()

    assert directory.is_open(WEEK, at=at("2027-02-08T10:00"), zone=ZONE, calendar=built_in) is False
    assert directory.is_open(WEEK, at=at("2027-02-08T10:00"), zone=ZONE, calendar=entered) is True
    assert (built_in.is_estimated(day), entered.is_estimated(day)) == (True, False)
    assert built_in.is_estimated(day.replace(year=2026)) is False


def test_a_span_over_midnight_asks_each_day_by_itself():
    always = "Mo-Su 00:00-24:00; PH off"  # 16 February 2026 is a holiday, the 15th is none in the built-in calendar

    def during(first: str, last: str) -> bool | None:
        return directory.is_open(always, at=at(first), until=at(last), zone=ZONE)

    assert during("2026-02-14T22:00", "2026-02-15T02:00") is True
    assert during("2026-02-15T22:00", "2026-02-16T02:00") is False
