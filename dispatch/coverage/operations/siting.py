"""
Where the next sites help most: read, compute, pack, store.

As for runs, the steps are apart so that no write transaction spans a computation: `prepare_siting` inside
`storage.reading()`, `compute_siting` and `pack_siting` inside nothing, `store_siting` inside `storage.transaction()`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch import directory, elders, intake, journal, storage
from dispatch.coverage.models import SitingPick, SitingRun, SitingRunArea
from dispatch.coverage.operations.reading import category_of, sees_small_counts
from dispatch.coverage.operations.running import check_wish, prepare_run
from dispatch.coverage.rules.siting.bounds import check_bounds, check_counts_stay_hidden
from dispatch.coverage.values import (
    SITING_RULE_VERSION,
    Candidate,
    CandidateSource,
    RunStatus,
    SitingInputs,
    SitingWeight,
)
from dispatch.storage import insert_packed, new_id, pack_rows

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import RunInputs, SitingFindings, SitingWish
    from dispatch.storage import PackedRows

JOB = "siting"
NOT_YET_OPEN = (directory.Stage.PLANNED, directory.Stage.UNDER_CONSTRUCTION, directory.Stage.SUSPENDED)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PackedSiting:
    """A siting whose rows are ready to be stored."""

    id: UUID
    rows: tuple[PackedRows, ...]
    facts: dict[str, Any]
    finished_at: datetime


def prepare_siting(wish: SitingWish, *, actor: Actor) -> SitingInputs:
    """
    Read everything that a siting rests on; call it inside a reading.

    Homes and open sites are those of a coverage run on the date. Candidates of the register are the sites of the
    area that are planned, under construction or suspended on the date, whatever services they are to give.

    Raises
    ------
    SitingOutOfRangeError
        A number of the wish is out of range, or it has candidates where none are asked for, or no category; or
        whoever asks sees no small counts and would learn them by places for fewer than five or by ways of some steps.
    AreaNotFoundError, UnknownCodeError, RunOutOfRangeError, NobodyToCoverError
        As for a coverage run.

    """
    check_siting_wish(wish, actor=actor)
    run = prepare_run(wish.run_wish, actor=actor)
    settled = replace(wish, category=None if wish.category is None else category_of(wish.category))
    return SitingInputs(wish=settled, run=run, candidates=_candidates(settled), weights=_weights(settled, run=run))


def check_siting_wish(wish: SitingWish, *, actor: Actor) -> None:
    """Refuse a wish that cannot be met whoever lives there; the errors are those of `prepare_siting`."""
    check_bounds(wish)
    check_wish(wish.run_wish, actor=actor)
    if not sees_small_counts(actor, wish.area_code):
        check_counts_stay_hidden(wish)
    if wish.category is not None:
        category_of(wish.category)


def request_siting(wish: SitingWish, *, key: str, actor: Actor, at: datetime) -> storage.JobView:
    """
    Ask for a siting as a job; the same key again gives the same job. Its result is `siting_id`.

    What can be refused at once is refused here, with the errors of `prepare_siting` but NobodyToCoverError.
    """
    check_siting_wish(wish, actor=actor)
    return storage.request_job(JOB, key=key, args=wish.plain(), actor=actor, at=at, area_code=wish.area_code)


def pack_siting(findings: SitingFindings, *, actor: Actor, started_at: datetime, finished_at: datetime) -> PackedSiting:
    """Make the rows of what a siting found; call it inside nothing."""
    siting_id = new_id()
    wish = findings.inputs.wish
    run = {
        "id": siting_id,
        "area_code": wish.area_code,
        "service_code": findings.inputs.run.service_code,
        "as_of": wish.as_of,
        "speed_mps": wish.speed_mps,
        "limit_s": wish.run_wish.question.limit_s,
        "network_id": findings.network_id,
        "network_date": findings.network_at,
        "rule_version": SITING_RULE_VERSION,
        "inputs_hash": findings.inputs_hash,
        "assumptions": findings.assumptions | {"siting_id": str(siting_id)},
        "wish": replace(wish, service_code=findings.inputs.run.service_code, candidates=()).plain(),
        "objective": findings.objective,
        "best_bound": findings.best_bound,
        "guaranteed_share": findings.guaranteed_share,
        "ended": findings.end.value,
        "proof": asdict(findings.proof),
        "considered": findings.considered,
        "refused": [
            [one.number, one.label, None if one.site_id is None else str(one.site_id), one.reason.value]
            for one in findings.refused
        ],
        "refusals": dict(Counter(one.reason.value for one in findings.refused)),
        "status": RunStatus.DONE.value,
        "started_at": started_at,
        "finished_at": finished_at,
        "requested_by": actor.account_id,
    }
    picks = [_pick_row(asdict(one)) for one in findings.picks]
    unwanted = {"name_zh", "name_en", "is_suppressed"}
    areas = [{name: value for name, value in asdict(one).items() if name not in unwanted} for one in findings.areas]
    below = [
        (model, [{"siting_run_id": siting_id, **row} for row in rows])
        for model, rows in ((SitingPick, picks), (SitingRunArea, areas))
    ]
    whole: list[tuple[Any, list[dict[str, Any]]]] = [(SitingRun, [run]), *below]
    return PackedSiting(
        id=siting_id,
        rows=tuple(pack_rows(model.__table__, rows=rows) for model, rows in whole),
        facts={
            "area_code": wish.area_code,
            "service_code": findings.inputs.run.service_code,
            "inputs_hash": findings.inputs_hash,
            "figures_hash": findings.figures_hash,
        },
        finished_at=finished_at,
    )


def store_siting(packed: PackedSiting, *, actor: Actor) -> UUID:
    """
    Store what a siting found, whole, with one line in the journal; call it inside a transaction. Gives its id.

    Journal: siting_run.finished.
    """
    for rows in packed.rows:
        insert_packed(rows)
    journal.append("siting_run.finished", actor=actor, at=packed.finished_at, subject_id=packed.id, **packed.facts)
    return packed.id


def _candidates(wish: SitingWish) -> tuple[Candidate, ...]:
    if wish.source is not CandidateSource.REGISTER:
        return wish.candidates
    return tuple(
        Candidate(
            None if site.lon is None or site.lat is None else (site.lon, site.lat),
            label=site.name,
            capacity=wish.capacity,
            cost=wish.cost,
            site_id=site.id,
        )
        for site in directory.find_sites_in_stage(NOT_YET_OPEN, area=wish.area_code, on=wish.as_of)
    )


def _weights(wish: SitingWish, *, run: RunInputs) -> tuple[int, ...]:
    ids = [home.elder_id for home in run.homes]
    if wish.weight is SitingWeight.ELDERS:
        return (1,) * len(ids)
    if wish.weight is SitingWeight.UNMET:
        counts = intake.count_unmatched_by_elder(ids, service_codes=run.service_codes)
        return tuple(counts.get(elder_id, 0) for elder_id in ids)
    found = elders.find_memberships(
        wish.area_code, categories=[str(wish.category)], from_on=wish.as_of, to_on=wish.as_of + ONE_DAY
    )
    return tuple(int(elder_id in found) for elder_id in ids)


def _pick_row(pick: dict[str, Any]) -> dict[str, Any]:
    lon, lat = pick.pop("point_ll")
    del pick["is_suppressed"]
    return pick | {"lon": lon, "lat": lat}
