"""The made-up world: the same in every run, and true by a second way of reckoning."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from pyproj import Geod, Transformer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

import seed
from seed.making import write_world

SOURCE = Path(seed.__file__).parent
DISTRICT = "120198"
WGS84 = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("seed")
    write_world(made)
    return made


@pytest.fixture(scope="module")
def world(folder):
    """The records by the name of their file, and the truth, as they were written."""
    texts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    truth = texts.pop("truth")
    return texts, truth


@pytest.fixture(scope="module")
def streets(folder):
    """Walkable edges read from the file as a stranger would: tags by hand, plane coordinates in metres."""
    root = ET.parse(folder / "network.osm").getroot()  # noqa: S314 - our own file
    to_plane = Transformer.from_crs(
        "EPSG:4326", "+proj=tmerc +lat_0=39.1 +lon_0=117.2 +k=1 +ellps=WGS84", always_xy=True
    )
    nodes = {n.get("id"): (float(n.get("lon")), float(n.get("lat"))) for n in root.iter("node")}
    number = {ref: position for position, ref in enumerate(nodes)}
    edges = []
    for way in root.iter("way"):
        tags = {tag.get("k"): tag.get("v") for tag in way.iter("tag")}
        if tags.get("highway") not in {"residential", "footway"} or tags.get("access") == "private":
            continue
        refs = [nd.get("ref") for nd in way.iter("nd")]
        edges += [(number[a], number[b]) for a, b in pairwise(refs)]
    lonlat = np.array(list(nodes.values()))
    xy = np.column_stack(to_plane.transform(lonlat[:, 0], lonlat[:, 1]))
    return lonlat, xy, np.array(edges), to_plane


def _snap(xy, edges, point):
    """Nearest edge by looking at all of them: number, decimetres to both ends and to the edge, gap to the next one."""
    a, b = xy[edges[:, 0]], xy[edges[:, 1]]
    along = np.clip(((point - a) * (b - a)).sum(1) / ((b - a) ** 2).sum(1), 0, 1)
    foot = a + along[:, None] * (b - a)
    away = np.hypot(*(point - foot).T)
    first, second = np.argsort(away)[:2]
    length_m = np.hypot(*(b[first] - a[first]))
    parts = along[first] * length_m, (1 - along[first]) * length_m, away[first]
    return first, [round(part * 10) for part in parts], away[second] - away[first], parts


def _walks_dm(streets, homes, sites):
    """Decimetres from each home to the nearest site by scipy's search; the sum of whole decimetres."""
    _, xy, edges, to_plane = streets
    lengths = np.round(np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T) * 10)
    count = len(xy)
    graph = coo_matrix((lengths, (edges[:, 0], edges[:, 1])), shape=(count, count)).tocsr()
    reached = np.full(count, np.inf)
    placed = [_snap(xy, edges, np.array(to_plane.transform(*site))) for site in sites]
    for edge, (to_a, to_b, off), _, _ in placed:
        for node, way in ((edges[edge, 0], to_a), (edges[edge, 1], to_b)):
            reached = np.minimum(reached, dijkstra(graph, directed=False, indices=node) + way + off)
    found = []
    for home in homes:
        edge, (to_a, to_b, off), gap, _ = _snap(xy, edges, np.array(to_plane.transform(*home)))
        best = min(reached[edges[edge, 0]] + to_a, reached[edges[edge, 1]] + to_b) + off
        for other, (site_a, _, site_off), _, _ in placed:
            if other == edge:
                best = min(best, abs(to_a - site_a) + off + site_off)
        found.append((int(best), gap))
    return found


def test_another_process_writes_the_same_bytes(folder, tmp_path):
    # another hash seed, so that the order of sets and dicts cannot hide in the files
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(SOURCE.parent)}
    command = [sys.executable, "-m", "seed", "--out", str(tmp_path)]

    subprocess.run(command, env=environment, check=True, capture_output=True)

    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_the_generator_imports_nothing_of_the_product():
    imported = set()
    for path in SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])

    assert "dispatch" not in imported
    assert {"numpy", "scipy", "osmium", "shapely"}.isdisjoint(imported)  # closed formulas need none of them


