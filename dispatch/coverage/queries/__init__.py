"""Reads of the coverage, complete: `operations` decides who sees how much of them."""

from dispatch.coverage.queries.edits import count_standing, edit_of, find_edit_row, find_edits, find_edits_in_force
from dispatch.coverage.queries.layers import (
    count_layer,
    find_area_state,
    find_boundaries,
    find_extent,
    find_inhabited_cells,
    find_layer_runs,
    iter_layer,
)
from dispatch.coverage.queries.publications import (
    count_publications,
    find_page,
    find_publications,
    find_published_pages,
)
from dispatch.coverage.queries.runs import (
    Box,
    count_newly_covered,
    find_areas,
    find_categories,
    find_cells,
    find_circles,
    find_covered,
    find_gaps,
    find_latest,
    find_run,
    find_runs,
)
from dispatch.coverage.queries.sitings import find_siting, find_siting_areas, find_sitings

__all__ = [
    "Box",
    "count_layer",
    "count_newly_covered",
    "count_publications",
    "count_standing",
    "edit_of",
    "find_area_state",
    "find_areas",
    "find_boundaries",
    "find_categories",
    "find_cells",
    "find_circles",
    "find_covered",
    "find_edit_row",
    "find_edits",
    "find_edits_in_force",
    "find_extent",
    "find_gaps",
    "find_inhabited_cells",
    "find_latest",
    "find_layer_runs",
    "find_page",
    "find_publications",
    "find_published_pages",
    "find_run",
    "find_runs",
    "find_siting",
    "find_siting_areas",
    "find_sitings",
    "iter_layer",
]
