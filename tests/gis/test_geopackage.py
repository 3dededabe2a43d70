"""A run as a GeoPackage: read back by GDAL and compared with the database and the API."""

from __future__ import annotations

import json
from uuid import uuid4

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from pyogrio import raw
from shapely.geometry import shape

from dispatch import coverage, geo, storage
from dispatch.actor import SYSTEM
from dispatch.cli.coverage import coverage_commands
from tests.gis.conftest import LAYERS


def download(ground, run, tmp_path, headers=None):
    reply = ground.client().get(f"/v1/coverage/runs/{run}/geopackage", headers=headers)
    assert (reply.status_code, reply.mimetype) == (200, "application/geopackage+sqlite3")
    file = tmp_path / "run.gpkg"
    file.write_bytes(reply.get_data())
    return file


def read(file, layer):
    meta, _, wkb, columns = raw.read(file, layer=layer)
    return dict(zip(meta["fields"], columns, strict=True)), shapely.from_wkb(wkb)


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_hold_what_the_api_says(ground, tmp_path, layer):
    file = download(ground, ground.private, tmp_path, ground.officer)
    name = "circles" if layer == "sites" else layer
    body = (
        ground.client()
        .get(f"/ogc/collections/{name}/items?run={ground.private}&limit=500", headers=ground.officer)
        .get_json()
    )

    columns, outlines = read(file, layer)

    assert sorted(pyogrio.list_layers(file)[:, 0]) == sorted(LAYERS)
    assert len(outlines) == body["numberMatched"] > 0
    for i, feature in enumerate(body["features"]):
        for key, value in feature["properties"].items():
            found = columns[key][i]
            assert (value is None and (found is None or np.isnan(found))) or found == value, key
        if layer != "sites":
            assert shape(feature["geometry"]).equals(outlines[i])


def test_public_file_holds_published_counts_alone(ground, tmp_path):
    columns, _ = read(download(ground, ground.published, tmp_path), "hexagons")

    assert np.isnan(columns["elders"]).all()
    assert not np.isnan(columns["walk_s"]).all()
    assert ground.client().get(f"/v1/coverage/runs/{ground.private}/geopackage").status_code == 404
    assert ground.client().get(f"/v1/coverage/runs/{uuid4()}/geopackage", headers=ground.officer).status_code == 404


def test_file_says_what_it_rests_on(ground, tmp_path):
    facts = pyogrio.read_info(download(ground, ground.private, tmp_path, ground.planner), layer="sites")

    assert facts["dataset_metadata"]["RUN"] == str(ground.private)
    assert facts["dataset_metadata"]["SHOWN"] == "from_five"
    assert json.loads(facts["dataset_metadata"]["ASSUMPTIONS"])["speed_mps"] == 1.0


def test_command_writes_the_file_whole(ground, tmp_path):
    def command(*words):
        return CliRunner().invoke(coverage_commands, ["export", *words], obj=lambda **_: ground.app)

    file = tmp_path / "out.gpkg"
    done = command(str(ground.published), "--out", str(file))
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0  # all counts are in it
    whole, _ = read(file, "areas")
    assert command(str(ground.published), "--out", str(file), "--public").exit_code == 0
    public, _ = read(file, "areas")

    assert not np.isnan(whole["covered"]).any()
    assert np.isnan(public["nearest_s"]).all()
    assert command(str(ground.published), "--out", str(tmp_path / "out.shp")).exit_code == 2
    assert command(str(ground.private), "--out", str(file), "--public").exit_code == 1  # nobody published it
    assert [one.name for one in tmp_path.iterdir() if "aux" not in one.name] == ["out.gpkg"]  # no draft is left


def test_outline_of_50_000_points_and_an_empty_layer_are_written(tmp_path):
    angles = np.linspace(0, 2 * np.pi, 50_000)
    ring = np.column_stack((117.2 + 0.01 * np.cos(angles), 39.1 + 0.01 * np.sin(angles)))
    ring[-1] = ring[0]
    large = {"type": "Polygon", "coordinates": [ring.tolist()]}
    layers = [
        geo.FileLayer("large", "MultiPolygon", {"name": str, "count": int}, [(large, {"name": "大", "count": None})]),
        geo.FileLayer("none", "Point", {"name": str}, []),
    ]

    counts = geo.write_geopackage(tmp_path / "x.gpkg", layers=layers, about={})

    assert counts == {"large": 1, "none": 0}
    _, [outline] = read(tmp_path / "x.gpkg", "large")
    assert shapely.get_num_coordinates(outline) == 50_000
    assert pyogrio.read_info(tmp_path / "x.gpkg", layer="none")["features"] == 0


def test_export_of_a_run_that_is_gone_is_an_answer(ground, tmp_path):
    with ground.app.app_context(), storage.reading(), pytest.raises(coverage.RunNotFoundError):
        coverage.export_run(uuid4(), actor=SYSTEM, path=tmp_path / "x.gpkg")
