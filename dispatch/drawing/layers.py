"""Layers of a map in matplotlib: lines by the hundred thousand, areas with holes, a scale bar of a round length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from dispatch.drawing.districts import Frame

FINER = 2  # painted pixels of each shown one, so that edges are soft


def strokes_of(lines: NDArray[np.float64]) -> Outline:
    """Make one path of many strokes, shape (n, 2, 2): a third of a million objects would take a minute."""
    codes = np.tile(np.array([Outline.MOVETO, Outline.LINETO], np.uint8), len(lines))
    return Outline(lines.reshape(-1, 2), codes)


def in_frame(lines: NDArray[np.float64], *, frame: Frame) -> NDArray[np.bool_]:
    """Say which strokes, shape (n, 2, 2), may be seen in a frame (west, south, east, north)."""
    west, south, east, north = frame
    low, high = lines.min(axis=1), lines.max(axis=1)
    return np.asarray((high[:, 0] >= west) & (low[:, 0] <= east) & (high[:, 1] >= south) & (low[:, 1] <= north))


def stroke(axes: Axes, *, lines: Outline, color: str, width_pt: float, zorder: int, **look: Any) -> None:  # noqa: ANN401 - what a patch is drawn with
    """Draw a path of strokes."""
    look = {"edgecolor": color, "linewidth": width_pt, "zorder": zorder} | look
    # Not add_patch: it would look for the extent of every stroke, and the frame is known.
    axes.add_artist(PathPatch(lines, facecolor="none", capstyle="round", **look))


def paint(
    axes: Axes,
    *,
    lines: NDArray[np.float64],
    frame: Frame,
    size_px: tuple[int, int],
    color: str,
    width_px: float,
    zorder: int,
    alpha: float = 1.0,
) -> None:
    """
    Draw strokes, shape (n, 2, 2) in metres, as one picture of points: 0.3 s where as lines they take eight.

    The picture, `size_px` wide and high, fills the frame; a stroke is `width_px` wide, in steps of half a pixel.
    """
    west, south, east, north = frame
    width, height = (FINER * one for one in size_px)
    ends = (lines - (west, south)) * ((width / (east - west)), (height / (north - south)))
    steps = np.ceil(np.abs(ends[:, 1] - ends[:, 0]).max(axis=1)).astype(np.int64) + 1
    stroke_of = np.repeat(np.arange(len(lines)), steps)
    number = np.arange(len(stroke_of)) - np.repeat(np.cumsum(steps) - steps, steps)
    share = (number / np.maximum(steps[stroke_of] - 1, 1))[:, None]
    points = np.floor(ends[stroke_of, 0] * (1 - share) + ends[stroke_of, 1] * share).astype(np.int64)
    column, row = points[((points >= 0) & (points < (width, height))).all(axis=1)].T
    mask = np.zeros((height, width), np.uint8)
    mask[row, column] = 1
    brush = max(1, round(FINER * width_px))
    mask = ndimage.maximum_filter(mask, size=brush, mode="constant")
    seen = mask.reshape(size_px[1], FINER, size_px[0], FINER).mean(axis=(1, 3))
    picture = np.empty((*seen.shape, 4), np.uint8)
    picture[..., :3] = np.rint(np.array(to_rgb(color)) * 255)
    picture[..., 3] = np.rint(seen * (alpha * 255))
    extent = (west, east, south, north)
    axes.imshow(picture, extent=extent, origin="lower", zorder=zorder, aspect="auto", interpolation="none")


def fill(
    axes: Axes,
    *,
    shapes: Sequence[Any],
    colors: Sequence[str],
    zorder: int,
    alpha: float = 1.0,
    edge: str = "none",
    width_pt: float = 0.0,
    **look: Any,  # noqa: ANN401 - what a collection is drawn with
) -> None:
    """Draw polygons in their colours, holes left open."""
    outlines = [outline_of(shape) for shape in shapes]
    axes.add_collection(
        PathCollection(
            outlines, facecolors=colors, edgecolors=edge, linewidths=width_pt, alpha=alpha, zorder=zorder, **look
        )
    )


def outline_of(shape: shapely.Polygon | shapely.MultiPolygon) -> Outline:
    """Make one path of all rings of a shape."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    parts = [Outline(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings if not ring.is_empty]
    return Outline.make_compound_path(*parts)


def round_length_m(wanted_m: float) -> float:
    """Give the longest of 1, 2, 5 times a power of ten that is not longer: what a scale bar shows."""
    power = float(10.0 ** np.floor(np.log10(wanted_m)))
    return max(step * power for step in (1, 2, 5) if step * power <= wanted_m)
