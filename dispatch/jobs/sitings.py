"""The job of a siting: read, choose and prove, store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import clock, coverage, storage, streets
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.jobs.task import Task

READING = Words("读取名单、站点和候选点", "Reading homes, sites and candidates")
CHOOSING = Words("选址", "Choosing sites")
PROVING = Words("证明没有更好的选法", "Proving that no choice is better")
STORING = Words("保存结果", "Storing the result")
CHOSEN = 3  # parts that are done when the proof begins


def site(task: Task) -> None:
    """Compute the siting that is wanted; the result names it."""
    started_at = clock.utc_now()
    task.tell(0, total=None, step=READING)
    with storage.reading():
        actor = task.actor()
        inputs = coverage.prepare_siting(coverage.SitingWish.read(task.args), actor=actor)
    network = streets.open_network(task.settings.networks_dir / task.settings.network)

    def told(done: int, /, *, total: int) -> None:
        is_proving = done == CHOSEN and inputs.wish.is_proof_wanted
        task.tell(done, total=total, step=PROVING if is_proving else CHOOSING)

    findings = coverage.compute_siting(inputs, network=network, progress=told)
    task.tell(1, total=1, step=STORING)
    packed = coverage.pack_siting(findings, actor=actor, started_at=started_at, finished_at=clock.utc_now())

    def store() -> dict[str, Any]:
        return {"siting_id": str(coverage.store_siting(packed, actor=actor))}

    task.finish(store)
