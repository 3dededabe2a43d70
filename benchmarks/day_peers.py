"""
Peers that plan the same day: each is told what it can express of it, and answers in the words of `day_check`.

None of them can bring two carers to one door at once, so none is asked for a day with such visits. Each runs in a
process of its own. VROOM uses both threads; PyVRP knows one and runs twice at once with two seeds, the better plan
counts; OR-tools knows one thread and no seed.
"""

from __future__ import annotations

import importlib.util
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.day_check import Done, Tours, Verdict, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch import planner

THREADS = 2
MISSING = "not installed: make bench-peers"
NO_DOUBLES = "not asked: cannot bring two carers to one visit at once"
NO_PAUSES = "knows no breaks: planned and checked without them, an easier day"
NO_PLAN = "no plan within the time"
PRIZE_S = 20_000
"""What a visit is worth, in seconds of travel, times its priority: more than any detour on such a day."""
NO_WAY_S = 1_000_000
HAS_START_ZERO = IS_OPTIONAL = False
LEVEL = 5
"""VROOM's own default (its option -x); pyvroom has none and demands one."""


@dataclass(frozen=True)
class Answer:
    """What a peer found: `solve_s` by the clock within its own call, `cpu_s` of all its threads, building apart."""

    tours: Tours
    build_s: float
    solve_s: float
    cpu_s: float


def run_peer(name: str, *, problem: planner.Problem, seconds: float, seed: int) -> dict[str, Any]:
    """Let a peer plan, check its plan, and say what it comes to; a peer that is missing is named as missing."""
    module, ask, runs, has_pauses = PEERS[name]
    if importlib.util.find_spec(module) is None:
        return {"says": MISSING}
    if any(len(job.slots) > 1 for job in problem.jobs):
        return {"says": NO_DOUBLES}
    with ProcessPoolExecutor(runs, mp_context=get_context("spawn")) as pool:
        waits = [pool.submit(ask, problem, seconds, seed + run) for run in range(runs)]
        answers = [wait.result() for wait in waits]
    found = [
        (check(one.tours, problem=problem, has_pauses=has_pauses), one, number)
        for number, one in enumerate(answers)
        if one.tours
    ]
    if not found:
        return {"visits": len(problem.jobs), "says": NO_PLAN}
    verdict, answer, _ = min(found, key=lambda one: (-one[0].placed, one[0].travel_s, one[2]))
    return {
        **summed_up(verdict, problem=problem),
        "seconds": round(max(one.solve_s for one in answers), 2),
        "cpu_s": round(sum(one.cpu_s for one in answers), 2),
        "build_s": round(answer.build_s, 2),
        "runs_at_once": runs,
        "says": None if has_pauses else NO_PAUSES,
    }


def summed_up(verdict: Verdict, *, problem: planner.Problem) -> dict[str, Any]:
    """Say what a plan comes to."""
    return {
        "visits": len(problem.jobs),
        "placed": verdict.placed,
        "travel_min": verdict.travel_min,
        "is_valid": not verdict.faults,
        "faults": list(verdict.faults[:5]),
    }


def _vroom(day: planner.Problem, seconds: float, seed: int) -> Answer:  # noqa: ARG001 - it draws nothing
    import vroom  # noqa: PLC0415 - a peer that may be missing

    built = time.perf_counter()
    names = sorted(set().union(*(carer.skills for carer in day.carers)))
    asked = vroom.Input()
    asked.set_durations_matrix("car", day.travel_s[0].astype(np.uint32))
    for number, carer in enumerate(day.carers):
        breaks = [
            vroom.Break(
                index,
                time_windows=[vroom.TimeWindow(int(pause.earliest_s), int(pause.latest_s))],
                service=int(pause.length_s),
            )
            for index, pause in enumerate(carer.pauses)
        ]
        asked.add_vehicle(
            vroom.Vehicle(
                number,
                start=carer.start_place,
                end=carer.end_place,
                skills={names.index(skill) for skill in carer.skills},
                time_window=vroom.TimeWindow(int(carer.from_s), int(carer.to_s)),
                breaks=breaks,
            )
        )
    for number, job in enumerate(day.jobs):
        asked.add_job(
            vroom.Job(
                number,
                location=job.place,
                default_service=int(job.slots[0].length_s),
                skills={names.index(skill) for skill in job.slots[0].skills},
                priority=int(10 * job.priority),
                time_windows=[vroom.TimeWindow(int(job.earliest_s), int(job.latest_s))],
            )
        )
    begun, cpu = time.perf_counter(), time.process_time()
    solution = asked.solve(exploration_level=LEVEL, nb_threads=THREADS, timeout=timedelta(seconds=seconds))
    taken_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    tours: Tours = {}
    for row in solution.routes.itertuples():
        if row.type in ("job", "break"):
            # What stands as the arrival does not hold the wait at the door.
            start_s = float(row.arrival + row.waiting_time)
            done = Done(start_s, int(row.id)) if row.type == "job" else Done(start_s)
            tours.setdefault(int(row.vehicle_id), []).append(done)
    return Answer(tours=tours, build_s=begun - built, solve_s=taken_s, cpu_s=cpu_s)


