"""Which coverage run a policy figure rests on, and what it says of each community."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch import areas, coverage, streets
from dispatch.actor import SYSTEM
from dispatch.errors import InvalidError
from dispatch.indicators.rules.rates import CommunityFacts
from dispatch.indicators.values import CENTRAL, SENSITIVITY
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage import AreaRow, Run

NO_RUN = Words(
    "还没有“{service}”的覆盖计算（步行 {speed_mps} 米/秒，不问时刻和名额）：先运行 dispatch coverage run --area "
    "{area_code} "
    "--service {service}。",
    "There is no coverage run of {service} at {speed_mps} m/s, at no moment and whatever the places: first "
    "dispatch coverage run --area {area_code} --service {service}.",
)
NO_REACH = Words(
    "还没有按出行方式计算的“{service}”上门范围：先运行 dispatch coverage run --area {area_code} --service {service} "
    "--mode carer_ebike。",
    "There is no run of {service} by a carer's mode of travel yet: first dispatch coverage run --area {area_code} "
    "--service {service} --mode carer_ebike.",
)
RUNS_LOOKED_AT = 200


class RunOfAnotherQuestionError(InvalidError):
    """The run that was named answers another question: another service or area, a moment, or places."""

    slug = "run-of-another-question"
    title = Words("这次计算不能用于这个指标", "The run answers another question")
    detail = Words(
        "要用区域 {area_code} 或其上级的“{service}”计算，步行，不问时刻和名额，不属于方案。",
        "It must be a run of {service} for the area {area_code} or one above, on foot, of no scenario, at no moment "
        "and whatever the places.",
    )


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run as far as it concerns an area: the area as a whole, and its communities."""

    run: Run
    everybody: CommunityFacts
    communities: tuple[CommunityFacts, ...]


def choose_run(service_code: str, *, area_code: str, actor: Actor, run_id: UUID | None = None) -> Run | None:
    """
    Choose the run that a policy figure rests on: the one named, or the newest that asks the plain question.

    The plain question: on foot, at the usual speed, at no moment, whatever the places, of no scenario; what somebody
    tried at another speed is no policy figure unless it is named. None where there is none.

    Raises
    ------
    coverage.RunNotFoundError
        The named run does not exist or is not the actor's.
    RunOfAnotherQuestionError
        The named run is of another service or area, of a moment, of a scenario, or limited by places.

    """
    if run_id is not None:
        run = coverage.get_run(run_id, actor=actor)
        if run.service_code != service_code or not area_code.startswith(run.area_code) or not _is_plain(run):
            raise RunOfAnotherQuestionError(area_code=area_code, service=service_code)
        return run
    found = [
        run
        for code in areas.ancestor_codes(area_code)
        for run in coverage.find_runs(actor, area_code=code, service_code=service_code, limit=RUNS_LOOKED_AT)
        if _is_plain(run) and run.speed_mps == streets.WALK_SPEED_MPS
    ]
    return max(found, key=lambda run: (run.finished_at, run.id), default=None)


def choose_reach(service_code: str, *, area_code: str, actor: Actor) -> Run | None:
    """Choose the newest run of a home service by a carer's mode that covers an area; None where there is none."""
    found = [
        run
        for code in areas.ancestor_codes(area_code)
        for run in coverage.find_runs(actor, area_code=code, service_code=service_code, limit=RUNS_LOOKED_AT)
        if run.mode != coverage.Mode.WALK and run.scenario_id is None and run.at_local is None
    ]
    return max(found, key=lambda run: (run.finished_at, run.id), default=None)


def missing_reach(service_code: str, *, area_code: str) -> Words:
    """Say what to do where nobody computed whom carers reach."""
    facts = {"service": service_code, "area_code": area_code}
    return Words(NO_REACH.zh.format(**facts), NO_REACH.en.format(**facts))


def missing_run(service_code: str, *, area_code: str) -> Words:
    """Say what to do where there is no run."""
    facts = {"service": service_code, "area_code": area_code, "speed_mps": streets.WALK_SPEED_MPS}
    return Words(NO_RUN.zh.format(**facts), NO_RUN.en.format(**facts))


def read_run(run: Run, *, area_code: str, own_sites: Mapping[str, int] | None = None) -> RunFacts:
    """
    Read what a run says of an area and its communities, small counts too: rules decide who sees them.

    `own_sites` are open sites by community where other ones count than those of the run.
    """
    rows = coverage.find_areas(run, actor=SYSTEM, area_code=area_code)
    settlements = {
        area.code: area.settlement for area in areas.find_areas(prefixes=[area_code], level=areas.Level.COMMUNITY.value)
    }
    facts = [_facts(row, settlement=settlements.get(row.area_code), own_sites=own_sites) for row in rows]
    return RunFacts(
        run=run,
        everybody=next(each for each in facts if each.code == area_code),
        communities=tuple(each for each in facts if each.code in settlements),
    )


def _facts(row: AreaRow, *, settlement: str | None, own_sites: Mapping[str, int] | None) -> CommunityFacts:
    return CommunityFacts(
        code=row.area_code,
        settlement=settlement,
        elders=row.elders or 0,
        covered={name: row.band[name] or 0 for name in (CENTRAL, *SENSITIVITY)},
        own_sites=row.sites if own_sites is None else own_sites.get(row.area_code, 0),
    )


def _is_plain(run: Run) -> bool:
    return (
        run.mode == coverage.Mode.WALK
        and run.at_local is None
        and run.capacity == coverage.CapacityRule.IGNORED
        and run.scenario_id is None
    )
