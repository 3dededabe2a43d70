"""Asking for a coverage run that is computed later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import storage
from dispatch.coverage.operations.running import check_wish
from dispatch.coverage.operations.scenario_reading import take_scenario
from dispatch.coverage.rules.moments import local_text

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.actor import Actor
    from dispatch.coverage.values import RunWish

JOB = "coverage_run"


def request_run(wish: RunWish, *, key: str, actor: Actor, at: datetime) -> storage.JobView:
    """
    Ask for a run as a job; the same key again gives the same job. Its result is `run_id`.

    What can be refused at once is refused here, with the errors of `prepare_run` but NobodyToCoverError: homes
    are read when the job runs.
    """
    check_wish(wish, actor=actor)
    if wish.scenario_id is not None:
        take_scenario(wish.scenario_id, actor=actor)
    args = {
        "area_code": wish.area_code,
        "service_code": wish.service_code,
        "as_of": wish.as_of.isoformat(),
        "mode": wish.mode.value,
        "speed_mps": wish.speed_mps,
        "limit_min": wish.limit_min,
        "at_local": None if wish.at_local is None else local_text(wish.at_local),
        "unknown_hours": wish.unknown_hours.value,
        "capacity": wish.capacity.value,
        "scenario_id": None if wish.scenario_id is None else str(wish.scenario_id),
    }
    return storage.request_job(JOB, key=key, args=args, actor=actor, at=at, area_code=wish.area_code)
