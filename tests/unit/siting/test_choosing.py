"""Choosing sites: against brute force on small cases, and the laws that hold on all."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.coverage.rules.siting.choosing import GREEDY_SHARE, choose, in_order
from dispatch.coverage.rules.siting.problem import give, make_problem, reduce, value_of
from dispatch.coverage.rules.siting.proving import prove
from dispatch.coverage.values import ProofState, SitingEnd

UNLIMITED = None


def problem_of(reach, *, weight, capacity=None, cost=None, most=1, budget=None):
    """Make a problem of the points that each candidate reaches."""
    indptr = np.concatenate(([0], np.cumsum([len(one) for one in reach])))
    return make_problem(
        indptr=indptr,
        points=np.array([point for one in reach for point in sorted(one)], np.int32),
        weight=np.array(weight, np.int64),
        capacity=[UNLIMITED] * len(reach) if capacity is None else capacity,
        cost=[1] * len(reach) if cost is None else cost,
        most=most,
        budget=budget,
    ).problem


def brute_force(reach, *, weight, capacity, cost, most, budget) -> int:
    """The best value by trying everything: a second implementation, on points, with augmenting paths."""
    best = 0
    for count in range(most + 1):
        for chosen in itertools.combinations(range(len(reach)), count):
            if budget is None or sum(cost[one] for one in chosen) <= budget:
                best = max(best, served(reach, weight=weight, capacity=capacity, chosen=chosen))
    return best


def served(reach, *, weight, capacity, chosen) -> int:
    """How much of the weight chosen candidates serve: unit by unit, by augmenting paths (Ford and Fulkerson)."""
    units = [point for point, count in enumerate(weight) for _ in range(count)]
    taker = [None] * len(units)
    load = dict.fromkeys(chosen, 0)

    def find(unit, seen):
        for one in chosen:
            if units[unit] not in reach[one] or one in seen:
                continue
            seen.add(one)
            if capacity[one] is None or load[one] < capacity[one]:
                load[one] += 1
                taker[unit] = one
                return True
            for other in range(len(units)):
                if taker[other] == one and find(other, seen):
                    # the other one went elsewhere, its place is free
                    taker[unit] = one
                    return True
        return False

    return sum(find(unit, set()) for unit in range(len(units)))


@st.composite
def cases(draw, *, has_capacity: bool):
    points = draw(st.integers(1, 6))
    candidates = draw(st.integers(1, 6))
    whole = st.integers(0, 4)
    return {
        "reach": draw(st.lists(st.sets(st.integers(0, points - 1)), min_size=candidates, max_size=candidates)),
        "weight": draw(st.lists(st.integers(0, 3), min_size=points, max_size=points)),
        "capacity": draw(
            st.lists(st.none() | whole if has_capacity else st.none(), min_size=candidates, max_size=candidates)
        ),
        "cost": draw(st.lists(whole, min_size=candidates, max_size=candidates)),
        "most": draw(st.integers(1, 4)),
        "budget": draw(st.none() | st.integers(0, 8)),
    }


@pytest.mark.feature("P1")
@settings(max_examples=150, deadline=None)
@given(case=cases(has_capacity=False) | cases(has_capacity=True))
def test_proved_choice_equals_brute_force_and_every_bound_holds(case) -> None:
    best = brute_force(**case)
    problem = problem_of(**case)

    greedy = choose(problem)
    proved, proof = prove(problem, greedy=greedy, seconds=20, searched_max=None)

    assert proof.state is ProofState.PROVED
    assert proved.objective == proved.best_bound == best
    assert greedy.objective <= best <= greedy.best_bound
    if greedy.guaranteed_share is not None:
        assert greedy.objective >= greedy.guaranteed_share * best - 1e-9
    for one in (greedy, proved):
        assert len(set(one.picks)) == len(one.picks) <= case["most"]
        assert value_of(problem, chosen=one.picks) == one.objective
        assert case["budget"] is None or sum(case["cost"][pick] for pick in one.picks) <= case["budget"]


@pytest.mark.feature("P1")
@settings(max_examples=100, deadline=None)
@given(case=cases(has_capacity=True))
def test_adding_a_site_never_lowers_what_is_covered(case) -> None:
    problem = problem_of(**case)
    value = 0

    for count in range(1, len(case["reach"]) + 1):
        more = value_of(problem, chosen=range(count))
        assert more >= value
        assert more == served(
            case["reach"], weight=case["weight"], capacity=case["capacity"], chosen=tuple(range(count))
        )
        value = more


@settings(max_examples=100, deadline=None)
@given(case=cases(has_capacity=True))
def test_what_is_left_out_of_the_model_is_needed_by_no_best_choice(case) -> None:
    smaller, rows = reduce(problem_of(**case))

    kept = {name: [case[name][row] for row in rows] for name in ("reach", "capacity", "cost")}
    assert brute_force(**(case | kept)) == brute_force(**case)
    assert len(smaller.cost) == len(rows)


def test_greedy_takes_the_most_first_and_says_how_good_the_best_could_be() -> None:
    # the classic trap: the middle one reaches 2 + 2, the outer ones 2 + 1 each and all six together
    reach = [{0, 1}, {0, 2}, {1, 3}]
    problem = problem_of(reach, weight=[2, 2, 1, 1], most=2)

    greedy = choose(problem)

    assert (greedy.picks, greedy.gains) == ((0, 1), (4, 1))
    assert greedy.guaranteed_share == GREEDY_SHARE
    # at the start the two largest gains are 4 + 3 = 7, cut to the 6 there are; after the first pick 4 + 1 + 1 = 6
    assert greedy.best_bound == 6
    proved, proof = prove(problem, greedy=greedy, seconds=20, searched_max=None)
    assert (proved.picks, proved.gains, proved.best_bound) == ((1, 2), (3, 3), 6)
    assert (proof.state, proved.end) == (ProofState.PROVED, SitingEnd.ALL_PICKED)


def test_of_equal_candidates_the_first_is_picked_and_nothing_is_picked_for_nobody() -> None:
    problem = problem_of([{0}, {0}, set()], weight=[3], most=3)

    greedy = choose(problem)

    assert (greedy.picks, greedy.gains, greedy.end) == ((0,), (3,), SitingEnd.NO_MORE_GAIN)
    assert greedy.best_bound == 3


def test_full_sites_pass_people_on() -> None:
    # a takes two of the four; b reaches the same four and two more: together 2 + 3
    problem = problem_of([{0}, {0, 1}], weight=[4, 2], capacity=[2, 3], most=2)

    greedy = choose(problem)

    assert (greedy.picks, greedy.gains) == ((1, 0), (3, 2))
    assert give(problem, chosen=greedy.picks).sum(axis=1).tolist() == [3, 2]


def test_budget_buys_what_gives_most_for_it() -> None:
    # by gain the dear one comes first and leaves nothing; by gain per cost the two cheap ones give 6
    problem = problem_of([{0}, {1}, {2}], weight=[4, 3, 3], cost=[10, 5, 5], most=3, budget=10)

    greedy = choose(problem)

    assert (greedy.picks, greedy.objective, greedy.best_bound) == ((1, 2), 6, 6)
    # three candidates and three picks: only the budget binds
    assert greedy.guaranteed_share == GREEDY_SHARE / 2
    assert greedy.end is SitingEnd.BUDGET_SPENT


def test_budget_below_every_candidate_gives_an_empty_answer_with_its_reason() -> None:
    greedy = choose(problem_of([{0}, {1}], weight=[4, 3], cost=[10, 5], most=1, budget=4))

    assert (greedy.picks, greedy.objective, greedy.best_bound) == ((), 0, 0)
    assert greedy.end is SitingEnd.BUDGET_TOO_SMALL


def test_search_that_is_stopped_gives_what_it_has_with_its_bound() -> None:
    random = np.random.default_rng(3)
    reach = [set(random.choice(300, 40, replace=False).tolist()) for _ in range(60)]
    problem = problem_of(reach, weight=random.integers(1, 20, 300).tolist(), most=8)
    greedy = choose(problem)

    stopped, proof = prove(problem, greedy=greedy, seconds=20, searched_max=1)

    assert proof.state is ProofState.NODES_ARE_UP
    assert greedy.objective <= stopped.objective < stopped.best_bound <= greedy.best_bound
    again, _ = prove(problem, greedy=greedy, seconds=20, searched_max=1)
    assert again == stopped


def test_whoever_is_told_may_end_the_search() -> None:
    random = np.random.default_rng(3)
    reach = [set(random.choice(300, 40, replace=False).tolist()) for _ in range(60)]
    problem = problem_of(reach, weight=random.integers(1, 20, 300).tolist(), most=8)

    def stop() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        prove(problem, greedy=choose(problem), seconds=60, searched_max=None, told=stop)


def test_chosen_sites_come_in_the_order_of_their_gains() -> None:
    problem = problem_of([{0}, {0, 1}, {2}], weight=[1, 2, 5], most=3)

    assert in_order(problem, chosen=[0, 1, 2]) == ((2, 1), (5, 3))


def test_proof_prints_nothing() -> None:
    # in a process of its own: the solver writes past Python, and once for each process
    program = (
        "import numpy as np\n"
        "from dispatch.coverage.rules.siting.choosing import choose\n"
        "from dispatch.coverage.rules.siting.problem import make_problem\n"
        "from dispatch.coverage.rules.siting.proving import prove\n"
        "reach = [0, 1, 0, 2, 1, 3]\n"
        "problem = make_problem(indptr=np.arange(0, 7, 2), points=np.array(reach), weight=np.array([2, 2, 1, 1]),\n"
        "    capacity=[None] * 3, cost=[1] * 3, most=2, budget=None).problem\n"
        "assert prove(problem, greedy=choose(problem), seconds=9, searched_max=None)[0].objective == 6\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("", "")
