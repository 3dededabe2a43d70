"""Outlines of rasters: against contourpy on random ones, and by hand."""

import contourpy
import numpy as np
import pytest
import shapely

from dispatch.streets.tracing import outline


def by_contourpy(raster):
    """The same area, drawn by another hand."""
    lines = contourpy.contour_generator(
        z=np.where(raster == 0, -127.0, raster),
        name="serial",
        fill_type=contourpy.FillType.ChunkCombinedOffsetOffset,
    )
    points, rings, polygons = (one[0] for one in lines.filled(0.0, 254.0))
    if points is None:
        return shapely.MultiPolygon()
    offsets = (rings.astype(np.int64), polygons.astype(np.int64))
    return shapely.MultiPolygon(list(shapely.from_ragged_array(shapely.GeometryType.POLYGON, points, offsets)))


def drawn(raster, tolerance_m=0.0):
    return outline(raster, west=0.0, south=0.0, cell_m=1.0, tolerance_m=tolerance_m)


def some_raster(chance):
    """Specks, blocks, holes and isles, saddles among them; a rim of zeros, and zeros here and there."""
    shape = chance.integers(3, 30, 2)
    raster = chance.integers(1, 128, shape) * np.where(chance.random(shape) < chance.random(), 1, -1)
    raster[chance.random(shape) < 0.05] = 0
    raster[[0, -1]] = raster[:, [0, -1]] = 0
    return raster.astype(np.int8)


def holes_of(area):
    return sorted(len(part.interiors) for part in area.geoms)


@pytest.mark.parametrize("seed", range(4))
def test_outlines_are_those_of_contourpy_holes_and_isles_included(seed):
    chance = np.random.default_rng(seed)
    for _ in range(100):
        raster = some_raster(chance)
        area, expected = drawn(raster), by_contourpy(raster)

        assert area.is_valid
        assert holes_of(area) == holes_of(expected)
        assert area.symmetric_difference(expected).area < 1e-9
        assert all(part.exterior.is_ccw for part in area.geoms)
        assert not any(hole.is_ccw for part in area.geoms for hole in part.interiors)


@pytest.mark.parametrize("seed", range(2))
def test_fewer_points_leave_rings_valid_and_near_the_line(seed):
    chance = np.random.default_rng(seed)
    for _ in range(100):
        raster = some_raster(chance)
        area, plain = drawn(raster, tolerance_m=0.2), drawn(raster)

        assert area.is_valid
        assert holes_of(area) == holes_of(plain)
        assert shapely.get_num_coordinates(area) <= shapely.get_num_coordinates(plain)
        if not plain.is_empty:
            # Each point of the plain line lies within 0.2 of the other along a side; across it is less.
            assert shapely.hausdorff_distance(plain.boundary, area.boundary) <= 0.2 + 1e-9


def test_a_ring_around_an_isle_by_hand():
    # Corners inside: a square ring of 5 by 5 without its middle 3 by 3, and one corner in the very middle.
    # Values of +-1 put each crossing halfway.
    raster = np.full((9, 9), -1, np.int8)
    raster[2:7, 2:7] = 1
    raster[3:6, 3:6] = -1
    raster[4, 4] = 1
    area = drawn(raster)

    # The outer ring is a square of side 5 with its corners cut by triangles of legs 1/2: 25 - 4/8 = 24.5; the hole is
    # one of side 3, cut likewise: 9 - 0.5 = 8.5; the isle is a square on its tip with half diagonals of 1/2: 0.5.
    assert sorted(round(part.area, 9) for part in area.geoms) == [0.5, 24.5 - 8.5]
    assert holes_of(area) == [0, 1]


def test_opposite_corners_belong_together_if_the_mean_says_inside():
    raster = np.full((4, 4), -20, np.int8)
    raster[1, 1] = raster[2, 2] = 30

    assert len(drawn(raster).geoms) == 1
    raster[raster < 0] = -40
    assert len(drawn(raster).geoms) == 2


def test_a_straight_side_needs_its_ends_only():
    raster = np.full((5, 100), -1, np.int8)
    raster[1:4, 1:99] = 1

    # Corners are cut by a line each: eight points, and the one that closes the ring.
    assert shapely.get_num_coordinates(drawn(raster)) == 9
    assert drawn(np.zeros((5, 5), np.int8)).is_empty
