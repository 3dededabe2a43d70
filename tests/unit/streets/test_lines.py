"""Networks from drawn lines: the same streets as from OpenStreetMap, whatever system the file is in."""

import json

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from pyproj import Transformer

from dispatch import geo, streets
from dispatch.cli.streets import streets_commands
from dispatch.words import Locale
from tests.unit.streets.towns import AT

PROJECTION = geo.local_projection(117.2, 39.1)
AREA = geo.StudyArea(116.6, 38.5, 118.2, 40.3)


def ll(corners):
    return PROJECTION.to_ll(np.array(corners, float))


def cross_town():
    """Two streets that meet in a T at an end, one that ends on a course, and one that passes over: metres."""
    return [
        [(0, 0), (100, 0), (200, 0)],
        [(200, 0.3), (200, 100)],  # 0.3 m beside the end of the first: it meets it
        [(50, 0.2), (50, 80)],  # ends on the course of the first
        [(150, -50), (150, 50)],  # passes over the first
        [(300, 3), (200, 100)],  # ends 3 m beside nothing of the town but the next
        [(290, 0), (310, 0)],
    ]


def write(path, *, lines=None, crs="EPSG:4326", transform=None, geometry_type="LineString", shapes=None, fields=None):
    if shapes is None:
        shapes = [shapely.LineString(ll(corners)) for corners in lines or cross_town()]
        if geometry_type == "MultiLineString":
            shapes = [shapely.MultiLineString([one]) for one in shapes]
    if transform is not None:
        shapes = [shapely.transform(one, transform) for one in shapes]
    names, values = zip(*(fields or {"name": ["路"] * len(shapes)}).items(), strict=True)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, object)),
        [np.array(one, object) for one in values],
        list(names),
        geometry_type=geometry_type,
        crs=crs,
        driver="GPKG" if path.suffix == ".gpkg" else "GeoJSON",
        layer=path.stem if path.suffix == ".gpkg" else None,
    )
    return path


def read(path, **asked):
    return streets.read_lines(path, name="lines", imported_at=AT, study_area=AREA, **asked)


def from_wgs84(target):
    transformer = Transformer.from_crs("EPSG:4326", target, always_xy=True)
    return lambda places: np.column_stack(transformer.transform(places[:, 0], places[:, 1]))


def way_m(network, *, start, end):
    xy = network.projection.to_xy(ll([start, end]))
    points = streets.snap_points(network, points_xy=xy)
    found = streets.matrix(
        network, origins=points.take(slice(0, 1)), destinations=points.take(slice(1, 2)), limit_dm=10**5
    )[0, 0]
    return None if found == streets.UNREACHED else found / 10


@pytest.mark.feature("G1")
def test_lines_meet_at_ends_and_where_an_end_lies_on_a_course_and_not_where_they_cross(tmp_path):
    network, report = read(write(tmp_path / "town.gpkg"))

    assert report.joins == {
        "ends_joined": 1,
        "ends_on_lines": 1,
        "crossings": 1,
        "crossings_joined": 0,
        # (0, 0), (50, 80), both ends of the bridge, (300, 3) and both ends of the last
        "dangling_ends": 7,
        # (300, 3) and 0, 2: the last street's course runs 3 m below it; its own ends are 10 m away
        "near_misses": 1,
    }
    # 150 along the first, 100 up; the 0.3 m may count either way
    assert way_m(network, start=(50, 80), end=(200, 100)) == pytest.approx(80 + 150 + 100, abs=0.5)
    assert way_m(network, start=(150, 50), end=(50, 0)) is None
    joined, report = read(tmp_path / "town.gpkg", joins_crossings=True)
    assert report.joins["crossings_joined"] == 1
    assert way_m(joined, start=(150, 50), end=(50, 80)) == pytest.approx(50 + 100 + 80, abs=0.5)


@pytest.mark.feature("G1")
@pytest.mark.parametrize("code", ["EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:32650"])
@pytest.mark.parametrize("kind", ["LineString", "MultiLineString"])
def test_the_file_says_its_system_and_the_streets_are_the_same(tmp_path, code, kind):
    plain, _ = read(write(tmp_path / "wgs84.gpkg"))
    other, report = read(write(tmp_path / "other.gpkg", crs=code, transform=from_wgs84(code), geometry_type=kind))

    assert other.manifest.node_count == plain.manifest.node_count
    assert np.abs(np.sort(other.xy, axis=0) - np.sort(plain.xy, axis=0)).max() < 0.01
    assert ("2000" in report.reference_system) == (code != "EPSG:32650")


def test_shifted_degrees_are_moved_back_when_one_says_so(tmp_path):
    plain, _ = read(write(tmp_path / "wgs84.gpkg"))
    for crs in ("gcj02", "bd09"):
        path = write(
            tmp_path / f"{crs}.geojson",
            transform=lambda places, crs=crs: geo.from_wgs84(places, crs=geo.ReferenceSystem(crs)),
        )
        moved, report = read(path, crs=crs)

        assert report.reference_system == crs
        assert np.abs(np.sort(moved.xy, axis=0) - np.sort(plain.xy, axis=0)).max() < 0.05


