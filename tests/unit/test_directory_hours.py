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
