"""The circle of each site: many searches and many outlines, on all processors."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from dispatch import streets
from dispatch.coverage.rules import shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dispatch.geo import LonLatPolygon
    from dispatch.streets import Network, Snaps

MOST_THREADS = 8


def draw_circles(
    network: Network, *, sites: Snaps, rows: Iterable[int], limit_dm: int
) -> Iterator[LonLatPolygon | None]:
    """
    Draw the circle of each of some sites, in the order of `rows`; None where a site reaches nothing.

    The kernels run without the interpreter's lock, and each circle has arrays of its own, so threads do.
    """

    def draw(row: int) -> LonLatPolygon | None:
        circle_xy = streets.reach_area(network, site=sites.take(slice(row, row + 1)), limit_dm=limit_dm)
        return shapes.rounded_ll(circle_xy, projection=network.projection)

    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as threads:
        yield from threads.map(draw, rows)
