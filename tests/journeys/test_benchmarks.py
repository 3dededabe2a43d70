"""Benchmarks that need nothing from outside still run, here with small numbers; what they measure is not looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import osmium
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("register", ["elders", "carers", "directory"])
def test_every_row_of_a_made_up_register_is_imported_once(register):
    said = _run("imports.py", "--register", register, "--rows", "60", "--engine", "sqlite")

    (found,) = said["imports"]
    assert (found["first"]["created"], found["again"]["unchanged"], found["again"]["created"]) == (60, 60, 0)


def test_the_questions_of_search_are_answered():
    said = _run("search.py", "--names", "300", "--queries", "18")

    assert said["found"]["养老"] > 0
    assert said["sqlite"]["p50_ms"] > 0


def test_the_nearest_sites_are_those_of_brute_force():
    said = _run("nearby.py", "--sites", "300", "--queries", "20")

    assert said["engines"]["sqlite"]["checked"] == 20


def test_the_rules_of_matching_say_what_the_brute_force_says_and_requests_are_answered():
    options = ("--side", "200", "--sites", "20", "--carers", "20", "--requests", "2", "--rounds", "1", "--pools", "2")

    said = _run("matching.py", *options)

    assert said["rules"]["checked"] == 2
    assert said["ratios"]["rules_vs_brute_force"] > 0
    assert {kind: one["calls"] for kind, one in said["engines"]["sqlite"].items()} == dict.fromkeys(
        ("meal_dine_in", "meal_delivery", "bathing_home", "visiting"), 2
    )


def test_the_engine_says_what_its_peers_say(tmp_path):
    said = _run("coverage.py", "--synthetic", "2500", "--sites", "20", "--repeat", "1", "--data", tmp_path)

    measured = {name for name, value in said["ratios"].items() if value is not None}
    assert said["ratios"].keys() - measured == {"import_vs_pyrosm"}
    assert measured == {
        "city_coverage_vs_scipy",
        "city_coverage_vs_edge_pass",
        "catchments_vs_scipy",
        "repair_vs_full",
        "city_polygon_vs_union",
    }
    assert said["rows"]["repair"]["mismatches"] == 0
    assert said["rows"]["import"]["note"].startswith("no extract")


def test_an_extract_without_dense_nodes_gives_the_same_network(tmp_path):
    extract = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(extract) as writer:
        for number in range(1, 40):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(117.2 + number / 1000, 39.1), version=1))
        for number in range(1, 39):
            tags = {"highway": "residential"}
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=[number, number + 1], tags=tags, version=1))

    said = _run("coverage.py", "--network", extract, "--sites", "3", "--repeat", "1", "--only", "import")

    assert said["rows"]["import"]["without_dense_nodes"]["ours"] == "the same network"
    # pyrosm is not among the tools that tests have: the row is there and says so.
    assert said["ratios"]["import_vs_pyrosm"] is None
    assert "not installed" in said["rows"]["import"]["note"]


def _run(name, *options) -> dict:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, *options, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
