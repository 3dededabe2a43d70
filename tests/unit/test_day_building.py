"""The mapping of a day's rows to the planner's problem, checked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch import planner
from dispatch.assignment.building import Ways, build_problem, group_slots, whole_minutes
from dispatch.assignment.hours import pauses_of
from dispatch.assignment.values import DayCarer, DayCase, DayPause, DayVisit, PauseKind, Span, Stretch, UnplannedCode

MIDNIGHT = datetime(2026, 3, 30, 16, tzinfo=UTC)  # 31 March 2026, 00:00 in Tianjin
HOME, BASE, OTHER = (117.0, 39.0), (117.1, 39.0), (117.2, 39.0)
WAYS = Ways(
    place_of={HOME: 0, BASE: 1, OTHER: 2},
    travel_s=(np.array([[0, 61, 300], [61, 0, 119], [300, 119, 0]], dtype=float),),
    modes=("walk",),
)
HOUR = 3600


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def ident(number: int) -> UUID:
    return UUID(int=number)


def visit(number: int = 1, **fields) -> DayVisit:
    made = {
        "visit_id": ident(number),
        "elder_id": ident(900),
        "organization_id": ident(50),
        "window": Span(at(9), at(12)),
        "visit_min": 60,
        "version": 1,
        "home_ll": HOME,
    }
    return DayVisit(**(made | fields))


def carer(number: int = 100, **fields) -> DayCarer:
    made = {
        "carer_id": ident(number),
        "organization_id": ident(50),
        "sex": "female",
        "skills": frozenset({"care"}),
        "mode": "walk",
        "base_ll": BASE,
        "stretches": (Stretch(at(8), at(17), 60),),
        "limit_min": 480,
        "roster_hash": "x",
    }
    return DayCarer(**(made | fields))


def case(visits=(), carers=(), **fields) -> DayCase:
    made = {"usual": {}, "preferred": {}, "refused": {}, "now": at(-15)}
    return DayCase(date(2026, 3, 31), MIDNIGHT, visits=tuple(visits), carers=tuple(carers), **(made | fields))


def build(*args, ways=WAYS, is_searched=True, **fields):
    zone = ZoneInfo("Asia/Shanghai")
    return build_problem(
        case(*args, **fields), ways=ways, weights=planner.Weights(), zone=zone, is_searched=is_searched
    )


class TestVisits:
    def test_a_visit_may_start_within_its_window_less_its_length(self):
        [job] = build([visit()], [carer()]).problem.jobs

        assert (job.earliest_s, job.latest_s, job.due_s) == (9 * HOUR, 11 * HOUR, 11 * HOUR)
        assert [slot.length_s for slot in job.slots] == [HOUR]
        assert (job.place, job.team, job.pin, job.before) == (0, str(ident(50)), None, None)

    def test_services_of_one_elder_are_searched_apart_and_asked_about_as_they_are(self):
        both = [visit(1), visit(2, window=Span(at(10), at(11)))]

        searched, asked = (build(both, [carer()], is_searched=each).problem.jobs for each in (True, False))

        # the second has the hour from 10 to 11; the first what is left before or behind, both an hour: the earlier one
        assert [(job.earliest_s, job.latest_s) for job in searched] == [(9 * HOUR, 9 * HOUR), (10 * HOUR, 10 * HOUR)]
        assert [(job.earliest_s, job.latest_s) for job in asked] == [(9 * HOUR, 11 * HOUR), (10 * HOUR, 10 * HOUR)]

    def test_what_was_promised_is_due_a_quarter_of_an_hour_later_and_has_a_price_to_move(self):
        [job] = build([visit(carer_id=ident(100), start_at=at(10))], [carer()]).problem.jobs

        assert job.before == planner.Before((0,), 10.0 * HOUR)
        assert job.due_s == 10 * HOUR + 900
        assert job.pin is None

    def test_a_pinned_visit_keeps_carer_and_start(self):
        [job] = build([visit(carer_id=ident(100), start_at=at(10), is_pinned=True)], [carer()]).problem.jobs

        assert job.pin == planner.Pin((0,), start_s=10.0 * HOUR)

    def test_what_has_begun_is_taken_as_it_is_and_as_long_as_it_took(self):
        begun = visit(carer_id=ident(100), start_at=at(9), started_at=at(9.1), finished_at=at(9.85))
        [job] = build([begun], [carer()], now=at(10)).problem.jobs

        # begun at 09:06, done at 09:51: 45 minutes
        assert job.pin == planner.Pin((0,), start_s=9 * HOUR + 360.0, is_executed=True)
        assert job.slots[0].length_s == 45 * 60
        assert job.before is None

    def test_what_is_under_way_is_not_shorter_than_it_is_by_now(self):
        begun = visit(carer_id=ident(100), start_at=at(9), started_at=at(9))
        [job] = build([begun], [carer()], now=at(10.5)).problem.jobs

        assert job.slots[0].length_s == 90 * 60

    def test_two_visits_of_a_pair_are_one_job_in_the_order_of_their_slots(self):
        pair = [visit(2, pair_id=ident(7), slot_no=2), visit(1, pair_id=ident(7), slot_no=1)]
        built = build(pair, [carer()])

        assert [[each.visit_id.int for each in slots] for slots in built.slots] == [[1, 2]]
        assert (built.problem.jobs[0].lag_from_s, built.problem.jobs[0].lag_to_s) == (0.0, 0.0)

    def test_one_after_the_other_means_when_the_first_has_finished(self):
        pair = [visit(n, pair_id=ident(7), slot_no=n, is_sequential=True) for n in (1, 2)]
        [job] = build(pair, [carer()]).problem.jobs

        assert (job.lag_from_s, job.lag_to_s) == (3600.0, inf)

    def test_a_pair_of_which_one_has_begun_and_the_other_has_nobody_falls_apart(self):
        pair = [
            visit(1, pair_id=ident(7), slot_no=1, carer_id=ident(100), started_at=at(9)),
            visit(2, pair_id=ident(7), slot_no=2),
        ]

        assert [[each.visit_id.int for each in group] for group in group_slots(pair)] == [[1], [2]]

    def test_wishes_are_given_by_the_carers_number(self):
        people = [carer(100), carer(101), carer(102)]
        [job] = build(
            [visit()],
            people,
            usual={ident(900): frozenset({ident(101), ident(999)})},
            preferred={ident(900): frozenset({ident(102)})},
            refused={ident(900): frozenset({ident(100)})},
        ).problem.jobs

        assert (job.usual, job.preferred, job.refused) == (frozenset({1}), frozenset({2}), frozenset({0}))

    @pytest.mark.parametrize(
        ("fields", "code", "change"),
        [
            ({"home_ll": None}, UnplannedCode.UNLOCATED, {"code": "locate_home"}),
            ({"home_ll": (117.5, 39.0)}, UnplannedCode.UNLOCATED, {"code": "locate_home"}),
            ({"home_ll": (110.0, 30.0)}, UnplannedCode.NO_NETWORK, {"code": "import_streets"}),
            ({"visit_min": 200}, UnplannedCode.WINDOW_TOO_SHORT, {"code": "later_end", "minutes": 20}),
            (
                {"is_pinned": True, "carer_id": ident(555), "start_at": at(10)},
                UnplannedCode.NO_SHIFT,
                {"code": "unpin"},
            ),
        ],
    )
    def test_what_cannot_be_asked_of_the_planner_is_left_out_with_its_reason(self, fields, code, change):
        built = build([visit(**fields)], [carer()], ways=replace(WAYS, outside=frozenset({(110.0, 30.0)})))

        assert [(each.code, each.change) for each in built.left_out] == [(code, change)]
        assert built.problem.jobs == ()

    def test_without_a_network_every_visit_says_so(self):
        built = build([visit()], [carer()], ways=Ways(place_of={}, travel_s=(), modes=("walk",)))

        assert [each.code for each in built.left_out] == [UnplannedCode.NO_NETWORK]


class TestCarers:
    def test_a_carer_works_the_shift_less_the_break_from_base_to_base(self):
        [one] = build([], [carer()]).problem.carers

        assert (one.from_s, one.to_s, one.back_by_s) == (8 * HOUR, 17 * HOUR, inf)
        assert (one.start_place, one.end_place, one.limit_s) == (1, 1, 8 * HOUR)
        # nine hours less one make eight; a fourth of them is two: the break begins from 10:00 to 14:00
        assert one.pauses == (planner.Pause(10 * HOUR, 14 * HOUR, HOUR, "rest"),)

    def test_the_daily_limit_is_the_lesser_of_contract_and_shift(self):
        assert build([], [carer(limit_min=300)]).problem.carers[0].limit_s == 300 * 60

    def test_two_stretches_are_one_day_with_the_hours_between_as_a_pause(self):
        split = carer(stretches=(Stretch(at(8), at(12), 0), Stretch(at(14), at(18), 0)))
        built = build([], [split])

        assert built.pauses[0] == (DayPause(PauseKind.OFF_DUTY, 12 * HOUR, 12 * HOUR, 2 * HOUR),)
        assert (built.problem.carers[0].from_s, built.problem.carers[0].to_s) == (8 * HOUR, 18 * HOUR)

    def test_a_night_belongs_to_the_day_on_which_it_begins(self):
        night = carer(stretches=(Stretch(at(22), at(30), 0),))

        assert build([], [night]).problem.carers[0].to_s == 30 * HOUR

    def test_hours_elsewhere_are_cut_out_and_the_break_lies_in_the_longest_part(self):
        busy = carer(elsewhere=(Span(at(10), at(11)),))

        # 08-10 and 11-17; of the six hours one is free: five, a fourth of them 75 minutes
        assert pauses_of(busy, midnight_at=MIDNIGHT) == (
            DayPause(PauseKind.ELSEWHERE, 10 * HOUR, 10 * HOUR, HOUR),
            DayPause(PauseKind.REST, 12 * HOUR + 900, 14 * HOUR + 2700, HOUR),
        )

    def test_a_carer_without_a_base_gets_no_tour(self):
        built = build([], [carer(100), carer(101, base_ll=None)])

        assert [each.carer_id.int for each in built.carers] == [100]
        assert [each.carer_id.int for each in built.nowhere] == [101]


def test_ways_are_rounded_up_to_whole_minutes():
    assert whole_minutes(np.array([0.0, 1.0, 60.0, 61.0, inf])).tolist() == [0.0, 60.0, 60.0, 120.0, inf]
