"""Vector tiles: decoded and compared with the layers; what is out of the grid, empty, or known already."""

from __future__ import annotations

import gzip
import math

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from dispatch import basemap, streets, tiles
from tests.worlds import long_street as world

LAYERS = ("circles", "gaps", "hexagons", "areas")
MIDDLE = world.lonlat((600.0, 0.0))


def tile_at(point_ll, z):
    """Give the tile of a point by the formula of the OpenStreetMap wiki (Slippy map tilenames)."""
    lon, lat = point_ll
    n = 2**z
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return z, x, y


def fetch(ground, layer, zxy, headers=None, **query):
    z, x, y = zxy
    client = ground.client()
    sent = {"Accept-Encoding": "gzip"} | (headers or {})
    return client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt", headers=sent, query_string=query)


def decode(reply, layer):
    assert reply.status_code == 200, reply.get_data()
    assert reply.mimetype == "application/vnd.mapbox-vector-tile"
    found = mapbox_vector_tile.decode(gzip.decompress(reply.get_data()))
    assert list(found) == [layer]
    return found[layer]["features"]


def area_m2(feature, zxy):
    """Give the area of a decoded feature: 4096 units are the width of the tile."""
    unit_m = tiles.make_tile(zxy[0], x=zxy[1], y=zxy[2]).width_m / 4096
    return shape(feature["geometry"]).area * unit_m**2


@pytest.mark.parametrize("layer", LAYERS)
def test_tile_holds_what_the_layer_holds_there(ground, layer):
    zxy = tile_at(MIDDLE, 13)
    box = tiles.tile_box_ll(tiles.make_tile(zxy[0], x=zxy[1], y=zxy[2]))
    body = (
        ground.client()
        .get(
            f"/ogc/collections/{layer}/items",
            query_string={"limit": 1000, "bbox": ",".join(map(str, box)), "run": str(ground.private)},
            headers=ground.officer,
        )
        .get_json()
    )
    key = {"circles": "site_id", "hexagons": "cell"}.get(layer, "area_code")
    wanted = {one["properties"][key]: one for one in body["features"] if one["geometry"]}

    drawn = decode(fetch(ground, layer, zxy, ground.officer, run=str(ground.private)), layer)

    assert {one["properties"][key] for one in drawn} == set(wanted)
    frame = shapely.box(*tiles.make_tile(zxy[0], x=zxy[1], y=zxy[2]).drawn_m)
    for one in drawn:
        said = wanted[one["properties"][key]]
        whole = {name: value for name, value in said["properties"].items() if value is not None}
        assert one["properties"] == pytest.approx(whole)
        outline = shapely.transform(shape(said["geometry"]), tiles.to_mercator).intersection(frame)
        # simplified to a quarter of a pixel, 4.8 m at this zoom: the area moves by less than the rim times that
        assert abs(area_m2(one, zxy) - outline.area) <= 5.0 * outline.length + 100


def test_sites_are_points_at_their_places_and_stand_for_each_other_far_out(ground):
    zxy = tile_at(MIDDLE, 14)
    west, south, *_ = tiles.make_tile(zxy[0], x=zxy[1], y=zxy[2]).bounds_m
    unit_m = tiles.make_tile(zxy[0], x=zxy[1], y=zxy[2]).width_m / 4096

    near = decode(fetch(ground, "sites", zxy), "sites")
    far = decode(fetch(ground, "sites", tile_at(MIDDLE, 8)), "sites")

    [one] = [each for each in near if each["properties"]["name"] == "站点m（虚构）"]
    place = tiles.to_mercator(np.array([world.lonlat((1500.0, 0.0))]))[0]
    x, y = one["geometry"]["coordinates"]
    assert (west + x * unit_m, south + y * unit_m) == pytest.approx(tuple(place), abs=unit_m)
    assert sum(each["properties"]["sites"] for each in far) == 3  # a, off and m have a point, b has none


def test_everybody_sees_published_runs_alone(ground):
    zxy = tile_at(MIDDLE, 12)

    seen = decode(fetch(ground, "hexagons", zxy), "hexagons")

    assert {one["properties"]["run"] for one in seen} == {str(ground.published)}
    assert all("elders" not in one["properties"] and "uncovered" not in one["properties"] for one in seen)
    assert fetch(ground, "hexagons", zxy, run=str(ground.private)).status_code == 204


