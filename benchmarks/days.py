"""
A made-up day of a district: visits in clusters, carers with shifts, a break and an e-bike, some visits for two carers.

Nobody in it exists; a seed fixes all of it. Proportions: half of the visits need what everybody learns and take 20
minutes, the others need one of three further skills and take 40 to 50; a visit may begin within 1 to 3 hours, first at
8:00; a shift is 8 or 9 hours of work and 30 minutes of break, which begins between 11:00 and 13:00 where the carer is.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from dispatch import planner

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_S, MINUTE_S = 3_600, 60
SKILLS = ("care", "meals", "bathing", "nursing")
LENGTH_MIN = {"care": 20, "meals": 45, "bathing": 40, "nursing": 50}
NEEDED = (0.5, 0.25, 0.15, 0.1)
"""The share of visits that need each skill."""
LEARNED = ("care", "care meals", "care meals bathing", "care bathing", "care meals bathing nursing", "meals nursing")
SHIFT_FROM_S, WORK_H = 8 * HOUR_S, (8, 9)
FIRST_S, LAST_S, LATEST_S = 8 * HOUR_S, 15 * HOUR_S, 16 * HOUR_S + 40 * MINUTE_S
WINDOW_H = (1, 2, 3)
PAUSE = planner.Pause(earliest_s=11 * HOUR_S, latest_s=13 * HOUR_S, length_s=30 * MINUTE_S)
PRIORITIES = (1, 1, 2, 5)
SPEED_KPH, DETOUR, DOOR_S = 15, 1.35, 120
"""An e-bike on streets that are so much longer than the beeline; parking it and the way to the door."""
SPREAD_KM, VISITS_A_CLUSTER = 1.2, 60
FREE_OF_WISHES = planner.Weights(continuity=0.0, preference=0.0, hours=0.0, unpopular=0.0)
"""Travel only, as every peer understands it; who is left out weighs far more, as it does for the peers."""


def make_day(
    visits: int,
    *,
    carers: int,
    seed: int,
    double_share: float = 0.0,
    usual_share: float = 0.0,
    weights: planner.Weights = FREE_OF_WISHES,
) -> planner.Problem:
    """
    Give a day of so many visits and carers.

    The visits for two carers at once are those of the day without them, a helper added; `usual_share` of the visits
    have a usual carer who may do them.
    """
    dice, further = random.Random(seed), random.Random(seed + 1)  # noqa: S311 - a made-up day, no secret
    side_km = 20.0 * (visits / 2_000) ** 0.5
    clusters = [(dice.uniform(0, side_km), dice.uniform(0, side_km)) for _ in range(max(3, visits // VISITS_A_CLUSTER))]

    def place() -> tuple[float, float]:
        x, y = dice.choice(clusters)
        return _within(dice.gauss(x, SPREAD_KM), side_km), _within(dice.gauss(y, SPREAD_KM), side_km)

    places: list[tuple[float, float]] = []
    people: list[planner.Carer] = []
    for number in range(carers):
        places.append(place())
        to_s = SHIFT_FROM_S + dice.choice(WORK_H) * HOUR_S + PAUSE.length_s
        people.append(
            planner.Carer(
                key=f"carer {number + 1}",
                start_place=number,
                end_place=number,
                from_s=SHIFT_FROM_S,
                to_s=to_s,
                back_by_s=to_s,
                skills=frozenset(dice.choice(LEARNED).split()),
                pauses=(PAUSE,),
            )
        )
    jobs: list[planner.Job] = []
    for number in range(visits):
        places.append(place())
        skill = dice.choices(SKILLS, NEEDED)[0]
        earliest_s = dice.randrange(FIRST_S, LAST_S, 30 * MINUTE_S)
        latest_s = min(earliest_s + dice.choice(WINDOW_H) * HOUR_S, LATEST_S)
        priority = dice.choice(PRIORITIES)
        length_s = LENGTH_MIN[skill] * MINUTE_S
        slots: tuple[planner.Slot, ...] = (planner.Slot(skills=frozenset({skill}), length_s=length_s),)
        if further.random() < double_share:
            slots = (*slots, planner.Slot(skills=frozenset({"care"}), length_s=length_s))
        able = [index for index, one in enumerate(people) if skill in one.skills]
        is_usual = bool(able) and further.random() < usual_share
        jobs.append(
            planner.Job(
                key=f"visit {number + 1}",
                place=carers + number,
                slots=slots,
                earliest_s=earliest_s,
                due_s=latest_s,
                latest_s=latest_s,
                priority=priority,
                usual=frozenset({further.choice(able)}) if is_usual else frozenset(),
            )
        )
    return planner.Problem(
        carers=tuple(people), jobs=tuple(jobs), travel_s=(_travel_s(np.array(places)),), weights=weights
    )


def _within(value: float, most: float) -> float:
    return min(most, max(0.0, value))


def _travel_s(places_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give whole seconds, since some peers count in nothing else."""
    length_km = np.hypot(*(places_km[:, None] - places_km[None]).transpose(2, 0, 1)) * DETOUR
    travel_s: NDArray[np.float64] = np.ceil(length_km / SPEED_KPH * HOUR_S + DOOR_S)
    np.fill_diagonal(travel_s, 0.0)
    return travel_s