@pytest.mark.feature("G1")
def test_same_streets_as_from_openstreetmap(tmp_path):
    town = streets.synthetic_network(12, seed=5, imported_at=AT)
    places = town.projection.to_ll(town.xy)
    nodes = "".join(f'<node id="{i}" lon="{lon:.7f}" lat="{lat:.7f}"/>' for i, (lon, lat) in enumerate(places, 1))
    ways = "".join(
        f'<way id="{i}"><nd ref="{a + 1}"/><nd ref="{b + 1}"/><tag k="highway" v="footway"/></way>'
        for i, (a, b) in enumerate(zip(town.edge_a, town.edge_b, strict=True), 1)
    )
    (tmp_path / "town.osm").write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    drawn = [shapely.LineString(places[[a, b]]) for a, b in zip(town.edge_a, town.edge_b, strict=True)]

    osm, _ = streets.read_osm(tmp_path / "town.osm", name="osm", imported_at=AT)
    lines, _ = read(write(tmp_path / "town.gpkg", shapes=drawn))

    for fact in ("node_count", "edge_count", "junction_count", "component_count"):
        assert getattr(lines.manifest, fact) == getattr(osm.manifest, fact)
    assert lines.manifest.length_km == pytest.approx(osm.manifest.length_km, abs=0.01)


def test_columns_say_where_people_walk(tmp_path):
    fields = {
        "highway": ["residential", "motorway", "footway", "service", "path", "steps"],
        "foot": [None, None, None, None, "no", None],
        "access": [None, None, None, "private", None, None],
    }

    _, report = read(write(tmp_path / "town.gpkg", fields=fields))

    assert report.lines_used == 3
    assert report.skipped == {
        "access_forbids": {"service": 1},
        "foot_forbids": {"path": 1},
        "not_invited": {"motorway": 1},
    }


def files(folder):
    far = [shapely.LineString([(10.0, 50.0), (10.001, 50.0)])]
    point, ground = shapely.Point(117.2, 39.1), shapely.Point(117.2, 39.1).buffer(0.001)
    bad = folder / "bad.geojson"
    bad.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    empty = folder / "empty.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    two = write(folder / "two.gpkg")
    with pytest.warns(UserWarning, match="crs"):
        silent = write(folder / "silent.gpkg", crs=None)
    pyogrio.raw.write(
        two, shapely.to_wkb(np.array(far, object)), [], [], geometry_type="LineString", crs="EPSG:4326", layer="rails"
    )
    return {
        "none.gpkg": (folder / "none.gpkg", {}, "no file"),
        "bad": (bad, {"crs": "wgs84"}, "cut off"),
        "table": (write_text(folder / "table.gpkg", "lon,lat"), {}, "cut off"),
        "empty": (empty, {"crs": "wgs84"}, "no features"),
        "points": (write(folder / "points.gpkg", shapes=[point], geometry_type="Point"), {}, "Point"),
        "polygons": (write(folder / "grounds.gpkg", shapes=[ground], geometry_type="Polygon"), {}, "Polygon"),
        "far": (write(folder / "far.gpkg", shapes=far), {}, "study area"),
        "swapped": (
            write(folder / "swapped.gpkg", transform=lambda places: places[:, ::-1]),
            {},
            "study area",
        ),
        "silent": (write_silent(folder / "silent.geojson"), {}, "does not say"),
        "silent package": (silent, {}, "does not say"),
        "xian": (write(folder / "xian.gpkg", crs="EPSG:4610"), {}, "EPSG:4610"),
        "unknown": (write_silent(folder / "silent2.geojson"), {"crs": "mars"}, "mars"),
        "clash": (
            write(folder / "clash.gpkg", crs="EPSG:4549", transform=from_wgs84("EPSG:4549")),
            {"crs": "wgs84"},
            "other than --crs",
        ),
        "layers": (two, {}, "several layers"),
        "layer": (two, {"layer": "river"}, "no layer river"),
        "motorways": (write(folder / "motorways.gpkg", fields={"highway": ["motorway"] * 6}), {}, "no walkable"),
    }


def write_silent(path):
    """A GeoJSON file that does not say what its degrees mean."""
    lines = [shapely.geometry.mapping(shapely.LineString(ll(corners))) for corners in cross_town()]
    features = [{"type": "Feature", "properties": {}, "geometry": line} for line in lines]
    return write_text(path, json.dumps({"type": "FeatureCollection", "features": features}))


def write_text(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_files_that_make_no_network_get_one_clear_line_and_leave_nothing(tmp_path):
    for path, asked, words in files(tmp_path).values():
        with pytest.raises(streets.NetworkSourceError) as caught:
            streets.import_lines(path, folder=tmp_path / "net", name="net", imported_at=AT, study_area=AREA, **asked)

        for locale in Locale:
            assert path.name in caught.value.text(locale)
            assert "{" not in caught.value.text(locale)
        assert words in caught.value.text(Locale.EN)
    assert not (tmp_path / "net").exists()


def test_too_many_lines_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("dispatch.streets.lines.MOST_LINES", 5)

    with pytest.raises(streets.NetworkSourceError) as caught:
        read(write(tmp_path / "town.gpkg"))
    assert "too large" in caught.value.text(Locale.EN)


@pytest.mark.feature("G1")
def test_command_imports_lines_and_tells_what_met(tmp_path, monkeypatch):
    monkeypatch.setenv("DISPATCH_VAR_DIR", str(tmp_path / "var"))
    path = write_silent(tmp_path / "town.geojson")

    refused = CliRunner().invoke(streets_commands, ["import", str(path), "--name", "lines"])
    done = CliRunner().invoke(
        streets_commands, ["import", str(path), "--name", "lines", "--crs", "wgs84", "--json"], catch_exceptions=False
    )
    shown = CliRunner().invoke(streets_commands, ["import", str(path), "--name", "lines", "--crs", "wgs84"])
    other = CliRunner().invoke(streets_commands, ["import", "city.osm.pbf", "--name", "lines", "--crs", "wgs84"])

    assert (refused.exit_code, "--crs" in refused.output) == (1, True)
    assert json.loads(done.output)["joins"]["crossings"] == 1
    assert "断头 / dangling ends" in shown.output
    assert (other.exit_code, "--crs" in other.output) == (2, True)
    assert streets.open_network(tmp_path / "var/networks/lines").manifest.table_version == "lines-1"
