"""
What a set of changes would mean, at once.

The base of a question (homes and sites brought to the streets, and how far each home walks) is computed
once; each set of changes is then one search on arrays of its own. Nothing of the base is ever written to.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch import areas, streets
from dispatch.coverage.rules.basing import edited
from dispatch.coverage.rules.editing import network_for
from dispatch.coverage.rules.figures import judge_state
from dispatch.coverage.rules.locating import check_streets
from dispatch.coverage.rules.measuring import points_of, snap
from dispatch.coverage.rules.running import describe_question, hash_inputs
from dispatch.coverage.rules.scenarios import apply_changes
from dispatch.coverage.values.scenarios import Effect, EffectRow, StatesEffect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dispatch.coverage.values import AreaFacts, Question, RunInputs, RunWish, SiteFacts
    from dispatch.coverage.values.scenarios import ScenarioFacts
    from dispatch.streets import Network, Snaps

ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class EffectBase:
    """
    What a question finds before any change, ready for changes; it holds no id and no name of a person.

    Attributes
    ----------
    imported, network : Network
        The streets as they were given, read-only and mapped, and with the edits in force on the date.
    communities : tuple of AreaFacts
        In the order of codes, without outlines.
    group : ndarray of int, shape (n,)
        The community of each home; the number of communities where it is not known.
    homes_ll : ndarray of float64, shape (n, 2)
        Where the homes are, WGS 84; not-a-number where nobody knows.
    homes, sites : Snaps
        The n homes and the k sites of `site_facts`, brought to the streets.
    is_covered : ndarray of bool, shape (n,)
        Who is within the limit before any change.

    """

    area: AreaFacts
    wish: RunWish
    service_code: str
    service_codes: tuple[str, ...]
    imported: Network
    network: Network
    communities: tuple[AreaFacts, ...]
    group: NDArray[np.intp]
    homes_ll: NDArray[np.float64]
    homes: Snaps
    site_facts: tuple[SiteFacts, ...]
    sites: Snaps
    is_covered: NDArray[np.bool_]
    inputs_hash: str


def make_base(inputs: RunInputs, *, network: Network) -> EffectBase:
    """
    Bring a question's homes and sites to the streets and measure once; nothing of a person but the place is kept.

    Raises NetworkWithoutAreaError.
    """
    imported, question = network, inputs.wish.question
    network, _ = network_for(inputs.edits, network=network)
    homes_ll = points_of([home.point_ll for home in inputs.homes])
    homes = snap(network, points_ll=homes_ll)
    check_streets(inputs, homes=homes, network=network)
    sites = snap(network, points_ll=points_of([site.point_ll for site in inputs.sites]))
    plain = [replace(area, boundary_ll=None) for area in inputs.areas]
    communities = tuple(area for area in plain if area.level == areas.Level.COMMUNITY)
    number = {area.code: place for place, area in enumerate(communities)}
    group = np.array([number.get(home.area_code, len(communities)) for home in inputs.homes], np.intp)
    return EffectBase(
        area=next(area for area in plain if area.code == inputs.wish.area_code),
        wish=inputs.wish,
        service_code=inputs.service_code,
        service_codes=inputs.service_codes,
        imported=imported,
        network=network,
        communities=communities,
        group=group,
        homes_ll=homes_ll,
        homes=homes,
        site_facts=tuple(replace(site, name="") for site in inputs.sites),
        sites=sites,
        is_covered=_covered(network, homes=homes, sites=sites, question=question),
        inputs_hash=hash_inputs(inputs, network=network),
    )


def compute_effect(base: EffectBase, *, scenario: ScenarioFacts) -> Effect:
    """
    Measure what a scenario's changes would mean against a base.

    People gained, kept and lost, by community; the communities and `elsewhere` add up to the totals.
    """
    after, notes = apply_changes(
        base.site_facts, changes=scenario.changes, service_codes=base.service_codes, wish=base.wish
    )
    network = edited(base.network, changes=scenario.changes)
    if network is base.network:
        homes, sites = base.homes, _snapped(base, after=after)
    else:  # other streets: everything is brought to them anew
        homes, sites = (
            snap(network, points_ll=points_ll)
            for points_ll in (base.homes_ll, points_of([site.point_ll for site in after]))
        )
    is_covered = _covered(network, homes=homes, sites=sites, question=base.wish.question)
    columns = _counts(base, after=is_covered)
    own_before, own_after = (_own_sites(base, sites=facts) for facts in (base.site_facts, after))
    rows = tuple(
        _row(area, column=columns[:, place], own=(own_before[place], own_after[place]))
        for place, area in enumerate(base.communities)
    )
    elsewhere = replace(base.area, code=base.area.code, level=ELSEWHERE)
    code = base.area.code
    in_area = tuple(sum(site.area_code.startswith(code) for site in facts) for facts in (base.site_facts, after))
    return Effect(
        scenario=scenario,
        totals=_row(base.area, column=columns.sum(axis=1), own=in_area),
        communities=_states(rows),
        rows=rows,
        elsewhere=_row(elsewhere, column=columns[:, -1], own=(0, 0)),
        notes=notes,
        assumptions=_assumptions(base, scenario=scenario, sites=sites, network=network),
    )


def _covered(network: Network, *, homes: Snaps, sites: Snaps, question: Question) -> NDArray[np.bool_]:
    """Say for each home whether a site is within the limit; nobody asks here how far the others walk."""
    limit_dm = streets.length_limit_dm(limit_s=question.limit_s, speed_mps=question.speed_mps)
    field = streets.nearest_sites(network, sites=sites, limit_dm=limit_dm)
    length_dm, _ = streets.read_field(network, field=field, sites=sites, points=homes)
    return np.asarray((length_dm != streets.UNREACHED) & (length_dm <= limit_dm))


def _snapped(base: EffectBase, *, after: tuple[SiteFacts, ...]) -> Snaps:
    """Bring the sites of a scenario to the streets: those that stand as before are there already."""
    row_of = {site.site_id: row for row, site in enumerate(base.site_facts)}
    stays = [
        row_of[site.site_id]
        for site in after
        if site.site_id in row_of and site.point_ll == base.site_facts[row_of[site.site_id]].point_ll
    ]
    known = {base.site_facts[row].site_id for row in stays}
    new = snap(base.network, points_ll=points_of([site.point_ll for site in after if site.site_id not in known]))
    old = base.sites.take(np.array(stays, np.intp))
    # The order of sites decides between equally near ones only, and here nobody asks which site it is.
    return streets.Snaps(
        **{one.name: np.concatenate([getattr(old, one.name), getattr(new, one.name)]) for one in fields(streets.Snaps)}
    )


def _counts(base: EffectBase, *, after: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count gained, kept, lost and outside (rows) in each community and elsewhere (columns)."""
    before, groups = base.is_covered, len(base.communities) + 1
    parts = (after & ~before, after & before, before & ~after, ~after & ~before)
    return np.array([np.bincount(base.group[part], minlength=groups) for part in parts], np.int64)


