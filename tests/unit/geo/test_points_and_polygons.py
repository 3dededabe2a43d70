import numpy as np
import pytest
import shapely

from dispatch import geo
from dispatch.words import Locale

TIANJIN = geo.StudyArea(west=116.6, south=38.5, east=118.2, north=40.3)
SQUARE = [[117.0, 39.0], [117.1, 39.0], [117.1, 39.1], [117.0, 39.1], [117.0, 39.0]]


@pytest.mark.feature("D11")
def test_exchanged_longitude_and_latitude_are_noticed():
    assert geo.is_swapped(39.13, 117.2, study_area=TIANJIN)
    assert not geo.is_swapped(117.2, 39.13, study_area=TIANJIN)
    assert not geo.is_swapped(-8.6, 41.1, study_area=TIANJIN)


def test_rim_belongs_to_the_study_area():
    assert TIANJIN.holds(116.6, 40.3)
    assert not TIANJIN.holds(116.599, 40.3)


def test_distance_is_that_of_the_ellipsoid():
    # One degree of the equator: 2 pi 6378137 m / 360.
    assert geo.distance_m((0.0, 0.0), (1.0, 0.0)) == pytest.approx(111_319.4908, abs=1e-3)


def test_haversine_stays_within_its_stated_error_of_the_ellipsoid():
    lons, lats = np.array([117.21, 117.2, 117.9]), np.array([39.1, 39.11, 39.9])

    found = geo.haversine_m(117.2, 39.1, lons, lats)

    exact = [geo.distance_m((117.2, 39.1), (lon, lat)) for lon, lat in zip(lons, lats, strict=True)]
    assert found == pytest.approx(exact, rel=0.0056)


def test_polygon_and_multipolygon_are_read():
    one = geo.read_polygon({"type": "Polygon", "coordinates": [SQUARE]})
    many = geo.read_polygon({"type": "MultiPolygon", "coordinates": [[SQUARE]]})

    assert one.equals(many)
    assert one.bounds == (117.0, 39.0, 117.1, 39.1)


def test_polygon_that_crosses_itself_is_refused_with_the_place():
    bow = [[117.0, 39.0], [117.2, 39.2], [117.2, 39.0], [117.0, 39.2], [117.0, 39.0]]

    with pytest.raises(geo.InvalidGeometryError) as caught:
        geo.read_polygon({"type": "Polygon", "coordinates": [bow]})

    # The diagonals of the square cross in its middle.
    (words,) = caught.value.fields["geometry"]
    assert "117.1 39.1" in words.text(Locale.ZH)
    assert "117.1 39.1" in words.text(Locale.EN)


@pytest.mark.parametrize(
    "geojson",
    [
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[117.0, 39.0], [117.1, 39.0], [117.2, 39.0], [117.0, 39.0]]]},
        {"type": "Polygon", "coordinates": [[[39.0, 117.0], [39.1, 117.0], [39.1, 117.1], [39.0, 117.0]]]},
        {"type": "Polygon", "coordinates": [[[117.0, 39.0], [117.1, 39.0]]]},
        {"type": "Polygon", "coordinates": [[["117", None], [1, 2], [3, 4]]]},
        {"type": "Polygon"},
        {"type": "Point", "coordinates": [117.0, 39.0]},
        {},
    ],
)
def test_empty_flat_out_of_range_and_foreign_shapes_are_refused(geojson):
    with pytest.raises(geo.InvalidGeometryError) as caught:
        geo.read_polygon(geojson)

    (words,) = caught.value.fields["geometry"]
    assert words.text(Locale.ZH)
    assert words.text(Locale.EN)


def test_area_survives_the_way_to_metres_and_back():
    projection = geo.local_projection(117.05, 39.05)
    area_ll = geo.read_polygon({"type": "Polygon", "coordinates": [SQUARE]})

    area_xy = geo.to_metric(area_ll, projection=projection)

    # 0.1 degrees are 8.65 km and 11.10 km here (WGS 84 at 39.05 N).
    assert area_xy.area == pytest.approx(8_655 * 11_102, rel=2e-3)
    assert shapely.hausdorff_distance(geo.to_lonlat(area_xy, projection=projection), area_ll) < 1e-11


@pytest.mark.parametrize(("lon", "lat"), [(117.2, 39.13), (121.47, 31.23), (-51.2, -30.03), (9.55, 47.16)])
@pytest.mark.parametrize("radius_m", [0.0, 100.0, 1_500.0, 5_000.0])
def test_cells_within_hold_every_point_of_the_circle(lon, lat, radius_m):
    chance = np.random.default_rng(5)
    projection = geo.local_projection(lon, lat)
    center = projection.to_xy(np.array([[lon, lat]]))
    angle = chance.uniform(0, 2 * np.pi, 2_000)
    far = radius_m * np.sqrt(chance.random(2_000))
    rim = np.where(np.arange(2_000) < 1_000, radius_m, far)[:, np.newaxis]
    points = projection.to_ll(center + rim * np.column_stack((np.cos(angle), np.sin(angle))))

    cells = geo.cells_within(lon, lat, radius_m=radius_m)

    assert set(geo.cells_of(points).tolist()) <= set(cells)


def test_cell_holds_its_point_and_is_named_as_h3_does():
    # A cell of Porto Alegre's published table of residents: its number and its middle.
    cell = geo.cell_of(-51.1582459466033, -30.0538460280879)

    assert geo.cell_text(cell) == "89a901291abffff"
    # The table was made with an older H3; 2e-6 degrees are 0.2 m.
    assert geo.cell_center(cell) == pytest.approx((-51.1582459466033, -30.0538460280879), abs=2e-6)
    assert geo.cell_polygon(cell).contains(shapely.Point(-51.1582459466033, -30.0538460280879))


def test_cells_covering_leave_no_part_of_an_area_out():
    area = geo.read_polygon({"type": "Polygon", "coordinates": [SQUARE]})

    cells = geo.cells_covering(area)

    whole = shapely.union_all([geo.cell_polygon(cell) for cell in cells])
    assert whole.buffer(1e-9).covers(area)


@pytest.mark.parametrize("lat", [0.0, 39.1, 53.5, -75.0])
@pytest.mark.parametrize("east_m", [0.0, 60_000.0, -150_000.0])
def test_circle_of_many_points_lies_where_proj_puts_each(lat, east_m):
    # Every vertex by PROJ itself; a degree is 111 km, so 1e-9 of one is 0.1 mm.
    projection = geo.local_projection(117.2, lat)
    turn = np.linspace(0.0, 2.0 * np.pi, 2_000, endpoint=False)
    for radius_m in (900.0, 2_499.0, 2_501.0):
        away_m = radius_m * (1.0 - 0.2 * np.sin(40.0 * turn) ** 2)
        ring = np.column_stack((east_m + away_m * np.cos(turn), away_m * np.sin(turn) - east_m / 3))
        area = shapely.MultiPolygon([shapely.Polygon(ring)])

        area_ll = geo.to_lonlat(area, projection=projection)

        expected = projection.to_ll(shapely.get_coordinates(area))
        assert np.abs(shapely.get_coordinates(area_ll) - expected).max() < 1e-9
        assert area_ll.is_valid
