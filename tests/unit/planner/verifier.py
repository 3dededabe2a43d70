"""
An independent judge of plans: the hard rules, each from its definition, with no code of the engine.

Only the shapes of problem and plan are shared. Times may differ from the definitions by two thousandths of a second.
"""

from __future__ import annotations

from itertools import pairwise

CLOSE = 2e-3


def violations(problem, plan) -> list[str]:
    """Every hard rule that the plan breaks, in words; an empty list says that it breaks none."""
    stops = {}
    found = []
    for tour in plan.tours:
        for stop in tour.stops:
            if (stop.job, stop.slot) in stops:
                found.append(f"job {stop.job} slot {stop.slot} stands in two tours")
            stops[stop.job, stop.slot] = (tour.carer, stop)
    found += _membership(problem, plan, stops)
    for index, job in enumerate(problem.jobs):
        parts = [stops[index, slot] for slot in range(len(job.slots)) if (index, slot) in stops]
        if len(parts) == len(job.slots):
            found += _job(problem, index, job, parts)
    for tour in plan.tours:
        found += _tour(problem, tour)
    return found


def _is_executed(job) -> bool:
    return job.pin is not None and job.pin.is_executed


def _membership(problem, plan, stops) -> list[str]:
    found = []
    if [tour.carer for tour in plan.tours] != list(range(len(problem.carers))):
        found.append("not one tour for each carer in their order")
    if len(set(plan.left_out)) < len(plan.left_out):
        found.append("a job is left out twice")
    for index, job in enumerate(problem.jobs):
        planned = [(index, slot) in stops for slot in range(len(job.slots))]
        if index in plan.left_out and any(planned):
            found.append(f"job {index} is planned and left out")
        if index not in plan.left_out and not all(planned):
            found.append(f"job {index} is neither planned nor left out")
        if _is_executed(job) and not all(planned):
            found.append(f"job {index} is executed and does not stand in the plan")
    known = {(index, slot) for index, job in enumerate(problem.jobs) for slot in range(len(job.slots))}
    found += [f"stop {key} is no slot of a job" for key in stops if key not in known]
    return found


def _job(problem, index, job, parts) -> list[str]:  # noqa: C901, PLR0912 - one rule after the other
    found = []
    pin = job.pin
    if pin is not None:
        for slot, wanted in enumerate(pin.carers):
            if wanted is not None and parts[slot][0] != wanted:
                found.append(f"job {index} slot {slot} is pinned to {wanted}")
        if pin.start_s is not None and abs(parts[0][1].start_s - pin.start_s) > CLOSE:
            found.append(f"job {index} is pinned to {pin.start_s}")
    for (_, stop), slot in zip(parts, job.slots, strict=True):
        if abs(stop.end_s - stop.start_s - slot.length_s) > CLOSE:
            found.append(f"job {index} has not its length")
    if _is_executed(job):
        return found
    carers = [problem.carers[carer] for carer, _ in parts]
    for (carer, stop), who, slot in zip(parts, carers, job.slots, strict=True):
        if not slot.skills <= who.skills:
            found.append(f"carer {carer} lacks a skill for job {index}")
        if job.sex is not None and who.sex != job.sex:
            found.append(f"carer {carer} has not the sex that job {index} wishes")
        if job.team is not None and who.team != job.team:
            found.append(f"carer {carer} is not of the team of job {index}")
        if carer in job.refused:
            found.append(f"carer {carer} is refused by job {index}")
        if stop.start_s < job.earliest_s - CLOSE:
            found.append(f"job {index} starts before its window")
        if stop.start_s > job.latest_s + CLOSE:
            found.append(f"job {index} starts after its window")
        if stop.start_s < problem.now_s - CLOSE:
            found.append(f"job {index} starts in the past")
    if not job.skills_any <= frozenset().union(*(who.skills for who in carers)):
        found.append(f"none of its carers has a skill of job {index}")
    if len(parts) == 2:
        if parts[0][0] == parts[1][0]:
            found.append(f"job {index} has the same carer twice")
        lag_s = parts[1][1].start_s - parts[0][1].start_s
        if not job.lag_from_s - CLOSE <= lag_s <= job.lag_to_s + CLOSE:
            found.append(f"job {index}: the second starts {lag_s} s after the first")
    return found


