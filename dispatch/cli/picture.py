"""map.png: one sentence, one map, the legend, and everything that the picture assumes."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dispatch import drawing, geo
from dispatch.cli.picture_words import NO_FIGURE, OTHER, OWN, Phrases, phrases_of
from dispatch.drawing import (
    BADGE,
    CASING,
    GREY,
    HAIRLINE,
    LIMIT,
    PAPER,
    RAIL,
    REACHED,
    ROAD,
    SECONDARY,
    SITE,
    TEXT,
    WARM,
    WATER,
)

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.path import Path as Outline
    from numpy.typing import NDArray

    from dispatch.cli.city_tags import Extract
    from dispatch.coverage import CityFindings, CityPoints
    from dispatch.streets import Network
    from dispatch.words import Locale

STEPS = (1, 2, 5, 10)
"""The four bounds between the five warm classes, times a power of ten."""

WIDTH_PX, HEIGHT_PX, DPI = 2400, 1600, 200
MAP_PX = (40, 150, 1760, 1320)
SIDE_PX = (1840, 150, 520, 1320)
BADGES = 5
MARGIN_SHARE = 0.04
MOST_ROAD_PX, LEAST_ROAD_PX = 3.0, 0.9
SCALE_SHARE = 0.22
SMALL, LARGE, STEP_PX = 8.2, 9.0, 36
BAR_PX, BAR_WIDTH_PX = 160, 245


def draw_map(
    found: CityFindings,
    *,
    network: Network,
    people: CityPoints,
    ground: Extract,
    summary: dict[str, Any],
    path: Path,
    locale: Locale | None = None,
) -> None:
    """
    Draw the map of one category, 2400 by 1600 pixels.

    Parameters
    ----------
    found, network, people, summary
        What was computed, on what, for whom, and what it assumes.
    ground : Extract
        Water and railways of the same file.
    path : Path
        The PNG.
    locale : Locale, optional
        Chinese where the machine has a font for it and English otherwise, unless it is given.

    """
    font = drawing.choose_font(locale)
    words = phrases_of(found, summary=summary, font=font)
    classes = Classes.of(np.array([cell.uncovered for cell in found.cells if cell.uncovered]))
    # A figure of its own, without pyplot: nothing global is kept, and no window system is asked.
    with mpl.rc_context({"font.family": font.family_for(_texts(words, classes=classes)), "axes.unicode_minus": False}):
        figure = Figure(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, facecolor="white")
        canvas = FigureCanvasAgg(figure)
        frame = _frame(network, people=people, found=found)
        _draw_ground(figure, found=found, network=network, ground=ground, frame=frame, classes=classes)
        _draw_side(figure, words=words, classes=classes)
        _draw_rim(figure, words=words)
        canvas.print_figure(path, format="png", dpi=DPI)


@dataclass(frozen=True, slots=True)
class Classes:
    """Five classes of people outside per hexagon: fixed steps of 1, 2, 5, 10, at the size that fits the data."""

    bounds: tuple[float, ...]

    @classmethod
    def of(cls, outside: NDArray[np.float64]) -> Classes:
        """Choose the power of ten: nine in ten hexagons lie below the highest bound."""
        top = float(np.percentile(outside, 90)) if len(outside) else 1.0
        power = int(np.floor(np.log10(max(top, 1.0) / STEPS[-1]))) if top > STEPS[-1] else 0
        return cls(tuple(step * 10.0**power for step in STEPS))

    def color_of(self, outside: float) -> str:
        """Give the colour of a class; a class holds its lower bound."""
        return WARM[int(np.searchsorted(self.bounds, outside, side="right"))]

    def labels(self, phrases: Phrases) -> list[tuple[str, str]]:
        """Give each class's colour and name, the lightest first."""
        first, *_, last = self.bounds
        between = [f"{low:,.0f}-{high - 1:,.0f}" for low, high in zip(self.bounds, self.bounds[1:], strict=False)]
        names = [phrases.below.format(bound=f"{first:,.0f}"), *between, phrases.above.format(bound=f"{last:,.0f}")]
        return [(color, name) for color, name in zip(WARM, names, strict=True) if not (first <= 1 and color == WARM[0])]


