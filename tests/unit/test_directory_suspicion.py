"""Is the reference system of a batch what it says?"""

import pytest

from dispatch import geo
from dispatch.directory.rules.suspicion import PlacedPoint, suspect_crs
from tests.factories.areas import square_ll

HOUSES = [(117.2000 + 0.01 * n, 39.1000) for n in range(4)]


def placed(points: list[tuple[float, float]], *, crs: geo.ReferenceSystem) -> list[PlacedPoint]:
    """Points of a file, each with the square of 170 m by 220 m around the house's true place."""
    outlines = [geo.read_polygon(square_ll(lon - 0.001, lat - 0.001)) for lon, lat in HOUSES]
    return [
        PlacedPoint(row=row, lonlat=point, crs=crs, outline_ll=outline)
        for row, (point, outline) in enumerate(zip(points, outlines, strict=True), start=2)
    ]


@pytest.mark.feature("D11")
def test_gcj02_points_sent_as_wgs84_are_suspect_and_gcj02_is_proposed():
    shifted = [geo.from_wgs84(house, crs=geo.ReferenceSystem.GCJ02) for house in HOUSES]

    found = suspect_crs(placed(shifted, crs=geo.ReferenceSystem.WGS84))

    assert [(each.crs, each.row, each.off, each.checked, each.fitting) for each in found] == [
        (geo.ReferenceSystem.WGS84, 2, 4, 4, geo.ReferenceSystem.GCJ02)
    ]


@pytest.mark.feature("D11")
def test_points_in_their_communities_are_not_suspect():
    shifted = [geo.from_wgs84(house, crs=geo.ReferenceSystem.GCJ02) for house in HOUSES]

    assert suspect_crs(placed(HOUSES, crs=geo.ReferenceSystem.WGS84)) == []
    assert suspect_crs(placed(shifted, crs=geo.ReferenceSystem.GCJ02)) == []


def test_one_wrong_address_does_not_make_a_batch_suspect():
    points = [(HOUSES[0][0] + 0.007, HOUSES[0][1]), *HOUSES[1:]]  # about 600 m east, 500 m off its square

    assert suspect_crs(placed(points, crs=geo.ReferenceSystem.WGS84)) == []
