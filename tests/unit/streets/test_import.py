import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dispatch import streets
from dispatch.streets.walkable import BarrierVerdict, Verdict, judge_barrier, judge_way
from dispatch.words import Locale
from tests.unit.streets.towns import AT

PAGE = Path(__file__).parents[3] / "docs/walkable-tags.md"


def tagged(tags):
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def written(path, *, ways, missing=(), points=None):
    """An OpenStreetMap file of nodes 1 to 9 on a line, 0.001 degrees apart, and ways given as (refs, tags)."""
    nodes = "".join(
        f'<node id="{i}" lat="39.1" lon="{117.2 + i / 1000:.3f}">{tagged((points or {}).get(i, {}))}</node>'
        for i in range(1, 10)
        if i not in missing
    )
    text = "".join(
        f'<way id="{number}" timestamp="2026-02-0{number}T00:00:00Z">'
        + "".join(f'<nd ref="{ref}"/>' for ref in refs)
        + tagged(tags)
        + "</way>"
        for number, (refs, tags) in enumerate(ways, start=1)
    )
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{text}</osm>', encoding="utf-8")
    return path


def read(path):
    return streets.read_osm(path, name="small", imported_at=AT)


@pytest.mark.feature("G1")
def test_ways_are_joined_where_they_share_a_point(tmp_path):
    path = written(
        tmp_path / "a.osm",
        ways=[
            ((1, 2, 3), {"highway": "residential", "oneway": "yes"}),
            ((3, 4), {"highway": "steps"}),
            ((4, 5), {"highway": "footway", "bridge": "yes"}),
        ],
    )

    network, report = read(path)

    assert report.ways_used == 3
    assert (network.node_count, network.edge_count, network.manifest.component_count) == (5, 4, 1)
    # 0.001 degrees at 39.1 N are 86.50 m on the ellipsoid.
    assert network.edge_length_dm.tolist() == [865] * 4


def test_closed_ways_ferries_and_unknown_kinds_are_left_out_and_counted(tmp_path):
    path = written(
        tmp_path / "a.osm",
        ways=[
            ((1, 2), {"highway": "residential"}),
            ((2, 3), {"highway": "service", "access": "private"}),
            ((3, 4), {"highway": "service", "access": "private", "foot": "yes"}),
            ((4, 5), {"highway": "motorway"}),
            ((5, 6), {"highway": "primary", "foot": "no"}),
            ((6, 7), {"route": "ferry", "foot": "yes"}),
            ((7, 8), {"highway": "proposed"}),
        ],
    )

    network, report = read(path)

    assert report.used == {"residential": 1, "service": 1}
    assert report.skipped == {
        "access_forbids": {"service": 1},
        "foot_forbids": {"primary": 1},
        "not_in_table": {"proposed": 1},
        "not_invited": {"motorway": 1},
    }
    assert network.manifest.component_count == 2
    assert network.manifest.share_outside_main == 0.5


def test_missing_points_cut_a_way_and_are_counted(tmp_path):
    path = written(tmp_path / "a.osm", ways=[((1, 2, 3, 4, 5), {"highway": "path"})], missing=(3,))

    network, report = read(path)

    assert report.missing_nodes == 1
    assert network.edge_count == 2
    assert network.manifest.component_count == 2


@pytest.mark.feature("G5")
def test_nobody_walks_through_a_closed_barrier_and_its_ways_stay(tmp_path):
    path = written(
        tmp_path / "a.osm",
        # a way from 1 to 7 with another that ends at the wall in its middle; 9 lies on no way
        ways=[((1, 2, 3, 4, 5, 6, 7), {"highway": "footway"}), ((4, 8), {"highway": "footway", "bridge": "yes"})],
        points={
            2: {"barrier": "gate"},
            3: {"barrier": "bollard", "access": "no"},
            4: {"barrier": "wall"},
            5: {"barrier": "kissing_gate", "locked": "no"},
            6: {"barrier": "gate", "locked": "yes"},
            7: {"barrier": "yes"},
            9: {"barrier": "fence"},
        },
    )

    network, report = read(path)

    # all seven edges are there; the wall gives each of its three an end of its own, the locked gate its two
    assert network.edge_count == 7
    assert network.node_count == 8 + 2 + 1
    # 1-2-3-4, 4-5-6, 6-7, 4-8
    assert sorted(np.bincount(network.component).tolist()) == [2, 2, 3, 4]
    assert report.barriers == {
        "impassable": {"wall": 1},
        "locked": {"gate": 1},
        "not_in_table": {"yes": 1},
        "passed": {"bollard": 1, "gate": 1, "kissing_gate": 1},
    }


