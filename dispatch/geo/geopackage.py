"""GeoPackage files: several layers in one file, written whole or not at all."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

AT_ONCE = 2_000
EMPTY: dict[type, Any] = {str: "", int: 0, float: 0.0, bool: False}
DTYPES: dict[type, Any] = {str: object, int: np.int64, float: np.float64, bool: np.bool_}


@dataclass(frozen=True, slots=True)
class FileLayer:
    """
    One layer of a file.

    `geometry` is Point, Polygon or MultiPolygon; `fields` names each column with its type (str, int, float, bool);
    `rows` are GeoJSON geometries in WGS 84, or None, each with its values; None is written as null.
    """

    name: str
    geometry: str
    fields: Mapping[str, type]
    rows: Iterable[tuple[dict[str, Any] | None, dict[str, Any]]]


def write_geopackage(path: Path, *, layers: Iterable[FileLayer], about: Mapping[str, str]) -> dict[str, int]:
    """
    Write layers to a GeoPackage in WGS 84 and give the number of rows of each; a file that stood there is replaced.

    The file is readable by its owner alone. Rows are taken a few thousand at a time. `about` goes into the file's
    metadata.
    """
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        draft = Path(folder) / "draft.gpkg"
        for layer in layers:
            counts[layer.name] = 0
            for batch in _batches(layer):
                _append(draft, layer=layer, batch=batch, about=about)
                counts[layer.name] += len(batch)
        draft.chmod(0o600)  # it may hold counts that not everybody sees
        draft.replace(path)
    return counts


def _batches(layer: FileLayer) -> Iterator[list[tuple[dict[str, Any] | None, dict[str, Any]]]]:
    """Give the rows in pieces; one empty piece where there are none, so that the layer is there all the same."""
    piece: list[tuple[dict[str, Any] | None, dict[str, Any]]] = []
    is_first = True
    for row in layer.rows:
        piece.append(row)
        if len(piece) == AT_ONCE:
            yield piece
            piece, is_first = [], False
    if piece or is_first:
        yield piece


def _append(
    path: Path,
    *,
    layer: FileLayer,
    batch: list[tuple[dict[str, Any] | None, dict[str, Any]]],
    about: Mapping[str, str],
) -> None:
    from pyogrio import list_layers, raw  # noqa: PLC0415 - GDAL is large, and few ask for a file

    is_there = path.exists() and layer.name in list_layers(path)[:, 0]
    raw.write(
        path,
        geometry=_outlines(batch, kind=layer.geometry),
        field_data=[_column(batch, name=name, kind=kind) for name, kind in layer.fields.items()],
        field_mask=[np.array([values[name] is None for _, values in batch], np.bool_) for name in layer.fields],
        fields=list(layer.fields),
        layer=layer.name,
        driver="GPKG",
        geometry_type=layer.geometry,
        crs="EPSG:4326",
        append=is_there,
        dataset_metadata=None if path.exists() else dict(about),
        # newer ones make the GDAL of Debian 12 warn at every opening
        dataset_options=None if path.exists() else {"VERSION": "1.3"},
    )


def _outlines(batch: list[tuple[dict[str, Any] | None, dict[str, Any]]], *, kind: str) -> NDArray[np.object_]:
    shapes = [None if outline is None else shape(outline) for outline, _ in batch]
    if kind == "MultiPolygon":
        shapes = [shapely.MultiPolygon([one]) if isinstance(one, shapely.Polygon) else one for one in shapes]
    found = np.empty(len(shapes), object)
    found[:] = shapely.to_wkb(np.array(shapes, object)) if shapes else []
    return found


def _column(batch: list[tuple[dict[str, Any] | None, dict[str, Any]]], *, name: str, kind: type) -> NDArray[Any]:
    values = [EMPTY[kind] if values[name] is None else values[name] for _, values in batch]
    return np.array(values, DTYPES[kind])
