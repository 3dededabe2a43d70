"""Networks on disk: a folder with one array per file and a manifest, mapped into memory when opened."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dispatch import geo
from dispatch.errors import InvalidError, NotFoundError
from dispatch.streets.values import Manifest, Network
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 1
MANIFEST = "manifest.json"
_INSTANTS = ("source_at", "imported_at")
_ARRAYS = tuple(one.name for one in fields(Network) if one.name not in {"manifest", "projection", "walls"})


class NetworkNotFoundError(NotFoundError):
    """There is no network of this name."""

    slug = "network-not-found"
    title = Words("没有这个路网", "There is no such network")
    detail = Words(
        "没有名为 {name} 的路网（现有：{known}）；把 DISPATCH_NETWORK 设为现有的一个，"
        "或先运行 dispatch streets import 文件.osm.pbf --name {name}",
        "There is no network named {name} (there are: {known}); set DISPATCH_NETWORK to one that there is, "
        "or run dispatch streets import FILE.osm.pbf --name {name} first",
    )


class NetworkBrokenError(InvalidError):
    """The files of a network do not fit together."""

    slug = "network-broken"
    title = Words("路网文件已损坏", "The network's files are broken")
    detail = Words(
        "路网 {name} 的文件已损坏或不完整，请重新导入",
        "The files of network {name} are broken or incomplete; import it again",
    )


def save_network(network: Network, *, folder: Path, beside: Callable[[Path], None] | None = None) -> None:
    """
    Write a network to a folder, whole or not at all.

    The files are written beside it and moved into place at the end; a network that stood there is
    replaced. Whoever has the old one open keeps it. `beside` is told the draft's folder and may write more into it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name in _ARRAYS:
            np.save(draft / f"{name}.npy", getattr(network, name), allow_pickle=False)
        (draft / MANIFEST).write_text(_written(network.manifest), encoding="utf-8")
        if beside is not None:
            beside(draft)
        draft.chmod(0o755)
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.rename(old / folder.name)
            draft.rename(folder)
            shutil.rmtree(old)
        else:
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def open_network(folder: Path) -> Network:
    """
    Open a network; its arrays are read-only and stay on disk until they are used.

    Raises
    ------
    NetworkNotFoundError
        There is no manifest in the folder.
    NetworkBrokenError
        The manifest cannot be read, or arrays are missing or do not fit it.

    """
    manifest = read_manifest(folder)
    try:
        arrays: dict[str, Any] = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        }
        network = Network(manifest=manifest, projection=geo.projection_from(manifest.projection), **arrays)
    except (OSError, ValueError, EOFError) as fault:
        raise NetworkBrokenError(name=folder.name) from fault
    nodes, edges = manifest.node_count, manifest.edge_count
    fits = (
        len(network.indptr) == nodes + 1
        and len(network.xy) == len(network.component) == len(network.is_mainland) == nodes
        and len(network.edge_a) == len(network.edge_b) == len(network.edge_length_dm) == edges
        and len(network.indices) == len(network.length_dm) == network.indptr[-1] == 2 * edges
        and len(network.grid_edge) == network.grid_start[-1]
    )
    if not fits:
        raise NetworkBrokenError(name=folder.name)
    return network


def read_manifest(folder: Path) -> Manifest:
    """Read where a network came from, without opening its arrays; same errors as `open_network`."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except OSError as fault:
        known = sorted(one.parent.name for one in folder.parent.glob(f"[!.]*/{MANIFEST}"))
        raise NetworkNotFoundError(name=folder.name, known=", ".join(known) or "–") from fault
    try:
        facts = json.loads(text)
        if facts.pop("format") != FORMAT:
            raise NetworkBrokenError(name=folder.name)
        for one in _INSTANTS:
            facts[one] = datetime.fromisoformat(facts[one]) if facts[one] else None
        return Manifest(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise NetworkBrokenError(name=folder.name) from fault


def list_networks(folder: Path) -> list[Manifest]:
    """Give the manifests of all networks in a folder of networks, by name; broken ones are left out."""
    if not folder.is_dir():
        return []
    found = []
    for one in sorted(folder.iterdir()):
        if one.name.startswith(".") or not one.is_dir():
            continue
        try:
            found.append(read_manifest(one))
        except (NetworkNotFoundError, NetworkBrokenError):
            continue
    return found


def network_identity(manifest: Manifest) -> str:
    """Name a network so that no other can be meant: name@first-12-of-sha256, and +first-12 of that of its edits."""
    edits = f"+{manifest.edits_sha256[:12]}" if manifest.edits_sha256 else ""
    return f"{manifest.name}@{manifest.source_sha256[:12]}{edits}"


def _written(manifest: Manifest) -> str:
    facts = {"format": FORMAT, **asdict(manifest)}
    for one in _INSTANTS:
        facts[one] = facts[one].isoformat() if facts[one] else None
    return json.dumps(facts, ensure_ascii=False, indent=1)
