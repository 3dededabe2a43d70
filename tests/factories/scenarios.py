"""Scenarios of the long street, as planners make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import areas, coverage, geo, storage
from dispatch.actor import Actor, Grant, Role, ScopeKind
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from uuid import UUID

NETWORK = world.make_network()


def someone(role: Role, area: str = world.DISTRICT) -> Actor:
    """Give somebody with a role in an area."""
    return Actor(account_id=storage.new_id(), grants=(Grant(role, ScopeKind.AREA, area),))


def point_at(x: float, y: float) -> areas.Point:
    """Give a point of the long street, metres east and north."""
    lonlat = world.lonlat((x, y))
    return areas.Point(lonlat=lonlat, crs=geo.ReferenceSystem.WGS84, raw=lonlat)


def new_site(x: float = 1300.0, y: float = 0.0, **more: Any) -> coverage.ChangeWish:
    """Give the change of a new site; at x = 1300 it reaches the three of C3 and the one of C1 at 901 m."""
    return coverage.ChangeWish(
        kind=coverage.ChangeKind.OPEN, **{"name": "新站（虚构）", "point": point_at(x, y)} | more
    )


def close(site_id: UUID = world.SITE_A, **more: Any) -> coverage.ChangeWish:
    """Give the change of a site that closes."""
    return coverage.ChangeWish(kind=coverage.ChangeKind.CLOSE, site_id=site_id, **more)


def make_scenario(*changes: coverage.ChangeWish, actor: Actor, **more: Any) -> coverage.Scenario:
    """Create a scenario of day care in the district."""
    wish = {"name": "试点一", "area_code": world.DISTRICT, "service_code": "day_care", "as_of": world.AS_OF} | more
    wanted = coverage.ScenarioWish(**wish, changes=changes)
    with storage.reading():
        placed = coverage.prepare_scenario(wanted, network=NETWORK, actor=actor, today=world.AS_OF)
    with storage.transaction():
        return coverage.create_scenario(placed, actor=actor, at=world.AT)


def effect_of(scenario: coverage.Scenario, *, actor: Actor) -> coverage.Effect:
    """Ask for the effect of a scenario."""
    with storage.reading():
        asked = coverage.prepare_effect(scenario.id, network=NETWORK, actor=actor, today=world.AS_OF)
    return coverage.measure_effect(asked)
