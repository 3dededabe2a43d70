"""The extract that is read in bulk, against osmium's own objects taken one by one in Python."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import osmium
import pytest

from dispatch import streets
from dispatch.streets.extracts import read_extract
from dispatch.streets.ordering import rising_order
from dispatch.streets.walkable import Verdict, judge_barrier, judge_way
from tests.unit.streets.towns import AT

# Ids beyond 2^32 and below 0; 5 and 6 at one place; -7 and 11 far out; 3 in two versions; 99 is missing.
EVERYTHING = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
<node id="1" version="1" lat="39.1" lon="117.2"/>
<node id="2" version="1" lat="39.1000001" lon="117.2010009"><tag k="barrier" v="gate"/><tag k="locked" v="yes"/></node>
<node id="3" version="1" lat="39.1" lon="117.202"><tag k="barrier" v="wall"/></node>
<node id="3" version="2" lat="39.1" lon="117.2021"><tag k="barrier" v="bollard"/><tag k="foot" v="no"/></node>
<node id="4" version="1" lat="-0.0000001" lon="-0.0000001"/>
<node id="5" version="1" lat="39.101" lon="117.203"><tag k="barrier" v="龙"/></node>
<node id="6" version="1" lat="39.101" lon="117.203"><tag k="highway" v="crossing"/></node>
<node id="-7" version="1" lat="-89.9999999" lon="179.9999999"/>
<node id="4294967297" version="1" lat="39.103" lon="117.204"><tag k="barrier" v="gate"/><tag k="access" v="no"/></node>
<node id="9223372036854" version="1" lat="39.104" lon="117.205"/>
<node id="11" version="1" lat="90" lon="-180"><tag k="barrier" v=""/></node>
<node id="12" version="1" lat="39.105" lon="117.206"><tag k="barrier" v="fence"/></node>
<way id="1" version="1" timestamp="2026-02-01T00:00:00Z"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
  <tag k="name" v="人民路, a=b %20%&#10;&lt;"/><tag k="highway" v="residential"/></way>
<way id="2" version="1" timestamp="2026-02-09T00:00:00Z"><nd ref="3"/><nd ref="99"/><nd ref="5"/><nd ref="5"/>
  <nd ref="6"/><tag k="foot" v="yes"/><tag k="highway" v="motorway"/><tag k="access" v="no"/></way>
<way id="3" version="1" timestamp="2026-03-09T01:02:03Z"><nd ref="1"/><nd ref="6"/><tag k="highway" v="proposed"/></way>
<way id="-4" version="1"><nd ref="-7"/><nd ref="4294967297"/><nd ref="9223372036854"/><nd ref="-7"/>
  <tag k="highway" v="footway"/></way>
<way id="5" version="1"><tag k="highway" v="path"/></way>
<way id="6" version="1"><nd ref="11"/><tag k="highway" v="steps"/><tag k="locked" v="yes"/></way>
<way id="6" version="2" timestamp="2026-02-28T23:59:59Z"><nd ref="11"/><nd ref="4"/><tag k="highway" v="steps"/></way>
<way id="7" version="1"><nd ref="12"/><nd ref="1"/><tag k="barrier" v="fence"/></way>
<way id="8" version="1"><nd ref="12"/><nd ref="1"/><tag k="barrier" v="fence"/><tag k="highway" v=""/></way>
<way id="8589934592" version="1"><nd ref="98"/><nd ref="97"/><tag k="highway" v="service"/><tag k="access" v="private"/>
  <tag k="access" v="yes"/></way>
<way id="9" version="1"><nd ref="98"/><nd ref="97"/><tag k="highway" v="service"/><tag k="highways" v="x"/>
  <tag k="highwa" v="y"/><tag k="foo" v="no"/></way>
<node id="13" version="1" lat="39.2" lon="117.2"><tag k="barrier" v="stile"/><tag k="name" v="晚"/></node>
<way id="10" version="1"><nd ref="13"/><nd ref="1"/><tag k="highway" v="crossing"/></way>
</osm>
"""

FORMS = {
    "a.osm": None,
    "a.osm.gz": "osm.gz",
    "a.osm.bz2": "osm.bz2",
    "a.osm.pbf": "pbf",
    "plain.osm.pbf": "pbf,pbf_dense_nodes=false,pbf_compression=none",
}


def written(folder, *, name):
    source = folder / "a.osm"
    source.write_text(EVERYTHING, encoding="utf-8")
    if FORMS[name]:
        with osmium.SimpleWriter(osmium.io.File(str(folder / name), FORMS[name])) as writer:
            for one in osmium.FileProcessor(str(source)):
                writer.add(one)
    return folder / name


def one_by_one(path):
    """The second implementation: each object and each of its points in Python."""
    refs, units, lengths, barriers, newest_at = [], [], [], {}, None
    used, skipped = Counter(), Counter()
    for one in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        tags = one.tags
        if one.is_node() and "barrier" in tags:
            others = {key: tags.get(key) for key in ("foot", "access", "locked")}
            barriers[one.id] = judge_barrier(tags["barrier"], **others), tags["barrier"]
        if not one.is_way() or "highway" not in tags:
            continue
        verdict = judge_way(tags["highway"], foot=tags.get("foot"), access=tags.get("access"))
        if verdict is not Verdict.WALKED:
            skipped[verdict, tags["highway"]] += 1
            continue
        used[tags["highway"]] += 1
        refs += [node.ref for node in one.nodes]
        units += [(node.location.x, node.location.y) for node in one.nodes]
        lengths.append(len(one.nodes))
        if one.timestamp.timestamp() > 0:
            newest_at = max(newest_at or one.timestamp, one.timestamp)
    return refs, units, lengths, used, skipped, barriers, newest_at


