"""Reads of the assignment room's own tables."""

from dispatch.assignment.queries.days import find_organizations_of, find_site_points, find_wishes
from dispatch.assignment.queries.matching import (
    find_asked,
    find_offer_page,
    find_offer_row,
    find_offered_elders,
    find_open,
    find_open_offer,
    find_preferences,
    find_round,
    find_shares,
    find_stored,
    find_tried,
    load_preferences,
    next_turn,
    own_services,
    select_offered,
    to_card,
)

__all__ = [
    "find_asked",
    "find_offer_page",
    "find_offer_row",
    "find_offered_elders",
    "find_open",
    "find_open_offer",
    "find_organizations_of",
    "find_preferences",
    "find_round",
    "find_shares",
    "find_site_points",
    "find_stored",
    "find_tried",
    "find_wishes",
    "load_preferences",
    "next_turn",
    "own_services",
    "select_offered",
    "to_card",
]
