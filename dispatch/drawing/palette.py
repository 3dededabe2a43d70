"""
The colours of the map: cool is reached, warm is not, darker is worse; lightness alone keeps the order.

So a photocopy can be read, and neighbours among the five warm classes differ by 10 or more (CIEDE2000) in simulated
deutan, protan and tritan sight too. Colour never stands alone: a class has its numbers in the legend.
"""

from __future__ import annotations

import bisect

PAPER, ROAD, CASING, WATER, RAIL = "#F6F4EF", "#FFFFFF", "#DDD8CC", "#D5DCE0", "#8F887C"
REACHED, LIMIT, BADGE, SITE = "#8FC3D4", "#0B6B86", "#3B1504", "#17262D"
TEXT, SECONDARY, HAIRLINE, GREY = "#17262D", "#4A5A62", "#DDD8CC", "#B9B4A8"
WARM = ("#FCDDB0", "#F5B467", "#E4822B", "#B4500F", "#6B2808")
HATCH = "#A0978A"
"""Strokes of the pattern for 1 to 4 people, on paper: never a colour of a class, never white."""

UNCOVERED_BOUNDS = (5, 10, 20, 50, 100)
"""The lower bounds of the five warm classes: people of a hexagon outside every circle."""


def class_of(uncovered: int) -> int | None:
    """Give the warm class of a count of people, 0 the lightest; None below 5, which is a pattern or nothing."""
    return bisect.bisect_right(UNCOVERED_BOUNDS, uncovered) - 1 if uncovered >= UNCOVERED_BOUNDS[0] else None
