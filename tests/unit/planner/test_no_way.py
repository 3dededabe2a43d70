"""Places without a way: an island, a home and a base off all streets, a day without a network. Nothing fails."""

import math

import numpy as np
import pytest

from dispatch import planner, streets
from tests.unit.planner.verifier import violations
from tests.unit.streets.towns import make_network

STOP = planner.MaxIterations(500)
NOWHERE = (90_000.0, 90_000.0)


def problem_of(travel_s, *, carers, homes):
    return planner.Problem(
        carers=tuple(
            planner.Carer(f"carer {place}", start_place=place, end_place=place, to_s=8 * 3_600.0, back_by_s=9 * 3_600.0)
            for place in carers
        ),
        jobs=tuple(
            planner.Job(f"home {place}", place, (planner.Slot(frozenset(), 1_800.0),), latest_s=6 * 3_600.0)
            for place in homes
        ),
        travel_s=(travel_s,),
    )


@pytest.mark.feature("S1")
def test_homes_that_no_street_leads_to_are_left_out_and_all_others_are_planned():
    street = [(100.0 * i, 0.0) for i in range(12)]
    island = [(5_000.0 + 100.0 * i, 0.0) for i in range(3)]
    network = make_network(street + island, [*((i, i + 1) for i in range(11)), (12, 13), (13, 14)])
    points = np.array([(0.0, 5.0), NOWHERE, (400.0, 5.0), (800.0, 5.0), (5_100.0, 5.0), NOWHERE])
    found = streets.travel_lengths(network, points_xy=points)
    problem = problem_of(streets.carer_travel_s(found, mode=streets.CARER_WALK), carers=(0, 1), homes=(2, 3, 4, 5))

    plan = planner.solve(problem, stop=STOP, seed=1)

    # the home at the very coordinates of the second carer's base is that carer's: the same house, though on no street
    assert found.is_located.tolist() == [True, False, True, True, True, False]
    assert [sorted(stop.job for stop in tour.stops) for tour in plan.tours] == [[0, 1], [3]]
    assert plan.left_out == (2,)
    assert violations(problem, plan) == []
    assert math.isfinite(plan.cost.total)


def test_a_day_without_any_way_leaves_everything_out():
    ways = np.full((5, 5), np.inf)
    np.fill_diagonal(ways, 0.0)
    problem = problem_of(ways, carers=(0, 1), homes=(2, 3, 4))

    plan = planner.solve(problem, stop=STOP, seed=1)

    assert plan.left_out == (0, 1, 2)
    assert [len(tour.stops) for tour in plan.tours] == [0, 0]
    assert [(tour.travel_s, tour.worked_s) for tour in plan.tours] == [(0, 0), (0, 0)]
    assert plan.cost.total == plan.cost.left_out
    assert violations(problem, plan) == []


def test_a_carer_who_cannot_get_home_by_the_streets_makes_no_tour_and_spoils_no_figure():
    """The base where the day ends lies on an island; the one where it begins does not."""
    ways = np.full((3, 3), np.inf)
    ways[0, 1] = ways[1, 0] = 600.0
    np.fill_diagonal(ways, 0.0)
    problem = problem_of(ways, carers=(0,), homes=(1,))
    carer = planner.Carer("carer", start_place=0, end_place=2, to_s=8 * 3_600.0, back_by_s=9 * 3_600.0)
    problem = planner.Problem(carers=(carer,), jobs=problem.jobs, travel_s=problem.travel_s)

    plan = planner.solve(problem, stop=STOP, seed=1)

    assert plan.left_out == (0,)
    assert math.isfinite(plan.cost.total)
    assert violations(problem, plan) == []


def test_no_carers_or_no_homes_are_a_day_too():
    ways = np.zeros((1, 1))

    nobody = planner.solve(problem_of(ways, carers=(), homes=(0,)), stop=STOP, seed=1)
    nothing = planner.solve(problem_of(ways, carers=(0,), homes=()), stop=STOP, seed=1)

    assert (nobody.left_out, nobody.tours) == ((0,), ())
    assert (nothing.left_out, len(nothing.tours)) == ((), 1)
