"""Importing the walking network from an OpenStreetMap extract."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import osmium

from dispatch.errors import InvalidError
from dispatch.streets.building import build_network
from dispatch.streets.extracts import UNITS_PER_DEGREE, Extract, read_extract, replicated_at
from dispatch.streets.files import save_network
from dispatch.streets.ordering import rising_order
from dispatch.streets.walkable import TABLE_VERSION
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from dispatch.streets.values import Manifest, Network

    Progress = Callable[[Words, int], None]
    """Told what is being done, and how many ways were read so far."""

_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


class NetworkSourceError(InvalidError):
    """A file that no walking network can be made of; `detail` says what to do."""

    slug = "network-source"
    title = Words("无法从这个文件导入路网", "No network can be made of this file")
    detail = Words("{reason_zh}", "{reason_en}")

    def __init__(self, reason: Words, *, file: str) -> None:
        """Say which file, what is wrong with it and what to do."""
        filled = Words(reason.zh.replace("{file}", file), reason.en.replace("{file}", file))
        super().__init__(file=file, reason_zh=filled.zh, reason_en=filled.en)


_MISSING = Words("找不到文件 {file}，请检查路径", "There is no file {file}: check the path")
_EMPTY = Words(
    "文件 {file} 是空的，请重新下载 OpenStreetMap 数据（.osm.pbf）",
    "The file {file} is empty: download the OpenStreetMap extract (.osm.pbf) again",
)
_UNREADABLE = Words(
    "文件 {file} 不完整或不是 OpenStreetMap 数据（.osm.pbf、.osm），请重新下载",
    "The file {file} is cut off or is no OpenStreetMap extract (.osm.pbf, .osm): download it again",
)
_NO_WAYS = Words(
    "文件 {file} 里没有可步行的道路，请换一份含 highway 道路的 OpenStreetMap 数据",
    "The file {file} holds no walkable ways: take an OpenStreetMap extract that holds streets (highway=*)",
)
_READING = Words("读取道路", "reading ways")
_JOINING = Words("连接路网", "joining the network")
_WRITING = Words("写入文件", "writing files")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """
    What an import made of a file.

    `used` counts ways by their `highway` value, `skipped` by verdict and `highway` value. `missing_nodes`
    counts places of walked ways whose points are not in the file (cut off at its rim). `barriers` counts the
    barriers that stand on walked ways by verdict and `barrier` value.
    """

    manifest: Manifest
    ways_used: int
    used: dict[str, int]
    skipped: dict[str, dict[str, int]]
    missing_nodes: int
    barriers: dict[str, dict[str, int]]


def import_osm(
    path: Path,
    *,
    folder: Path,
    name: str,
    imported_at: datetime,
    progress: Progress | None = None,
    beside: Callable[[Path], None] | None = None,
) -> ImportReport:
    """
    Make a walking network of an OpenStreetMap file and save it.

    Parameters
    ----------
    path : Path
        An extract, .osm.pbf or .osm (also packed as .gz or .bz2).
    folder : Path
        Where the network is written, whole or not at all.
    name : str
        What the network is called.
    imported_at : datetime
        Now, aware.
    progress : callable, optional
        Told the step and the ways read.
    beside : callable, optional
        Told the folder while it is a draft, to write more files into it.

    Raises
    ------
    NetworkSourceError
        The file is missing, empty, cut off, no OpenStreetMap file, or has no walkable ways.

    """
    network, report = read_osm(path, name=name, imported_at=imported_at, progress=progress)
    _tell(progress, _WRITING, report.ways_used)
    save_network(network, folder=folder, beside=beside)
    return report


def read_osm(
    path: Path, *, name: str, imported_at: datetime, progress: Progress | None = None
) -> tuple[Network, ImportReport]:
    """Make a walking network of an OpenStreetMap file without saving it; see `import_osm`."""
    if not path.is_file():
        raise NetworkSourceError(_MISSING, file=path.name)
    if path.stat().st_size == 0:
        raise NetworkSourceError(_EMPTY, file=path.name)
    if not path.name.endswith(_SUFFIXES):
        raise NetworkSourceError(_UNREADABLE, file=path.name)
    try:
        ways = read_extract(path, progress=_reading(progress))
        stated_at = replicated_at(path)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as fault:
        # osmium speaks of block sizes and XML tokens here, which nobody can act on.
        raise NetworkSourceError(_UNREADABLE, file=path.name) from fault
    _tell(progress, _JOINING, len(ways.lengths))
    lonlat, edges, missing, barriers = _edges_of(ways)
    if not len(edges):
        raise NetworkSourceError(_NO_WAYS, file=path.name)
    network = build_network(
        lonlat,
        edges=edges,
        name=name,
        imported_at=imported_at,
        source_name=path.name,
        source_sha256=sha256_of(path),
        source_at=stated_at or ways.newest_at,
        table_version=TABLE_VERSION,
    )
    skipped: dict[str, dict[str, int]] = {}
    for (verdict, highway), count in sorted(ways.skipped.items()):
        skipped.setdefault(verdict.value, {})[highway] = count
    report = ImportReport(
        manifest=network.manifest,
        ways_used=len(ways.lengths),
        used=dict(sorted(ways.used.items())),
        skipped=skipped,
        missing_nodes=missing,
        barriers=barriers,
    )
    return network, report


def _tell(progress: Progress | None, step: Words, ways: int) -> None:
    if progress is not None:
        progress(step, ways)


def _reading(progress: Progress | None) -> Callable[[int], None] | None:
    return None if progress is None else lambda ways: progress(_READING, ways)


def _edges_of(
    ways: Extract,
) -> tuple[NDArray[np.float64], NDArray[np.int64], int, dict[str, dict[str, int]]]:
    """Turn the strung places into points, shape (n, 2), and edges, shape (m, 2); count missing places and barriers."""
    refs, units = ways.refs, ways.units
    here = _within(units[:, 0], 180 * UNITS_PER_DEGREE) & _within(units[:, 1], 90 * UNITS_PER_DEGREE)
    order = rising_order(refs)
    rising = refs[order]
    is_new = np.ones(len(refs), np.bool_)
    is_new[1:] = rising[1:] != rising[:-1]
    known, first = rising[is_new], order[is_new]
    number = np.empty(len(refs), np.int64)
    number[order] = np.cumsum(is_new) - 1
    # Neighbours on the string make an edge unless a way ends between them or a point is missing.
    joined = here[:-1] & here[1:] if len(refs) else np.empty(0, np.bool_)
    ends = np.cumsum(ways.lengths)[:-1]
    joined[ends[(ends > 0) & (ends < len(refs))] - 1] = False
    edges = np.column_stack((number[:-1][joined], number[1:][joined]))
    lonlat = units[first] / UNITS_PER_DEGREE
    counts, closed = _barriers_on(ways, refs=known)
    lonlat, edges = _parted(lonlat, edges=edges, nodes=closed)
    return lonlat, edges, int(np.sum(~here)), counts


def _within(units: NDArray[np.int32], rim: float) -> NDArray[np.bool_]:
    return (units >= -rim) & (units <= rim)


def _barriers_on(ways: Extract, *, refs: NDArray[np.int64]) -> tuple[dict[str, dict[str, int]], NDArray[np.int64]]:
    """Count the barriers on walked ways, and give the rows of `refs` (rising) where nobody walks through."""
    ids = np.fromiter(ways.barriers, np.int64, len(ways.barriers))
    row = np.searchsorted(refs, ids)
    on_way = row < len(refs)
    on_way[on_way] = refs[row[on_way]] == ids[on_way]
    found = [ways.barriers[one] for one in ids[on_way].tolist()]
    counts: dict[str, dict[str, int]] = {}
    for (verdict, barrier), count in sorted(Counter(found).items()):
        counts.setdefault(verdict.value, {})[barrier] = count
    is_closed = np.array([not verdict.is_passed for verdict, _ in found], np.bool_)
    return counts, row[on_way][is_closed]


def _parted(
    lonlat: NDArray[np.float64], *, edges: NDArray[np.int64], nodes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give each edge that ends at one of some nodes an end of its own, so that nobody walks through."""
    ends = edges.ravel().copy()
    is_cut = np.zeros(len(lonlat), np.bool_)
    is_cut[nodes] = True
    cut = np.flatnonzero(is_cut[ends])
    there = lonlat[ends[cut]]
    ends[cut] = len(lonlat) + np.arange(len(cut))
    return np.concatenate((lonlat, there)), ends.reshape(-1, 2)


def sha256_of(path: Path) -> str:
    """Give the hash of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