def check_as_one_by_one(path):
    found = read_extract(path)

    refs, units, lengths, *rest = one_by_one(path)
    assert np.array_equal(found.refs, refs)
    assert np.array_equal(found.units, np.array(units).reshape(-1, 2))
    assert np.array_equal(found.lengths, lengths)
    assert [found.used, found.skipped, found.barriers, found.newest_at] == rest
    return found


@pytest.mark.feature("G1")
@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_a_file_says_what_its_objects_say(tmp_path, name):
    found = check_as_one_by_one(written(tmp_path, name=name))

    # counted by hand: ways 1, 2, -4, 5, 6, 6, 9, 10
    assert found.lengths.tolist() == [4, 5, 4, 0, 1, 2, 2, 2]
    assert found.refs[9:13].tolist() == [-7, 4294967297, 9223372036854, -7]
    assert found.units[1].tolist() == [1_172_010_009, 391_000_001]
    assert found.units[11].tolist() == [1_172_050_000, 391_040_000]
    assert found.newest_at == datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert set(found.barriers) == {2, 3, 5, 4294967297, 11, 12, 13}


@pytest.mark.parametrize("name", FORMS)
def test_network_is_the_same_from_every_form(tmp_path, name):
    expected, report = streets.read_osm(written(tmp_path, name="a.osm"), name="a", imported_at=AT)

    network, found = streets.read_osm(written(tmp_path, name=name), name="a", imported_at=AT)

    # places of ways that are not in the file: 99, 98 and 97; osmium keeps no place of -7, where a way passes twice
    assert found.missing_nodes == 5
    for one in ("xy", "indptr", "indices", "length_dm", "component", "edge_a", "edge_b", "grid_start", "grid_edge"):
        assert np.array_equal(getattr(network, one), getattr(expected, one))
    assert (found.used, found.skipped, found.barriers) == (report.used, report.skipped, report.barriers)


@pytest.mark.feature("G1")
@pytest.mark.parametrize("name", ["liechtenstein-2015", "porto-2015", "porto-alegre"])
def test_real_extract_says_what_its_objects_say(shared_data, name):
    found = check_as_one_by_one(shared_data / f"networks/{name}.osm.pbf")

    assert len(found.refs) > 30_000


def test_letters_of_no_encoding_in_a_name_do_no_harm(tmp_path):
    path = written(tmp_path, name="plain.osm.pbf")
    path.write_bytes(path.read_bytes().replace("人民路".encode(), b"\xff" * 9))

    check_as_one_by_one(path)


def test_more_objects_than_one_block_holds(tmp_path):
    # osmium puts at most 8,000 objects into a block
    ways = "".join(
        f'<way id="{i}"><nd ref="1"/><nd ref="{1 + i % 9}"/><tag k="highway" v="{("path", "steps")[i % 2]}"/></way>'
        for i in range(1, 20_002)
    )
    nodes = "".join(f'<node id="{i}" lat="39.{i}" lon="117.2"/>' for i in range(1, 10))
    (tmp_path / "a.osm").write_text(f'<osm version="0.6">{nodes}{ways}</osm>', encoding="utf-8")
    told = []

    found = read_extract(tmp_path / "a.osm", progress=told.append)

    assert found.used == {"path": 10_000, "steps": 10_001}
    assert len(found.refs) == 2 * 20_001
    assert told == [20_000]
    check_as_one_by_one(tmp_path / "a.osm")


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [5],
        [3, 3, 3],
        [2**62, -(2**61), 0, 2**62, -1],
        np.random.default_rng(1).integers(-(2**40), 2**40, 5_000),
        np.random.default_rng(2).integers(0, 50, 5_000),
        np.arange(5_000)[::-1],
    ],
)
def test_numbers_are_put_in_order_and_equal_ones_stay_as_they_came(keys):
    keys = np.array(keys, np.int64)

    assert np.array_equal(rising_order(keys), np.argsort(keys, kind="stable"))


def test_of_edges_between_two_points_the_shortest_is_kept():
    chance = np.random.default_rng(4)
    edges, length_dm = chance.integers(0, 40, (3_000, 2)), chance.integers(1, 500, 3_000)
    lonlat = np.column_stack((117 + chance.random(45) / 100, 39 + chance.random(45) / 100))

    network = streets.build_network(lonlat, edges=edges, length_dm=length_dm, name="a", imported_at=AT)

    shortest = {}
    for pair, length in zip(np.sort(edges).tolist(), length_dm.tolist(), strict=True):
        if pair[0] != pair[1]:
            shortest[tuple(pair)] = min(length, shortest.get(tuple(pair), length))
    places = {tuple(one): row for row, one in enumerate(np.round(lonlat, 9).tolist())}
    own = [places[tuple(one)] for one in np.round(network.projection.to_ll(network.xy), 9).tolist()]
    found = {
        tuple(sorted((own[a], own[b]))): length
        for a, b, length in zip(network.edge_a, network.edge_b, network.edge_length_dm.tolist(), strict=True)
    }
    assert found == shortest
    assert len(network.edge_a) == len(shortest)
    for node in range(network.node_count):
        ends = network.indices[network.indptr[node] : network.indptr[node + 1]]
        assert np.all(np.diff(ends) > 0)
        for end, length in zip(
            ends, network.length_dm[network.indptr[node] : network.indptr[node + 1]].tolist(), strict=True
        ):
            assert length == shortest[tuple(sorted((own[node], own[end])))]
