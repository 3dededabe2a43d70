"""The nearest search on foot: the database finds who could be near enough, the street network decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch import dates, geo, streets
from dispatch.directory.queries.calendar import read_calendar
from dispatch.directory.queries.codes import SERVICE, find_codes
from dispatch.directory.queries.offers import find_offers, find_offers_near
from dispatch.directory.values import (
    Delivery,
    NearbyAnswer,
    NearbyService,
    Offer,
    Stage,
    WalkAssumptions,
    is_open,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.directory.values import Calendar

RULE_VERSION = "walking-time/1"
# No way is shorter than the straight line; the sphere differs from the ellipsoid by up to 0.56 %, and the
# network rounds each of its lengths to decimetres.
MARGIN = 1.01
SECONDS_IN_MINUTE = 60


def find_nearby(
    lonlat: geo.LonLat,
    *,
    service_codes: Collection[str] | None,
    limit_s: int,
    speed_mps: float,
    network: streets.Network,
    at: datetime,
    zone: ZoneInfo,
) -> NearbyAnswer:
    """
    Find open services that are reached on foot within a time, nearest first.

    Only services that people go to (delivery `site`), at located sites that are open on the date, count.

    Parameters
    ----------
    lonlat : tuple
        Where one starts, WGS 84.
    service_codes : collection of str or None
        Exact codes, see `service_with_children`; None for all.
    limit_s : int
        Seconds, this one included.
    speed_mps : float
        Metres per second.
    network : streets.Network
        Of the city; one who starts far from every street reaches nothing, and the answer says so.
    at, zone
        Now: the date of stage, hours and price, and whether a place is open at this moment.

    """
    assumptions = WalkAssumptions(
        mode="walk",
        network=streets.network_identity(network.manifest),
        network_date=network.manifest.source_at,
        speed_mps=speed_mps,
        limit_s=limit_s,
        rule_version=RULE_VERSION,
    )
    start = _snap(network, [lonlat])
    if not start.is_located[0]:
        return NearbyAnswer(found=(), is_on_network=False, assumptions=assumptions)
    codes = [code.code for code in find_codes(SERVICE)] if service_codes is None else service_codes
    radius_m = limit_s * speed_mps * MARGIN
    near = find_offers_near(lonlat, service_codes=codes, radius_m=radius_m)
    points = {each.site_id: (each.lon, each.lat) for each in near}
    lengths_dm = _lengths_dm(network, start=start, points=points, limit_s=limit_s, speed_mps=speed_mps)
    reached = {each.service_at_site_id for each in near if lengths_dm[each.site_id] != streets.UNREACHED}
    on = dates.service_date(at, zone)
    offers = find_offers(service_codes=codes, on=on, offer_ids=reached) if reached else []
    calendar = read_calendar()
    found = [
        _reached(
            offer,
            length_dm=lengths_dm[offer.site_id],
            lonlat=lonlat,
            speed_mps=speed_mps,
            at=at,
            zone=zone,
            calendar=calendar,
        )
        for offer in offers
        if offer.stage is Stage.OPEN and offer.delivery is Delivery.SITE
    ]
    found.sort(key=lambda each: (each.walk_s, each.offer.service_at_site_id))
    return NearbyAnswer(found=tuple(found), is_on_network=True, assumptions=assumptions)


def _snap(network: streets.Network, points: Collection[geo.LonLat]) -> streets.Snaps:
    points_ll = np.array(list(points), dtype=np.float64).reshape(-1, 2)
    return streets.snap_points(network, points_xy=network.projection.to_xy(points_ll))


def _lengths_dm(
    network: streets.Network,
    *,
    start: streets.Snaps,
    points: dict[UUID, geo.LonLat],
    limit_s: int,
    speed_mps: float,
) -> dict[UUID, int]:
    """Measure the way from one start to many places, in decimetres; UNREACHED beyond the limit."""
    if not points:
        return {}
    limit_dm = streets.length_limit_dm(limit_s=limit_s, speed_mps=speed_mps)
    row = streets.matrix(network, origins=start, destinations=_snap(network, points.values()), limit_dm=limit_dm)[0]
    return dict(zip(points, row.tolist(), strict=True))


def _reached(
    offer: Offer,
    *,
    length_dm: int,
    lonlat: geo.LonLat,
    speed_mps: float,
    at: datetime,
    zone: ZoneInfo,
    calendar: Calendar,
) -> NearbyService:
    walk_s = int(streets.walk_time_s(length_dm, speed_mps=speed_mps))
    assert offer.lon is not None  # noqa: S101 - only located offers have a cell
    assert offer.lat is not None  # noqa: S101 - as above
    return NearbyService(
        offer=offer,
        walk_s=walk_s,
        walk_m=length_dm / 10,
        straight_m=round(geo.distance_m(lonlat, (offer.lon, offer.lat)), 1),
        shown_min=-(-walk_s // SECONDS_IN_MINUTE),
        is_open_now=is_open(offer.hours, closures=offer.closures, at=at, zone=zone, calendar=calendar),
    )