def _pyvrp(day: planner.Problem, seconds: float, seed: int) -> Answer:
    import pyvrp  # noqa: PLC0415 - a peer that may be missing
    from pyvrp.stop import MaxRuntime  # noqa: PLC0415

    built = time.perf_counter()
    travel_s = day.travel_s[0].astype(np.int64)
    kinds = sorted({tuple(sorted(carer.skills)) for carer in day.carers})
    by_kind = []
    for kind in kinds:
        closed = [job.place for job in day.jobs if not job.slots[0].skills <= set(kind)]
        matrix = travel_s.copy()
        matrix[:, closed] = matrix[closed, :] = NO_WAY_S
        np.fill_diagonal(matrix, 0)
        by_kind.append(matrix)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(x=0, y=0) for _ in travel_s],
        clients=[
            pyvrp.Client(
                location=job.place,
                service_duration=int(job.slots[0].length_s),
                tw_early=int(job.earliest_s),
                tw_late=int(job.latest_s),
                prize=int(PRIZE_S * job.priority),
                required=False,
            )
            for job in day.jobs
        ],
        depots=[pyvrp.Depot(location=carer.start_place) for carer in day.carers],
        vehicle_types=[
            pyvrp.VehicleType(
                1,
                start_depot=number,
                end_depot=number,
                tw_early=int(carer.from_s),
                tw_late=int(carer.to_s),
                profile=kinds.index(tuple(sorted(carer.skills))),
            )
            for number, carer in enumerate(day.carers)
        ],
        distance_matrices=by_kind,
        duration_matrices=by_kind,
    )
    begun, cpu = time.perf_counter(), time.process_time()
    result = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    taken_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    tours: Tours = {}
    if result.is_feasible():
        for route in result.best.routes():
            tours[route.vehicle_type()] = [
                Done(float(one.end_time - day.jobs[activity.idx].slots[0].length_s), int(activity.idx))
                for activity, one in zip(route, route.schedule(), strict=True)
                if activity.is_client()
            ]
    return Answer(tours=tours, build_s=begun - built, solve_s=taken_s, cpu_s=cpu_s)


def _ortools(day: planner.Problem, seconds: float, seed: int) -> Answer:  # noqa: ARG001 - it draws nothing
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - a peer that may be missing

    built = time.perf_counter()
    travel_s = day.travel_s[0].astype(np.int64)
    carers, last_s = len(day.carers), int(max(carer.to_s for carer in day.carers))
    manager = pywrapcp.RoutingIndexManager(len(travel_s), carers, list(range(carers)), list(range(carers)))
    model = pywrapcp.RoutingModel(manager)
    length_s = np.zeros(len(travel_s), np.int64)
    for job in day.jobs:
        length_s[job.place] = int(job.slots[0].length_s)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(travel_s.tolist()))
    model.AddDimension(
        model.RegisterTransitMatrix((travel_s + length_s[:, None]).tolist()), last_s, last_s, HAS_START_ZERO, "time"
    )
    dimension = model.GetDimensionOrDie("time")
    lengths = [int(length_s[manager.IndexToNode(index)]) for index in range(model.Size())]
    rests: list[list[Any]] = []
    for number, carer in enumerate(day.carers):
        dimension.CumulVar(model.Start(number)).SetRange(int(carer.from_s), int(carer.to_s))
        dimension.CumulVar(model.End(number)).SetRange(int(carer.from_s), int(carer.to_s))
        rests.append(
            [
                model.solver().FixedDurationIntervalVar(
                    int(pause.earliest_s), int(pause.latest_s), int(pause.length_s), IS_OPTIONAL, f"{number} {index}"
                )
                for index, pause in enumerate(carer.pauses)
            ]
        )
        dimension.SetBreakIntervalsOfVehicle(rests[-1], number, lengths)
    for job in day.jobs:
        index = manager.NodeToIndex(job.place)
        dimension.CumulVar(index).SetRange(int(job.earliest_s), int(job.latest_s))
        model.AddDisjunction([index], int(PRIZE_S * job.priority))
        able = [one for one, carer in enumerate(day.carers) if job.slots[0].skills <= carer.skills]
        model.VehicleVar(index).SetValues([-1, *able])
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(seconds * 1_000))
    begun, cpu = time.perf_counter(), time.process_time()
    solution = model.SolveWithParameters(asked)
    taken_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    tours: Tours = {}
    for number in range(carers) if solution else ():
        tour = [Done(float(solution.StartValue(rest))) for rest in rests[number]]
        index = solution.Value(model.NextVar(model.Start(number)))
        while not model.IsEnd(index):
            job = manager.IndexToNode(index) - carers
            tour.append(Done(float(solution.Min(dimension.CumulVar(index))), job))
            index = solution.Value(model.NextVar(index))
        tours[number] = sorted(tour, key=lambda done: done.start_s)
    return Answer(tours=tours, build_s=begun - built, solve_s=taken_s, cpu_s=cpu_s)


PEERS: dict[str, tuple[str, Callable[[planner.Problem, float, int], Answer], int, bool]] = {
    "vroom": ("vroom", _vroom, 1, True),
    "pyvrp": ("pyvrp", _pyvrp, THREADS, False),
    "ortools": ("ortools", _ortools, 1, True),
}
"""By name: its module, how it is asked, how often at once, whether it knows breaks."""
