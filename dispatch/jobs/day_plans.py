"""The job of a day plan: read, measure and search, store. Whoever cancels it keeps the best so far."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from dispatch import assignment, clock, planner, storage, streets
from dispatch.jobs.networks import find_network
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch.jobs.task import Task

READING: Final = Words("读取当天的上门和排班", "Reading the day's visits and rosters")
MEASURING: Final = Words("计算路程", "Measuring the ways")
PLANNING: Final = Words("编排路线", "Planning the tours")
STORING: Final = Words("保存结果", "Storing the result")
SHARES: Final = 1_000  # parts in which the search says how far it is


class _Search:
    """One search: tells how far it is, and ends early where somebody cancels the job or has enough."""

    def __init__(self, task: Task, *, card: assignment.PlanCard) -> None:
        self.task, self.card = task, card
        self.is_over = False
        self.stopped: storage.JobStoppedError | None = None

    def run(self, problem: planner.Problem) -> planner.Plan:
        """Search for as long as was asked; a canceled search gives the best that it has."""
        self._tell(0.0)
        planner.warm()  # once on a machine it compiles, which is not to be taken off the time for the search
        rule = planner.Canceled(planner.MaxSeconds(float(self.card.stop_s)), is_canceled=lambda: self.is_over)
        return planner.solve(
            problem,
            stop=rule,
            seed=self.card.seed,
            threads=min(2, os.cpu_count() or 1),
            on_progress=lambda progress: self._tell(progress.share),
        )

    def _tell(self, share: float) -> None:
        if self.is_over:
            return
        try:
            self.task.tell(round(share * SHARES), total=SHARES, step=PLANNING)
        except storage.JobStoppedError as stopped:
            self.stopped, self.is_over = stopped, True
            return
        with self.task.apart(), storage.reading():
            self.is_over = assignment.is_enough(self.card.plan_id)


def plan_day(task: Task) -> None:
    """
    Build the plan that is wanted; the result names it.

    A job that is canceled while it searches, or after that, ends as canceled, and its plan is proposed as far as it
    came. Where it is run again after a lost worker, the plan that is there already stays.
    """
    plan_id = UUID(task.args["plan_id"])
    task.tell(0, total=None, step=READING)
    settings = task.settings
    now = clock.utc_now()
    with storage.reading():
        actor = task.actor()
        card = assignment.get_plan(plan_id, actor=actor)
        case = assignment.gather_day(
            card.plan_on,
            area_code=card.area_code,
            organization_id=card.organization_id,
            now=now,
            zone=settings.time_zone,
        )
    task.tell(0, total=None, step=MEASURING)
    search = _Search(task, card=card)
    answer = assignment.compute_day(
        case,
        network=find_network(settings, at=case.midnight_at),  # with the edits in force on that day
        zone=settings.time_zone,
        weights=planner.Weights(**card.weights),
        seed=card.seed,
        search=search.run,
        cache=streets.TravelCache(settings.travel_dir, key=settings.index_key.encode()),
        on_measured=lambda done, total: task.tell(done, total=total, step=MEASURING),
    )

    def store() -> dict[str, Any]:
        assignment.store_answer(plan_id, answer=answer, actor=actor, at=clock.utc_now())
        return {"plan_id": str(plan_id)}

    stopped = search.stopped or _finish(task, store=store)
    if stopped is not None:
        with storage.transaction():
            store()
        raise stopped


def _finish(task: Task, *, store: Callable[[], dict[str, Any]]) -> storage.JobStoppedError | None:
    """End the job with its plan; where somebody has canceled it since the search, give what says so."""
    try:
        task.tell(SHARES, total=SHARES, step=STORING)
        task.finish(store)
    except storage.JobStoppedError as stopped:
        return stopped
    return None


def fail_orphans() -> None:
    """Fail the plans whose job has ended without a result."""
    with storage.reading():
        if not assignment.find_orphans():
            return
    with storage.transaction():
        assignment.fail_orphans(clock.utc_now())
