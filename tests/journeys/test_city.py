"""`dispatch city` on real extracts, held against a second implementation that shares nothing with it."""

from __future__ import annotations

import csv
import json
import os
import struct
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from click.testing import CliRunner
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree
from shapely.geometry import shape

from dispatch.cli.city import city_commands
from dispatch.errors import DispatchError

ROOT = Path(__file__).parents[2]
EARTH_RADIUS_M = 6_371_008.8
ROADS = {"trunk", "primary", "secondary", "tertiary"}
WALKED = {"unclassified", "residential", "living_street", "road", "service", "track", "pedestrian", "footway", "path"}
WALKED |= {"steps", "corridor", "cycleway", "bridleway", "crossing"} | ROADS | {f"{road}_link" for road in ROADS}


def read_hexagons(folder: Path) -> list[dict[str, str]]:
    """Read the rows of the file of cells."""
    return list(csv.DictReader((folder / "porto-alegre-hexagons.csv").read_text(encoding="utf-8").splitlines()))


def read_features(path: Path) -> list[dict]:
    """Read the features of a GeoJSON file."""
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def city(*arguments: object) -> str:
    """Run the command in this process; what it prints comes back."""
    done = CliRunner().invoke(city_commands, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


class PlainCity:
    """
    Porto Alegre by scipy: every walked way as it stands in the file, plane lengths, Dijkstra.

    A home stands at the nearest node of the largest connected part and walks there straight; a site stands
    on its nearest node.
    """

    def __init__(self, folder: Path) -> None:
        numbers: dict[int, int] = {}
        points: list[tuple[float, float]] = []
        edges = set()
        ways = osmium.FileProcessor(str(folder / "porto-alegre.osm.pbf"), osmium.osm.NODE | osmium.osm.WAY)
        for way in ways.with_locations():
            if not way.is_way() or way.tags.get("highway") not in WALKED:
                continue
            foot, access = way.tags.get("foot"), way.tags.get("access")
            if foot in {"no", "private"}:
                continue
            if access in {"no", "private"} and foot not in {"yes", "designated", "permissive"}:
                continue
            row = []
            for node in way.nodes:
                if node.ref not in numbers:
                    numbers[node.ref] = len(points)
                    points.append((node.location.lon, node.location.lat))
                row.append(numbers[node.ref])
            edges |= {(min(a, b), max(a, b)) for a, b in pairwise(row) if a != b}
        self.lonlat = np.array(points)
        self.middle = self.lonlat.mean(axis=0)
        xy = self.plane(self.lonlat)
        a, b = np.array(sorted(edges)).T
        graph = csr_matrix((np.hypot(*(xy[a] - xy[b]).T), (a, b)), shape=(len(xy), len(xy)))
        _, part = connected_components(graph, directed=False)
        nodes = np.flatnonzero(part == np.bincount(part).argmax())
        rows = read_hexagons(folder)
        self.ids = [row["id"] for row in rows]
        middles = self.plane(np.array([(float(row["lon"]), float(row["lat"])) for row in rows]))
        self.people = np.array([float(row["population"] or 0) for row in rows])
        self.is_site = np.array([float(row["healthcare"] or 0) > 0 for row in rows])
        away_m, near = KDTree(xy[nodes]).query(middles)
        sites = np.unique(nodes[near][self.is_site])
        from_site_m = dijkstra(graph, directed=False, indices=sites, min_only=True)
        self.walk_m = away_m + from_site_m[nodes[near]]
        self.straight_m = KDTree(middles[self.is_site]).query(middles)[0]

    def plane(self, lonlat: np.ndarray) -> np.ndarray:
        east = np.radians(lonlat[:, 0] - self.middle[0]) * np.cos(np.radians(self.middle[1]))
        return EARTH_RADIUS_M * np.column_stack((east, np.radians(lonlat[:, 1] - self.middle[1])))

    def share(self, length_m: np.ndarray, *, limit_m: float) -> float:
        return float(self.people[length_m <= limit_m].sum() / self.people.sum())


@pytest.fixture(scope="module")
def porto_alegre(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("city") / "porto-alegre"
    folder = shared_data / "networks"
    hexagons = folder / "porto-alegre-hexagons.csv"
    printed = city(
        folder / "porto-alegre.osm.pbf", "--out", out, "--demand", f"{hexagons}:population",
        "--sites", f"{hexagons}:healthcare", "--json",
    )  # fmt: skip
    return out, json.loads(printed)


@pytest.mark.feature("G1")
def test_porto_alegre_agrees_with_scipy_and_with_the_published_figures(
    porto_alegre: tuple[Path, dict], shared_data: Path
) -> None:
    found = porto_alegre[1]["categories"]["healthcare"]
    plain = PlainCity(shared_data / "networks")

    # residents and cells with healthcare are facts of the file
    assert (found["demand"], found["sites"]) == (812_935, 117) == (plain.people.sum(), plain.is_site.sum())
    # published with the data: 49.9 % at 10 minutes, 76.4 % at 15, 90.7 % at 20, 92.1 % by the straight line
    for minutes, published in (("10", 0.499), ("15", 0.764), ("20", 0.907)):
        share = found["bands"][minutes]["covered_share"]
        second = plain.share(plain.walk_m, limit_m=60 * int(minutes))
        assert second == pytest.approx(published, abs=0.0006)  # the second implementation is the published one
        assert share == pytest.approx(second, abs=0.005)
    assert found["covered_share"] == found["bands"]["15"]["covered_share"]
    assert found["straight_line_share"] == pytest.approx(plain.share(plain.straight_m, limit_m=900), abs=0.002)
    assert found["straight_line_share"] == pytest.approx(0.921, abs=0.002)


def test_cell_by_cell_the_minutes_are_those_of_scipy(porto_alegre: tuple[Path, dict], shared_data: Path) -> None:
    plain = PlainCity(shared_data / "networks")
    cells = {
        one["properties"]["cell"]: one["properties"] for one in read_features(porto_alegre[0] / "hexagons.geojson")
    }

    theirs_m = {cell: walk_m for cell, walk_m in zip(plain.ids, plain.walk_m, strict=True) if cell in cells}

    assert len(theirs_m) == len(cells) == 1124
    # lengths on another earth model, edges rounded to decimetres: half a per cent and two seconds at most
    same = [
        cell
        for cell, walk_m in theirs_m.items()
        if cells[cell]["walk_s"] is not None and abs(cells[cell]["walk_s"] - walk_m) <= 0.005 * walk_m + 2
    ]
    # The 16 others (10,034 residents): cells and sites without a street of the main network within 200 m, and
    # whoever depends on such a site. Scipy lets them walk straight to the main network, across water too; we
    # leave them on their island. Together this is the 0.3 points between the two shares.
    others = set(cells) - set(same)
    assert len(others) <= 20
    assert sum(cells[cell]["demand"] for cell in others) / plain.people.sum() < 0.015


def test_summary_says_everything_that_it_assumes(porto_alegre: tuple[Path, dict]) -> None:
    out, summary = porto_alegre

    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == summary
    found, assumptions = summary["categories"]["healthcare"], summary["assumptions"]
    assert set(found["bands"]) == {"10", "12", "15", "18", "20"}
    assert found["covered"] == pytest.approx(found["covered_share"] * found["demand"])
    assert found["uncovered"] + found["covered"] == found["demand"]
    assert found["unlocated"] == 60  # residents of the cells that lie farther than 200 m from every street
    # door to entrance, both ways counted: the rule of registered homes gives another figure, and it is shown
    assert assumptions["other_origin_rule"] == "door"
    assert found["by_other_origin_rule"]["covered_share"] == pytest.approx(0.748, abs=0.001)
    for name in (
        "network", "network_date", "network_sha256", "network_table", "speed_mps", "limit_s", "boundary_rule_zh",
        "boundary_rule_en", "snap_limit_m", "origin_rule", "projection", "versions", "sources", "attribution",
        "rule_version",
    ):  # fmt: skip
        assert assumptions[name]
    assert assumptions["sources"]["sites"]["source"] == "porto-alegre-hexagons.csv:healthcare"
    assert assumptions["sources"]["sites"]["left_out"] == 1227 - 117
    assert assumptions["network_date"].startswith("2020-08-12")


def test_files_are_geojson_that_adds_up(porto_alegre: tuple[Path, dict]) -> None:
    out, summary = porto_alegre
    found = summary["categories"]["healthcare"]
    files = {
        name: json.loads((out / f"{name}.geojson").read_text(encoding="utf-8"))
        for name in ("circles", "gaps", "hexagons")
    }

    for file in files.values():
        assert file["type"] == "FeatureCollection"
        assert "OpenStreetMap" in file["attribution"]
        shapes = [shape(one["geometry"]) for one in file["features"] if one["geometry"]]
        assert all(one.is_valid and not one.is_empty for one in shapes)
    assert len(files["circles"]["features"]) == 117
    assert sum(one["properties"]["demand"] for one in files["hexagons"]["features"]) == found["demand"]
    for name in ("gaps", "hexagons"):
        assert sum(one["properties"]["uncovered"] for one in files[name]["features"]) == found["uncovered"]
    counts = [one["properties"]["uncovered"] for one in files["gaps"]["features"]]
    assert counts == sorted(counts, reverse=True)
    assert files["gaps"]["features"][0]["properties"]["over_limit_min"] > 0


@pytest.mark.feature("G1")
@pytest.mark.parametrize("origin", ["node", "door"])
def test_outline_and_person_agree_farther_than_ten_metres_from_the_outline(
    porto_alegre: tuple[Path, dict], shared_data: Path, tmp_path: Path, origin: str
) -> None:
    folder, out = shared_data / "networks", porto_alegre[0]
    if origin == "door":
        hexagons, out = folder / "porto-alegre-hexagons.csv", tmp_path / "out"
        city(
            folder / "porto-alegre.osm.pbf", "--out", out, "--demand", f"{hexagons}:population",
            "--sites", f"{hexagons}:healthcare", "--origin", "door",
        )  # fmt: skip

    circles, cells = (read_features(out / f"{name}.geojson") for name in ("circles", "hexagons"))

    covered = shapely.union_all([shape(one["geometry"]) for one in circles if one["geometry"]])
    rows = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in read_hexagons(folder)}
    wrong = []
    for one in cells:
        home = shapely.Point(rows[one["properties"]["cell"]])
        # 9e-5 degrees are 10 m from north to south and 8.7 m from east to west here
        is_far = shapely.distance(covered.boundary, home) > 1.05e-4
        if is_far and covered.contains(home) != (one["properties"]["uncovered"] == 0):
            wrong.append(one["properties"])
    assert wrong == []


def test_picture_is_2400_by_1600(porto_alegre: tuple[Path, dict]) -> None:
    content = (porto_alegre[0] / "map.png").read_bytes()

    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == (2400, 1600)


def test_liechtenstein_is_read_by_its_tags_and_buildings(shared_data: Path, tmp_path: Path) -> None:
    summary = json.loads(city(shared_data / "networks/liechtenstein-2015.osm.pbf", "--out", tmp_path / "out", "--json"))

    # counted in the file by hand: one hospital, three pharmacies
    assert {name: one["sites"] for name, one in summary["categories"].items()} == {"hospital": 1, "pharmacy": 3}
    assert summary["assumptions"]["demand_is_proxy"] is True
    assert "not people" in summary["assumptions"]["demand_note"]
    assert summary["categories"]["pharmacy"]["demand"] > 1_000_000  # square metres of floor


@pytest.mark.parametrize("name", ["porto-alegre", "porto-2015"])
def test_extract_without_sites_is_an_error_and_leaves_nothing(shared_data: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(DispatchError, match="holds no sites; give them with --sites"):
        city(shared_data / f"networks/{name}.osm.pbf", "--out", tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_extract_without_streets_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    extract = tmp_path / "in" / "empty.osm"
    extract.parent.mkdir()
    extract.write_text('<osm version="0.6"><node id="1" lat="1" lon="1"/></osm>', encoding="utf-8")

    with pytest.raises(DispatchError, match="no walkable ways"):
        city(extract, "--out", tmp_path / "out" / "city")

    assert not list((tmp_path / "out").iterdir())


def test_points_that_are_nowhere_near_a_street_are_an_error_and_leave_nothing(
    shared_data: Path, tmp_path: Path
) -> None:
    swapped = tmp_path / "swapped.csv"
    swapped.write_text("lon,lat,w\n-30.03,-51.22,3\n", encoding="utf-8")
    extract = shared_data / "networks" / "porto-alegre.osm.pbf"

    with pytest.raises(DispatchError, match="Are longitude and latitude swapped"):
        city(extract, "--out", tmp_path / "out" / "city", "--sites", swapped, "--demand", f"{swapped}:w")

    assert not list((tmp_path / "out").iterdir())


def test_command_needs_no_database_and_no_secret(tmp_path: Path) -> None:
    """Run as a program of its own with an empty environment."""
    (tmp_path / "cut.osm.pbf").write_bytes(b"not an extract")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DISPATCH_")}

    done = subprocess.run(
        [sys.executable, "-m", "dispatch", "city", str(tmp_path / "cut.osm.pbf"), "--out", str(tmp_path / "out")],
        cwd=ROOT, env=bare, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("error: The file cut.osm.pbf is cut off")
    assert not (tmp_path / "out").exists()


def test_porto_and_liechtenstein_are_imported_and_covered_below_1500_mb(shared_data: Path, tmp_path: Path) -> None:
    """The same with 2,000 sites, and how long it takes, is for `benchmarks/cities.py`."""
    done = subprocess.run(
        [sys.executable, "benchmarks/cities.py", "--data", shared_data / "networks", "--sites", "100", "--json"],
        cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=230,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["peak_mb"] < 1500
    assert [row["circles"] for row in measured["rows"]] == [100, 100]
    assert all(0 < row["covered_share"] < 1 for row in measured["rows"])
