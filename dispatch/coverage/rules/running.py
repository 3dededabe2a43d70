"""A whole run: from inputs to everything that is stored. Same inputs, same answer, byte for byte."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dispatch import areas, geo, streets
from dispatch.coverage.rules import figures, hashing, shapes
from dispatch.coverage.rules.basing import describe_scenario, edited, with_base
from dispatch.coverage.rules.categories import count_categories
from dispatch.coverage.rules.circles import draw_circles
from dispatch.coverage.rules.covering import Measured, measure_circles
from dispatch.coverage.rules.editing import network_for, told_edits
from dispatch.coverage.rules.hexagons import count_cells
from dispatch.coverage.rules.locating import check_streets
from dispatch.coverage.rules.measuring import DM_PER_M, points_of, reached_by_site
from dispatch.coverage.rules.reaching import measure_reach
from dispatch.coverage.rules.totals import sum_up
from dispatch.coverage.values import (
    BOUNDARY_RULE,
    ORIGIN_RULES,
    RULE_VERSION,
    SLOWER_SHARE,
    AreaFigures,
    CapacityRule,
    Mode,
    PersonFigures,
    RunFindings,
    SiteFigures,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from dispatch.coverage.rules.measuring import Walks
    from dispatch.coverage.values import AreaFacts, Question, RunInputs, RunWish
    from dispatch.geo import LonLatPolygon, MetricPolygon
    from dispatch.streets import Network


class Progress(Protocol):
    """Told between two parts how many of all are done; it may raise, to end the run."""

    def __call__(self, done: int, /, *, total: int) -> None:
        """Take it."""


def compute_run(inputs: RunInputs, *, network: Network, progress: Progress | None = None) -> RunFindings:
    """
    Compute everything that a run finds; no database, no clock.

    Parameters
    ----------
    inputs : RunInputs
        What `prepare_run` read.
    network : Network
        As it was imported: the edits of `inputs` are made on it here. One that has edits already is taken as
        it is. Its projection measures, its identity is kept with the figures.
    progress : Progress, optional
        Told after the walks, after each area, and after the sites.

    Raises
    ------
    NetworkWithoutAreaError
        Homes have points, and fewer than half of them are near a street.

    """
    network, idle = network_for(inputs.edits, network=network)
    question, as_it_is = inputs.wish.question, network
    if inputs.scenario is not None:
        network = edited(network, changes=inputs.scenario.changes)
    told = _counted(progress, total=len(inputs.areas) + 2)
    homes_ll = points_of([home.point_ll for home in inputs.homes])
    measured = (measure_circles if question.mode is Mode.WALK else measure_reach)(inputs, network=network)
    walks = measured.walks
    check_streets(inputs, homes=walks.homes, network=network)
    told()
    found = tuple(_areas(inputs, network=network, measured=measured, told=told))
    totals = sum_up(found, of=inputs.wish.area_code)
    if inputs.scenario is not None:
        found, totals = with_base(found, totals=totals, inputs=inputs, network=as_it_is)
    sites = tuple(_sites(inputs, measured=measured))
    told()
    hashes = _hashes(inputs, network=network)
    ones = np.ones(len(inputs.homes), np.int64)
    findings = RunFindings(
        inputs=inputs,
        network_id=streets.network_identity(network.manifest),
        network_at=network.manifest.source_at,
        inputs_hash=hashing.hash_of(hashes),
        figures_hash="",
        assumptions={},
        totals=totals,
        areas=found,
        sites=sites,
        cells=count_cells(
            walks,
            homes_ll=homes_ll,
            weight=ones,
            is_covered=measured.is_covered,
            question=question,
            extra_cells=_cells_of(inputs.areas),
        ),
        categories=count_categories(inputs.homes, is_covered=measured.is_covered, areas=inputs.areas),
        people=tuple(_people(inputs, measured=measured)),
        covered_ll=shapes.geojson_of(shapes.rounded_ll(measured.covered_xy, projection=network.projection)),
    )
    figures_hash = hash_figures(findings)
    assumptions = _assumptions(inputs, network=network, walks=walks) | {
        "network_edits": told_edits(inputs.edits, idle=idle),
        "hashes": hashes | {"figures": figures_hash},
    }
    return replace(findings, figures_hash=figures_hash, assumptions=assumptions)


def hash_figures(findings: RunFindings) -> str:
    """Give one hash for all that was found: two runs on the same inputs have the same, whatever things are called."""
    return hashing.hash_of(
        [
            findings.totals,
            [
                _told(asdict(replace(one, area=replace(one.area, boundary_ll=None, name_zh="", name_en=None))))
                for one in findings.areas
            ],
            [asdict(one) | {"site": _told(asdict(replace(one.site, name="")))} for one in findings.sites],
            [asdict(one) for one in findings.cells],
            [asdict(one) for one in findings.people],
            [asdict(one) for one in findings.categories],
            findings.covered_ll,
        ]
    )


def hash_inputs(inputs: RunInputs, *, network: Network) -> str:
    """Give one hash for everything that a run would rest on."""
    return hashing.hash_of(_hashes(inputs, network=network))


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only scenarios have, so that a run without one has the hash that it always had."""
    return {name: value for name, value in values.items() if value or name not in {"base", "is_planned"}}


