"""The job of a coverage run: read, compute area by area, store."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import clock, coverage, storage, streets
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.jobs.task import Task

READING = Words("读取名单和站点", "Reading homes and sites")
COMPUTING = Words("逐个区域计算", "Computing area by area")
STORING = Words("保存结果", "Storing the result")


def run_coverage(task: Task) -> None:
    """Compute the coverage run that is wanted; the result names it."""
    started_at = clock.utc_now()
    task.tell(0, total=None, step=READING)
    with storage.reading():
        actor = task.actor()
        inputs = coverage.prepare_run(_wish(task), actor=actor)
    network = streets.open_network(task.settings.networks_dir / task.settings.network)

    def told(done: int, /, *, total: int) -> None:
        task.tell(done, total=total, step=COMPUTING)

    findings = coverage.compute_run(inputs, network=network, progress=told)
    parts = len(inputs.areas)
    task.tell(parts, total=parts, step=STORING)
    packed = coverage.pack_run(findings, actor=actor, started_at=started_at, finished_at=clock.utc_now())

    def store() -> dict[str, Any]:
        return {"run_id": str(coverage.store_run(packed, actor=actor))}

    task.finish(store)


def _wish(task: Task) -> coverage.RunWish:
    given: dict[str, Any] = dict(task.args)
    at_local = given.get("at_local")
    scenario_id = given.get("scenario_id")
    return coverage.RunWish(
        **given
        | {
            "as_of": date.fromisoformat(given["as_of"]),
            "mode": coverage.Mode(given["mode"]),
            # a job that was asked for by an earlier release does not say
            "at_local": datetime.fromisoformat(at_local).replace(tzinfo=task.settings.time_zone) if at_local else None,
            "unknown_hours": coverage.UnknownHours(given.get("unknown_hours", coverage.UnknownHours.EXCLUDE)),
            "capacity": coverage.CapacityRule(given.get("capacity", coverage.CapacityRule.IGNORED)),
            "scenario_id": None if scenario_id is None else UUID(scenario_id),
        }
    )