@pytest.mark.parametrize(
    ("tags", "verdict"),
    [
        ({"barrier": "gate"}, BarrierVerdict.PASSED),
        ({"barrier": "gate", "access": "private"}, BarrierVerdict.ACCESS_FORBIDS),
        ({"barrier": "gate", "access": "private", "foot": "permissive"}, BarrierVerdict.PASSED),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, BarrierVerdict.PASSED),
        ({"barrier": "lift_gate", "access": "private"}, BarrierVerdict.PASSED),
        ({"barrier": "lift_gate", "access": "yes", "foot": "no"}, BarrierVerdict.FOOT_FORBIDS),
        ({"barrier": "stile", "locked": "yes"}, BarrierVerdict.LOCKED),
        ({"barrier": "wall", "access": "yes"}, BarrierVerdict.IMPASSABLE),
        ({"barrier": "fence", "foot": "designated"}, BarrierVerdict.PASSED),
        ({"barrier": "dragon"}, BarrierVerdict.NOT_IN_TABLE),
    ],
)
def test_rule_of_barriers_reads_four_tags(tags, verdict):
    barrier, *others = (tags.get(name) for name in ("barrier", "foot", "access", "locked"))

    assert judge_barrier(barrier, **dict(zip(("foot", "access", "locked"), others, strict=True))) is verdict
    assert verdict.is_passed == (verdict in {BarrierVerdict.PASSED, BarrierVerdict.NOT_IN_TABLE})


def test_age_of_the_map_is_that_of_the_newest_way_if_the_file_does_not_state_it(tmp_path):
    path = written(tmp_path / "a.osm", ways=[((1, 2), {"highway": "path"}), ((2, 3), {"highway": "path"})])

    _, report = read(path)

    assert report.manifest.source_at == datetime(2026, 2, 2, tzinfo=UTC)
    assert report.manifest.imported_at == AT


def test_progress_is_told(tmp_path):
    path = written(tmp_path / "a.osm", ways=[((1, 2), {"highway": "path"})])
    told = []

    streets.import_osm(
        path,
        folder=tmp_path / "net",
        name="small",
        imported_at=AT,
        progress=lambda step, ways: told.append((step.en, ways)),
    )

    assert told == [("joining the network", 1), ("writing files", 1)]
    assert streets.open_network(tmp_path / "net").manifest.name == "small"


def broken_files(folder, *, whole=None):
    """Each kind of file that no network can be made of."""
    (folder / "empty.osm.pbf").touch()
    (folder / "text.osm.pbf").write_text("lon,lat\n117.2,39.1\n", encoding="utf-8")
    (folder / "table.csv").write_text("lon,lat\n117.2,39.1\n", encoding="utf-8")
    (folder / "other.osm").write_text("<html></html>", encoding="utf-8")
    written(folder / "cut.osm", ways=[((1, 2), {"highway": "path"})])
    (folder / "cut.osm").write_bytes((folder / "cut.osm").read_bytes()[:-30])
    written(folder / "place.osm", ways=[((1, 2), {"highway": "path"})])
    (folder / "place.osm").write_bytes((folder / "place.osm").read_bytes().replace(b'lat="39.1"', b'lat="north"', 1))
    written(folder / "motorways.osm", ways=[((1, 2), {"highway": "motorway"})])
    written(folder / "rivers.osm", ways=[((1, 2), {"waterway": "river"})])
    names = [
        "empty.osm.pbf",
        "text.osm.pbf",
        "table.csv",
        "other.osm",
        "cut.osm",
        "place.osm",
        "motorways.osm",
        "rivers.osm",
        "none.osm",
    ]
    if whole is not None:
        (folder / "cut.osm.pbf").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        names.append("cut.osm.pbf")
    return [folder / name for name in names]