def _counted(progress: Progress | None, *, total: int) -> Callable[[], None]:
    parts = itertools.count(1)

    def told() -> None:
        if progress is not None:
            progress(next(parts), total=total)

    return told


def _areas(
    inputs: RunInputs, *, network: Network, measured: Measured, told: Callable[[], None]
) -> Iterable[AreaFigures]:
    found: list[AreaFigures] = []
    # Codes are prefixes of those below: one pass for each length of code, and the levels add up by themselves.
    for length in sorted({len(area.code) for area in inputs.areas}):
        level = [area for area in inputs.areas if len(area.code) == length]
        for one in _level(level, length=length, inputs=inputs, network=network, measured=measured):
            found.append(one)
            told()
    return sorted(found, key=lambda row: row.area.code)


def _level(
    level: list[AreaFacts],
    *,
    length: int,
    inputs: RunInputs,
    network: Network,
    measured: Measured,
) -> Iterable[AreaFigures]:
    question, walks, cover = measured.question, measured.walks, measured.cover
    group = _groups(level, codes=[home.area_code[:length] for home in inputs.homes])
    site_group = _groups(level, codes=[site.area_code[:length] for site in inputs.sites])
    ones = np.ones(len(inputs.homes), np.int64)
    counts = figures.count_groups(walks, cover=cover, weight=ones, group=group, groups=len(level), question=question)
    borders = figures.count_borders(cover, weight=ones, group=group, groups=len(level), question=question)
    shares = measured.share_places(group, groups=len(level))
    serves = np.array([site.places != 0 for site in inputs.sites], bool)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(level) + 1))
    for i, area in enumerate(level):
        is_site_here = (site_group == i) & serves
        sites = int(is_site_here.sum())
        own = sites if area.level == areas.Level.COMMUNITY and question.mode is Mode.WALK else 0
        is_judged = area.level in {areas.Level.COMMUNITY, areas.Level.SUBDISTRICT}
        elders, covered = counts[i].elders, counts[i].covered
        rows = order[starts[i] : starts[i + 1]]
        middle = figures.median_uncovered(walks, is_covered=measured.is_covered, rows=rows)
        gap_ll = _gap(area, network=network, covered_xy=measured.covered_xy)
        yield AreaFigures(
            area=area,
            counts=counts[i],
            sites=sites,
            unlocated_sites=int((is_site_here & ~walks.sites.is_located).sum()),
            state=figures.judge_state(elders=elders, covered=covered, own_sites=own) if is_judged else None,
            is_borderline=is_judged
            and figures.is_borderline(elders=elders, covered=covered, at_borders=borders[i], own_sites=own),
            nearest_site_id=None if middle is None else inputs.sites[walks.owner[middle]].site_id,
            nearest_s=None if middle is None else _seconds(walks, row=middle, question=question),
            gap_ll=shapes.geojson_of(gap_ll),
            gap_box_ll=None if gap_ll is None else gap_ll.bounds,
            **({} if shares is None else shares.of(i, is_site_here=is_site_here)),
        )


