"""Which dates a series has: safe rules only, the worked example, and what each fault is called."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from dispatch import intake
from dispatch.intake import ExceptionKind, ExceptionWish, OccurrenceState, PauseReason, PauseWish, SeriesPlan
from dispatch.intake.rules import find_exception_faults, find_series_faults, next_extension_on, window_of
from dispatch.words import Words
from tests.factories.intake import ZONE, series_wish

S = OccurrenceState
START = date(2026, 3, 3)  # a Tuesday
SKIP = ExceptionWish(date(2026, 4, 7), ExceptionKind.SKIP)
PAUSE = PauseWish(date(2026, 4, 14), date(2026, 4, 28), PauseReason.AWAY)


def plan(rrule: str = "FREQ=WEEKLY;COUNT=10", **fields) -> SeriesPlan:
    return SeriesPlan(rrule, START, time(14), time(16), **fields)


def states(found) -> dict[str, S]:
    return {each.on.strftime("%m-%d"): each.state for each in found}


@pytest.mark.feature("R8")
def test_the_worked_example_has_seven_occurrences():
    found = intake.plan_occurrences(plan(pauses=(PAUSE,), exceptions=(SKIP,)))

    # domain.md section 5, Series: ten Tuesdays to 5 May, less one skipped, less 14 and 21 April
    assert states(found) == {
        **dict.fromkeys(("03-03", "03-10", "03-17", "03-24", "03-31"), S.PLANNED),
        "04-07": S.SKIPPED,
        **dict.fromkeys(("04-14", "04-21"), S.PAUSED),
        **dict.fromkeys(("04-28", "05-05"), S.PLANNED),
    }
    assert sum(each.state is S.PLANNED for each in found) == 7


@pytest.mark.feature("R8")
def test_a_stay_in_hospital_pauses_by_itself_and_its_last_day_is_free():
    found = intake.plan_occurrences(plan(absences=((date(2026, 3, 10), date(2026, 3, 17)), (date(2026, 4, 28), None))))

    assert [on for on, state in states(found).items() if state is S.IN_HOSPITAL] == ["03-10", "04-28", "05-05"]


@pytest.mark.feature("R8")
def test_the_end_keeps_what_lies_before_it():
    found = intake.plan_occurrences(plan(ended_on=date(2026, 3, 17)))

    assert [on for on, state in states(found).items() if state is S.PLANNED] == ["03-03", "03-10"]


def test_a_moved_date_is_held_against_where_it_was_moved_to():
    into = ExceptionWish(date(2026, 4, 7), ExceptionKind.MOVE, date(2026, 4, 15))
    out_of = ExceptionWish(date(2026, 4, 14), ExceptionKind.MOVE, date(2026, 4, 29), time(9), time(10))

    found = {each.on: each for each in intake.plan_occurrences(plan(pauses=(PAUSE,), exceptions=(into, out_of)))}

    assert found[into.on].state is S.PAUSED
    moved = found[out_of.on]
    assert (moved.state, moved.service_on, moved.from_time) == (S.PLANNED, date(2026, 4, 29), time(9))


def test_local_times_stay_the_same_on_every_date():
    found = intake.plan_occurrences(plan("FREQ=MONTHLY;COUNT=12"))

    begins = {window_of(each, zone=ZONE)[0].astimezone(ZONE).time() for each in found}

    assert begins == {time(14)}
    assert window_of(found[0], zone=ZONE)[0] == datetime(2026, 3, 3, 6, tzinfo=UTC)  # 14:00 in Tianjin


@pytest.mark.parametrize(
    ("rrule", "told"),
    [
        ("FREQ=DAILY;COUNT=10000", "at most 366 dates"),
        ("FREQ=SECONDLY;COUNT=3", "Once a day is the most"),
        ("FREQ=HOURLY", "Once a day is the most"),
        ("FREQ=YEARLY;COUNT=3", "Only FREQ"),
        ("FREQ=DAILY;BYSETPOS=1", "Only FREQ"),
        ("FREQ=WEEKLY;BYHOUR=3", "Only FREQ"),
        ("FREQ=WEEKLY;COUNT=60", "a year at most"),
        ("FREQ=WEEKLY;UNTIL=20280101", "a year at most"),
        ("FREQ=WEEKLY;UNTIL=20260101", "no date at all"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12;COUNT=1", None),  # 31 March
        ("FREQ=WEEKLY;UNTIL=2026-05-05", "UNTIL is a local date"),
        ("FREQ=WEEKLY;UNTIL=20260230", "UNTIL is a local date"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20260505", "not both"),
        ("FREQ=WEEKLY;COUNT=0", "Not well formed"),
        ("FREQ=WEEKLY;INTERVAL=-1", "Not well formed"),
        ("FREQ=WEEKLY;BYDAY=XX", "Not well formed"),
        ("FREQ=WEEKLY;FREQ=DAILY", "Not well formed"),
        ("FREQ=WEEKLY;BYDAY=1MO", "monthly rule only"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "without BYDAY"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "without BYDAY"),
        ("FREQ=MONTHLY;BYDAY=1MO,TU", "all ordinals or none"),
        ("every tuesday", "Not well formed"),
        ("", "Not well formed"),
        ("FREQ=WEEKLY;" + "X" * 300, "Not well formed"),
        ("FREQ=WEEKLY", None),
        ("rrule:freq=weekly;count=2", None),
        ("FREQ=DAILY;BYDAY=MO,WE,FR;COUNT=3", None),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=12", None),
    ],
)
def test_only_safe_rules_are_read_and_each_fault_is_named(rrule, told):
    found = intake.find_rrule_faults(rrule, starts_on=START)

    assert [told in each.en if isinstance(each, Words) else each for each in found] == ([True] if told else [])


def test_february_29_to_31_may_never_come():
    found = intake.find_rrule_faults("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12", starts_on=date(2026, 2, 1))

    assert [each.en for each in found] == ["By this rule there is no date at all."]


def test_a_series_without_end_stops_after_a_year():
    found = intake.list_dates("FREQ=DAILY", starts_on=START)

    assert (len(found), found[-1]) == (366, date(2027, 3, 3))


def test_counts_are_of_the_rule_and_begin_at_the_first_date_that_it_gives():
    found = intake.list_dates("FREQ=WEEKLY;BYDAY=TH;COUNT=2", starts_on=START)

    assert found == [date(2026, 3, 5), date(2026, 3, 12)]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"to_time": time(14)}, {"to_time"}),
        ({"from_time": time(22), "to_time": time(2)}, {"to_time"}),
        ({"starts_on": date(2026, 3, 2)}, {"starts_on"}),
        ({"starts_on": date(2027, 4, 1)}, {"starts_on"}),
        ({"rrule": "FREQ=HOURLY", "to_time": time(1)}, {"rrule", "to_time"}),
        ({}, set()),
    ],
)
def test_all_that_is_wrong_with_a_series_is_told_at_once(fields, wrong):
    assert set(find_series_faults(series_wish(UUID(int=1), **fields), today=START)) == wrong


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"on": date(2026, 4, 8)}, {"on"}),
        ({"on": date(2026, 3, 3)}, {"on"}),
        ({"moved_to_on": date(2026, 4, 9)}, {"kind"}),
        ({"kind": ExceptionKind.MOVE}, {"moved_to_on"}),
        ({"kind": ExceptionKind.MOVE, "moved_to_on": date(2026, 3, 9)}, {"moved_to_on"}),
        ({"kind": ExceptionKind.MOVE, "moved_to_on": date(2027, 3, 4)}, {"moved_to_on"}),
        ({"kind": ExceptionKind.MOVE, "from_time": time(9)}, {"to_time"}),
        ({"kind": ExceptionKind.MOVE, "from_time": time(9), "to_time": time(8)}, {"to_time"}),
        ({"kind": ExceptionKind.MOVE, "from_time": time(9), "to_time": time(10)}, set()),
        ({}, set()),
    ],
)
def test_what_is_wrong_with_an_exception_is_told_by_field(fields, wrong):
    asked = ExceptionWish(**({"on": date(2026, 4, 7), "kind": ExceptionKind.SKIP} | fields))
    dates = intake.list_dates("FREQ=WEEKLY;COUNT=10", starts_on=START)

    found = find_exception_faults(
        asked, rule_dates=dates, times=(time(14), time(16)), until=date(2027, 3, 4), today=date(2026, 3, 10)
    )

    assert set(found) == wrong


def test_the_next_look_is_when_a_date_comes_within_four_weeks():
    found = intake.plan_occurrences(plan())

    assert next_extension_on(found, today=date(2026, 1, 1)) == date(2026, 2, 3)  # 28 days before 3 March
    assert next_extension_on(found, today=date(2026, 3, 3)) == date(2026, 3, 4)  # tomorrow
    assert next_extension_on(found, today=date(2026, 5, 6)) is None
