"""The planner's plan read back as tours: when a carer should be at each door, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from dispatch import planner
from dispatch.assignment import answering
from dispatch.assignment.building import build_problem, whole_minutes
from dispatch.assignment.values import Span
from tests.unit.test_day_building import HOME, OTHER, WAYS, at, carer, case, ident, visit

WAYS_MIN = replace(WAYS, travel_s=tuple(whole_minutes(each) for each in WAYS.travel_s))


def tours_of(*visits):
    """Let one carer make visits in their order; on duty from 8, an hour of break that begins between 10 and 14."""
    known = case(visits, [carer()])
    day = build_problem(known, ways=WAYS_MIN, weights=planner.Weights(), zone=ZoneInfo("Asia/Shanghai"))
    jobs = {day.slots[job][0].visit_id: job for job in range(len(visits))}
    order = [jobs[each.visit_id] for each in visits]
    plan = planner.build_plan(day.problem, order=order, carers=dict.fromkeys(order, (0,)))
    return answering.read_tours(plan, day=day, case=known, placed=())


def test_a_carer_with_time_waits_before_setting_out_and_at_a_door_only_where_they_are():
    [tour] = tours_of(
        visit(1, elder_id=ident(901), home_ll=HOME, window=Span(at(9), at(10))),
        visit(2, elder_id=ident(902), home_ll=HOME, window=Span(at(10.5), at(11.5))),
        visit(3, elder_id=ident(903), home_ll=OTHER, window=Span(at(13), at(14))),
    )

    told = [(stop.arrive_at, stop.start_at, stop.travel_min, answering.wait_min(stop)) for stop in tour.stops]

    assert told == [
        (at(9), at(9), 2, 58),  # 8:00, 2 min on the way, and 58 to spare at the base
        (at(10), at(10.5), 0, 30),  # in the same house
        (at(13), at(13), 5, 25),  # 11:30, an hour of break, 5 min on the way
    ]
    assert [(pause.from_at, pause.to_at) for pause in tour.pauses] == [(at(11.5), at(12.5))]
    assert tour.travel_min == 2 + 0 + 5 + 2  # from OTHER back to the base in 119 s


def test_a_carer_without_time_to_spare_begins_on_arrival():
    [tour] = tours_of(
        visit(1, elder_id=ident(901), home_ll=HOME, window=Span(at(9), at(10))),
        visit(2, elder_id=ident(902), home_ll=OTHER, window=Span(at(9), at(12))),
    )

    last = tour.stops[-1]
    assert (last.ready_at, last.arrive_at, last.start_at) == (at(10 + 5 / 60),) * 3
    assert answering.wait_min(last) == 0
