"""From an OpenStreetMap extract to a walking network, against pyrosm; and an extract without dense nodes."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import statistics
import tempfile
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from benchmarks.engine.turns import Stopwatch, demand
from dispatch import streets

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 1, 1, tzinfo=UTC)
LEAST_SHARE_IN_BOTH = 0.85


def imports(extracts: list[Path], *, repeat: int) -> dict[str, Any]:
    """Import each extract in turns with pyrosm, both up to a graph to search; the ratio is the least of them."""
    if not extracts:
        return {"ratios": {"import_vs_pyrosm": None}, "note": "no extract was named: --data FOLDER or --network FILE"}
    rows = [_import(one, repeat=min(repeat, 3)) for one in extracts]
    found = [row["ratio"] for row in rows if row["ratio"] is not None]
    note = f"pyrosm is not installed: {PEERS_HINT}"
    if found:
        note = f"pyrosm {importlib.metadata.version('pyrosm')}, its graph for igraph included, as ours is"
    return {
        "ratios": {"import_vs_pyrosm": min(found, default=None)},
        "extracts": rows,
        "without_dense_nodes": _plain(min(extracts, key=lambda one: one.stat().st_size)),
        "note": note,
    }


PEERS_HINT = "make bench-peers"


def _import(extract: Path, *, repeat: int) -> dict[str, Any]:
    network, report = streets.read_osm(extract, name=extract.name, imported_at=AT)
    row: dict[str, Any] = {
        "extract": extract.name,
        "nodes": network.node_count,
        "ways": report.ways_used,
        "ratio": None,
    }
    try:
        import pyrosm  # noqa: F401, PLC0415 - a peer that may be missing
    except ImportError:
        watch = Stopwatch()
        streets.read_osm(extract, name=extract.name, imported_at=AT)
        return row | {"ours_s": round(watch.seconds(), 3)}
    taken: dict[str, list[float]] = {"ours_s": [], "pyrosm_s": [], "pyrosm_without_graph_s": []}
    for _ in range(repeat):
        watch = Stopwatch()
        streets.read_osm(extract, name=extract.name, imported_at=AT)
        taken["ours_s"].append(watch.seconds())
        frames_s, whole_s, nodes = _by_pyrosm(extract)
        taken["pyrosm_without_graph_s"].append(frames_s)
        taken["pyrosm_s"].append(whole_s)
    in_both = len(np.intersect1d(_places(network), nodes))
    share = in_both / min(network.node_count, len(nodes))
    demand(share >= LEAST_SHARE_IN_BOTH, message=f"{share:.0%} of the nodes of {extract.name} are in both networks")
    medians = {name: round(statistics.median(values), 3) for name, values in taken.items()}
    return row | medians | {
        "ratio": round(medians["pyrosm_s"] / medians["ours_s"], 2),
        "ratio_without_graph": round(medians["pyrosm_without_graph_s"] / medians["ours_s"], 2),
        "nodes_in_both_share": round(share, 3),
    }  # fmt: skip


def _by_pyrosm(extract: Path) -> tuple[float, float, np.ndarray]:
    import pyrosm  # noqa: PLC0415 - a peer that may be missing

    with _quiet():
        watch = Stopwatch()
        source = pyrosm.OSM(str(extract))
        nodes, edges = source.get_network("walking", nodes=True)
        frames_s = watch.seconds()
        source.to_graph(nodes, edges, graph_type="igraph", network_type="walking")
        whole_s = watch.seconds()
    return frames_s, whole_s, _packed(np.column_stack((nodes["lon"], nodes["lat"])))


def _places(network: streets.Network) -> np.ndarray:
    return _packed(network.projection.to_ll(network.xy))


def _packed(lonlat: np.ndarray) -> np.ndarray:
    """One number for each place, to 1e-6 degrees."""
    units = np.rint((lonlat + 180.0) * 1e6).astype(np.int64)
    return np.unique(units[:, 0] * 10**9 + units[:, 1])


def _plain(extract: Path) -> dict[str, Any]:
    """Write an extract anew with its nodes one by one, which some readers cannot do, and import it."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.osm.pbf"
        target = osmium.io.File(str(plain), "pbf,pbf_dense_nodes=false")
        with osmium.SimpleWriter(target) as writer:
            for one in osmium.FileProcessor(str(extract)):
                writer.add(one)
        ours, _ = streets.read_osm(plain, name="plain", imported_at=AT)
        expected, _ = streets.read_osm(extract, name="plain", imported_at=AT)
        demand(
            all(
                np.array_equal(getattr(ours, name), getattr(expected, name)) for name in ("indices", "length_dm", "xy")
            ),
            message=f"{extract.name} without dense nodes gives another network",
        )
        said = "not installed"
        with contextlib.suppress(ImportError):
            import pyrosm  # noqa: F401, PLC0415 - a peer that may be missing

            try:
                _by_pyrosm(plain)
                said = "imports it"
            except Exception as fault:  # noqa: BLE001 - whatever the peer does is its answer
                said = f"fails: {type(fault).__name__}"
        return {"extract": extract.name, "ours": "the same network", "pyrosm": said}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep a peer's progress bars and warnings out of the answer."""
    with warnings.catch_warnings(), Path(os.devnull).open("w") as nowhere:
        warnings.simplefilter("ignore")
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            yield
