"""Wanted changes become changes on record: held against the register and the streets as they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

from dispatch import areas, directory, geo, storage, streets
from dispatch.coverage.operations.providing import open_sites
from dispatch.coverage.rules.basing import edit_wish, edited
from dispatch.coverage.rules.editing import InvalidNetworkEditError, NetworkEditIdleError, check_edit
from dispatch.coverage.rules.measuring import points_of
from dispatch.coverage.rules.scenarios import InvalidChangesError, check_set, check_wishes, payload_of
from dispatch.coverage.values.scenarios import SAME_PLACE_M, ChangeKind, ScenarioChange
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from dispatch.coverage.values import SiteFacts
    from dispatch.coverage.values.scenarios import ChangeWish
    from dispatch.streets import Network

Faults = dict[str, list[Words | str]]
LOOK_FOR_STREET_M = 5_000.0
"""So far a street is looked for, to say how far the nearest one is."""

NO_SUCH_SITE = Words("没有这个站点，或者不在方案的区域内。", "No such site, or it is outside the scenario's area.")
MERGED = Words("这个站点已并入另一个站点，改那一个。", "The site was merged into another one; change that one.")
NOWHERE = Words(
    "方案区域内没有社区包含这个点：换一个点，或填写 area_code。",
    "No community of the scenario's area holds the point; choose another one, or give area_code.",
)
OTHER_AREA = Words("应是方案区域内的社区（12 位代码）。", "It must be a community of the scenario's area (12 digits).")
NO_STREET = Words("5 公里内没有路，放不下。靠近道路再试。", "No street within 5 km. Move it closer to one.")
UNKNOWN_CODE = Words("没有这个代码。", "There is no such code.")
UNREADABLE_HOURS = Words("开放时间读不懂，例如 Mo-Fr 08:00-17:00。", "Unreadable hours; an example: Mo-Fr 08:00-17:00.")
NO_EFFECT = Words("附近没有路，改动不起作用。", "No street is near; nothing would come of it.")
EDITS_IN_SET_MAX = 20
TOO_MANY_EDITS = Words(
    f"一个方案最多 {EDITS_IN_SET_MAX} 项路网改动。", f"A scenario holds up to {EDITS_IN_SET_MAX} edits of the network."
)
COMMUNITY_DIGITS = 12
DM_PER_M = 10


def place_changes(
    wishes: Sequence[ChangeWish],
    *,
    before: Sequence[ScenarioChange],
    kept: Sequence[ScenarioChange],
    area_code: str,
    service_code: str,
    on: date,
    network: Network,
) -> list[ScenarioChange]:
    """
    Give the changes of a set: those `before` as they are, then the wanted ones; one that equals a `kept` one is it.

    Raises InvalidChangesError, which names every fault of every change.
    """
    check_wishes(wishes)
    faults: Faults = {}
    standing = _Register(area_code, service_code=service_code, on=on)
    made = []
    for place, wish in enumerate(wishes):
        made.append(_placed(wish, at=f"changes.{place}", standing=standing, faults=faults))
    _check_streets(made, network=network, faults=faults)
    _check_edits(made, standing=standing, network=network, faults=faults)
    if faults:
        raise InvalidChangesError(fields=faults)
    known = {(one.kind, one.site_id, _text(one.payload)): one for one in kept}
    found = [known.get((one.kind, one.site_id, _text(one.payload)), one) for one in made]
    check_set([*before, *found], begin=len(before))
    seen = {one.id for one in kept}
    return [*before, *(one if one.id in seen else standing.remember(one, network=network) for one in found)]


class _Register:
    """How the register stands where changes would be made; each thing is read once, when it is asked for."""

    def __init__(self, area_code: str, *, service_code: str, on: date) -> None:
        self.area_code, self.service_code, self.on = area_code, service_code, on
        self._sites: dict[UUID, directory.Site | None] = {}
        self._outlines: list[tuple[str, shapely.Geometry]] | None = None
        self._open: dict[str, tuple[SiteFacts, ...]] = {}

    def site(self, site_id: UUID) -> directory.Site | None:
        """Find a site of the area."""
        if site_id not in self._sites:
            row = storage.session().get(directory.Site, site_id)
            self._sites[site_id] = row if row is not None and row.area_code.startswith(self.area_code) else None
        return self._sites[site_id]

    def outlines(self) -> list[tuple[str, shapely.Geometry]]:
        """Give the communities of the area whose boundaries are known."""
        if self._outlines is None:
            found = areas.find_areas(prefixes=[self.area_code], level=areas.Level.COMMUNITY)
            self._outlines = [(one.code, shape(one.boundary_ll)) for one in found if one.boundary_ll is not None]
        return self._outlines

    def community_at(self, payload: dict[str, Any]) -> str | None:
        """Find the community of the area that holds a point."""
        point = shapely.Point(payload["lon"], payload["lat"])
        return next((code for code, outline in self.outlines() if shapely.covers(outline, point)), None)

    def open_sites(self, service_code: str) -> tuple[SiteFacts, ...]:
        """Give the sites that are open and give a service."""
        if service_code not in self._open:
            self._open[service_code] = open_sites(service_code, on=self.on)
        return self._open[service_code]

    def holds_community(self, code: str) -> bool:
        """Whether a code is that of a community of the area."""
        is_within = code.startswith(self.area_code) and len(code) == COMMUNITY_DIGITS
        return is_within and areas.find_area(code) is not None

    def remember(self, change: ScenarioChange, *, network: Network) -> ScenarioChange:
        """Keep with a change how the register stands, for an adoption to compare with."""
        if change.site_id is not None:
            site = directory.get_site(change.site_id)
            stage = directory.stage_of(site.id, on=self.on)
            seen: dict[str, Any] = {"name": site.name, "lon": site.lon, "lat": site.lat, "stage": stage}
        elif change.kind is ChangeKind.OPEN:
            sites = self.open_sites(change.payload["service_code"])
            seen = {"near": find_near(change, sites=sites, network=network)}
        else:
            seen = {}
        return replace(change, seen=seen)


def find_near(change: ScenarioChange, *, sites: Sequence[SiteFacts], network: Network) -> list[str]:
    """Find those of some sites that stand where a new site shall stand; their ids, sorted."""
    found = [site for site in sites if site.point_ll is not None]
    if not found:
        return []
    place_xy = network.projection.to_xy(np.array([[change.payload["lon"], change.payload["lat"]]]))
    away_m = np.hypot(*(network.projection.to_xy(points_of([site.point_ll for site in found])) - place_xy).T)
    return sorted(str(site.site_id) for site, far_m in zip(found, away_m, strict=True) if far_m <= SAME_PLACE_M)


def _placed(wish: ChangeWish, *, at: str, standing: _Register, faults: Faults) -> ScenarioChange:
    payload = payload_of(wish)
    if wish.hours is not None:
        try:
            payload["hours"] = directory.read_hours(wish.hours)
        except directory.InvalidHoursError:
            faults[f"{at}.hours"] = [UNREADABLE_HOURS]
    if wish.site_id is not None:
        site = standing.site(wish.site_id)
        if site is None:
            faults[f"{at}.site_id"] = [NO_SUCH_SITE]
        elif site.merged_into_id is not None:
            faults[f"{at}.site_id"] = [MERGED]
    if wish.kind is ChangeKind.OPEN:
        _place_new(wish, payload=payload, at=at, standing=standing, faults=faults)
    elif wish.kind is ChangeKind.MOVE and "lon" in payload:
        community = standing.community_at(payload)
        if community is None and standing.outlines():
            faults[f"{at}.point"] = [NOWHERE]
        elif community is not None:
            payload["area_code"] = community
    return ScenarioChange(
        id=storage.new_id(), position=0, kind=wish.kind, site_id=wish.site_id, payload=payload, seen={}
    )


def _place_new(wish: ChangeWish, *, payload: dict[str, Any], at: str, standing: _Register, faults: Faults) -> None:
    if wish.area_code is not None:
        if not standing.holds_community(wish.area_code):
            faults[f"{at}.area_code"] = [OTHER_AREA]
    else:
        community = standing.community_at(payload)
        if community is None:
            faults[f"{at}.point"] = [NOWHERE]
        else:
            payload["area_code"] = community
    service = wish.service_code or standing.service_code
    known = directory.find_by_label("service", text=service)
    codes = {code.code for code in directory.find_codes("service")}
    if known is None and service not in codes:
        faults[f"{at}.service_code"] = [UNKNOWN_CODE]
    payload["service_code"] = known.code if known else service
    if wish.facility_type is not None and wish.facility_type not in {
        code.code for code in directory.find_codes("facility_type")
    }:
        faults[f"{at}.facility_type"] = [UNKNOWN_CODE]


def _check_streets(changes: Sequence[ScenarioChange], *, network: Network, faults: Faults) -> None:
    """Refuse points farther from every street than a site may be: there it would serve nobody."""
    places = [place for place, one in enumerate(changes) if "lon" in one.payload]
    if not places:
        return
    points_ll = np.array([[changes[place].payload[name] for name in ("lon", "lat")] for place in places])
    points_xy = network.projection.to_xy(points_ll)
    snaps = streets.snap_points(network, points_xy=points_xy, max_snap_m=LOOK_FOR_STREET_M)
    for row, place in enumerate(places):
        if not snaps.is_located[row]:
            faults[f"changes.{place}.point"] = [NO_STREET]
            continue
        away_m = int(snaps.snap_dm[row]) / DM_PER_M
        if away_m > streets.MAX_SNAP_M:
            far = f"{away_m:,.0f}"
            faults[f"changes.{place}.point"] = [
                Words(
                    f"离最近的路 {far} 米，放不下。靠近道路再试。",
                    f"{far} m from the nearest street. Move it closer to one.",
                )
            ]


def _check_edits(changes: Sequence[ScenarioChange], *, standing: _Register, network: Network, faults: Faults) -> None:
    """Refuse edits of the network that cannot be made, each on top of those before it."""
    places = [place for place, one in enumerate(changes) if one.kind is ChangeKind.NETWORK_EDIT]
    if len(places) > EDITS_IN_SET_MAX:
        faults["changes"] = [TOO_MANY_EDITS]
        return
    boundary_ll = areas.get_area(standing.area_code).boundary_ll if places else None
    for place in places:
        try:
            check_edit(
                edit_wish(changes[place], area_code=standing.area_code, name="", on=standing.on),
                network=network,
                boundary_ll=None if boundary_ll is None else geo.read_polygon(boundary_ll),
                study_area=None,
            )
        except InvalidNetworkEditError as fault:
            faults[f"changes.{place}.edit"] = [words for each in fault.fields.values() for words in each]
        except NetworkEditIdleError:
            faults[f"changes.{place}.edit"] = [NO_EFFECT]
        else:
            network = edited(network, changes=[changes[place]])


def _text(payload: dict[str, Any]) -> str:
    return repr(sorted(payload.items(), key=lambda item: item[0]))
