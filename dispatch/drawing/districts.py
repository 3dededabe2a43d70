"""The map of a district in a report: one SVG without text, and where its labels stand."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from dispatch.drawing import palette
from dispatch.drawing.layers import fill, in_frame, paint, round_length_m, stroke, strokes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Frame = tuple[float, float, float, float]
"""West, south, east, north in metres."""

MM_PER_INCH = 25.4
MARGIN_SHARE = 0.03
LEAST_M = 500.0
MOST_STROKES = 6_000  # above, streets are drawn as one picture: as lines they would weigh megabytes
RASTER_DPI = 220
ROAD_M, MOST_ROAD_PT, LEAST_ROAD_PT = 10.0, 1.6, 0.45
LABEL_PT, LINE_SHARE = 7.5, 1.5
SCALE_SHARE = 0.22
PT_PER_MM = 72 / MM_PER_INCH


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the SVG: its middle in millimetres from the left upper corner."""

    text: str
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What is drawn, all in the metres of one projection.

    Attributes
    ----------
    boundary_xy : shapely geometry, optional
        The district; what lies outside is paled.
    parts : tuple of (name, shapely geometry)
        Subdistricts, the most important first: where labels would overlap, the first one stays.
    covered_xy : shapely geometry
        Everything within the limit; may be empty.
    cells : tuple of (count of people outside, shapely polygon)
        Hexagons with people outside; None where the count is hidden.
    roads : ndarray of float, shape (n, 2, 2)
        Streets, stroke by stroke; none where the network is not at hand.
    sites, badges : ndarray of float, shape (n, 2)
        Sites, and the middles of the largest gaps by rank.

    """

    boundary_xy: Any
    parts: tuple[tuple[str, Any], ...]
    covered_xy: Any
    cells: tuple[tuple[int | None, Any], ...]
    roads: NDArray[np.float64]
    sites: NDArray[np.float64]
    badges: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DistrictMap:
    """One map: the SVG, its size, labels of areas and badges, and the scale bar's length."""

    svg: bytes
    width_mm: float
    height_mm: float
    names: tuple[Label, ...]
    badges: tuple[Label, ...]
    scale_m: float
    scale_mm: float


def draw_district(ground: Ground, *, width_mm: float, height_mm: float) -> DistrictMap:
    """
    Draw the map of a district; the same input gives the same bytes.

    Parameters
    ----------
    ground : Ground
        What is drawn.
    width_mm, height_mm : float
        The size on paper; the district fills one of them.

    """
    frame = _frame(ground, ratio=width_mm / height_mm)
    west, _, east, _ = frame
    mm_per_m = width_mm / (east - west)
    # A figure of its own, without pyplot. The salt makes the names inside the SVG the same every time.
    with mpl.rc_context({"svg.hashsalt": "dispatch", "hatch.linewidth": 0.5, "hatch.color": palette.HATCH}):
        figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=RASTER_DPI)
        canvas = FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1), xticks=[], yticks=[])
        axes.set(xlim=frame[::2], ylim=frame[1::2], facecolor=palette.PAPER)
        for spine in axes.spines.values():
            spine.set_visible(False)
        _draw(axes, ground=ground, frame=frame, mm_per_m=mm_per_m)
        held = io.BytesIO()
        canvas.print_figure(held, format="svg", dpi=RASTER_DPI, metadata={"Date": None})
    scale_m = round_length_m((east - west) * SCALE_SHARE)

    def place(text: str, xy: NDArray[np.float64]) -> Label:
        return Label(text, round((xy[0] - west) * mm_per_m, 2), round((frame[3] - xy[1]) * mm_per_m, 2))

    badges = tuple(place(str(rank), xy) for rank, xy in enumerate(ground.badges, start=1))
    names = [place(name, _middle(shape)) for name, shape in ground.parts if not shape.is_empty]
    return DistrictMap(
        svg=held.getvalue(),
        width_mm=width_mm,
        height_mm=height_mm,
        names=_without_overlaps(names, taken=badges, width_mm=width_mm, height_mm=height_mm),
        badges=badges,
        scale_m=scale_m,
        scale_mm=round(scale_m * mm_per_m, 2),
    )


def _frame(ground: Ground, *, ratio: float) -> Frame:
    """Give the frame in the proportions of the paper: the district, or else whatever there is to see."""
    seen = [ground.boundary_xy] if ground.boundary_xy is not None else [shape for _, shape in ground.cells]
    seen += [] if ground.covered_xy.is_empty or seen else [ground.covered_xy]
    points = np.concatenate(
        [shapely.get_coordinates(shape) for shape in seen] or [ground.sites, ground.badges, np.zeros((1, 2))]
    )
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    width, height = np.maximum(high - low, LEAST_M) * (1 + 2 * MARGIN_SHARE)
    width, height = max(width, height * ratio), max(height, width / ratio)
    west, south = middle - (width / 2, height / 2)
    return float(west), float(south), float(west + width), float(south + height)


