"""Reads of the coverage, complete: `operations` decides who sees how much of them."""

from dispatch.coverage.queries.runs import (
    Box,
    count_publications,
    find_areas,
    find_categories,
    find_cells,
    find_circles,
    find_covered,
    find_gaps,
    find_latest,
    find_page,
    find_publications,
    find_published_pages,
    find_run,
    find_runs,
)
from dispatch.coverage.queries.sitings import find_siting, find_siting_areas, find_sitings

__all__ = [
    "Box",
    "count_publications",
    "find_areas",
    "find_categories",
    "find_cells",
    "find_circles",
    "find_covered",
    "find_gaps",
    "find_latest",
    "find_page",
    "find_publications",
    "find_published_pages",
    "find_run",
    "find_runs",
    "find_siting",
    "find_siting_areas",
    "find_sitings",
]
