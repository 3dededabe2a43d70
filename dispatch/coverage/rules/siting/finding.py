"""A whole siting: from inputs to everything that is stored. Same inputs, same answer, unless the clock ends a proof."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch import streets
from dispatch.coverage.rules import hashing
from dispatch.coverage.rules.editing import network_for, told_edits
from dispatch.coverage.rules.locating import check_streets
from dispatch.coverage.rules.measuring import FARTHEST_S, points_of, snap
from dispatch.coverage.rules.running import describe_question
from dispatch.coverage.rules.running import hash_inputs as hash_run
from dispatch.coverage.rules.siting.before_after import People, count_areas
from dispatch.coverage.rules.siting.deciding import decide, share_out
from dispatch.coverage.rules.siting.places import find_places
from dispatch.coverage.values import SITING_RULE_VERSION, Pick, SitingFindings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from dispatch.coverage.rules.running import Progress
    from dispatch.coverage.rules.siting.choosing import Choice
    from dispatch.coverage.rules.siting.places import Places
    from dispatch.coverage.values import SitingInputs
    from dispatch.streets import Network, Snaps

PARTS = 5  # of which progress is told: ways, candidates, choice, proof, figures


@dataclass(frozen=True, slots=True)
class _Ways:
    """The way of each home to the nearest of some sites."""

    length_dm: NDArray[np.int32]
    is_covered: NDArray[np.bool_]
    walk_s: NDArray[np.int64]


def compute_siting(inputs: SitingInputs, *, network: Network, progress: Progress | None = None) -> SitingFindings:
    """
    Choose the sites that add most, count before and after, and say how good the choice is; no database, no clock.

    Parameters
    ----------
    inputs : SitingInputs
        What `prepare_siting` read.
    network : Network
        As it was imported: the edits of the inputs are made on it here. Its projection measures, its identity is
        kept with the figures.
    progress : Progress, optional
        Told after each of five parts, and now and then within.

    Raises
    ------
    NetworkWithoutAreaError
        Homes have points, and none of them is near a street.
    AreaWithoutBoundaryError
        All nodes are wanted, and no boundary says which.
    TooManyPairsError
        A capacity or a proof is wanted over more candidates than can be held.

    """
    run, wish = inputs.run, inputs.wish
    network, idle = network_for(run.edits, network=network)
    question = wish.run_wish.question
    limit_dm = streets.length_limit_dm(limit_s=question.limit_s, speed_mps=question.speed_mps)
    told = _counted(progress)
    homes = snap(network, points_ll=points_of([home.point_ll for home in run.homes]))
    check_streets(run, homes=homes, network=network)
    sites = snap(network, points_ll=points_of([site.point_ll for site in run.sites]))
    before = _ways(network, homes=homes, sites=sites, speed_mps=question.speed_mps, limit_dm=limit_dm)
    told(1)
    places = find_places(inputs, network=network)
    weight = np.array(inputs.weights, np.int64)
    rows = np.flatnonzero(homes.is_located & ~before.is_covered & (weight > 0))
    decision = decide(
        inputs.wish,
        network=network,
        places=places,
        homes=homes.take(rows),
        weight=weight[rows],
        limit_dm=limit_dm,
        told=told,
    )
    choice = decision.choice
    told(4)
    picked = places.snaps.take(np.array(choice.picks, np.intp))
    after = _ways(network, homes=homes, sites=_joined(sites, picked), speed_mps=question.speed_mps, limit_dm=limit_dm)
    is_after, weight_after = after.is_covered, np.where(after.is_covered, weight, 0)
    weight_before = np.where(before.is_covered, weight, 0)
    if decision.served is not None:  # not everybody within reach of a pick finds a place there
        taken = share_out(decision, weight=weight[rows], length_dm=after.length_dm[rows])
        is_after, weight_after = before.is_covered.copy(), weight_before.copy()
        is_after[rows] |= taken > 0
        weight_after[rows] += taken
    people = People(before.is_covered, is_after, weight, weight_before, weight_after, before.walk_s, after.walk_s)
    areas = count_areas(people, areas=run.areas, codes=[home.area_code for home in run.homes])
    hashes = hash_inputs(inputs, network=network)
    findings = SitingFindings(
        inputs=inputs,
        network_id=streets.network_identity(network.manifest),
        network_at=network.manifest.source_at,
        inputs_hash=hashing.hash_of(hashes),
        figures_hash="",
        assumptions={},
        objective=choice.objective,
        best_bound=choice.best_bound,
        guaranteed_share=choice.guaranteed_share,
        end=choice.end,
        proof=decision.proof,
        considered=len(places),
        picks=tuple(_picks(choice, places=places)),
        refused=places.refused,
        areas=areas,
    )
    told(5)
    figures_hash = hash_findings(findings)
    assumptions = _assumptions(inputs, network=network, places=places, sites=sites) | {
        "network_edits": told_edits(run.edits, idle=idle),
        "hashes": hashes | {"figures": figures_hash},
    }
    return replace(findings, figures_hash=figures_hash, assumptions=assumptions)


def hash_findings(findings: SitingFindings) -> str:
    """Give one hash for all that was found."""
    parts = (findings.picks, findings.refused, findings.areas)
    return hashing.hash_of(
        [
            findings.objective,
            findings.best_bound,
            findings.end,
            asdict(findings.proof),
            *([asdict(one) for one in part] for part in parts),
        ]
    )


def hash_inputs(inputs: SitingInputs, *, network: Network) -> dict[str, str]:
    """Give the hashes of everything that a siting rests on."""
    wish, run = inputs.wish, inputs.run
    return {
        "run": hash_run(run, network=network),
        # with ids that nobody guesses: of a few zeros and ones alone the hash would tell them
        "weights": hashing.hash_of(
            [[str(home.elder_id), weight] for home, weight in zip(run.homes, inputs.weights, strict=True)]
        ),
        "candidates": hashing.hash_of([asdict(one) for one in inputs.candidates]),
        "parameters": hashing.hash_of(replace(wish, candidates=()).plain() | {"rule_version": SITING_RULE_VERSION}),
    }


def _ways(network: Network, *, homes: Snaps, sites: Snaps, speed_mps: float, limit_dm: int) -> _Ways:
    farthest_dm = streets.length_limit_dm(limit_s=FARTHEST_S, speed_mps=speed_mps)
    field = streets.nearest_sites(network, sites=sites, limit_dm=farthest_dm)
    length_dm, _ = streets.read_field(network, field=field, sites=sites, points=homes)
    is_covered = (length_dm != streets.UNREACHED) & (length_dm <= limit_dm)
    return _Ways(length_dm, np.asarray(is_covered), streets.walk_time_s(length_dm, speed_mps=speed_mps))


def _joined(some: Snaps, others: Snaps) -> Snaps:
    return type(some)(
        **{one.name: np.concatenate((getattr(some, one.name), getattr(others, one.name))) for one in fields(some)}
    )


def _picks(choice: Choice, *, places: Places) -> Iterable[Pick]:
    for rank, (row, gain) in enumerate(zip(choice.picks, choice.gains, strict=True), start=1):
        one = places.candidate(row)
        assert one.point_ll is not None  # noqa: S101 - those without one were refused
        yield Pick(
            rank=rank,
            point_ll=one.point_ll,
            label=one.label,
            site_id=one.site_id,
            capacity=one.capacity,
            cost=one.cost,
            gain=gain,
            snap_m=places.snap_m(row),
        )


def _assumptions(inputs: SitingInputs, *, network: Network, places: Places, sites: Snaps) -> dict[str, Any]:
    wish = inputs.wish
    return describe_question(wish.run_wish.question, network=network) | {
        "rule_version": SITING_RULE_VERSION,
        "mode": wish.run_wish.mode.value,
        "as_of": wish.as_of.isoformat(),
        "service_codes": list(inputs.run.service_codes),
        "sites_used": int(sites.is_located.sum()),
        "sites_from": "all areas: a site over the border serves too; sites that are open stay, without a capacity",
        "weight": wish.weight.value,
        "category": wish.category,
        "is_boundary_known": places.is_boundary_known,
    }


def _counted(progress: Progress | None) -> Callable[[int], None]:
    def told(done: int) -> None:
        if progress is not None:
            progress(done, total=PARTS)

    return told
