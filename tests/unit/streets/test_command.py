import json

import pytest
from click.testing import CliRunner

from dispatch.cli.streets import streets_commands
from tests.unit.streets.test_import import written


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("DISPATCH_VAR_DIR", str(tmp_path / "var"))

    def call(*arguments):
        return CliRunner().invoke(streets_commands, [str(one) for one in arguments])

    return call


@pytest.mark.feature("G1")
def test_import_prints_a_report_and_the_network_is_listed(run, tmp_path):
    path = written(tmp_path / "a.osm", ways=[((1, 2, 3), {"highway": "path"}), ((3, 4), {"highway": "motorway"})])

    imported = run("import", path, "--name", "small")
    listed = run("list")

    assert imported.exit_code == 0
    for line in ("small@", "not_invited: motorway", "总长 / length", "map as of"):
        assert line in imported.stdout
    assert "small@" in listed.stdout
    assert "3 nodes" in listed.stdout


def test_report_as_json_is_json_and_nothing_else(run, tmp_path):
    path = written(tmp_path / "a.osm", ways=[((1, 2, 3), {"highway": "path"})])

    report = json.loads(run("import", path, "--name", "small", "--json").stdout)
    listed = json.loads(run("list", "--json").stdout)

    assert report["ways_used"] == 1
    assert report["manifest"]["node_count"] == 3
    assert report["seconds"] >= 0
    assert listed == [report["manifest"]]


def test_file_that_is_no_map_ends_with_one_line_and_a_status(run, tmp_path):
    (tmp_path / "empty.osm.pbf").touch()

    refused = run("import", tmp_path / "empty.osm.pbf", "--name", "small")

    assert refused.exit_code != 0
    assert len(refused.stderr.splitlines()) == 1
    assert "empty.osm.pbf" in refused.stderr
    assert not (tmp_path / "var/networks").exists()


@pytest.mark.parametrize("name", ["../up", "Big", "", "a b", ".hidden"])
def test_name_that_could_leave_its_folder_is_refused(run, tmp_path, name):
    path = written(tmp_path / "a.osm", ways=[((1, 2), {"highway": "path"})])

    refused = run("import", path, "--name", name)

    assert refused.exit_code != 0
    assert not (tmp_path / "var").exists()


def test_listing_nothing_says_how_to_begin(run):
    assert "dispatch streets import" in run("list").stdout