def check_refusal(path, *, folder):
    with pytest.raises(streets.NetworkSourceError) as caught:
        streets.import_osm(path, folder=folder / "net", name="net", imported_at=AT)

    for locale in Locale:
        sentence = caught.value.text(locale)
        assert path.name in sentence
        assert "\n" not in sentence
    assert list(folder.iterdir()) == []


def test_files_that_are_no_map_get_one_clear_line_and_leave_nothing(tmp_path):
    networks = tmp_path / "networks"
    networks.mkdir()

    for path in broken_files(tmp_path):
        check_refusal(path, folder=networks)


def test_map_cut_off_in_the_middle_gets_one_clear_line_and_leaves_nothing(tmp_path, shared_data):
    networks = tmp_path / "networks"
    networks.mkdir()

    *_, path = broken_files(tmp_path, whole=shared_data / "networks/liechtenstein-2015.osm.pbf")

    check_refusal(path, folder=networks)


@pytest.mark.parametrize(
    ("highway", "foot", "access", "verdict"),
    [
        ("footway", None, None, Verdict.WALKED),
        ("footway", None, "no", Verdict.ACCESS_FORBIDS),
        ("footway", "designated", "no", Verdict.WALKED),
        ("service", "permissive", "private", Verdict.WALKED),
        ("service", "private", "yes", Verdict.FOOT_FORBIDS),
        ("residential", None, "destination", Verdict.WALKED),
        ("motorway", None, None, Verdict.NOT_INVITED),
        ("motorway", "yes", "no", Verdict.WALKED),
        ("construction", "yes", None, Verdict.NOT_IN_TABLE),
    ],
)
def test_rule_reads_three_tags(highway, foot, access, verdict):
    assert judge_way(highway, foot=foot, access=access) is verdict


@pytest.mark.feature("G1")
def test_published_table_says_what_the_code_does():
    text = PAGE.read_text(encoding="utf-8")

    rows = dict(re.findall(r"^\| `([\w-]+)` \|(?: (.+?))? \|$", text, flags=re.MULTILINE))

    assert rows.pop("highway") == rows.pop("barrier") == "remark"
    barriers = {**streets.PASSED, **streets.GATED, **streets.IMPASSABLE}
    assert rows == {**streets.WALKED, **streets.INVITED_ONLY, **barriers}
    assert f"`{streets.TABLE_VERSION}`" in text
    for value in (*streets.INVITING, *streets.FORBIDDING):
        assert f"`{value}`" in text


# Counted by others: 305,000 to 323,000 for Porto depending on the tags taken, 96 % of them in one part; 54,202 for
# Liechtenstein. The table here takes outlines of squares too, which adds about one in a hundred.
@pytest.mark.feature("G1")
@pytest.mark.parametrize(
    ("file", "least", "most", "main_share"),
    [
        ("porto-2015", 305_000, 327_000, 0.96),
        ("liechtenstein-2015", 53_500, 55_000, 0.98),
        ("porto-alegre", 30_000, 45_000, 0.98),
    ],
)
def test_real_cities_are_read(shared_data, file, least, most, main_share):
    network, report = read(shared_data / f"networks/{file}.osm.pbf")

    manifest = report.manifest
    assert least <= manifest.node_count <= most
    assert 1 - manifest.share_outside_main == pytest.approx(main_share, abs=0.01)
    assert manifest.share_outside_main == pytest.approx(np.mean(network.component > 0))
    assert manifest.node_count == len(network.xy)
    assert network.indptr[-1] == 2 * manifest.edge_count
    assert report.ways_used == sum(report.used.values())