@pytest.mark.parametrize("layer", [*LAYERS, "sites"])
def test_tile_that_is_known_is_not_sent_again(ground, layer):
    zxy = tile_at(MIDDLE, 12)
    first = fetch(ground, layer, zxy)

    again = fetch(ground, layer, zxy, {"If-None-Match": first.headers["ETag"]})
    other = fetch(ground, layer, zxy, ground.officer | {"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert other.status_code == (304 if layer == "sites" else 200)  # an officer sees more than everybody


def test_empty_tile_is_204_with_an_etag(ground):
    reply = fetch(ground, "circles", tile_at((0.0, 0.0), 12))

    assert (reply.status_code, reply.get_data()) == (204, b"")
    assert (
        fetch(ground, "circles", tile_at((0.0, 0.0), 12), {"If-None-Match": reply.headers["ETag"]}).status_code == 304
    )
    assert fetch(ground, "hexagons", (0, 0, 0)).status_code == 204  # too far out: a tile would hold a city


@pytest.mark.parametrize("zxy", [(40, 0, 0), (17, 0, 0), (3, 8, 0), (3, 0, 8), (-1, 0, 0), (3, "a", 0), (10**30, 0, 0)])
def test_tile_out_of_the_grid_is_404(ground, zxy):
    reply = fetch(ground, "circles", zxy)

    assert (reply.status_code, reply.mimetype) == (404, "application/problem+json")


def test_unknown_layer_and_parameter_are_refused(ground):
    assert fetch(ground, "people", (0, 0, 0)).get_json()["code"] == "tile-layer-not-found"
    assert fetch(ground, "circles", (0, 0, 0), unknown="1").status_code == 400
    assert fetch(ground, "circles", (0, 0, 0), run="nonsense").status_code == 400


def test_tile_is_sent_plain_to_whoever_takes_no_gzip(ground):
    zxy = tile_at(MIDDLE, 12)
    plain = fetch(ground, "areas", zxy, {"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in plain.headers
    assert plain.get_data() == gzip.decompress(fetch(ground, "areas", zxy).get_data())


def test_tile_json_says_where_the_tiles_are(ground):
    body = ground.client().get("/tiles/hexagons.json?service=day_care").get_json()

    assert body["tiles"] == ["http://localhost/tiles/hexagons/{z}/{x}/{y}.mvt?service=day_care"]
    assert body["attribution"] == "© OpenStreetMap contributors, ODbL"
    assert [one["run"] for one in body["runs"]] == [str(ground.published)]
    assert body["vector_layers"][0]["fields"]["walk_s"] == "Number"


def test_outline_of_50_000_points_is_drawn_small():
    angles = np.linspace(0, 2 * np.pi, 50_000)
    ring = tiles.to_mercator(np.column_stack((117.2 + 0.01 * np.cos(angles), 39.1 + 0.01 * np.sin(angles))))
    z, x, y = tile_at((117.2, 39.1), 12)

    drawn = tiles.encode_tile("x", tile=tiles.make_tile(z, x=x, y=y), shapes=[(shapely.Polygon(ring), {})])

    assert 0 < len(drawn) < 2_000  # of a circle of some 230 pixels


EXTRACT = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6" generator="by hand">
{nodes}
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="长街"/></way>
<way id="2" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="footway"/></way>
<way id="3" version="1"><nd ref="4"/><nd ref="5"/><nd ref="6"/><nd ref="4"/><tag k="natural" v="water"/></way>
<way id="4" version="1"><nd ref="1"/><nd ref="3"/><tag k="waterway" v="river"/><tag k="name" v="长河"/></way>
<way id="5" version="1"><nd ref="4"/><nd ref="6"/></way>
<way id="6" version="1"><nd ref="1"/><nd ref="99"/><tag k="highway" v="primary"/></way>
<relation id="1" version="1"><member type="way" ref="5" role="outer"/>
<tag k="type" v="boundary"/><tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/></relation>
</osm>
"""
NODES = {1: (0, 0), 2: (800, 0), 3: (800, 400), 4: (100, 100), 5: (300, 100), 6: (200, 300)}


@pytest.fixture
def extract(tmp_path):
    nodes = "\n".join(
        f'<node id="{number}" version="1" lon="{world.lonlat(xy)[0]}" lat="{world.lonlat(xy)[1]}"/>'
        for number, xy in NODES.items()
    )
    path = tmp_path / "small.osm"
    path.write_text(EXTRACT.format(nodes=nodes), encoding="utf-8")
    return path


def test_base_map_is_read_from_an_extract_and_stands_in_the_network(extract, tmp_path):
    folder = tmp_path / "networks" / "small"
    streets.import_osm(
        extract,
        folder=folder,
        name="small",
        imported_at=world.AT,
        beside=lambda draft: basemap.write_base_map(
            draft, shapes=basemap.read_map_shapes(extract), project=tiles.to_mercator
        ),
    )

    everywhere = (-2e7, -2e7, 2e7, 2e7)
    found = {
        layer: basemap.find_shapes(basemap.open_base_map(folder, layer=layer), box_m=everywhere, zoom=14)
        for layer in basemap.BaseLayer
    }

    assert streets.open_network(folder).manifest.name == "small"
    said = {layer.value: [attributes for _, attributes in shapes] for layer, shapes in found.items()}
    assert said == {
        "streets": [{"kind": "primary", "name": "长街"}, {"kind": "footway", "name": None}],  # way 6 is cut off
        "water": [{"kind": "water", "name": None}, {"kind": "river", "name": "长河"}],
        "boundaries": [{"kind": "6", "name": None}],  # from the relation, though the way itself says nothing
    }
    assert {one.geom_type for one, _ in found[basemap.BaseLayer.WATER]} == {"LineString", "MultiPolygon"}
    roads = basemap.open_base_map(folder, layer=basemap.BaseLayer.STREETS)
    assert [one["kind"] for _, one in basemap.find_shapes(roads, box_m=everywhere, zoom=10)] == ["primary"]
    assert basemap.find_shapes(roads, box_m=(0, 0, 1, 1), zoom=14) == []


def test_network_is_written_with_its_base_map_or_not_at_all(extract, tmp_path):
    folder = tmp_path / "networks" / "small"

    def fail(draft):
        (draft / "basemap").mkdir()
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - as a full disk raises it
        streets.import_osm(extract, folder=folder, name="small", imported_at=world.AT, beside=fail)

    assert list((tmp_path / "networks").iterdir()) == []


def test_base_map_is_served_and_a_network_without_one_is_empty(ground, extract):
    zxy = tile_at(MIDDLE, 14)
    assert fetch(ground, "streets", zxy).status_code == 204

    settings = ground.app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    basemap.write_base_map(folder, shapes=basemap.read_map_shapes(extract), project=tiles.to_mercator)
    (folder / "manifest.json").touch()  # as a new import would

    drawn = decode(fetch(ground, "streets", zxy), "streets")
    assert {one["properties"]["kind"] for one in drawn} == {"primary", "footway"}
    assert decode(fetch(ground, "boundaries", zxy), "boundaries")
    assert decode(fetch(ground, "water", zxy), "water")