def _draw(axes: Axes, *, ground: Ground, frame: Frame, mm_per_m: float) -> None:
    seen = ground.roads[in_frame(ground.roads, frame=frame)] if len(ground.roads) else ground.roads
    _draw_roads(
        axes, lines=seen, frame=frame, mm_per_m=mm_per_m, looks=((palette.CASING, 0.5, 1), (palette.ROAD, 0.0, 2))
    )
    is_any = not ground.covered_xy.is_empty
    if is_any:
        fill(axes, shapes=[ground.covered_xy], colors=[palette.REACHED], alpha=0.38, zorder=3)
    _draw_cells(axes, ground=ground)
    _draw_roads(axes, lines=seen, frame=frame, mm_per_m=mm_per_m, looks=((palette.ROAD, -0.2, 5),), alpha=0.5)
    if is_any:
        fill(axes, shapes=[ground.covered_xy], colors=["none"], edge=palette.LIMIT, width_pt=0.9, zorder=6)
    if ground.boundary_xy is not None:
        outside = shapely.box(*frame).difference(ground.boundary_xy)
        if not outside.is_empty:
            fill(axes, shapes=[outside], colors=[palette.PAPER], alpha=0.9, zorder=8)
        fill(axes, shapes=[ground.boundary_xy], colors=["none"], edge=palette.TEXT, width_pt=1.1, zorder=10)
    shapes = [shape for _, shape in ground.parts if not shape.is_empty]
    fill(axes, shapes=shapes, colors=["none"] * len(shapes), edge=palette.SECONDARY, width_pt=0.5, zorder=9)
    if len(ground.sites):
        size = float(np.clip(1500 / len(ground.sites), 5, 22))
        x, y = ground.sites.T
        axes.scatter(x, y, s=size, c=palette.SITE, edgecolors="white", linewidths=0.6, zorder=11)


def _draw_roads(
    axes: Axes,
    *,
    lines: NDArray[np.float64],
    frame: Frame,
    mm_per_m: float,
    looks: tuple[tuple[str, float, int], ...],
    alpha: float = 1.0,
) -> None:
    """Draw streets in one look after the other: colour, by how many points wider, order."""
    road_pt = float(np.clip(ROAD_M * mm_per_m * PT_PER_MM, LEAST_ROAD_PT, MOST_ROAD_PT))
    px_per_m = mm_per_m * RASTER_DPI / MM_PER_INCH
    size_px = round((frame[2] - frame[0]) * px_per_m), round((frame[3] - frame[1]) * px_per_m)
    for color, more_pt, zorder in looks:
        width_pt = road_pt + more_pt
        if len(lines) <= MOST_STROKES:
            stroke(axes, lines=strokes_of(lines), color=color, width_pt=width_pt, zorder=zorder, alpha=alpha)
            continue
        paint(
            axes,
            lines=lines,
            frame=frame,
            size_px=size_px,
            color=color,
            width_px=width_pt * RASTER_DPI / 72,
            zorder=zorder,
            alpha=alpha,
        )


def _draw_cells(axes: Axes, *, ground: Ground) -> None:
    classes = [(None if count is None else palette.class_of(count), shape) for count, shape in ground.cells]
    small = [shape for found, shape in classes if found is None]
    large = [(palette.WARM[found], shape) for found, shape in classes if found is not None]
    colors, shapes = [color for color, _ in large], [shape for _, shape in large]
    fill(axes, shapes=shapes, colors=colors, alpha=0.94, edge="white", width_pt=0.35, zorder=4)
    paper = [palette.PAPER] * len(small)
    fill(axes, shapes=small, colors=paper, edge=palette.HATCH, width_pt=0.35, zorder=4, hatch="//////")


def _middle(shape: Any) -> NDArray[np.float64]:  # noqa: ANN401 - any shapely geometry
    point = shape.representative_point()
    return np.array([point.x, point.y])


def _without_overlaps(
    labels: list[Label], *, taken: tuple[Label, ...], width_mm: float, height_mm: float
) -> tuple[Label, ...]:
    """Keep each label that fits on the paper and overlaps none before it; badges are there already."""
    boxes = [(label.x_mm, label.y_mm, 2.4, 2.4) for label in taken]
    kept = []
    for label in labels:
        # a Chinese character is as wide as high, a Latin one about half of it
        ems = sum(1.0 if ord(one) > 0x2E7F else 0.55 for one in label.text)  # noqa: PLR2004 - first of the CJK blocks
        half_x, half_y = ems * LABEL_PT / PT_PER_MM / 2, LABEL_PT * LINE_SHARE / PT_PER_MM / 2
        # moved up or down where a badge stands in its middle
        for y_mm in (label.y_mm, label.y_mm - 2 * half_y, label.y_mm + 2 * half_y):
            here = (label.x_mm, y_mm, half_x, half_y)
            fits = half_x <= label.x_mm <= width_mm - half_x and half_y <= y_mm <= height_mm - half_y
            if fits and not any(_overlap(here, other) for other in boxes):
                boxes.append(here)
                kept.append(Label(label.text, label.x_mm, round(y_mm, 2)))
                break
    return tuple(kept)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return abs(one[0] - other[0]) < one[2] + other[2] and abs(one[1] - other[1]) < one[3] + other[3]
