"""Reads of the intake."""

from dispatch.intake.queries.requests import (
    OPEN,
    count_open,
    count_unmatched_by_elder,
    find_history,
    find_open,
    find_open_elders,
    find_open_of,
    find_page,
    find_request_ids,
    find_row,
    find_visit_ids,
    to_cards,
)
from dispatch.intake.queries.unmet import (
    count_unmet,
)

__all__ = [
    "OPEN",
    "count_open",
    "count_unmatched_by_elder",
    "count_unmet",
    "find_history",
    "find_open",
    "find_open_elders",
    "find_open_of",
    "find_page",
    "find_request_ids",
    "find_row",
    "find_visit_ids",
    "to_cards",
]
