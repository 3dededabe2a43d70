"""Repairs of a signed plan, its rows in memory: what is said to have happened counts, and what is pinned stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.assignment.operations.changing import repairing, standing
from dispatch.assignment.operations.days import solving
from dispatch.assignment.values import AbsenceFrom, PlanChangeKind
from tests.unit.test_day_building import WAYS, at, ident
from tests.unit.test_day_changes import FAR, StoredPlan, hours, on_duty, short

K = PlanChangeKind


@pytest.fixture(autouse=True)
def ways(monkeypatch):
    """Measure no streets; who asks for other ways says so."""

    def measured(found):
        for room in (standing, repairing, solving):
            monkeypatch.setattr(room, "measure_ways", lambda *_, **__: found)

    measured(WAYS)
    return measured


def stands(made) -> dict[int, tuple[int, float | None]]:
    """Give for each visit its carer and the hour of its start."""
    return {
        stop.visit.visit_id.int: (tour.carer.carer_id.int, hours(stop.start_at))
        for tour in made.answer.tours
        for stop in tour.stops
    }


def left_out(made) -> set[int]:
    return {each.visit_id.int for each in made.answer.left_out}


def pinned(made) -> set[int]:
    return {stop.visit.visit_id.int for tour in made.answer.tours for stop in tour.stops if stop.visit.is_pinned}


def test_a_carer_who_is_on_the_way_goes_on_unless_nobody_is_home(ways):
    ways(FAR)  # 20 minutes from the base: at 08:54 the carer is on the way to 09:00, and would be late if sent anew
    plan = StoredPlan([short(1, 9, 12)], [on_duty(100, 8.65)])
    assert plan.starts() == {1: 9}

    goes_on = plan.repaired(8.9)
    anew = plan.repaired(8.9, released=(ident(1),))

    assert stands(goes_on) == {1: (100, 9)}
    assert stands(anew) == {1: (100, 9.23)}  # 08:54 and 20 minutes


def test_a_visit_at_whose_door_nobody_was_has_no_place_where_nobody_can_come_again(ways):
    ways(FAR)
    plan = StoredPlan([short(1, 9, 9.6)], [on_duty(100, 8.65)])

    made = plan.repaired(8.9, released=(ident(1),))

    assert (stands(made), left_out(made)) == ({}, {1})
    assert (made.report.elders_lost, made.report.elders_moved) == (1, 1)


def test_what_is_pinned_to_who_is_away_goes_to_somebody_else_and_only_that():
    plan = StoredPlan([short(1, 8, 12), short(2, 13, 16)], [on_duty(100), on_duty(101)])
    plan.change(K.MOVE, 1, carer_id=ident(100), start_at=at(10))
    plan.change(K.MOVE, 2, carer_id=ident(100), start_at=at(14))

    made = plan.repaired(7, absences=(AbsenceFrom(ident(100), at(12)),))

    assert stands(made)[1] == (100, 10)
    assert stands(made)[2][0] == 101
    assert (left_out(made), pinned(made)) == (set(), {1})


def test_a_pinned_pair_of_which_one_is_away_comes_with_another():
    pair = [short(n, 8, 16, pair_id=ident(7), slot_no=n, elder_id=ident(900)) for n in (1, 2)]
    plan = StoredPlan(pair, [on_duty(100), on_duty(101)])
    plan.change(K.PIN, 1)
    plan.case = replace(plan.case, carers=(*plan.case.carers, on_duty(102)))

    made = plan.repaired(7, absences=(AbsenceFrom(ident(100), at(7)),))

    assert {carer for carer, _ in stands(made).values()} == {101, 102}
    assert (left_out(made), pinned(made)) == (set(), set())


def test_who_is_gone_from_the_roster_holds_no_pin():
    plan = StoredPlan([short(1, 8, 12)], [on_duty(100), on_duty(101)])
    plan.change(K.MOVE, 1, carer_id=ident(100), start_at=at(10))
    plan.case = replace(plan.case, carers=(on_duty(101),))

    made = plan.repaired(7)

    assert stands(made)[1][0] == 101
    assert left_out(made) == set()


@pytest.mark.parametrize("is_pinned", [True, False])
def test_only_what_is_not_pinned_makes_room_for_what_is_more_urgent(is_pinned):
    plan = StoredPlan([short(1, 8, 12)], [on_duty(100)])
    plan.change(K.MOVE, 1, start_at=at(10))
    if not is_pinned:
        plan.change(K.UNPIN, 1)
    plan.case = replace(plan.case, visits=(*plan.case.visits, short(2, 10, 10.6, priority=8.0)))

    made = plan.repaired(7)

    if is_pinned:
        assert (stands(made), left_out(made)) == ({1: (100, 10)}, {2})
    else:
        assert (stands(made)[2], left_out(made)) == ((100, 10), set())
