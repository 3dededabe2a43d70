"""
Running coverage: read, compute, pack, store.

The steps are apart so that no write transaction spans a computation: `prepare_run` inside `storage.reading()`,
`compute_run` and `pack_run` inside nothing, `store_run` inside `storage.transaction()`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dispatch import areas, directory, elders, geo, journal
from dispatch.coverage import queries
from dispatch.coverage.models import (
    CoverageRun,
    RunArea,
    RunCategory,
    RunCell,
    RunPerson,
    RunPlannedSite,
    RunSite,
)
from dispatch.coverage.operations.providing import point_of, read_providers
from dispatch.coverage.operations.reading import READERS, get_run, service_code_of
from dispatch.coverage.operations.supposing import suppose
from dispatch.coverage.rules.moments import local_text
from dispatch.coverage.rules.running import compute_run
from dispatch.coverage.rules.totals import band_of
from dispatch.coverage.values import (
    LIMIT_MAX_MIN,
    LIMIT_MIN_MIN,
    RULE_VERSION,
    SPEED_MAX_MPS,
    SPEED_MIN_MPS,
    USUAL,
    AreaFacts,
    CapacityRule,
    HomeFacts,
    Mode,
    RunInputs,
    RunStatus,
)
from dispatch.errors import InvalidError
from dispatch.storage import insert_packed, new_id, pack_rows
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import Run, RunFindings, RunWish, SiteFigures
    from dispatch.storage import PackedRows
    from dispatch.streets import Network

CIRCLE_SIDES = ("circle_west", "circle_south", "circle_east", "circle_north")


@dataclass(frozen=True, slots=True)
class PackedRun:
    """A run whose rows are ready to be stored."""

    id: UUID
    rows: tuple[PackedRows, ...]
    area_code: str
    service_code: str
    inputs_hash: str
    figures_hash: str
    finished_at: datetime


class RunOutOfRangeError(InvalidError):
    """A speed or a limit that nobody walks."""

    slug = "coverage-run-out-of-range"
    title = Words("步行速度或时间上限超出范围", "Speed or limit is out of range")


class NobodyToCoverError(InvalidError):
    """A run without people would be an empty success; one without sites is a true 0 %."""

    slug = "nobody-to-cover"
    title = Words("这个区域没有登记住址的老年人", "No elder has a home in this area")
    detail = Words(
        "{area_code} 在 {as_of} 没有登记住址的老年人，先导入名单。",
        "{area_code} has no elder with a home on {as_of}; import the register first.",
    )


def prepare_run(wish: RunWish, *, actor: Actor) -> RunInputs:
    """
    Read everything that a run rests on; call it inside a reading.

    Sites are those open on the date that give the service (or one below it) at the site, wherever they
    stand: a site over the border serves too. Homes are the main residences on the date, edits of the network
    those in force on it.

    Raises
    ------
    AreaNotFoundError
        There is no such area, or it is outside the actor's own.
    UnknownCodeError
        There is no such service.
    RunOutOfRangeError
        Speed or limit is out of range.
    NobodyToCoverError
        There are no elders in the area.
    ScenarioNotFoundError, ScenarioBaseGoneError
        The scenario is not the actor's to read, or rests on a run that was deleted.

    """
    check_wish(wish, actor=actor)
    services = directory.service_with_children(wish.service_code)
    sites, starts, site_counts = read_providers(services, wish=wish)
    categories = _categories(wish)
    inputs = RunInputs(
        wish=wish,
        service_code=service_code_of(wish.service_code),
        service_codes=tuple(sorted(services)),
        areas=tuple(_area_facts(area) for area in areas.find_areas(prefixes=[wish.area_code])),
        homes=tuple(
            HomeFacts(home.elder_id, home.area_code, point_of(home.lon, home.lat), categories.get(home.elder_id, ()))
            for home in sorted(elders.find_homes(wish.area_code, on=wish.as_of), key=lambda home: home.elder_id)
        ),
        sites=sites,
        site_counts=site_counts,
        edits=queries.find_edits_in_force(wish.as_of),
        starts=starts,
    )
    if not inputs.homes:
        raise NobodyToCoverError(area_code=wish.area_code, as_of=wish.as_of)
    return inputs if wish.scenario_id is None else suppose(inputs, actor=actor)


def check_wish(wish: RunWish, *, actor: Actor) -> None:
    """Refuse a wish that cannot be met whoever lives there; the errors are those of `prepare_run`."""
    _check_range(wish)
    if not actor.covers_area(wish.area_code, *READERS):
        raise areas.AreaNotFoundError(area_code=wish.area_code)
    areas.get_area(wish.area_code)
    directory.service_with_children(wish.service_code)


def pack_run(findings: RunFindings, *, actor: Actor, started_at: datetime, finished_at: datetime) -> PackedRun:
    """Make the rows of what a run found; call it inside nothing, so that nobody waits for the write lock meanwhile."""
    run_id = new_id()
    wish = findings.inputs.wish
    run = {
        "id": run_id,
        "area_code": wish.area_code,
        "service_code": findings.inputs.service_code,
        "mode": wish.mode.value,
        "speed_mps": wish.speed_mps,
        "limit_s": wish.question.limit_s,
        "as_of": wish.as_of,
        "at_local": None if wish.at_local is None else local_text(wish.at_local),
        "unknown_hours": wish.unknown_hours.value,
        "capacity": wish.capacity.value,
        "network_id": findings.network_id,
        "network_date": findings.network_at,
        "rule_version": RULE_VERSION,
        "inputs_hash": findings.inputs_hash,
        "assumptions": findings.assumptions | {"run_id": str(run_id)},
        "totals": findings.totals,
        "covered_ll": findings.covered_ll,
        "status": RunStatus.DONE.value,
        "started_at": started_at,
        "finished_at": finished_at,
        "requested_by": actor.account_id,
        "scenario_id": None if findings.inputs.scenario is None else findings.inputs.scenario.id,
        "scenario_version": None if findings.inputs.scenario is None else findings.inputs.scenario.version,
    }
    parts: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (RunSite, _site_rows(findings)),
        (RunPlannedSite, _planned_rows(findings)),
        (RunArea, _area_rows(findings)),
        (RunPerson, _person_rows(findings)),
        (RunCell, _cell_rows(findings)),
        (RunCategory, [asdict(one) for one in findings.categories]),
    )
    below = [(model, [{"run_id": run_id, **row} for row in rows]) for model, rows in parts]
    whole: list[tuple[Any, list[dict[str, Any]]]] = [(CoverageRun, [run]), *below]
    return PackedRun(
        id=run_id,
        rows=tuple(pack_rows(model.__table__, rows=rows) for model, rows in whole),
        area_code=wish.area_code,
        service_code=findings.inputs.service_code,
        inputs_hash=findings.inputs_hash,
        figures_hash=findings.figures_hash,
        finished_at=finished_at,
    )


def store_run(packed: PackedRun, *, actor: Actor) -> UUID:
    """
    Store what a run found, whole, with one line in the journal; call it inside a transaction. Gives the run's id.

    Journal: coverage_run.finished.
    """
    for rows in packed.rows:
        insert_packed(rows)
    journal.append(
        "coverage_run.finished",
        actor=actor,
        at=packed.finished_at,
        subject_id=packed.id,
        area_code=packed.area_code,
        service_code=packed.service_code,
        inputs_hash=packed.inputs_hash,
        figures_hash=packed.figures_hash,
    )
    return packed.id


def run_coverage(wish: RunWish, *, network: Network, actor: Actor, now: datetime) -> Run:
    """
    Do all steps inside the caller's one transaction: for loading made-up data and for tests.

    Commands and views call the steps one by one, so that nobody waits for the computation.
    """
    findings = compute_run(prepare_run(wish, actor=actor), network=network)
    packed = pack_run(findings, actor=actor, started_at=now, finished_at=now)
    return get_run(store_run(packed, actor=actor), actor=actor)


def _check_range(wish: RunWish) -> None:
    faults: dict[str, list[Words | str]] = {}
    if not LIMIT_MIN_MIN <= wish.limit_min <= LIMIT_MAX_MIN:
        faults["limit_min"] = [
            Words(
                f"应在 {LIMIT_MIN_MIN} 到 {LIMIT_MAX_MIN} 分钟之间。",
                f"Must lie between {LIMIT_MIN_MIN} and {LIMIT_MAX_MIN} minutes.",
            )
        ]
    if wish.mode is Mode.WALK and not SPEED_MIN_MPS <= wish.speed_mps <= SPEED_MAX_MPS:
        faults["speed_mps"] = [
            Words(
                f"应在 {SPEED_MIN_MPS} 到 {SPEED_MAX_MPS} 米/秒之间。",
                f"Must lie between {SPEED_MIN_MPS} and {SPEED_MAX_MPS} m/s.",
            )
        ]
    if wish.mode is not Mode.WALK and wish.speed_mps != USUAL[wish.mode].speed_mps:
        faults["speed_mps"] = [
            Words("上门人员的速度由方式决定，不要填写。", "A carer's speed is the mode's own; leave it out.")
        ]
    if wish.mode is not Mode.WALK and wish.capacity is not CapacityRule.IGNORED:
        faults["capacity"] = [
            Words(
                "上门服务没有站点名额，只能选 ignored。",
                "What comes to the home has no places at a site; leave it out.",
            )
        ]
    if wish.mode is not Mode.WALK and wish.scenario_id is not None:
        faults["mode"] = [
            Words("方案只能按老人步行计算。", "A scenario is computed for elders who walk only; leave the mode out.")
        ]
    if faults:
        raise RunOutOfRangeError(fields=faults)


def _categories(wish: RunWish) -> dict[UUID, tuple[str, ...]]:
    """Read in which categories people are on the date."""
    codes = [code.code for code in directory.list_codes("category")]
    found = elders.find_memberships(
        wish.area_code, categories=codes, from_on=wish.as_of, to_on=wish.as_of + timedelta(days=1)
    )
    return {elder_id: tuple(sorted({one.category for one in rows})) for elder_id, rows in found.items()}


def _area_facts(area: areas.Area) -> AreaFacts:
    return AreaFacts(
        code=area.code,
        level=area.level,
        settlement=area.settlement,
        name_zh=area.name_zh,
        name_en=area.name_en,
        boundary_ll=None if area.boundary_ll is None else geo.read_polygon(area.boundary_ll),
    )


def _site_rows(findings: RunFindings) -> list[dict[str, Any]]:
    return [{"site_id": one.site.site_id, **_drawn(one)} for one in findings.sites if not one.site.is_planned]


def _planned_rows(findings: RunFindings) -> list[dict[str, Any]]:
    return [
        {"change_id": one.site.site_id, "name": one.site.name, "area_code": one.site.area_code, **_drawn(one)}
        for one in findings.sites
        if one.site.is_planned
    ]


def _drawn(one: SiteFigures) -> dict[str, Any]:
    return {
        "lon": one.site.point_ll[0] if one.site.point_ll else None,
        "lat": one.site.point_ll[1] if one.site.point_ll else None,
        "snap_m": one.snap_m,
        "reached": one.reached,
        "places": None if one.served is None else one.site.places,
        "served": one.served,
        "circle_ll": one.circle_ll,
        **dict(zip(CIRCLE_SIDES, geo.outline_box(one.circle_ll), strict=True)),
    }


def _area_rows(findings: RunFindings) -> list[dict[str, Any]]:
    nowhere = (None, None, None, None)
    return [
        {
            "area_code": one.area.code,
            "level": one.area.level,
            "elders": one.counts.elders,
            "unlocated_elders": one.counts.unlocated,
            "sites": one.sites,
            "unlocated_sites": one.unlocated_sites,
            "covered": one.counts.covered,
            "is_borderline": one.is_borderline,
            "band": band_of(one),
            "nearest_site_id": one.nearest_site_id,
            "nearest_s": one.nearest_s,
            "places": one.places,
            "places_an_elder": one.places_an_elder,
            "base": one.base,
            "gap_ll": one.gap_ll,
            **dict(zip(("gap_west", "gap_south", "gap_east", "gap_north"), one.gap_box_ll or nowhere, strict=True)),
        }
        for one in findings.areas
    ]


def _person_rows(findings: RunFindings) -> list[dict[str, Any]]:
    return [
        {
            "elder_id": one.home.elder_id,
            "area_code": one.home.area_code,
            "walk_s": one.walk_s,
            "site_id": one.site_id,
            "has_place": one.has_place,
        }
        for one in findings.people
    ]


def _cell_rows(findings: RunFindings) -> list[dict[str, Any]]:
    return [
        {
            "cell": one.cell,
            "lon": one.center_ll[0],
            "lat": one.center_ll[1],
            "walk_s": one.walk_s,
            "elders": one.elders,
            "uncovered": one.uncovered,
        }
        for one in findings.cells
    ]
