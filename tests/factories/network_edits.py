"""Named edits of the network, checked and recorded as the edge does it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from dispatch import coverage, storage
from dispatch.actor import SYSTEM
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from dispatch.actor import Actor
    from dispatch.streets import Network

BRIDGE_CLOSED = {"type": "Point", "coordinates": list(world.lonlat((2000.0, 250.0)))}


def make_wish(**changes: Any) -> coverage.NetworkEditWish:
    """Wish to close the bridge of the long street on the day of the runs."""
    usual = {
        "area_code": world.DISTRICT,
        "name": "大桥",
        "kind": coverage.NetworkEditKind.CLOSURE,
        "geometry": BRIDGE_CLOSED,
        "crs": "wgs84",
        "reason": "桥面大修封闭",
        "valid_from": date(2026, 3, 1),
    }
    return coverage.NetworkEditWish(**(usual | changes))


def line(*corners: tuple[float, float]) -> dict[str, Any]:
    """Give a line through corners (metres) as GeoJSON."""
    return {"type": "LineString", "coordinates": [list(world.lonlat(corner)) for corner in corners]}


def check(
    wish: coverage.NetworkEditWish,
    *,
    network: Network,
    actor: Actor = SYSTEM,
    stands: coverage.NetworkEdit | None = None,
) -> coverage.CheckedEdit:
    """Check a wish on a network."""
    with storage.reading():
        boundary_ll = coverage.area_boundary(wish.area_code, actor=actor)
    return coverage.check_edit(wish, network=network, boundary_ll=boundary_ll, study_area=None, stands=stands)


def put_edit(*, network: Network, actor: Actor = SYSTEM, **changes: Any) -> coverage.NetworkEdit:
    """Check and record an edit."""
    checked = check(make_wish(**changes), network=network, actor=actor)
    with storage.transaction():
        return coverage.add_network_edit(checked, actor=actor, at=world.AT)
