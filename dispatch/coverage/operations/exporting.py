"""A run as one GeoPackage: sites, circles, gaps, hexagons and areas, as far as the reader sees them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dispatch import geo
from dispatch.coverage.operations.layers import get_layer_run, outline_of, read_layer
from dispatch.coverage.rules.attributes import OF_AREA, OF_CELL, OF_CIRCLE, OF_RUN, attributes_of
from dispatch.coverage.values import CircleRow, Layer, LayerFilter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import LayerRun

SITES = "sites"
LAYERS = (
    (Layer.CIRCLES, "MultiPolygon", OF_RUN | OF_CIRCLE),
    (Layer.GAPS, "MultiPolygon", OF_RUN | OF_AREA),
    (Layer.HEXAGONS, "Polygon", OF_RUN | OF_CELL),
    (Layer.AREAS, "MultiPolygon", OF_RUN | OF_AREA),
)


def export_run(run_id: UUID, *, actor: Actor, path: Path) -> dict[str, int]:
    """
    Write a run to a GeoPackage and give the number of rows of each layer; call it inside a reading.

    What the run rests on stands in the file's metadata. Who is no reader of the area gets what was published.
    Raises RunNotFoundError.
    """
    seen = get_layer_run(run_id, actor=actor)
    sites = geo.FileLayer(SITES, "Point", OF_RUN | OF_CIRCLE, _sites(seen))
    others = [geo.FileLayer(layer.value, kind, fields, _rows(layer, seen)) for layer, kind, fields in LAYERS]
    about = {
        "RUN": str(run_id),
        "SHOWN": seen.sight.value,
        "ASSUMPTIONS": json.dumps(seen.run.assumptions, ensure_ascii=False, default=str),
    }
    return geo.write_geopackage(path, layers=[sites, *others], about=about)


def _rows(layer: Layer, seen: LayerRun) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
    for one in read_layer(layer, runs=[seen], wanted=LayerFilter(), is_counted_only=True):
        yield outline_of(one.row), attributes_of(one.row, run=seen)


def _sites(seen: LayerRun) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
    for one in read_layer(Layer.CIRCLES, runs=[seen], wanted=LayerFilter()):
        if isinstance(one.row, CircleRow):
            point = None if one.row.point_ll is None else {"type": "Point", "coordinates": list(one.row.point_ll)}
            yield point, attributes_of(one.row, run=seen)
