"""
A long street, a far bank and one bridge: coverage that is counted by hand.

    y 500  o----------------------------o            far bank (C2)
                                        |  bridge at x = 2000
    y   0  A------(880)--(1050)---------o----> 3000   A: the day care centre, at x = 0, on the street

Metres east and north of 117.2 E, 39.1 N; ways are counted from the home's door. Homes, with their way to A:

    C1 urban   (100, 10) 110 m   (880, 20) 900 m   (881, 20) 901 m   (300, -250) too far from any street   no point
    C2 urban   twice (100, 480): 20 + 1900 + 500 + 2000 = 4420 m, 490.3 m straight
    C3 rural   (1050, 0) 1050 m   (1060, 10) 1070 m   (1300, 0) 1300 m
    C4 rural   nobody

C1 has two open sites of its own (A, and B without a point); C5 in the other subdistrict has only a
suspended one, and one elder at (2900, 5): 2905 m.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import numpy as np
from shapely import box
from shapely.geometry import mapping

from dispatch import areas, directory, elders, geo, streets
from dispatch.actor import SYSTEM

AT = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = date(2020, 1, 1)
AS_OF = date(2026, 3, 31)
DISTRICT = "120198"
TOWN, COUNTRY = "120198001", "120198002"
C1, C2, C3, C4, C5 = "120198001001", "120198001002", "120198001003", "120198002001", "120198002002"
PROJECTION = geo.local_projection(117.2, 39.1)
SITE_A, SITE_B, SITE_OFF = (UUID(int=10 + i) for i in range(3))

HOMES = {
    "near": (C1, (100.0, 10.0)),
    "at the limit": (C1, (880.0, 20.0)),
    "past the limit": (C1, (881.0, 20.0)),
    "off the street": (C1, (300.0, -250.0)),
    "without a point": (C1, None),
    "far bank one": (C2, (100.0, 480.0)),
    "far bank two": (C2, (100.0, 480.0)),
    "1050 m": (C3, (1050.0, 0.0)),
    "1070 m": (C3, (1060.0, 10.0)),
    "1300 m": (C3, (1300.0, 0.0)),
    "2905 m": (C5, (2900.0, 5.0)),
}
ELDER_ID = {name: UUID(int=1000 + i) for i, name in enumerate(HOMES)}
BOXES = {
    "12": (-200, -400, 3200, 800),
    DISTRICT: (-200, -400, 3200, 800),
    TOWN: (-200, -400, 2500, 800),
    COUNTRY: (2500, -400, 3200, 800),
    C1: (-200, -400, 1000, 250),
    C2: (-200, 250, 2500, 800),
    C3: (1000, -400, 2500, 250),
    C4: (2500, 250, 3200, 800),
    C5: (2500, -400, 3200, 250),
}
LEVELS = {2: "city", 6: "district", 9: "subdistrict", 12: "community"}
SETTLEMENTS = {C1: "urban", C2: "urban", C3: "rural", C4: "rural", C5: "rural"}


def lonlat(xy: tuple[float, float]) -> tuple[float, float]:
    """Give metres east and north of the middle in degrees."""
    lon, lat = PROJECTION.to_ll(np.array([xy]))[0]
    return float(lon), float(lat)


def make_network() -> streets.Network:
    """Give the streets: a node every 100 m, lengths of exactly 1000 dm."""
    south = [(x, 0.0) for x in range(-100, 3001, 100)]
    north = [(x, 500.0) for x in range(-100, 2001, 100)]
    bridge = [(2000.0, y) for y in (100.0, 200.0, 300.0, 400.0)]
    points = [*south, *north, *bridge]
    number = {point: i for i, point in enumerate(points)}
    lines = (south, north, [(2000.0, 0.0), *bridge, (2000.0, 500.0)])
    edges = [(number[a], number[b]) for line in lines for a, b in pairwise(line)]
    return streets.build_network(
        PROJECTION.to_ll(np.array(points, np.float64)),
        edges=np.array(edges),
        name="long-street",
        imported_at=AT,
        source_name="long-street.osm",
        source_sha256="ab" * 32,
        source_at=AT,
        table_version="foot-2",
        projection=PROJECTION,
    )


def put_world() -> None:
    """Put areas, sites and elders on record; call it inside a transaction."""
    directory.put_known_codes(actor=SYSTEM, at=AT)
    areas.put_areas([_area(code) for code in BOXES], actor=SYSTEM, at=AT)
    directory.put_organizations(
        [directory.OrganizationRecord("test", "o", "测试机构（虚构）", "测试", "company")], actor=SYSTEM, at=AT
    )
    put_site("a", site_id=SITE_A, point_xy=(0.0, 0.0))
    put_site("b", site_id=SITE_B)
    put_site("off", site_id=SITE_OFF, area=C5, point_xy=(2900.0, 0.0), stage="suspended")
    elders.register_elders([_elder(name) for name in HOMES], actor=SYSTEM, at=AT)


def put_site(
    reference: str,
    *,
    site_id: UUID | None = None,
    area: str = C1,
    point_xy: tuple[float, float] | None = None,
    stage: str = "open",
    service_code: str = "day_care",
    delivery: str = "site",
    hours: str | None = None,
    capacity: tuple[str, int, int, datetime] | None = None,
    catchments: tuple[str, ...] = (),
) -> None:
    """Put one site with one service on record."""
    lon, lat = lonlat(point_xy) if point_xy else (None, None)
    site = directory.SiteRecord(
        organization=("test", "o"),
        source="test",
        source_ref=reference,
        name=f"站点{reference}（虚构）",
        facility_type="day_care_center",
        area_code=area,
        address="测试路1号",
        collected_at=AT,
        lon=lon,
        lat=lat,
        crs="wgs84" if point_xy else None,
        stages=((stage, SINCE, None),),
        id=site_id,
    )
    service = directory.ServiceRecord(
        organization=("test", "o"),
        source_ref=reference,
        service_code=service_code,
        name="日间照料",
        delivery=delivery,
    )
    offer = directory.OfferRecord(
        site=("test", reference),
        service=("test", "o", reference),
        hours_from=SINCE,
        hours=hours,
        capacity=capacity,
        catchments=catchments,
    )
    directory.put_sites([site], actor=SYSTEM, at=AT)
    directory.put_services([service], actor=SYSTEM, at=AT)
    directory.put_offers([offer], actor=SYSTEM, at=AT)


def _area(code: str) -> areas.AreaRecord:
    boundary = box(*BOXES[code])
    return areas.AreaRecord(
        code=code,
        level=LEVELS[len(code)],
        name_zh=f"测试地区{code}",
        settlement=SETTLEMENTS.get(code),
        boundary_ll=mapping(geo.to_lonlat(boundary, projection=PROJECTION)),
        source="test",
        is_made_up=True,
    )


def _elder(name: str) -> elders.ElderRecord:
    area, point_xy = HOMES[name]
    lon, lat = lonlat(point_xy) if point_xy else (None, None)
    home = elders.ResidenceRecord(
        kind="main", area_code=area, address="测试路2号", valid_from=SINCE, lon=lon, lat=lat, located_by="door"
    )
    return elders.ElderRecord(
        id=ELDER_ID[name], name="张三丰", sex="female", born_on=date(1944, 5, 6), residences=(home,)
    )
