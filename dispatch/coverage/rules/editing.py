"""Edits of the network: whether a shape can be one, and the network after those in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry import mapping, shape

from dispatch import areas, geo, streets
from dispatch.coverage.values import (
    EDIT_BEYOND_M,
    EDIT_GATE_MAX_M,
    EDIT_GROUND_MAX_M2,
    EDIT_GROUND_VERTICES,
    EDIT_LINE_MAX_M,
    EDIT_LINE_MIN_M,
    EDIT_LINE_VERTICES,
    EDIT_REASON_MIN,
    CheckedEdit,
    NetworkEditKind,
)
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from shapely.geometry.base import BaseGeometry

    from dispatch.coverage.values import NetworkEdit, NetworkEditWish
    from dispatch.streets import EditedNetwork, Network

LINE_NEEDED = Words(
    "通道和门要画成 GeoJSON 的 LineString，至少两个不同的点。",
    "A path or a gate is a GeoJSON LineString of at least two different points.",
)
CLOSURE_NEEDED = Words(
    "封闭要画成 GeoJSON 的 Point、LineString 或 Polygon。", "A closure is a GeoJSON Point, LineString or Polygon."
)
TOO_MANY = Words("最多 {most} 个点。", "At most {most} points.")
TOO_LONG = Words("最长 {most} 米，现在是 {is_m} 米。", "At most {most} m long; it is {is_m} m.")
TOO_SHORT = Words("至少 {least} 米。", "At least {least} m.")
TOO_LARGE = Words("最大 {most} 平方公里。", "At most {most} km².")
CROSSES = Words("线或面与自己相交，请分成几条。", "It crosses itself; draw it as several.")
ELSEWHERE = Words("图形在区域 {area_code} 的边界之外。", "It lies outside the boundary of area {area_code}.")
BEYOND = Words(
    "图形伸到区域 {area_code} 的边界外 {most} 米以上；那里由邻区修改，请只画到边界附近。",
    "It reaches more than {most} m beyond the boundary of area {area_code}; what lies there is the neighbor's to edit.",
)
SPAN = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")
REASON = Words(f"至少写 {EDIT_REASON_MIN} 个字。", f"At least {EDIT_REASON_MIN} characters.")
BRIDGE = Words("只有通道可以是桥。", "Only a path can be a bridge.")
M2_A_KM2 = 1_000_000


class InvalidNetworkEditError(InvalidError):
    """An edit whose shape or dates cannot be used; `fields` says why."""

    slug = "invalid-network-edit"
    title = Words("路网修改有误", "The edit of the network is not valid")


class NetworkEditIdleError(InvalidError):
    """Nothing would come of the edit: no street is near."""

    slug = "network-edit-idle"
    title = Words("这项修改碰不到任何街道", "The edit touches no street")
    detail = Words(
        "通道的端点离街道须在 {join_m:.0f} 米内，门在 {gate_join_m:.0f} 米内，封闭要碰到街道或穿过街道；"
        "请核对位置和坐标系。",
        "An end of a path must be within {join_m:.0f} m of a street, of a gate within {gate_join_m:.0f} m, a closure "
        "must touch or cross one; check the place and the reference system.",
    )


def check_edit(
    wish: NetworkEditWish,
    *,
    network: Network,
    boundary_ll: geo.LonLatPolygon | None,
    study_area: geo.StudyArea | None,
    stands: NetworkEdit | None = None,
) -> CheckedEdit:
    """
    Find out whether an edit can be made, and what would come of it.

    Parameters
    ----------
    wish : NetworkEditWish
        What is wanted.
    network : Network
        With the other edits of its first day.
    boundary_ll : LonLatPolygon or None
        The area it belongs to, where that has a boundary: the shape must touch it, and go no more than
        EDIT_BEYOND_M beyond it, since walkers of the next area would not know why.
    study_area : geo.StudyArea or None
        All of its points must lie there.
    stands : NetworkEdit, optional
        What is to be corrected: one that stays where it is may be ended though a new map has no street there.

    Raises
    ------
    InvalidNetworkEditError
        Shape, size, place, dates or reason do not fit.
    NetworkEditIdleError
        No street is near.

    """
    drawn = _read(wish, study_area=study_area)
    faults: dict[str, list[Words | str]] = {}
    fault = _size_fault(wish, drawn=drawn) or _place_fault(wish, drawn=drawn, boundary_ll=boundary_ll)
    if fault is not None:
        faults["geometry"] = [fault]
    if wish.valid_to is not None and wish.valid_to <= wish.valid_from:
        faults["valid_to"] = [SPAN]
    if len(wish.reason.strip()) < EDIT_REASON_MIN:
        faults["reason"] = [REASON]
    if wish.is_bridge and wish.kind is not NetworkEditKind.PATH:
        faults["is_bridge"] = [BRIDGE]
    if faults:
        raise InvalidNetworkEditError(fields=faults)
    edit = streets.StreetEdit(wish.kind, drawn, is_bridge=wish.is_bridge)
    [effect] = streets.edit_network(network, edits=[edit]).effects
    geometry_ll = _plain(mapping(drawn))
    is_moved = stands is None or (stands.geometry_ll, stands.kind) != (geometry_ll, wish.kind)
    if effect.is_idle and is_moved:
        raise NetworkEditIdleError(join_m=streets.JOIN_M, gate_join_m=streets.GATE_JOIN_M)
    return CheckedEdit(
        wish=wish,
        geometry_ll=geometry_ll,
        effect=effect,
        network_id=streets.network_identity(network.manifest),
    )


def with_edits(network: Network, *, edits: Sequence[NetworkEdit]) -> EditedNetwork:
    """Make edits on a network as it was imported, in their order."""
    return streets.edit_network(network, edits=street_edits(edits))


def network_for(edits: Sequence[NetworkEdit], *, network: Network) -> tuple[Network, frozenset[UUID]]:
    """Give a network with the edits of a run, unless it has edits already, and those that nothing came of."""
    if network.manifest.edits_sha256 or not edits:
        return network, frozenset()
    found = with_edits(network, edits=edits)
    idle = (edit.edit_id for edit, effect in zip(edits, found.effects, strict=True) if effect.is_idle)
    return found.network, frozenset(idle)


def told_edits(edits: Iterable[NetworkEdit], *, idle: frozenset[UUID]) -> list[dict[str, Any]]:
    """Name the edits of a run, as its assumptions do."""
    return [
        {
            "edit_id": str(one.edit_id),
            "version": one.version,
            "name": one.name,
            "kind": one.kind.value,
            "is_idle": one.edit_id in idle,
        }
        for one in edits
    ]


def street_edits(edits: Iterable[NetworkEdit]) -> list[streets.StreetEdit]:
    """Give recorded edits as the engine takes them."""
    return [streets.StreetEdit(one.kind, shape(one.geometry_ll), is_bridge=one.is_bridge) for one in edits]


def _read(wish: NetworkEditWish, *, study_area: geo.StudyArea | None) -> BaseGeometry:
    is_closure = wish.kind is NetworkEditKind.CLOSURE
    needed = CLOSURE_NEEDED if is_closure else LINE_NEEDED
    allowed = {"Point", "LineString", "Polygon"} if is_closure else {"LineString"}
    if wish.geometry.get("type") not in allowed:
        raise InvalidNetworkEditError(fields={"geometry": [needed]})
    try:
        sent = shapely.force_2d(shape(wish.geometry))
        vertices = shapely.get_coordinates(sent)
    except (GEOSException, TypeError, ValueError, IndexError, KeyError, AttributeError) as fault:
        raise InvalidNetworkEditError(fields={"geometry": [needed]}) from fault
    most = EDIT_GROUND_VERTICES if sent.geom_type == "Polygon" else EDIT_LINE_VERTICES
    if sent.is_empty or (sent.geom_type == "LineString" and sent.length == 0.0):
        raise InvalidNetworkEditError(fields={"geometry": [needed]})
    if len(vertices) > most:
        raise InvalidNetworkEditError(fields={"geometry": [_filled(TOO_MANY, most=most)]})
    places = [((lon, lat), wish.crs) for lon, lat in vertices.tolist()]
    moved = areas.read_points(places, study_area=study_area)
    for found in moved:
        if isinstance(found, areas.InvalidPointError):
            crs_faults = (found.fields or {}).get("crs")
            said = [one for name, some in (found.fields or {}).items() if name != "crs" for one in some]
            raise InvalidNetworkEditError(
                fields={"crs": crs_faults} if crs_faults else {"geometry": list(dict.fromkeys(said))}
            )
    placed = [found.lonlat for found in moved if not isinstance(found, areas.InvalidPointError)]
    return shapely.set_coordinates(sent, np.array(placed))


def _size_fault(wish: NetworkEditWish, *, drawn: BaseGeometry) -> Words | None:
    if drawn.geom_type == "Point":
        return None
    middle = drawn.centroid
    drawn_xy = shapely.transform(drawn, geo.local_projection(middle.x, middle.y).to_xy)
    if not (drawn_xy.is_valid and drawn_xy.is_simple):
        return CROSSES
    if drawn.geom_type == "Polygon":
        is_large = drawn_xy.area > EDIT_GROUND_MAX_M2 or drawn_xy.length > 4 * EDIT_LINE_MAX_M
        return _filled(TOO_LARGE, most=round(EDIT_GROUND_MAX_M2 / M2_A_KM2)) if is_large else None
    most_m = EDIT_GATE_MAX_M if wish.kind is NetworkEditKind.GATE else EDIT_LINE_MAX_M
    if drawn_xy.length > most_m:
        return _filled(TOO_LONG, most=round(most_m), is_m=round(drawn_xy.length))
    return _filled(TOO_SHORT, least=round(EDIT_LINE_MIN_M)) if drawn_xy.length < EDIT_LINE_MIN_M else None


def _place_fault(wish: NetworkEditWish, *, drawn: BaseGeometry, boundary_ll: geo.LonLatPolygon | None) -> Words | None:
    if boundary_ll is None:
        return None
    if not shapely.intersects(boundary_ll, drawn):
        return _filled(ELSEWHERE, area_code=wish.area_code)
    if shapely.covers(boundary_ll, drawn):
        return None
    middle = drawn.centroid
    projection = geo.local_projection(middle.x, middle.y)
    drawn_xy = shapely.transform(drawn, projection.to_xy)
    # a district is large, an edit is not: what is far from it does not matter
    near_xy = shapely.clip_by_rect(
        shapely.transform(boundary_ll, projection.to_xy), *shapely.buffer(drawn_xy, 2 * EDIT_BEYOND_M).bounds
    )
    if shapely.covers(shapely.buffer(near_xy, EDIT_BEYOND_M), drawn_xy):
        return None
    return _filled(BEYOND, area_code=wish.area_code, most=round(EDIT_BEYOND_M))


def _filled(words: Words, **facts: object) -> Words:
    return Words(words.zh.format(**facts), words.en.format(**facts))


def _plain(geojson: dict[str, Any]) -> dict[str, Any]:
    """Give tuples as lists, as JSON gives them back."""

    def listed(part: Any) -> Any:  # noqa: ANN401 - numbers or lists of them
        return [listed(one) for one in part] if isinstance(part, tuple | list) else part

    return {"type": geojson["type"], "coordinates": listed(geojson["coordinates"])}