def _texts(words: Phrases, *, classes: Classes) -> list[str]:
    """Give everything that is written in the picture, which the font is cut for."""
    texts = [value for value in (getattr(words, name) for name in Phrases.__slots__) if isinstance(value, str)]
    names = [name for _, name in classes.labels(words)]
    return [*texts, *names, *words.gaps, *words.foot, *(label for label, *_ in words.band)]


def _frame(network: Network, *, people: CityPoints, found: CityFindings) -> tuple[float, float, float, float]:
    """Give west, south, east and north in metres: all demand that lies near a street, in the map's proportions."""
    points = people.lonlat[np.isfinite(people.lonlat).all(axis=1)]
    inside = network.projection.to_xy(points)
    west, south = inside.min(axis=0)
    east, north = inside.max(axis=0)
    if not found.covered_xy.is_empty and len(points) == 1:
        west, south, east, north = found.covered_xy.bounds
    width, height = max(east - west, 1000.0), max(north - south, 1000.0)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    ratio = MAP_PX[2] / MAP_PX[3]
    width, height = max(width, height * ratio), max(height, width / ratio)
    width, height = width * (1 + 2 * MARGIN_SHARE), height * (1 + 2 * MARGIN_SHARE)
    return middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2


def _axes(figure: Figure, *, box_px: tuple[int, int, int, int]) -> Axes:
    left, bottom, width, height = box_px
    return figure.add_axes(
        (left / WIDTH_PX, bottom / HEIGHT_PX, width / WIDTH_PX, height / HEIGHT_PX), xticks=[], yticks=[]
    )


def _draw_ground(
    figure: Figure,
    *,
    found: CityFindings,
    network: Network,
    ground: Extract,
    frame: tuple[float, float, float, float],
    classes: Classes,
) -> None:
    west, south, east, north = frame
    axes = _axes(figure, box_px=MAP_PX)
    axes.set(xlim=(west, east), ylim=(south, north), facecolor=PAPER)
    for spine in axes.spines.values():
        spine.set_color(HAIRLINE)
    m_per_px = (east - west) / MAP_PX[2]
    width_px = float(np.clip(9.0 / m_per_px, LEAST_ROAD_PX, MOST_ROAD_PX))
    roads = np.stack((network.xy[network.edge_a], network.xy[network.edge_b]), axis=1)
    lines = drawing.strokes_of(roads[drawing.in_frame(roads, frame=frame)])
    _stroke(axes, lines=lines, color=CASING, width_px=width_px + 1.0, zorder=1)
    _stroke(axes, lines=lines, color=ROAD, width_px=width_px, zorder=2)
    if not found.covered_xy.is_empty:
        _fill(axes, shapes=[found.covered_xy], colors=[REACHED], alpha=0.38, zorder=3)
        _fill(axes, shapes=[found.covered_xy], colors=["none"], edge=LIMIT, width_px=1.8, zorder=6)
    outside = [cell for cell in found.cells if cell.uncovered]
    hexagons = [geo.to_metric(geo.cell_polygon(cell.cell), projection=network.projection) for cell in outside]
    colors = [classes.color_of(cell.uncovered) for cell in outside]
    _fill(axes, shapes=hexagons, colors=colors, alpha=0.94, edge="white", width_px=0.7, zorder=4)
    _stroke(axes, lines=lines, color=ROAD, width_px=width_px, zorder=5, alpha=0.5)
    # Water and railways lie above the fill, so that no circle seems to cross a river.
    _lay(axes, shapes=ground.water, network=network, color=WATER, width_px=4.0, zorder=7)
    _lay(axes, shapes=ground.rails, network=network, color=RAIL, width_px=1.5, zorder=8)
    _draw_sites(axes, found=found, network=network)
    _draw_scale(axes, frame=frame)