def _own_sites(base: EffectBase, *, sites: tuple[SiteFacts, ...]) -> list[int]:
    found: dict[str, int] = {}
    for site in sites:
        found[site.area_code] = found.get(site.area_code, 0) + 1
    return [found.get(area.code, 0) for area in base.communities]


def _row(area: AreaFacts, *, column: NDArray[np.int64], own: tuple[int, ...]) -> EffectRow:
    gained, kept, lost, outside = (int(number) for number in column)
    elders = gained + kept + lost + outside
    is_judged = area.level == areas.Level.COMMUNITY
    before, after = (
        judge_state(elders=elders, covered=covered, own_sites=sites) if is_judged else None
        for covered, sites in zip((kept + lost, kept + gained), own, strict=True)
    )
    return EffectRow(
        area_code=area.code,
        level=area.level,
        name_zh=area.name_zh,
        name_en=area.name_en,
        elders=elders,
        covered_before=kept + lost,
        covered_after=kept + gained,
        gained=gained,
        kept=kept,
        lost=lost,
        outside=outside,
        sites_before=own[0],
        sites_after=own[1],
        state_before=before,
        state_after=after,
    )


def _states(rows: tuple[EffectRow, ...]) -> StatesEffect:
    pairs = [(row.state_before, row.state_after) for row in rows]
    return StatesEffect(
        gained=sum(after is True and before is not True for before, after in pairs),
        kept=sum(after is True and before is True for before, after in pairs),
        lost=sum(before is True and after is not True for before, after in pairs),
        outside=sum(after is False and before is not True for before, after in pairs),
        left_out=sum(after is None and before is not True for before, after in pairs),
    )


def _assumptions(base: EffectBase, *, scenario: ScenarioFacts, sites: Snaps, network: Network) -> dict[str, Any]:
    return describe_question(base.wish.question, network=network) | {
        "area_code": base.area.code,
        "service_code": base.service_code,
        "service_codes": list(base.service_codes),
        "as_of": base.wish.as_of.isoformat(),
        "sites_before": int(base.sites.is_located.sum()),
        "sites_after": int(sites.is_located.sum()),
        "scenario_id": str(scenario.id),
        "scenario_version": scenario.version,
        "changes_hash": scenario.changes_hash,
        "base_inputs_hash": base.inputs_hash,
    }
