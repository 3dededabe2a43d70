"""
Reading the walked ways of an OpenStreetMap extract, with the points on them.

Osmium reads the file, looks the points up and keeps what is tagged as a street or a barrier, all of it outside Python,
and writes that into a file of its own, not compressed; kernels take the numbers from there in bulk
(https://wiki.openstreetmap.org/wiki/PBF_Format). Every form of extract goes the same way.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import osmium

from dispatch.streets.blocks import (
    COUNT,
    ID,
    IS_WAY,
    KIND,
    LOCKED,
    TIME_S,
    read_blocks,
    read_objects,
    read_places,
)
from dispatch.streets.walkable import BarrierVerdict, Verdict, judge_barrier, judge_way

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

WAYS_BETWEEN_REPORTS = 20_000
UNITS_PER_DEGREE = 1e7
# As `blocks` reads it; who mapped what is not written down.
_FORM = "pbf,pbf_compression=none,pbf_dense_nodes=false,locations_on_ways=true,add_metadata=timestamp"


@dataclass(slots=True)
class Extract:
    """
    The walked ways of an extract, strung together.

    Attributes
    ----------
    refs : ndarray of int64, shape (n,)
        The id of the point at each place.
    units : ndarray of int32, shape (n, 2)
        Longitude and latitude in 1e-7 degrees, out of range where the file does not hold the point.
    lengths : ndarray of int64, shape (ways,)
        How many places each way has.
    used, skipped
        Ways counted by their `highway` value, and by verdict and `highway` value.
    barriers
        Verdict and `barrier` value by the id of the point.
    newest_at
        When the newest walked way was changed, if the file says so.

    """

    refs: NDArray[np.int64]
    units: NDArray[np.int32]
    lengths: NDArray[np.int64]
    used: dict[str, int]
    skipped: dict[tuple[Verdict, str], int]
    barriers: dict[int, tuple[BarrierVerdict, str]]
    newest_at: datetime | None


def read_extract(path: Path, *, progress: Callable[[int], None] | None = None) -> Extract:
    """
    Read the walked ways of an extract of any form that osmium knows.

    Parameters
    ----------
    path : Path
        The extract.
    progress : callable, optional
        Told the number of streets read, every 20,000.

    Raises
    ------
    RuntimeError, ValueError, OSError, osmium.InvalidLocationError
        The file cannot be read.

    """
    # In memory without a name, so that nothing is left behind and no disk runs full: 12 bytes for each place.
    with os.fdopen(os.memfd_create("streets"), "rb") as kept:
        _keep_streets(path, kept=f"/proc/self/fd/{kept.fileno()}", progress=progress)
        return _strung(kept)


def replicated_at(path: Path) -> datetime | None:
    """Give the moment up to which the extract holds all changes, if it says so."""
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        stated = reader.header().get("osmosis_replication_timestamp")
    return datetime.fromisoformat(stated) if stated else None


def _keep_streets(path: Path, *, kept: str, progress: Callable[[int], None] | None) -> None:
    """Write the streets with the places of their points, and the barriers, in the order of the file."""
    streets, barriers = osmium.filter.KeyFilter("highway"), osmium.filter.KeyFilter("barrier")
    streets.enable_for(osmium.osm.WAY)
    barriers.enable_for(osmium.osm.NODE)
    reader = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    with osmium.SimpleWriter(osmium.io.File(kept, _FORM), overwrite=True) as writer:
        reader = reader.with_filter(streets).with_filter(barriers).with_filter(writer)
        # What is written need not come up to Python one by one, unless somebody counts along.
        wanted = osmium.osm.NOTHING if progress is None else osmium.osm.WAY
        for seen, _ in enumerate(reader.with_filter(osmium.filter.EntityFilter(wanted)), start=1):
            if progress is not None and seen % WAYS_BETWEEN_REPORTS == 0:
                progress(seen)


def _strung(kept: BinaryIO) -> Extract:
    reading = _Reading()
    for block in read_blocks(kept):
        reading.add(block)
    used = {highway: count for (verdict, highway), count in reading.ways.items() if verdict is Verdict.WALKED}
    return Extract(
        refs=np.concatenate(reading.refs),
        units=np.concatenate(reading.units),
        lengths=np.concatenate(reading.lengths),
        used=used,
        skipped={kind: count for kind, count in reading.ways.items() if kind[0] is not Verdict.WALKED},
        barriers=reading.barriers,
        newest_at=datetime.fromtimestamp(reading.newest_s, tz=UTC) if reading.newest_s else None,
    )


@dataclass(slots=True)
class _Reading:
    """What was taken from the blocks so far."""

    refs: list[NDArray[np.int64]] = field(default_factory=lambda: [np.empty(0, np.int64)])
    units: list[NDArray[np.int32]] = field(default_factory=lambda: [np.empty((0, 2), np.int32)])
    lengths: list[NDArray[np.int64]] = field(default_factory=lambda: [np.empty(0, np.int64)])
    ways: Counter[tuple[Verdict, str]] = field(default_factory=Counter)
    barriers: dict[int, tuple[BarrierVerdict, str]] = field(default_factory=dict)
    newest_s: int = 0

    def add(self, block: bytes) -> None:
        """Take the walked ways and the barriers from one block."""
        rows, strings = read_objects(block)
        is_way = rows[:, IS_WAY] == 1
        streets, barriers = rows[is_way], rows[~is_way]
        kinds, number = _kinds(streets[:, KIND:LOCKED])
        found = [_street(_words(one, block=block, strings=strings)) for one in kinds]
        for one, count in zip(found, np.bincount(number, minlength=len(found)).tolist(), strict=True):
            self.ways[one] += count
        walked = streets[np.array([verdict is Verdict.WALKED for verdict, _ in found], np.bool_)[number]]
        if len(walked):
            refs, units = read_places(block, ways=walked)
            self.refs.append(refs)
            self.units.append(units)
            self.lengths.append(walked[:, COUNT].copy())
            self.newest_s = max(self.newest_s, int(walked[:, TIME_S].max()))
        kinds, number = _kinds(barriers[:, KIND:ID])
        judged = [_barrier(_words(one, block=block, strings=strings)) for one in kinds]
        for ref, kind in zip(barriers[:, ID].tolist(), number.tolist(), strict=True):
            self.barriers[ref] = judged[kind]


def _kinds(tags: NDArray[np.int64]) -> tuple[list[list[int]], NDArray[np.int64]]:
    """Give the different rows of tags, in the order they come in, and the number of its kind for each row."""
    numbers: dict[bytes, int] = {}
    width = tags.shape[1]
    rows = np.ascontiguousarray(tags).view(f"V{tags.itemsize * width}").ravel().tolist()
    number = np.array([numbers.setdefault(row, len(numbers)) for row in rows], np.int64)
    return np.frombuffer(b"".join(numbers), np.int64).reshape(-1, width).tolist(), number


def _words(kind: list[int], *, block: bytes, strings: NDArray[np.int64]) -> list[str | None]:
    return [None if one < 0 else block[strings[one, 0] : strings[one, 1]].decode() for one in kind]


def _street(words: list[str | None]) -> tuple[Verdict, str]:
    highway, foot, access = words
    return judge_way(highway or "", foot=foot, access=access), highway or ""


def _barrier(words: list[str | None]) -> tuple[BarrierVerdict, str]:
    barrier, foot, access, locked = words
    return judge_barrier(barrier or "", foot=foot, access=access, locked=locked), barrier or ""
