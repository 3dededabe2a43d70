"""Lengths kept on disk: found again by exactly the same streets and spots, never wrong, never told to others."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from dispatch import streets
from dispatch.streets import keeping
from tests.unit.streets.towns import AT

KEY = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def network():
    return streets.synthetic_network(14, seed=5, imported_at=AT)


@pytest.fixture(scope="module")
def points(network):
    chance = np.random.default_rng(5)
    return chance.uniform(network.xy.min(axis=0), network.xy.max(axis=0), (60, 2))


@pytest.fixture
def cache(tmp_path):
    return streets.TravelCache(tmp_path / "travel", key=KEY)


def files(cache):
    return sorted(cache.folder.iterdir())


def fresh(network, points, **asked):
    return streets.travel_lengths(network, points_xy=points, **asked).length_dm


def test_the_same_places_in_any_order_are_not_searched_again(network, points, cache):
    expected = fresh(network, points)
    first = streets.travel_lengths(network, points_xy=points, cache=cache)
    order = np.random.default_rng(0).permutation(len(points))

    again = streets.travel_lengths(network, points_xy=points[order], cache=cache)

    assert first.searched == first.spots == again.spots
    assert again.searched == 0
    assert len(files(cache)) == 1
    assert np.array_equal(first.length_dm, expected)
    assert np.array_equal(again.length_dm, expected[np.ix_(order, order)])


def test_a_few_new_places_are_searched_from_alone(network, points, cache):
    streets.travel_lengths(network, points_xy=points[:50], cache=cache)
    wanted = points[5:]  # five went, ten came

    found = streets.travel_lengths(network, points_xy=wanted, cache=cache)

    assert found.searched == 10
    assert np.array_equal(found.length_dm, fresh(network, wanted))
    assert streets.travel_lengths(network, points_xy=wanted, cache=cache).searched == 0
    assert len(files(cache)) == 2


def test_a_day_with_fewer_places_writes_nothing(network, points, cache):
    streets.travel_lengths(network, points_xy=points, cache=cache)

    found = streets.travel_lengths(network, points_xy=points[20:40], cache=cache)

    assert found.searched == 0
    assert np.array_equal(found.length_dm, fresh(network, points[20:40]))
    assert len(files(cache)) == 1


def test_of_several_days_the_one_with_most_in_common_serves(network, points, cache):
    for day in (points[:20], points[:45], np.concatenate((points[:30], points[55:]))):
        streets.travel_lengths(network, points_xy=day, cache=cache)

    found = streets.travel_lengths(network, points_xy=points[:50], cache=cache)

    assert len(files(cache)) == 4
    assert found.searched == 5


def test_other_streets_limits_and_keys_find_nothing(network, points, cache):
    streets.travel_lengths(network, points_xy=points, cache=cache)
    middle = network.xy.mean(axis=0)
    wall = shapely.LineString(network.projection.to_ll(np.array([middle - 150.0, middle + 150.0])))
    closure = streets.StreetEdit(streets.StreetEditKind.CLOSURE, shape_ll=wall)
    edited = streets.edit_network(network, edits=[closure]).network

    on_edited = streets.travel_lengths(edited, points_xy=points, cache=cache)
    shorter = streets.travel_lengths(network, points_xy=points, cache=cache, limit_dm=5_000)
    other_key = streets.travel_lengths(network, points_xy=points, cache=replace(cache, key=KEY[::-1]))

    for one in (on_edited, shorter, other_key):
        assert one.searched == one.spots
    assert np.array_equal(on_edited.length_dm, fresh(edited, points))
    assert np.array_equal(shorter.length_dm, fresh(network, points, limit_dm=5_000))


def test_a_network_of_another_name_with_the_same_streets_is_served(network, points, cache):
    streets.travel_lengths(network, points_xy=points, cache=cache)
    renamed = replace(network, manifest=replace(network.manifest, name="other", edits_sha256="0" * 64))

    assert streets.travel_lengths(renamed, points_xy=points, cache=cache).searched == 0


def cut_short(path: Path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path):
    path.write_bytes(b"")


def no_array(path: Path):
    path.write_bytes(b"no array at all" * 1_000)


def wrong_count(path: Path):
    whole = np.load(path)
    whole[0] += 1
    np.save(path, whole)


def other_numbers(path: Path):
    np.save(path, np.load(path).astype(np.int64))


def one_length_changed(path: Path):
    whole = np.load(path)
    whole[-7] += 1
    np.save(path, whole)


def names_exchanged(path: Path):
    whole = np.load(path)
    whole[1:5], whole[5:9] = whole[5:9].copy(), whole[1:5].copy()
    np.save(path, whole)


@pytest.mark.parametrize(
    "spoil", [cut_short, emptied, no_array, wrong_count, other_numbers, one_length_changed, names_exchanged]
)
def test_a_spoiled_file_is_measured_anew_and_mended(network, points, cache, spoil):
    expected = streets.travel_lengths(network, points_xy=points, cache=cache)
    spoil(files(cache)[0])

    found = streets.travel_lengths(network, points_xy=points, cache=cache)

    assert found.searched == found.spots
    assert np.array_equal(found.length_dm, expected.length_dm)
    assert streets.travel_lengths(network, points_xy=points, cache=cache).searched == 0


def test_files_tell_no_places_and_are_for_their_owner_alone(network, points, cache):
    streets.travel_lengths(network, points_xy=points, cache=cache)
    spots, _ = streets.travel.street_spots(streets.snap_points(network, points_xy=points))

    (path,) = files(cache)

    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert network.manifest.name not in path.name
    assert not set(spots[spots[:, 0] > 100, 0].tolist()) & set(np.load(path)[1 : 1 + 5 * len(spots)].tolist())
    names = np.load(path)[1 : 1 + 4 * len(spots)].reshape(-1, 4)
    texts = [one.tobytes().hex() for one in names]
    assert texts == sorted(texts)
    assert "0123456789" not in repr(cache)


def test_the_oldest_make_room_and_the_newest_stays(network, points, tmp_path):
    size = 128 + 4 * (1 + 40 * (5 + 40))
    cache = streets.TravelCache(tmp_path / "travel", key=KEY, most_bytes=2 * size + 500)
    for number, first in enumerate((0, 5, 10, 15)):
        streets.travel_lengths(network, points_xy=points[first : first + 40], cache=cache)
        newest = max(files(cache), key=lambda one: one.stat().st_mtime_ns)
        os.utime(newest, (1_000 + number, 1_000 + number))

    assert len(files(cache)) == 2
    assert streets.travel_lengths(network, points_xy=points[15:55], cache=cache).searched == 0
    assert streets.travel_lengths(network, points_xy=points[:40], cache=cache).searched > 0

    tiny = replace(cache, most_bytes=1)
    streets.travel_lengths(network, points_xy=points[:33], cache=replace(tiny, key=KEY[::-1]))
    assert len(files(cache)) == 1


def test_what_was_not_used_for_long_and_drafts_left_behind_go(network, points, cache):
    streets.travel_lengths(network, points_xy=points[:20], cache=cache)
    draft = cache.folder / ".half.npy"
    draft.write_bytes(b"half")
    for one in files(cache):
        long_ago = one.stat().st_mtime - (keeping.KEPT_DAYS + 1) * 86_400
        os.utime(one, (long_ago, long_ago))

    streets.travel_lengths(network, points_xy=points[30:], cache=cache)

    assert len(files(cache)) == 1


def test_a_folder_that_cannot_be_written_to_costs_time_only(network, points, tmp_path):
    in_the_way = tmp_path / "travel"
    in_the_way.write_text("a file, not a folder")

    found = streets.travel_lengths(network, points_xy=points, cache=streets.TravelCache(in_the_way, key=KEY))

    assert np.array_equal(found.length_dm, fresh(network, points))


def test_two_that_write_at_once_leave_whole_files(network, points, cache):
    """A draft has a name of its own, so that whoever comes second replaces the whole."""
    spots, _ = streets.travel.street_spots(streets.snap_points(network, points_xy=points))
    one, other = (keeping.Shelf(cache, network=network, spots=spots, limit_dm=9_000) for _ in range(2))
    between = streets.travel.spot_lengths(network, spots=spots, limit_dm=9_000)
    one.put(between)
    kept = other.find()
    other.put(between)

    assert len(files(cache)) == 1
    assert kept is not None
    assert np.array_equal(kept.length_dm, between[np.ix_(kept.rows, kept.rows)])


def test_a_key_of_a_few_letters_is_refused(tmp_path):
    with pytest.raises(ValueError, match="16 bytes"):
        streets.TravelCache(tmp_path, key=b"short")
