"""Made-up days for tests: of a seed, with any of the features that a day can have."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np

from dispatch.planner import Before, Carer, Job, Pause, Pin, Problem, Slot, Weights, build_plan

MIN = 60.0
HOUR = 3600.0
SKILLS = ("bathing", "nursing", "rehabilitation")
FEATURES = frozenset(
    {"pairs", "lags", "pauses", "limits", "sexes", "teams", "refusals", "pins"}
    | {"executed", "now", "soft", "modes", "gaps"}
)  # fmt: skip


def some_day(seed: int, *, n_jobs: int = 12, n_carers: int = 4, features=FEATURES, tightness: float = 1.0) -> Problem:
    """A day from 8:00 (0 s) to 17:00; ways in whole seconds that obey the triangle inequality."""
    rng = np.random.default_rng(seed)
    n_places = n_jobs + n_carers
    ways = [travel(rng, n_places)]
    if "modes" in features:
        ways.append(np.ceil(ways[0] / 2.5))
    if "gaps" in features and rng.random() < 0.3:
        lonely = int(rng.integers(n_jobs))
        ways[0][lonely, :] = ways[0][:, lonely] = inf
        ways[0][lonely, lonely] = 0.0
    carers = tuple(some_carer(rng, index, n_jobs + index, features) for index in range(n_carers))
    now_s = float(rng.integers(60, 240)) * MIN if "now" in features and rng.random() < 0.5 else -inf
    jobs = tuple(some_job(rng, index, n_carers, features, tightness) for index in range(n_jobs))
    weights = Weights(worst_lateness=float(rng.integers(0, 3)))
    problem = Problem(carers, jobs, tuple(ways), weights=weights, now_s=now_s)
    if "executed" in features and now_s > 0:
        problem = with_executed(problem, rng)
    return problem


def held(problem: Problem, plan, *, free=()) -> Problem:
    """The problem with every job of a plan held where it stands, `free` apart."""
    starts = {(stop.job, stop.slot): stop.start_s for tour in plan.tours for stop in tour.stops}
    jobs = [
        replace(one, held_s=starts[job, 0]) if (job, 0) in starts and job not in free else one
        for job, one in enumerate(problem.jobs)
    ]
    return replace(problem, jobs=tuple(jobs))


def travel(rng, n_places: int) -> np.ndarray:
    spots = rng.uniform(0, 6_000, (n_places, 2))
    wind = rng.uniform(1.0, 1.3, (n_places, n_places))
    ways = np.ceil(np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1)) / 4.0 * wind)
    for middle in range(n_places):  # Floyd and Warshall: no detour is shorter
        ways = np.minimum(ways, ways[:, [middle]] + ways[[middle], :])
    np.fill_diagonal(ways, 0.0)
    return ways


def some_carer(rng, index: int, place: int, features) -> Carer:
    from_s = float(rng.integers(0, 3)) * HOUR
    to_s = float(rng.integers(5, 10)) * HOUR
    pauses = ()
    if "pauses" in features and rng.random() < 0.6:
        earliest_s = from_s + float(rng.integers(60, 150)) * MIN
        pauses = (Pause(earliest_s, earliest_s + float(rng.choice([0, 45])) * MIN, 30 * MIN),)
        if rng.random() < 0.3:
            earliest_s += 120 * MIN
            pauses += (Pause(earliest_s, earliest_s + 20 * MIN, 40 * MIN),)
    return Carer(
        f"carer {index}",
        place,
        place,
        from_s=from_s,
        to_s=to_s,
        back_by_s=to_s + 20 * MIN if "limits" in features and rng.random() < 0.4 else inf,
        mode=int(rng.integers(2)) if "modes" in features else 0,
        skills=frozenset(skill for skill in SKILLS if rng.random() < 0.7),
        team=str(rng.choice(["north", "south"])) if "teams" in features else None,
        sex=str(rng.choice(["female", "male"])) if "sexes" in features else None,
        pauses=pauses,
        limit_s=float(rng.integers(3, 7)) * HOUR if "limits" in features and rng.random() < 0.5 else inf,
        unpopular_before=int(rng.integers(4)) if "soft" in features else 0,
    )


def some_job(rng, index: int, n_carers: int, features, tightness: float) -> Job:
    def chance(feature: str, share: float) -> bool:
        return feature in features and rng.random() < share

    n_slots = 2 if chance("pairs", 0.3) else 1
    slots = tuple(
        Slot(frozenset(skill for skill in SKILLS if rng.random() < 0.15), float(rng.integers(2, 10)) * 10 * MIN)
        for _ in range(n_slots)
    )
    earliest_s = float(rng.integers(0, 7)) * HOUR
    latest_s = earliest_s + float(rng.integers(4, 16)) * 15 * MIN / tightness
    lag_from_s = float(rng.integers(0, 4)) * 20 * MIN if n_slots == 2 and chance("lags", 0.5) else 0.0
    some = frozenset(int(carer) for carer in rng.choice(n_carers, size=min(2, n_carers), replace=False))
    pin = None
    if chance("pins", 0.15):
        pin = Pin(
            tuple(int(carer) if rng.random() < 0.7 else None for carer in rng.permutation(n_carers)[:n_slots]),
            start_s=earliest_s + 15 * MIN if rng.random() < 0.5 else None,
        )
    before = None
    if chance("soft", 0.3):
        before = Before(
            tuple(int(carer) for carer in rng.permutation(n_carers)[:n_slots]),
            earliest_s + float(rng.integers(60)) * MIN,
        )
    return Job(
        f"job {index}",
        index,
        slots,
        earliest_s=earliest_s,
        due_s=(earliest_s + latest_s) / 2 if "soft" in features else inf,
        latest_s=latest_s if rng.random() < 0.9 else inf,
        lag_from_s=lag_from_s,
        lag_to_s=lag_from_s + (float(rng.integers(0, 3)) * 20 * MIN if lag_from_s else 0.0),
        skills_any=frozenset({"nursing"}) if rng.random() < 0.15 else frozenset(),
        sex=str(rng.choice(["female", "male"])) if chance("sexes", 0.15) else None,
        team=str(rng.choice(["north", "south"])) if chance("teams", 0.3) else None,
        refused=frozenset({int(rng.integers(n_carers))}) if chance("refusals", 0.15) else frozenset(),
        usual=some if chance("soft", 0.5) else frozenset(),
        preferred=some if chance("soft", 0.2) else frozenset(),
        is_mandatory=not chance("soft", 0.2),
        priority=float(rng.integers(1, 4)) if "soft" in features else 1.0,
        is_unpopular=chance("soft", 0.2),
        pin=pin,
        before=before,
    )


def some_order(problem: Problem, seed: int) -> tuple[list[int], dict[int, tuple[int, ...]]]:
    """Any order, and carers of each job of which most may do it."""
    rng = np.random.default_rng(seed)
    order = sorted(range(len(problem.jobs)), key=lambda job: problem.jobs[job].earliest_s + rng.uniform(0, 4 * HOUR))
    carers = {}
    for index, job in enumerate(problem.jobs):
        wanted = job.pin.carers if job.pin is not None else (None,) * len(job.slots)
        chosen: list[int] = []
        for slot, pinned in zip(job.slots, wanted, strict=True):
            able = [
                carer
                for carer, who in enumerate(problem.carers)
                if slot.skills <= who.skills and carer not in job.refused and carer not in chosen
            ]
            chosen.append(pinned if pinned is not None else int(rng.choice(able or range(len(problem.carers)))))
        carers[index] = tuple(chosen)
    return order, carers


def some_plan(problem: Problem, seed: int):
    """The best of a few plans of random orders: something to ask questions about."""
    plans = []
    for one in range(6):
        order, carers = some_order(problem, seed * 100 + one)
        plans.append(build_plan(problem, order=order, carers=carers))
    return min(plans, key=lambda plan: plan.cost.total)


def with_executed(problem: Problem, rng) -> Problem:
    """Let what a plan of the whole day does before now have happened, some of it later than planned."""
    whole = Problem(problem.carers, problem.jobs, problem.travel_s, weights=problem.weights)
    plan = some_plan(whole, int(rng.integers(1_000)))
    starts: dict[int, list[tuple[int, float]]] = {}
    for tour in plan.tours:
        for stop in tour.stops:
            starts.setdefault(stop.job, []).append((stop.slot, stop.start_s, tour.carer))
    jobs = list(problem.jobs)
    for job, parts in starts.items():
        parts.sort()
        if any(start_s > problem.now_s for _, start_s, _ in parts) or jobs[job].lag_from_s:
            continue
        carers = tuple(carer for _, _, carer in parts)
        jobs[job] = replace(jobs[job], pin=Pin(carers, start_s=parts[0][1], is_executed=True))
    return Problem(problem.carers, tuple(jobs), problem.travel_s, weights=problem.weights, now_s=problem.now_s)