def _stroke(axes: Axes, *, lines: Outline, color: str, width_px: float, zorder: int, alpha: float = 1.0) -> None:
    drawing.stroke(axes, lines=lines, color=color, width_pt=_pt(width_px), zorder=zorder, alpha=alpha)


def _draw_sites(axes: Axes, *, found: CityFindings, network: Network) -> None:
    points = np.array([circle.point_ll for circle in found.circles])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points):
        xy = network.projection.to_xy(points)
        size = float(np.clip(60 * 117 / len(points), 6, 60))
        axes.scatter(xy[:, 0], xy[:, 1], s=size / 2, c=SITE, edgecolors="white", linewidths=_pt(1.2), zorder=10)
    for rank, gap in enumerate(found.gaps[:BADGES], start=1):
        middle = geo.to_metric(gap.gap_ll, projection=network.projection).representative_point()
        axes.annotate(
            str(rank),
            (middle.x, middle.y),
            ha="center",
            va="center",
            color="white",
            fontsize=8,
            fontweight="bold",
            bbox={"boxstyle": "circle,pad=0.28", "facecolor": BADGE, "edgecolor": "white", "linewidth": _pt(1.5)},
            zorder=12,
        )


def _draw_scale(axes: Axes, *, frame: tuple[float, float, float, float]) -> None:
    west, south, east, north = frame
    length = drawing.round_length_m((east - west) * SCALE_SHARE)
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"  # noqa: PLR2004 - a kilometre
    x, y = west + 0.02 * (east - west), south + 0.025 * (north - south)
    tick = 0.006 * (north - south)
    axes.fill_between(
        [x - tick, x + length + tick],
        y - 1.5 * tick,
        y + 6.5 * tick,
        facecolor=PAPER,
        alpha=0.85,
        linewidth=0,
        zorder=13,
    )
    axes.plot([x, x, x + length, x + length], [y + tick, y, y, y + tick], color=TEXT, linewidth=_pt(2.5), zorder=14)
    axes.text(x + length / 2, y + 1.6 * tick, text, ha="center", va="bottom", fontsize=7, color=TEXT, zorder=14)


def _lay(
    axes: Axes, *, shapes: list[shapely.Geometry], network: Network, color: str, width_px: float, zorder: int
) -> None:
    if not shapes:
        return
    metric = shapely.transform(np.array(shapes, dtype=object), network.projection.to_xy)
    areas = [one for one in metric if one.geom_type in {"Polygon", "MultiPolygon"}]
    lines = [shapely.get_coordinates(one) for one in metric if one.geom_type == "LineString"]
    _fill(axes, shapes=areas, colors=[color] * len(areas), alpha=1.0, zorder=zorder)
    axes.add_collection(LineCollection(lines, colors=color, linewidths=_pt(width_px), zorder=zorder))


def _fill(
    axes: Axes,
    *,
    shapes: list[Any],
    colors: list[str],
    zorder: int,
    alpha: float = 1.0,
    edge: str = "none",
    width_px: float = 0.0,
) -> None:
    drawing.fill(axes, shapes=shapes, colors=colors, zorder=zorder, alpha=alpha, edge=edge, width_pt=_pt(width_px))


def _pt(px: float) -> float:
    return px * 72 / DPI


