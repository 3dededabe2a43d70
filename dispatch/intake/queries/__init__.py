"""Reads of the intake."""

from dispatch.intake.queries.requests import (
    OPEN,
    find_row,
    find_open,
    find_visit_ids,
    find_page,
    count_open,
    count_unmatched_by_elder,
    find_open_elders,
    find_history,
    count_unmet,
    to_cards,
)

__all__ = [
    "OPEN",
    "find_row",
    "find_open",
    "find_visit_ids",
    "find_page",
    "count_open",
    "count_unmatched_by_elder",
    "find_open_elders",
    "find_history",
    "count_unmet",
    "to_cards",
]