def test_blocks_are_a_hundred_metres_long(streets):
    lonlat, _, edges, _ = streets

    _, _, length_m = WGS84.inv(*lonlat[edges[:, 0]].T, *lonlat[edges[:, 1]].T)
    whole = length_m[length_m > 75]  # all but the parts beside the compound's gates and the inner path

    assert np.abs(whole - 100).max() < 0.02
    assert len(edges) - len(whole) == 5  # the compound's gate and back gate halve a street each; and its inner path


def test_homes_have_one_nearest_street_and_true_distances(world, streets):
    records, truth = world
    residents = [e for e in records["elders"] if e["residences"][-1]["valid_to"] is None and e["residences"][-1]["lon"]]
    points = {e["id"]: (e["residences"][-1]["lon"], e["residences"][-1]["lat"]) for e in residents}
    by_mark = {home["elder_id"]: home["day_care_walk_s"] for home in truth["coverage"]["homes"]}
    sample = [e["id"] for e in residents[::25]] + [i for i, walk_s in by_mark.items() if walk_s is not None]
    offering = _day_care_points(records)

    found = _walks_dm(streets, [points[elder_id] for elder_id in sample], offering)

    assert min(gap for _, gap in found) > 1  # metres
    assert {i: -(-way // 10) for i, (way, _) in zip(sample, found, strict=True) if i in by_mark} == {
        i: walk_s for i, walk_s in by_mark.items() if walk_s is not None
    }


def test_covered_elders_of_a_community_agree_with_a_search_on_the_file(world, streets):
    records, truth = world
    offering = _day_care_points(records)
    for code in ("120198003003", "120198003002", "120198004209"):  # river bank, compound, village
        homes = [e["residences"][-1] for e in records["elders"] if e["residences"][-1]["valid_to"] is None]
        here = [(h["lon"], h["lat"]) for h in homes if h["area_code"] == code and h["lon"]]
        row = truth["coverage"]["services"]["day_care"]["areas"][code]

        ways = [way for way, _ in _walks_dm(streets, here, offering)]

        off_streets = 1 if code == "120198004209" else 0  # 250 m from any street: no search reaches it by the rules
        for limit_s in (600, 720, 900, 1080, 1200):
            assert sum(way <= limit_s * 10 for way in ways) == row["covered"][str(limit_s)]
        assert len(here) - off_streets == row["elders"] - row["unlocated_elders"]


def _day_care_points(records):
    of = {(tuple(o["organization"]), o["source_ref"]): o["service_code"] for o in records["services"]}
    refs = {
        offer["site"][1]
        for offer in records["offers"]
        if of[(tuple(offer["service"][:2]), offer["service"][2])] == "day_care"
    }
    sites = [s for s in records["sites"] if s["source_ref"] in refs and s["lon"] and s["stages"][-1][0] == "open"]
    return [(s["lon"], s["lat"]) for s in sites]


def test_memberships_are_those_of_the_specification(world):
    records, _ = world
    on = "2026-03-01"
    first = [e for e in records["elders"] if e["residences"][0]["area_code"].startswith(DISTRICT)]

    held = [
        [m["category"] for m in e["memberships"] if m["valid_from"] <= on and (not m["valid_to"] or m["valid_to"] > on)]
        for e in first
    ]
    counted = [len(categories) for categories in held if categories]

    # domain.md section 6: 900 in one, 240 in two, 60 in three
    assert [counted.count(n) for n in (1, 2, 3)] == [900, 240, 60]
    assert {c: sum(c in categories for categories in held) for c in {c for cs in held for c in cs}} == {
        "empty_nest": 520,
        "living_alone": 380,
        "functionally_disabled": 240,
        "severe_disability": 140,
        "left_behind": 130,
        "no_family": 90,
        "family_planning_special": 60,
    }


def test_logs_counted_again_from_the_records_give_the_strict_rate(world):
    records, truth = world
    homes = {e["id"]: e["residences"][0]["area_code"] for e in records["elders"]}
    due = {
        e["id"]
        for e in records["elders"]
        if homes[e["id"]].startswith(DISTRICT)
        and any(
            m["valid_from"] < "2026-04-01" and (not m["valid_to"] or m["valid_to"] > "2026-03-01")
            for m in e["memberships"]
        )
    }
    counted = {
        log["elder_id"]
        for log in records["visit_logs"]
        if (log["service_code"], log["mode"]) == ("visiting", "door")
        and log["outcome"] in {"done", "done_partly", "emergency_found"}
        and "2026-02-28T16:00:00Z" <= log["started_at"] < "2026-03-31T16:00:00Z"
    }

    assert (len(due), len(due & counted)) == (1240, 1140)
    assert sorted(due - counted) == truth["visits"]["unvisited_ids"]


def test_one_hour_of_the_week_has_a_single_bather(world):
    records, _ = world
    bathers = [
        c
        for c in records["carers"]
        if any(q[0] == "bathing" for q in c["qualifications"]) and c["base_site_id"] in _first_sites(records)
    ]

    alone = [
        (day, hour)
        for day in range(7)
        for hour in range(24)
        if sum(any(s[0] == day and s[1] <= f"{hour:02}:00" < s[2] for s in c["shifts"]) for c in bathers) == 1
    ]

    assert len(bathers) == 8
    assert alone == [(6, 18)]  # Sunday, six in the evening


def test_three_teams_can_bathe_an_elder_on_the_afternoon_of_any_day(world):
    records, _ = world
    teams = {name: [] for name in ("hm01", "cx01", "cx02")}
    sites = {s["id"]: s["source_ref"] for s in records["sites"]}
    for carer in records["carers"]:
        if sites.get(carer["base_site_id"]) in teams:
            teams[sites[carer["base_site_id"]]].append(carer)

    for day in range(7):
        for team in teams.values():
            there = [c for c in team if any(s[0] == day and s[1] <= "13:00" and s[2] >= "18:00" for s in c["shifts"])]
            skills = [{q[0] for q in c["qualifications"]} for c in there]
            assert sum("lifting" in held for held in skills) >= 2
            assert any({"lifting", "bathing"} <= held for held in skills)


def _first_sites(records):
    return {s["id"] for s in records["sites"] if s["area_code"].startswith(DISTRICT)}


def test_all_is_labeled_as_made_up(world):
    records, _ = world

    assert all(area["is_made_up"] and "（虚构）" in area["name_zh"] for area in records["areas"])
    assert all("（虚构）" in row["name"] for row in [*records["organizations"], *records["sites"]])


def test_every_code_of_the_lists_is_used(world):
    records, _ = world
    requests, logs = records["requests"], records["visit_logs"]
    reasons = {(m["to"], m["reason"]) for r in requests for m in r["moves"]}

    assert {r["wish"]["channel"] for r in requests} == {"app", "phone", "counter", "worker", "visit", "sos"}
    assert {r["wish"]["urgency"] for r in requests} == {"emergency", "urgent", "soon", "routine"}
    assert {reason for to, reason in reasons if to == "canceled"} == {
        "not_needed",
        "served_elsewhere",
        "entered_wrongly",
        "died",
    }
    assert {reason for to, reason in reasons if to == "on_hold"} == {
        "in_hospital",
        "away",
        "waiting_family",
        "waiting_document",
    }
    assert {log["mode"] for log in logs} == {"door", "site_meeting", "phone_call", "video", "third_party"}
    assert len({log["outcome"] for log in logs}) == 8
    assert {bed["bed_type"] for bed in records["beds"]} == {"nursing", "care", "dementia_bed", "general", "day_place"}
