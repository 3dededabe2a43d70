"""Laws of series: their dates are those of RFC 5545 as dateutil reads it, and pauses only take away."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import takewhile

import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given
from hypothesis import strategies as st

from dispatch import intake
from dispatch.intake import ExceptionKind, ExceptionWish, OccurrenceState, PauseReason, PauseWish, SeriesPlan

S = OccurrenceState
FIRST = dt.date(2026, 1, 1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAYS = st.integers(0, 500).map(lambda number: FIRST + dt.timedelta(days=number))


@st.composite
def rules(draw) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    interval = draw(st.integers(1, 6))
    parts = [f"FREQ={frequency}", f"INTERVAL={interval}"]
    weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True)
    kind = draw(st.sampled_from(["plain", "weekdays", "month_days"]))
    if kind == "weekdays" and (frequency != "DAILY" or interval == 1):
        names = draw(weekdays)
        if frequency == "MONTHLY":
            choices = draw(st.sampled_from([[""], ["1", "2", "-1", "5"]]))
            names = [f"{draw(st.sampled_from(choices))}{name}" for name in names]
        parts.append(f"BYDAY={','.join(names)}")
    if kind == "month_days" and frequency == "MONTHLY":
        days = draw(st.lists(st.sampled_from([1, 2, 15, 28, 29, 30, 31, -1, -3]), min_size=1, max_size=3, unique=True))
        parts.append(f"BYMONTHDAY={','.join(map(str, days))}")
    ends = draw(st.sampled_from(["count", "until", "open"]))
    if ends == "count":
        parts.append(f"COUNT={draw(st.integers(1, 366))}")
    elif ends == "until":
        parts.append(f"UNTIL={draw(DAYS):%Y%m%d}")
    return ";".join(parts)


@st.composite
def spans(draw) -> tuple[dt.date, dt.date | None]:
    begin = draw(DAYS)
    return begin, draw(st.none() | st.integers(1, 90).map(lambda number: begin + dt.timedelta(days=number)))


@st.composite
def plans(draw) -> SeriesPlan:
    rrule, starts_on = draw(rules()), draw(DAYS)
    dates = intake.list_dates(rrule, starts_on=starts_on)
    skipped = draw(st.lists(st.sampled_from(dates), max_size=5, unique=True)) if dates else []
    moved = [on for on in skipped if draw(st.booleans())]
    return SeriesPlan(
        rrule,
        starts_on,
        dt.time(9),
        dt.time(10),
        ended_on=draw(st.none() | DAYS),
        pauses=tuple(paused(span) for span in draw(st.lists(spans(), max_size=3))),
        exceptions=tuple(
            ExceptionWish(on, ExceptionKind.MOVE, draw(DAYS)) if on in moved else ExceptionWish(on, ExceptionKind.SKIP)
            for on in skipped
        ),
        absences=tuple(draw(st.lists(spans(), max_size=2))),
    )


def paused(span) -> PauseWish:
    return PauseWish(span[0], span[1], PauseReason.AWAY)


def with_pauses(plan: SeriesPlan, *more: tuple[dt.date, dt.date | None]) -> SeriesPlan:
    return replace(plan, pauses=(*plan.pauses, *(paused(span) for span in more)))


def coming(plan: SeriesPlan) -> set[tuple[dt.date, dt.date]]:
    return {(each.on, each.service_on) for each in intake.plan_occurrences(plan) if each.state is S.PLANNED}


def at_midnight(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time())


@pytest.mark.feature("R8")
@given(rrule=rules(), starts_on=DAYS)
def test_dates_are_those_of_dateutil_within_a_year(rrule, starts_on):
    oracle = rrulestr(rrule, dtstart=at_midnight(starts_on))
    last = at_midnight(starts_on + dt.timedelta(days=365))
    expected = [each.date() for each in takewhile(lambda each: each <= last, oracle)]

    assert intake.list_dates(rrule, starts_on=starts_on) == expected


@pytest.mark.feature("R8")
@given(rrule=rules(), starts_on=DAYS, skips=st.sets(DAYS, max_size=20), span=spans())
def test_skips_and_pauses_are_the_excluded_dates_of_an_rrule_set(rrule, starts_on, skips, span):
    dates = intake.list_dates(rrule, starts_on=starts_on)
    last = at_midnight(starts_on + dt.timedelta(days=365))
    oracle = rruleset()
    oracle.rrule(rrulestr(rrule, dtstart=at_midnight(starts_on)))
    for number in range(366):
        on = starts_on + dt.timedelta(days=number)
        if on in skips or (span[0] <= on and (span[1] is None or on < span[1])):
            oracle.exdate(at_midnight(on))
    plan = SeriesPlan(
        rrule,
        starts_on,
        dt.time(9),
        dt.time(10),
        pauses=(paused(span),),
        exceptions=tuple(ExceptionWish(on, ExceptionKind.SKIP) for on in sorted(skips & set(dates))),
    )

    expected = {each.date() for each in oracle.between(at_midnight(starts_on), last, inc=True)}

    assert {on for on, _ in coming(plan)} == expected


@given(plan=plans(), span=spans())
def test_a_pause_never_adds_an_occurrence_and_takes_those_of_its_days_alone(plan, span):
    before, after = coming(plan), coming(with_pauses(plan, span))

    gone = {one for one in before if span[0] <= one[1] and (span[1] is None or one[1] < span[1])}
    assert after == before - gone


@given(plan=plans(), begin=DAYS, first=st.integers(1, 60), overlap=st.integers(0, 30), second=st.integers(1, 60))
def test_two_pauses_that_touch_are_one_pause(plan, begin, first, overlap, second):
    middle = begin + dt.timedelta(days=first)
    again = max(begin, middle - dt.timedelta(days=overlap))
    end = max(middle, again + dt.timedelta(days=second))

    assert coming(with_pauses(plan, (begin, middle), (again, end))) == coming(with_pauses(plan, (begin, end)))


@given(plan=plans(), on=DAYS)
def test_an_end_keeps_the_past_and_leaves_nothing_behind_it(plan, on):
    whole = replace(plan, ended_on=None)

    assert coming(replace(plan, ended_on=on)) == {one for one in coming(whole) if one[1] < on}


@given(plan=plans())
def test_every_date_of_the_rule_is_told_once_whatever_becomes_of_it(plan):
    found = [each.on for each in intake.plan_occurrences(plan)]

    assert found == intake.list_dates(plan.rrule, starts_on=plan.starts_on)
