"""The memory of a process that holds a large network and answers, above one that only has the program loaded."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from dispatch import app, geo, streets  # noqa: F401 - a web process has all of it loaded

AT = datetime(2026, 1, 1, tzinfo=UTC)
HOMES = 100_000
SITES = 500


def measure(*, nodes: int) -> dict[str, Any]:
    """
    Give the proportional and the private memory (MB) after each kind of answer, the empty process first.

    The network is opened from its files, as a server does: mapped pages are shared by all processes and given back when
    memory is short; the proportional size counts them in full, since this process is alone.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "network"
        _save_apart(place, nodes=nodes)
        streets.warm_kernels()
        steps = {"empty": _memory()}
        network = streets.open_network(place)
        steps["opened"] = _memory()
        chance = np.random.default_rng(1)
        points = streets.snap_points(network, points_xy=network.xy[chance.integers(0, network.node_count, SITES)] + 3.0)
        some = points.take(slice(0, 1))
        streets.matrix(network, origins=some, destinations=points, limit_dm=20_000)
        steps["nearest"] = _memory()
        geo.to_lonlat(streets.reach_area(network, site=some, limit_dm=9_000), projection=network.projection)
        geo.to_lonlat(streets.sketch_reach(network, site=some, limit_dm=9_000), projection=network.projection)
        steps["circle"] = _memory()
        homes = streets.snap_points(network, points_xy=network.xy[chance.integers(0, network.node_count, HOMES)] + 3.0)
        standing = streets.Standing(network, sites=points, limit_dm=9_000)
        standing.read(homes)
        standing.close_site(0)
        streets.sum_catchments(network, sites=points, points=homes, weight=np.ones(HOMES), limit_dm=9_000)
        steps["run_held"] = _memory()
        del standing, homes
        steps["after"] = _memory()
    above = {name: {kind: round(mb[kind] - steps["empty"][kind], 1) for kind in mb} for name, mb in steps.items()}
    return {"nodes": nodes, "empty_mb": steps["empty"], "above_empty_mb": above, "target": "<= 300 MB above"}


def _save_apart(place: Path, *, nodes: int) -> None:
    """Make the network in a process of its own, so that nothing of the making is left in this one."""
    import multiprocessing  # noqa: PLC0415 - only here

    made = multiprocessing.get_context("spawn").Process(target=_save, args=(place, nodes))
    made.start()
    made.join()


def _save(place: Path, nodes: int) -> None:
    streets.save_network(streets.synthetic_network(round(nodes**0.5), seed=1, imported_at=AT), folder=place)


def _memory() -> dict[str, float]:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return {
        "proportional": round(kb["Pss"] / 1024, 1),
        "private": round((kb["Private_Clean"] + kb["Private_Dirty"]) / 1024, 1),
        "private_dirty": round(kb["Private_Dirty"] / 1024, 1),
    }