def _groups(level: list[AreaFacts], *, codes: list[str]) -> NDArray[np.intp]:
    number = {area.code: i for i, area in enumerate(level)}
    return np.array([number.get(code, -1) for code in codes], np.intp)


def _gap(area: AreaFacts, *, network: Network, covered_xy: MetricPolygon) -> LonLatPolygon | None:
    if area.boundary_ll is None:
        return None
    boundary_xy = geo.to_metric(area.boundary_ll, projection=network.projection)
    return shapes.rounded_ll(shapes.gap_of(boundary_xy, covered_xy=covered_xy), projection=network.projection)


def _sites(inputs: RunInputs, *, measured: Measured) -> Iterable[SiteFigures]:
    ones, walks = np.ones(len(inputs.homes), np.int64), measured.walks
    served, is_circle, limit_dm = (
        measured.served_by_site(),
        measured.question.mode is Mode.WALK,
        measured.question.limit_dm(),
    )
    if is_circle:
        reached = reached_by_site(walks, weight=ones, limit_dm=limit_dm)
    else:  # a carer comes from one place: the nearest
        reached = np.bincount(walks.owner[measured.is_covered], minlength=len(inputs.sites)).astype(float)
    # A site of another district that nobody here reaches says nothing about this one.
    rows = [
        row for row, site in enumerate(inputs.sites) if site.area_code.startswith(inputs.wish.area_code) or reached[row]
    ]
    circles_ll = (
        draw_circles(walks.network, sites=walks.sites, rows=rows, limit_dm=limit_dm)
        if is_circle
        else [None] * len(rows)
    )
    for row, circle_ll in zip(rows, circles_ll, strict=True):
        yield SiteFigures(
            site=inputs.sites[row],
            snap_m=int(walks.sites.snap_dm[row]) / DM_PER_M if walks.sites.is_located[row] else None,
            reached=int(reached[row]),
            served=None if served is None else int(served[row]),
            circle_ll=shapes.geojson_of(circle_ll),
        )


def _people(inputs: RunInputs, *, measured: Measured) -> Iterable[PersonFigures]:
    length_dm, owner = measured.ways()
    is_covered = measured.is_covered
    is_more_asked = measured.placement is not None or measured.question.mode is not Mode.WALK
    walk_s = measured.question.time_s(length_dm)
    for row, home in enumerate(inputs.homes):
        has_way = owner[row] != streets.UNREACHED
        yield PersonFigures(
            home=home,
            walk_s=int(walk_s[row]) if has_way else None,
            site_id=inputs.sites[owner[row]].site_id if has_way else None,
            has_place=bool(is_covered[row]) if is_more_asked else None,
        )


def _seconds(walks: Walks, *, row: int, question: Question) -> int:
    return int(question.time_s(int(walks.length_dm[row])))


def _cells_of(found: Iterable[AreaFacts]) -> set[int]:
    return {cell for area in found if area.boundary_ll is not None for cell in geo.cells_covering(area.boundary_ll)}


