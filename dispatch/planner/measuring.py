"""What a plan comes to, in words that a coordinator defends it by: familiar faces, fair hours, ways, lateness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.planner.values import Job, Plan, Problem, Tour


@dataclass(frozen=True, slots=True)
class CarerMeasures:
    """
    One carer's day: seconds of visits and ways (`worked_s`, the way back included), of ways, of waiting for visits.

    `unpopular` counts visits in unpopular windows today, `unpopular_total` those lately too.
    """

    carer: int
    jobs: int
    worked_s: float
    travel_s: float
    waiting_s: float
    unpopular: int
    unpopular_total: int


@dataclass(frozen=True, slots=True)
class Spread:
    """
    How evenly something is spread over the carers; all of them count, those without a visit too.

    `gini` is the Gini coefficient: 0 where all have the same, towards 1 where one has all (and 0 where none has
    anything).
    """

    least: float
    most: float
    mean: float
    gini: float


@dataclass(frozen=True, slots=True)
class Measures:
    """
    What a plan comes to.

    Attributes
    ----------
    placed, left_out : int
        Jobs.
    left_out_mandatory : int
    usual_share, preferred_share : float or None
        Of the slots whose elder has a usual (preferred) carer, the share given to one; None where no elder has one.
        The first is the index of usual provider continuity, taken over a day's visits (Breslau and Reeb 1975).
    travel_s, worked_s : float
        Of all carers.
    travel_share : float
        Ways as a share of visits and ways together.
    late : int
        Slots that begin after their due time.
    late_s, worst_late_s : float
        By how much, together and at most.
    hours, unpopular : Spread
        Worked seconds; visits in unpopular windows, those lately included.
    carers : tuple of CarerMeasures
        In the order of `Problem.carers`.

    """

    placed: int
    left_out: int
    left_out_mandatory: int
    usual_share: float | None
    preferred_share: float | None
    travel_s: float
    worked_s: float
    travel_share: float
    late: int
    late_s: float
    worst_late_s: float
    hours: Spread
    unpopular: Spread
    carers: tuple[CarerMeasures, ...]


def measure(problem: Problem, *, plan: Plan) -> Measures:
    """Measure a plan; nothing is judged."""
    carers = tuple(_of_carer(problem, tour) for tour in plan.tours)
    late = [stop.start_s - problem.jobs[stop.job].due_s for tour in plan.tours for stop in tour.stops]
    late = [over_s for over_s in late if over_s > 0]
    travel_s, worked_s = sum(one.travel_s for one in carers), sum(one.worked_s for one in carers)
    return Measures(
        placed=len(problem.jobs) - len(plan.left_out),
        left_out=len(plan.left_out),
        left_out_mandatory=sum(problem.jobs[job].is_mandatory for job in plan.left_out),
        usual_share=_share([(job.usual, carer) for job, carer in _slots(problem, plan)]),
        preferred_share=_share([(job.preferred, carer) for job, carer in _slots(problem, plan)]),
        travel_s=travel_s,
        worked_s=worked_s,
        travel_share=travel_s / worked_s if worked_s else 0.0,
        late=len(late),
        late_s=sum(late),
        worst_late_s=max(late, default=0.0),
        hours=_spread([one.worked_s for one in carers]),
        unpopular=_spread([float(one.unpopular_total) for one in carers]),
        carers=carers,
    )


def gini(values: Sequence[float]) -> float:
    """
    Return the Gini coefficient of values of at least 0: half the mean difference of any two, by their mean.

    From the sorted values x_1 <= ... <= x_n as 2 sum(i x_i) / (n sum(x)) - (n + 1) / n (Gini 1912; this form in
    Dixon et al. 1987, without the correction for small samples). 0 for no values and for zeros.
    """
    count, total = len(values), sum(values)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(sorted(values), start=1))
    return 2 * ranked / (count * total) - (count + 1) / count


def _of_carer(problem: Problem, tour: Tour) -> CarerMeasures:
    unpopular = sum(problem.jobs[stop.job].is_unpopular for stop in tour.stops)
    return CarerMeasures(
        carer=tour.carer,
        jobs=len(tour.stops),
        worked_s=tour.worked_s,
        travel_s=tour.travel_s,
        waiting_s=sum(stop.start_s - stop.arrive_s for stop in tour.stops),
        unpopular=unpopular,
        unpopular_total=unpopular + problem.carers[tour.carer].unpopular_before,
    )


def _slots(problem: Problem, plan: Plan) -> list[tuple[Job, int]]:
    return [(problem.jobs[stop.job], tour.carer) for tour in plan.tours for stop in tour.stops]


def _share(wishes: list[tuple[frozenset[int], int]]) -> float | None:
    asked = [carer in wished for wished, carer in wishes if wished]
    return sum(asked) / len(asked) if asked else None


def _spread(values: list[float]) -> Spread:
    if not values:
        return Spread(0.0, 0.0, 0.0, 0.0)
    return Spread(min(values), max(values), sum(values) / len(values), gini(values))
