"""Real clients read every collection: GDAL's ogrinfo and ogr2ogr (Debian), and the GDAL inside pyogrio."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pyogrio
import pytest
import sqlalchemy as sa

from dispatch import areas, storage
from dispatch.coverage.models import RunArea, RunCell, RunSite
from dispatch.directory.models import Site
from tests.gis.conftest import LAYERS
from tests.worlds import long_street as world

needs_gdal = pytest.mark.skipif(
    shutil.which("ogrinfo") is None, reason="ogrinfo is not installed (apt-get install gdal-bin); .ci/run installs it"
)


def count_rows(ground, *runs):
    """Count the rows of each layer in the database."""
    with ground.app.app_context(), storage.reading() as session:

        def count(table, *where):
            return session.scalar(sa.select(sa.func.count()).select_from(table).where(*where))

        known, counted = count(areas.Area), count(RunArea, RunArea.run_id.in_(runs))
        return {
            "sites": count(Site),
            "circles": count(RunSite, RunSite.run_id.in_(runs)),
            "gaps": count(RunArea, RunArea.run_id.in_(runs), RunArea.gap_west.is_not(None)),
            "hexagons": count(RunCell, RunCell.run_id.in_(runs)),
            # each area once for each run, and once where no run counts it: the city above the district
            "areas": counted + known - counted // len(runs),
        }


@pytest.fixture(scope="module")
def stored(ground):
    """Count them as an officer sees them."""
    return count_rows(ground, ground.published, ground.private)


@pytest.fixture
def gdal(served, ground):
    """Run a command of GDAL against the server; gives what it printed and which addresses it asked for."""

    def run(*words: str) -> tuple[str, list[str]]:
        token = ground.officer["Authorization"]
        headers = {"GDAL_HTTP_HEADERS": f"Authorization: {token}", "CPL_DEBUG": "HTTP"}
        done = subprocess.run(
            [word.format(ogc=f"OAPIF:{served}/ogc") for word in words],
            env=os.environ | headers | {"no_proxy": "*", "NO_PROXY": "*"},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout, re.findall(r"Fetch\((.*?)\)", done.stderr)

    return run


@needs_gdal
@pytest.mark.parametrize("layer", LAYERS)
def test_ogrinfo_counts_what_the_database_holds_with_types_of_the_schema(gdal, stored, layer):
    printed, _ = gdal("ogrinfo", "-ro", "-so", "{ogc}", layer)

    assert f"Feature Count: {stored[layer]}" in printed
    assert "Layer SRS WKT" in printed
    for line in {
        "hexagons": ("walk_s: Integer", "suppressed: Integer(Boolean)"),
        "areas": ("elders: Integer", "covered_share: Real", "as_of: Date"),
    }.get(layer, ()):
        assert line in printed


@needs_gdal
@pytest.mark.parametrize("layer", LAYERS)
def test_ogr2ogr_reads_every_feature_page_by_page(gdal, stored, layer, tmp_path):
    file = tmp_path / "out.geojson"
    _, asked = gdal("ogr2ogr", "-f", "GeoJSON", str(file), "{ogc}", layer)

    ids = [one["properties"]["id"] for one in json.loads(file.read_text(encoding="utf-8"))["features"]]
    assert len(ids) == len(set(ids)) == stored[layer]
    if stored[layer] > 10:  # GDAL 3.6 asks for ten at a time
        assert any("cursor=" in address for address in asked)


@needs_gdal
def test_larger_pages_are_fewer_requests(gdal, stored, tmp_path):
    _, asked = gdal(
        "ogr2ogr", "-f", "GeoJSON", str(tmp_path / "out.geojson"), "{ogc}", "hexagons", "-oo", "PAGE_SIZE=1000"
    )

    assert stored["hexagons"] > 10
    assert not any("cursor=" in address for address in asked)


@needs_gdal
def test_bbox_is_pushed_down(gdal):
    west, south = world.lonlat((-150.0, -200.0))
    east, north = world.lonlat((500.0, 100.0))

    printed, asked = gdal(
        "ogrinfo", "-ro", "-so", "{ogc}", "circles", "-spat", *(str(x) for x in (west, south, east, north))
    )

    assert "Feature Count: 1" in printed  # the circle around x = 0; the one around x = 1500 begins at 600
    assert any("bbox=" in address for address in asked)


@needs_gdal
@pytest.mark.parametrize(
    ("layer", "where", "asked_for", "count"),
    [
        ("areas", "level = 'community' AND service = 'meals'", "level=community&service=meals", 5),
        ("circles", "service = 'day_care'", "service=day_care", 2),
        ("sites", "facility_type = 'day_care_center'", "facility_type=day_care_center", 4),
    ],
)
def test_attribute_filter_is_pushed_down(gdal, layer, where, asked_for, count):
    printed, asked = gdal("ogrinfo", "-ro", "-so", "{ogc}", layer, "-where", where)

    assert f"Feature Count: {count}" in printed
    assert any(asked_for in address for address in asked)


@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_of_pyogrio_counts_what_everybody_sees(served, ground, layer):
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("this wheel of pyogrio has no OAPIF driver")

    facts = pyogrio.read_info(f"OAPIF:{served}/ogc", layer=layer, force_feature_count=True)

    assert facts["features"] == count_rows(ground, ground.published)[layer]