def _draw_side(figure: Figure, *, words: Phrases, classes: Classes) -> None:
    axes = _axes(figure, box_px=SIDE_PX)
    axes.set(xlim=(0, SIDE_PX[2]), ylim=(SIDE_PX[3], 0))
    axes.axis("off")
    axes.text(-4, 92, words.key_number, fontsize=36, fontweight="bold", color=TEXT, va="baseline")
    y = _lines(axes, text=words.key_text, y=130, color=SECONDARY, columns=words.columns)
    y = _lines(axes, text=words.band_title, y=y + 30, color=TEXT, columns=words.columns, is_bold=True)
    y = _draw_band(axes, words=words, y=y + 4)
    y = _lines(axes, text=words.legend_title, y=y + 34, color=TEXT, columns=words.columns, is_bold=True) + 4
    for color, name in classes.labels(words):
        _swatch(axes, y=y, text=name, facecolor=color, edgecolor="white", linewidth=_pt(0.7))
        y += STEP_PX
    _swatch(axes, y=y + 4, text=words.reached, facecolor=REACHED, alpha=0.38)
    axes.plot([0, 48], [y + 32, y + 32], color=LIMIT, linewidth=_pt(1.8))
    y += STEP_PX + 8
    axes.scatter([24], [y + 14], s=34, c=SITE, edgecolors="white", linewidths=_pt(1.2))
    axes.text(64, y + 14, words.sites, fontsize=SMALL, color=TEXT, va="center")
    y += STEP_PX
    _swatch(axes, y=y, text=words.nobody, facecolor=PAPER, edgecolor=CASING, linewidth=_pt(1))
    y = _lines(axes, text=words.gaps_title, y=y + 72, color=TEXT, columns=words.columns, is_bold=True) + 2
    for rank, line in enumerate(words.gaps, start=1):
        axes.scatter([16], [y + 16], s=74, c=BADGE)
        axes.text(16, y + 16.5, str(rank), fontsize=7, color="white", fontweight="bold", ha="center", va="center")
        axes.text(46, y + 16, line, fontsize=SMALL, color=TEXT, va="center")
        y += STEP_PX + 4


def _swatch(axes: Axes, *, y: float, text: str, **look: Any) -> None:  # noqa: ANN401 - what a patch is drawn with
    axes.add_patch(Rectangle((0, y), 48, 28, **look))
    axes.text(64, y + 14, text, fontsize=SMALL, color=TEXT, va="center")


def _draw_band(axes: Axes, *, words: Phrases, y: float) -> float:
    """Draw one bar for each limit of the band; the limit's own is the dark one, the straight line is grey."""
    colors = {OWN: LIMIT, OTHER: REACHED, NO_FIGURE: GREY}
    for label, share, kind in words.band:
        weight = "bold" if kind == OWN else "normal"
        axes.add_patch(Rectangle((BAR_PX, y + 5), BAR_WIDTH_PX, 22, facecolor="#ECE9E2", edgecolor="none"))
        axes.add_patch(Rectangle((BAR_PX, y + 5), BAR_WIDTH_PX * share, 22, facecolor=colors[kind], edgecolor="none"))
        axes.text(0, y + 16, label, fontsize=SMALL, color=TEXT, va="center", fontweight=weight)
        axes.text(412, y + 16, f"{100 * share:.1f} %", fontsize=SMALL, color=TEXT, va="center", fontweight=weight)
        y += STEP_PX
    return y


def _lines(axes: Axes, *, text: str, y: float, color: str, columns: int, is_bold: bool = False) -> float:
    for line in textwrap.wrap(text, columns):
        axes.text(0, y, line, fontsize=LARGE, color=color, va="top", fontweight="bold" if is_bold else "normal")
        y += 38
    return y


def _draw_rim(figure: Figure, *, words: Phrases) -> None:
    _fitted(figure, text=words.title, y_px=HEIGHT_PX - 42, fontsize=17, fontweight="bold", color=TEXT)
    for number, line in enumerate(words.foot):
        _fitted(figure, text=line, y_px=122 - 30 * number, fontsize=6.3, color=SECONDARY)


def _fitted(figure: Figure, *, text: str, y_px: int, fontsize: float, **look: Any) -> None:  # noqa: ANN401 - what a text is drawn with
    """Write a line from the left rim, smaller where it would run over the right one."""
    line = figure.text(MAP_PX[0] / WIDTH_PX, y_px / HEIGHT_PX, text, fontsize=fontsize, va="top", **look)
    room_px = WIDTH_PX - 2 * MAP_PX[0]
    width_px = line.get_window_extent(figure.canvas.get_renderer()).width  # type: ignore[attr-defined] # Agg has one
    # A little less than exact: letters are set on whole pixels, so widths do not shrink evenly.
    line.set_fontsize(fontsize * min(1.0, 0.985 * room_px / width_px))
