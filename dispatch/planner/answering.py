"""Who can take a job, when, and why not the others: answered from a plan that stands, by the code that decides."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.answers import CarerRefusal, Remedy, RemedyKind, WhoCan
from dispatch.planner.eligibility import NUMBERS, judge_carers
from dispatch.planner.freeing import freed
from dispatch.planner.grounding import Ground
from dispatch.planner.pairs import answer_pair, confirm_pairs, join_places, lifted_for_pair, longer_window
from dispatch.planner.remedies import NEW_WAY_S, apply_remedy, with_job
from dispatch.planner.scratch import make_scratch
from dispatch.planner.screening import judge_job
from dispatch.planner.singles import lifted_remedies, only, options_of, refusals_of, try_everybody
from dispatch.planner.standing_tables import DUE, P_CHANGE, P_TRAVEL, WORST_S, lay_out, refill_latest, taken_out
from dispatch.planner.trying import FITS, settle_without
from dispatch.planner.values import PlanningReason, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dispatch.planner.answers import Option
    from dispatch.planner.eligibility import Eligibility
    from dispatch.planner.scratch import Scratch
    from dispatch.planner.standing_tables import Day
    from dispatch.planner.values import Job, Plan, Problem


MINUTE_S = 60.0


class Standing:
    """
    A plan that stands, laid out once so that many questions about it are answered quickly.

    No question changes it. Threads may ask `who_can` at once: each question has room of its own to try in. All else
    writes to the `scratch` of the object, and belongs to one thread at a time.
    """

    def __init__(self, problem: Problem, *, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.lost: tuple[int, ...] = ()

    @cached_property
    def eligibility(self) -> Eligibility:
        """Who may do what at any hour."""
        return judge_carers(self.problem)

    @cached_property
    def day(self) -> Day:
        """The plan laid out; who asks about changes by hand does without."""
        return lay_out(self.problem, plan=self.plan)

    @cached_property
    def scratch(self) -> Scratch:
        """Where trials write."""
        return make_scratch(len(self.day.stops))

    @cached_property
    def ground(self) -> Ground:
        """What a change by hand is reckoned from."""
        return Ground(self.problem, plan=self.plan)

    def stands(self, job: int) -> bool:
        """Say whether the job stands in the plan."""
        return bool(self.day.stop_of[job, 0] >= 0)

    def who_can(self, job: int) -> WhoCan:
        """
        Say who can take a job, when, and why not the others.

        A job that stands in the plan is asked about as if it did not: what was behind it starts as early as it can
        then, not before `Job.held_s`. Its own pin is put aside, as who asks may pin it anew; those of others hold.
        What is executed nobody can take (pin_conflict).

        Returns
        -------
        WhoCan
            Every option keeps all hard rules of all stops. First failing tests come in the order of
            `PlanningReason`; a carer's remedy is the smallest single change with which the job fits their tour as
            it is, or None where no single one does.

        """
        one = self.problem.jobs[job]
        if one.pin is not None and one.pin.is_executed:
            return WhoCan(job, (), (), PlanningReason.PIN_CONFLICT)
        asked = self.without(job) if self.stands(job) else self._with_day(self.day, self.plan)
        if len(one.slots) == 1:
            found = try_everybody(asked, job)
            options, refusals = options_of(asked, found=found), refusals_of(asked, job, found=found)
        else:
            options, refusals, joined = answer_pair(asked, job)
        if asked.lost:
            options, refusals = self._who_stay(job, options, refusals)
        if options:
            return WhoCan(job, options, refusals)
        reason = asked.reason_of(one, refusals)
        if len(one.slots) == 1:
            remedy = asked.smallest_of(job, refusals, reason)
        else:
            remedy = longer_window(asked, job, joined=joined)
            if remedy is None and reason == PlanningReason.NO_PAIR:
                seconds = (refusal.remedy for refusal in refusals if refusal.reason == reason and refusal.remedy)
                remedy = next(seconds, None) or next((one for _, one in lifted_for_pair(asked, job)), None)
        if remedy is None and reason == PlanningReason.VISIT_TOO_LONG:
            remedy = asked.longest_part(job)
        return WhoCan(job, (), refusals, reason, remedy)

    def _who_stay(
        self, job: int, options: tuple[Option, ...], refusals: tuple[CarerRefusal, ...]
    ) -> tuple[tuple[Option, ...], tuple[CarerRefusal, ...]]:
        """Return the answer about a job without which others of its tours have no place: nobody else can take it."""
        crew = set(self.day.stops[self.day.stop_of[job, : len(self.problem.jobs[job].slots)], 2].tolist())
        stay = tuple(option for option in options if set(option.carers) == crew)
        able = {carer for option in stay for carer in option.carers}
        gone = {carer for option in options for carer in option.carers} - able
        others = [CarerRefusal(carer, PlanningReason.NO_TIME, None) for carer in gone]
        return stay, tuple(sorted((*refusals, *others), key=lambda refusal: refusal.carer))

    def options_for(
        self, job: int, *, crew: tuple[int | None, ...] | None = None, start_s: float | None = None
    ) -> tuple[Option, ...]:
        """
        Return the options of a job that does not stand in the plan, the cheapest first, without reasons.

        `crew` says of each slot who is to do it (None: anybody); at `start_s` alone, where that is said and both
        slots begin together.
        """
        one, asked = self.problem.jobs[job], self
        if start_s is not None and not one.lag_to_s:
            at_s = max(start_s, one.earliest_s), min(start_s, one.latest_s)
            then = with_job(self.problem, job, replace(one, earliest_s=at_s[0], latest_s=at_s[1]))
            asked = self.with_problem(then)
        wanted = crew or (None,) * len(one.slots)
        codes = [only(self.eligibility.of(job, slot=slot), carer=carer) for slot, carer in enumerate(wanted)]
        return asked.options_among(job, codes=codes)

    def options_among(self, job: int, *, codes: Sequence[NDArray[np.uint8]]) -> tuple[Option, ...]:
        """Return the options of a job with those alone who may do each slot by these codes (0), the cheapest first."""
        if len(codes) == 1:
            return options_of(self, found=try_everybody(self, job, codes=codes[0], has_remedies=False))
        return confirm_pairs(self, job, joined=join_places(self, job, codes=(codes[0], codes[1])))

    def longest_part(self, job: int) -> Remedy | None:
        """Return the longest part of a visit, in whole minutes, that somebody could make; None where there is none."""
        longest_s = max(slot.length_s for slot in self.problem.jobs[job].slots)
        low, high = 0, int(longest_s // MINUTE_S)
        while low < high:
            middle = (low + high + 1) // 2
            part = Remedy(RemedyKind.VISIT_SPLIT, amount_s=middle * MINUTE_S)
            asked = self.with_problem(apply_remedy(self.problem, job=job, remedy=part))
            low, high = (middle, high) if asked.options_for(job) else (low, middle - 1)
        return Remedy(RemedyKind.VISIT_SPLIT, amount_s=low * MINUTE_S) if low else None

    def without(self, job: int) -> Standing:
        """Return the plan without a job that stands in it, as `freed` makes it."""
        carers = self.day.stops[self.day.stop_of[job, : len(self.problem.jobs[job].slots)], 2]
        day, follows = taken_out(self.day, job, is_unpopular=self.problem.jobs[job].is_unpopular)
        scratch = make_scratch(len(day.stops))
        if settle_without(day, carers, follows, scratch) != FITS:
            # A pause is taken elsewhere then, and something behind would break: it is left out too.
            made = freed(self.ground, problem=self.problem, jobs=(job,))
            other = Standing(made.problem, plan=made.plan)
            other.eligibility, other.day = self.eligibility, lay_out(made.problem, plan=made.plan, ways=self.day.ways)
            other.lost = made.lost
            return other
        day.prices[WORST_S] = np.max(day.starts - day.jobs_f[day.stops[:, 0], DUE], initial=0.0)
        refill_latest(day)
        return self._with_day(day, self.plan)

    def after(self, plan: Plan) -> Standing:
        """Return another plan of the same problem, ways and who may do what kept."""
        return self._with_day(lay_out(self.problem, plan=plan, ways=self.day.ways), plan)

    def with_problem(self, problem: Problem) -> Standing:
        """Return the plan as it stands, of a problem in which one job is another that does not stand in it."""
        other = self._with_day(self.day, self.plan)
        other.problem = problem
        return other

    def _with_day(self, day: Day, plan: Plan) -> Standing:
        other = Standing(self.problem, plan=plan)
        other.eligibility, other.day = self.eligibility, day
        return other

    def reason_of(self, one: Job, refusals: tuple[CarerRefusal, ...]) -> PlanningReason:
        """Return why nobody can: what holds for the job itself, else the furthest test that any carer reached."""
        always = judge_job(self.problem, one)
        if always is not None:
            return always
        reasons = [refusal.reason for refusal in refusals]
        return max(reasons, key=lambda reason: NUMBERS[reason], default=PlanningReason.NO_SHIFT)

    def smallest_of(self, job: int, refusals: tuple[CarerRefusal, ...], reason: PlanningReason) -> Remedy | None:
        """Return the smallest change that would place a job for one, or None where no single one would."""
        may = self.eligibility.of(job, slot=0)
        if reason == PlanningReason.NO_NETWORK:
            codes = np.where(may == NUMBERS[PlanningReason.TRAVEL_TOO_LONG], 0, may).astype(np.uint8)
            asked = self.with_ways_to(self.problem.jobs[job].place)
            goes = options_of(asked, found=try_everybody(asked, job, codes=codes, has_remedies=False))
            return Remedy(RemedyKind.WAY_FOUND) if goes else None
        timed = [one.remedy for one in refusals if one.remedy is not None and not may[one.carer]]
        if timed:
            return min(timed, key=lambda remedy: (len(remedy.jobs), remedy.amount_s))
        return next(iter(lifted_remedies(self, job)), None)

    def with_ways_to(self, place: int) -> Standing:
        """Return the plan as it stands with a way to and from a place for everybody; see `RemedyKind.WAY_FOUND`."""
        ways = self.day.ways.copy()
        for lane in (ways[:, :, place], ways[:, place, :]):
            lane[~np.isfinite(lane)] = NEW_WAY_S
        return self._with_day(self.day._replace(ways=ways), self.plan)

    def by_way_alone(self) -> Standing:
        """Return the plan as it stands with nothing but ways to pay for."""
        prices = self.day.prices.copy()
        prices[: P_CHANGE + 1] = 0.0
        prices[P_TRAVEL] = 1.0
        other = self._with_day(self.day._replace(prices=prices), self.plan)
        free = Weights(0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        other.problem = replace(self.problem, weights=free)
        return other
