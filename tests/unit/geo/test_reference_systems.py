import csv

import numpy as np
import pytest

from dispatch import geo
from dispatch.geo import ReferenceSystem

DEG_1_CM = 0.01 / 111_320.0


# Published by the test table of eviltransform (2013), which others check themselves against.
@pytest.mark.feature("D11")
@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_agrees_with_published_values_both_ways(wgs84, gcj02):
    there = geo.from_wgs84(wgs84, crs=ReferenceSystem.GCJ02)
    back = geo.to_wgs84(gcj02, crs=ReferenceSystem.GCJ02)

    assert there == pytest.approx(gcj02, abs=DEG_1_CM)
    assert back == pytest.approx(wgs84, abs=DEG_1_CM)


def test_bd09_agrees_with_a_published_value():
    # The example of coordtransform: GCJ-02 (116.404, 39.915) is BD-09 (116.41036949371029, 39.92133699351021).
    gcj02, bd09 = (116.404, 39.915), (116.41036949371029, 39.92133699351021)

    from_gcj02 = geo.to_wgs84(gcj02, crs=ReferenceSystem.GCJ02)
    from_bd09 = geo.to_wgs84(bd09, crs=ReferenceSystem.BD09)

    assert from_bd09 == pytest.approx(from_gcj02, abs=DEG_1_CM)


@pytest.mark.parametrize("crs", list(ReferenceSystem))
def test_a_hundred_thousand_points_come_back_within_a_centimetre(crs):
    chance = np.random.default_rng(20260301)
    points = np.column_stack((chance.uniform(73.5, 135.0, 100_000), chance.uniform(3.5, 53.5, 100_000)))

    back = geo.to_wgs84(geo.from_wgs84(points, crs=crs), crs=crs)

    assert np.abs(back - points).max() < DEG_1_CM


@pytest.mark.parametrize("crs", list(ReferenceSystem))
def test_nothing_is_shifted_outside_china(crs):
    porto_alegre, porto = (-51.2278, -30.0276), (-8.6291, 41.1579)

    assert geo.from_wgs84(porto_alegre, crs=crs) == porto_alegre
    assert geo.to_wgs84(porto, crs=crs) == porto


@pytest.mark.parametrize("crs", [ReferenceSystem.GCJ02, ReferenceSystem.BD09])
def test_points_at_the_rim_of_the_shift_come_back(crs):
    rim = np.array([[72.0041, 30.0], [137.8346, 30.0], [110.0, 0.8294], [110.0, 55.8270]])

    back = geo.to_wgs84(geo.from_wgs84(rim, crs=crs), crs=crs)

    assert np.abs(back - rim).max() < DEG_1_CM


def test_arrays_and_tuples_give_the_same():
    point = (117.2, 39.13)

    as_tuple = geo.from_wgs84(point, crs=ReferenceSystem.BD09)
    as_array = geo.from_wgs84(np.array([point]), crs=ReferenceSystem.BD09)

    assert as_tuple == tuple(as_array[0])


def test_what_is_wgs84_already_is_copied_not_shared():
    points = np.array([[117.2, 39.13]])

    same = geo.to_wgs84(points, crs=ReferenceSystem.CGCS2000)
    same[0, 0] = 0.0

    assert points[0, 0] == 117.2


def test_canteens_of_shanghai_agree_with_another_implementation(shared_data):
    with (shared_data / "coordinates/shanghai_elder_canteens.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    gcj02 = np.array([[float(row["lng_gcj02"]), float(row["lat_gcj02"])] for row in rows])
    derived = np.array([[float(row["lng_wgs84_derived"]), float(row["lat_wgs84_derived"])] for row in rows])

    found = geo.to_wgs84(gcj02, crs=ReferenceSystem.GCJ02)

    # The file gives six decimals, which is 0.1 m.
    assert np.abs(found - derived).max() < 2e-6


def test_projection_keeps_lengths_near_its_centre_and_says_how_wrong_it_is_far_away():
    projection = geo.local_projection(117.2, 39.1)
    # Points 10 m apart across, at the centre and 1 degree east of it (86.5 km: (86.5 / 6371)^2 / 2 = 0.0092 %).
    points = np.array([[117.2, 39.1], [117.2001, 39.1], [118.2, 39.1], [118.2001, 39.1]])

    xy = projection.to_xy(points)

    near = float(np.hypot(*(xy[1] - xy[0])))
    far = float(np.hypot(*(xy[3] - xy[2])))
    assert near == pytest.approx(geo.distance_m((117.2, 39.1), (117.2001, 39.1)), rel=1e-8)
    assert far / near == pytest.approx(1 + (86.5 / 6371) ** 2 / 2, abs=2e-6)


def test_projection_comes_back_and_is_written_down_as_text():
    projection = geo.local_projection(117.2, 39.1)
    points = np.array([[117.0, 38.9], [117.9, 39.9]])

    again = geo.projection_from(projection.definition)

    assert again == projection
    assert np.abs(again.to_ll(again.to_xy(points)) - points).max() < 1e-11
