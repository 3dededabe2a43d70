"""Named edits from the command line: added, listed, ended, taken back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dispatch import coverage, storage, streets
from dispatch.cli.coverage import coverage_commands
from tests.factories.network_edits import BRIDGE_CLOSED
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask


@pytest.fixture
def city_app(real_app: Flask) -> Flask:
    settings = real_app.config["DISPATCH_SETTINGS"]
    streets.save_network(world.make_network(), folder=settings.networks_dir / settings.network)
    with real_app.app_context(), storage.transaction():
        world.put_world()
    return real_app


def command(app: Flask, *arguments: str, exit_code: int = 0) -> str:
    done = CliRunner(env={"COLUMNS": "240"}).invoke(
        coverage_commands, ("edit", *arguments), obj=lambda **_: app, catch_exceptions=False
    )
    assert done.exit_code == exit_code, done.output
    return done.output


@pytest.mark.feature("G5")
def test_edit_is_added_listed_ended_and_taken_back(city_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "bridge.geojson"
    file.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": BRIDGE_CLOSED}), encoding="utf-8")
    said = ("--area", world.DISTRICT, "--name", "大桥", "--reason", "桥面大修封闭", "--crs", "wgs84")

    added = command(city_app, "add", "--kind", "closure", "--geometry", str(file), "--from", "2026-03-01", *said)
    edit_id = re.search(r"edit (\S+):", added)[1]

    assert "切断 cut 1, 封闭 closed 1 m" in added
    assert edit_id in command(city_app, "list", "--on", "2026-03-31")
    command(city_app, "end", edit_id, "--to", "2026-03-31")
    [listed] = json.loads(command(city_app, "list", "--json"))
    assert (listed["version"], listed["valid_to"], listed["reason"]) == (2, "2026-03-31", "桥面大修封闭")
    assert edit_id not in command(city_app, "list", "--on", "2026-03-31")
    command(city_app, "withdraw", edit_id)
    assert json.loads(command(city_app, "list", "--json")) == []


def test_file_that_holds_no_shape_is_refused(city_app: Flask, tmp_path: Path) -> None:
    said = ("--area", world.DISTRICT, "--name", "大桥", "--reason", "桥面大修封闭", "--crs", "wgs84", "--kind", "path")
    for text in ("lon,lat", "[1, 2]", '{"type": "FeatureCollection", "features": []}'):
        file = tmp_path / "shape.geojson"
        file.write_text(text, encoding="utf-8")
        if text.startswith("lon"):
            assert "no JSON" in command(city_app, "add", *said, "--geometry", str(file), exit_code=2)
        else:
            with pytest.raises(coverage.InvalidNetworkEditError) as caught:
                command(city_app, "add", *said, "--geometry", str(file))
            assert "LineString" in caught.value.fields["geometry"][0].en