def _hashes(inputs: RunInputs, *, network: Network) -> dict[str, str]:
    wish = inputs.wish
    # with ids that nobody guesses: of the categories of a few people alone the hash would tell them
    categories = [[str(one.elder_id), one.categories] for one in inputs.homes if one.categories]
    extra = {"categories": hashing.hash_of(categories)} if categories else {}
    if inputs.scenario is not None:
        extra["scenario"] = inputs.scenario.changes_hash
    if network.manifest.edits_sha256:
        extra["network_edits"] = network.manifest.edits_sha256
    if inputs.starts:
        extra["starts"] = hashing.hash_starts(inputs.starts)
    return extra | {
        "sites": hashing.hash_sites(inputs.sites),
        "elders": hashing.hash_homes(inputs.homes),
        "areas": hashing.hash_areas(inputs.areas),
        "network": network.manifest.source_sha256,
        "parameters": hashing.hash_of(
            {
                "area_code": wish.area_code,
                "service_codes": inputs.service_codes,
                "mode": wish.mode,
                "speed_mps": wish.speed_mps,
                "limit_s": wish.question.limit_s,
                "as_of": wish.as_of,
                "network_table": network.manifest.table_version,
                "projection": network.manifest.projection,
                "rule_version": RULE_VERSION,
            }
            | _conditions(wish)
        ),
    }


def _conditions(wish: RunWish) -> dict[str, Any]:
    """Give what was asked beside walking; nothing where nothing was, so that such runs keep their hashes."""
    asked: dict[str, Any] = {}
    if wish.at_local is not None:
        asked |= {"at_local": wish.at_local.isoformat(timespec="minutes"), "unknown_hours": wish.unknown_hours.value}
    if wish.capacity is not CapacityRule.IGNORED:
        asked["capacity"] = wish.capacity.value
    return asked


def _assumptions(inputs: RunInputs, *, network: Network, walks: Walks) -> dict[str, Any]:
    question = inputs.wish.question
    return describe_question(question, network=network) | {
        "mode": inputs.wish.mode.value,
        "as_of": inputs.wish.as_of.isoformat(),
        "service_codes": list(inputs.service_codes),
        "sites_used": int(walks.sites.is_located.sum()),
        "sites_from": "all areas: a site over the border serves too",
        "kind": "circle" if question.mode is Mode.WALK else "reach",
        **({} if question.mode is Mode.WALK else _carers(inputs)),
        **_conditions(inputs.wish),
        **inputs.site_counts,
        **({} if inputs.scenario is None else describe_scenario(inputs.scenario)),
    }


def _carers(inputs: RunInputs) -> dict[str, Any]:
    """Give what a reach assumes beside a circle."""
    return {
        "parking_s": streets.PARKING_S,
        "door_s": streets.DOOR_S,
        "starts_used": len(inputs.starts),
        "time_rule_zh": "从上门人员出发地到家门：路上时间加停车和上楼时间。",
        "time_rule_en": "From where the carer starts to the door: the way, then parking and the stairs.",
    }


def describe_question(question: Question, *, network: Network) -> dict[str, Any]:
    """Give all that an answer assumes: network, speed, limit and rules."""
    manifest = network.manifest
    return {
        "rule_version": RULE_VERSION,
        "network": streets.network_identity(manifest),
        "network_name": manifest.name,
        "network_source": manifest.source_name,
        "network_sha256": manifest.source_sha256,
        "network_date": None if manifest.source_at is None else manifest.source_at.isoformat(),
        "network_edits_sha256": manifest.edits_sha256 or None,
        "network_table": manifest.table_version,
        "projection": manifest.projection,
        "speed_mps": question.speed_mps,
        "slower_speed_mps": round(question.speed_mps * SLOWER_SHARE, 3),
        "limit_s": question.limit_s,
        "band_min": list(question.band_min),
        "snap_limit_m": streets.MAX_SNAP_M,
        "origin_rule": question.origin_rule.value,
        "origin_rule_zh": ORIGIN_RULES[question.origin_rule].zh,
        "origin_rule_en": ORIGIN_RULES[question.origin_rule].en,
        "boundary_rule_zh": BOUNDARY_RULE.zh,
        "boundary_rule_en": BOUNDARY_RULE.en,
    }