def _tour(problem, tour) -> list[str]:  # noqa: C901, PLR0912 - one rule after the other
    who = problem.carers[tour.carer]
    ways = problem.travel_s[who.mode]
    found = []
    place, free_s, travel_s, visits_s = who.start_place, who.from_s, 0.0, 0.0
    is_prefix = True
    executed_end_s = float("-inf")
    for stop in tour.stops:
        job = problem.jobs[stop.job]
        way_s = ways[place, job.place]
        if _is_executed(job):
            if not is_prefix:
                found.append(f"executed job {stop.job} stands behind another in tour {tour.carer}")
            executed_end_s = max(executed_end_s, stop.end_s)
            way_s = way_s if way_s < float("inf") else 0.0
        else:
            is_prefix = False
            paused_s = sum(
                p.end_s - p.start_s for p in tour.pauses if free_s - CLOSE <= p.start_s < stop.start_s - CLOSE
            )
            out_s = max(free_s, problem.now_s)
            paused_to_s = max(
                (p.end_s for p in tour.pauses if free_s - CLOSE <= p.start_s < stop.start_s - CLOSE), default=out_s
            )
            if stop.arrive_s < max(out_s + paused_s, paused_to_s) + way_s - CLOSE:
                found.append(f"carer {tour.carer} cannot be at job {stop.job} at {stop.arrive_s}")
            if stop.start_s < stop.arrive_s - CLOSE:
                found.append(f"job {stop.job} starts before carer {tour.carer} is there")
            if stop.end_s > who.to_s + CLOSE:
                found.append(f"job {stop.job} ends after the shift of carer {tour.carer}")
        if abs(stop.travel_s - way_s) > CLOSE:
            found.append(f"the way to job {stop.job} is {way_s} s, the plan says {stop.travel_s}")
        travel_s += way_s
        visits_s += stop.end_s - stop.start_s
        place, free_s = job.place, stop.end_s
    if not tour.stops:
        return found + [f"carer {tour.carer} goes nowhere and travels"] * (tour.travel_s != 0 or tour.worked_s != 0)
    back_s = ways[place, who.end_place]
    back_s = back_s if back_s < float("inf") or not is_prefix else 0.0
    travel_s += back_s
    if abs(tour.travel_s - travel_s) > CLOSE or abs(tour.worked_s - travel_s - visits_s) > CLOSE:
        found.append(f"tour {tour.carer} counts its ways or its work wrongly")
    if abs(tour.back_s - free_s - back_s) > CLOSE:
        found.append(f"tour {tour.carer} is not back when it says")
    if not is_prefix:
        if tour.back_s > who.back_by_s + CLOSE:
            found.append(f"carer {tour.carer} is back too late")
        if visits_s + travel_s > who.limit_s + CLOSE:
            found.append(f"carer {tour.carer} works longer than the day allows")
    return found + _pauses(problem, tour, who, executed_end_s)


def _pauses(problem, tour, who, executed_end_s) -> list[str]:
    found = []
    over_s = max(who.from_s, problem.now_s, executed_end_s)
    taken = {pause.pause: pause for pause in tour.pauses}
    for index, pause in enumerate(who.pauses):
        if index not in taken:
            last_s = max((stop.end_s for stop in tour.stops), default=float("-inf"))
            is_needed = not (pause.latest_s < over_s or last_s <= pause.latest_s)
            if is_needed:
                found.append(f"carer {tour.carer} works on after pause {index} should have begun")
            continue
        start_s, end_s = taken[index].start_s, taken[index].end_s
        if not pause.earliest_s - CLOSE <= start_s <= pause.latest_s + CLOSE:
            found.append(f"pause {index} of carer {tour.carer} begins outside its span")
        if abs(end_s - start_s - pause.length_s) > CLOSE:
            found.append(f"pause {index} of carer {tour.carer} is not taken whole")
        found += [
            f"job {stop.job} overlaps pause {index} of carer {tour.carer}"
            for stop in tour.stops
            if stop.start_s < end_s - CLOSE and stop.end_s > start_s + CLOSE
        ]
        found += [
            f"carer {tour.carer} is on the way to job {stop.job} in pause {index}"
            for before, stop in pairwise([None, *tour.stops])
            if stop.start_s >= end_s - CLOSE
            and (before is None or before.end_s <= start_s + CLOSE)
            and stop.arrive_s - stop.travel_s < end_s - CLOSE
        ]
    if sorted(pause.pause for pause in tour.pauses) != [pause.pause for pause in tour.pauses]:
        found.append(f"the pauses of carer {tour.carer} are out of order")
    return found
