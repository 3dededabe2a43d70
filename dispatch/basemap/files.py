"""The base map on disk: arrays that are mapped into memory, so that a process holds only what it draws."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from dispatch.basemap.osm import BaseLayer, MapShapes

FOLDER, WORDS = "basemap", "words.json"
NO_MAP = ""
_ARRAYS = ("box", "zoom", "kind", "name", "start", "wkb")


@dataclass(frozen=True)
class BaseMapLayer:
    """
    The shapes of one layer, in the metres of the tiles.

    `box` (n, 4) west, south, east, north; `zoom` (n,) from which each is drawn; `kind`, `name` (n,) places in
    `words`; `start` (n + 1,) and `wkb` (bytes,) their outlines.
    """

    box: NDArray[np.float64]
    zoom: NDArray[np.uint8]
    kind: NDArray[np.int32]
    name: NDArray[np.int32]
    start: NDArray[np.int64]
    wkb: NDArray[np.uint8]
    words: tuple[str, ...]

    @cached_property
    def count(self) -> int:
        """How many shapes there are."""
        return len(self.zoom)


def write_base_map(
    folder: Path,
    *,
    shapes: Mapping[BaseLayer, MapShapes],
    project: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> None:
    """
    Write the layers into a network's folder while it is a draft; whoever writes the network moves all of it at once.

    `project` takes degrees, shape (n, 2), to the metres that the shapes are kept in.
    """
    place = folder / FOLDER
    place.mkdir()
    for layer, found in shapes.items():
        words = sorted({*found.kinds, *found.names})
        number = {word: i for i, word in enumerate(words)}
        outlines = shapely.transform(shapely.from_wkb(np.array(found.wkb, object)), project)
        packed: list[bytes] = list(shapely.to_wkb(outlines)) if len(outlines) else []
        arrays: dict[str, NDArray[Any]] = {
            "box": shapely.bounds(outlines).reshape(-1, 4),
            "zoom": np.array(found.zooms, np.uint8),
            "kind": np.array([number[word] for word in found.kinds], np.int32),
            "name": np.array([number[word] for word in found.names], np.int32),
            "start": np.cumsum([0, *(len(one) for one in packed)], dtype=np.int64),
            "wkb": np.frombuffer(b"".join(packed), np.uint8),
        }
        for name in _ARRAYS:
            np.save(place / f"{layer.value}-{name}.npy", arrays[name], allow_pickle=False)
        (place / f"{layer.value}-{WORDS}").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def open_base_map(folder: Path, *, layer: BaseLayer) -> BaseMapLayer | None:
    """Open one layer of the map in a network's folder; None where the network has none."""
    place = folder / FOLDER
    try:
        arrays = {
            name: np.load(place / f"{layer.value}-{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        }
        words = tuple(json.loads((place / f"{layer.value}-{WORDS}").read_text(encoding="utf-8")))
    except (OSError, ValueError, EOFError):
        return None
    return BaseMapLayer(words=words, **arrays)


def find_shapes(
    layer: BaseMapLayer, *, box_m: tuple[float, float, float, float], zoom: int
) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    """Find the shapes in a box that are drawn at a zoom, with kind and name; lines of one kind and name are one."""
    west, south, east, north = box_m
    box = layer.box
    touching = (
        (layer.zoom <= zoom) & (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    )
    rows = np.flatnonzero(touching)
    outlines = [layer.wkb[layer.start[row] : layer.start[row + 1]].tobytes() for row in rows]
    lines: dict[tuple[str, str], list[BaseGeometry]] = {}
    found: list[tuple[BaseGeometry, dict[str, Any]]] = []
    for row, shape in zip(rows, shapely.from_wkb(outlines), strict=True):
        kind, name = layer.words[layer.kind[row]], layer.words[layer.name[row]]
        if shape.geom_type == "LineString":
            lines.setdefault((kind, name), []).append(shape)
        else:
            found.append((shape, {"kind": kind, "name": name or None}))
    # the pieces of one street are drawn as one, so that a tile has fewer features
    for (kind, name), pieces in lines.items():
        joined: Any = pieces[0] if len(pieces) == 1 else shapely.multilinestrings(np.array(pieces, object))
        found.append((joined, {"kind": kind, "name": name or None}))
    return found
