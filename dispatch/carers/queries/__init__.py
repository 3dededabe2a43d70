"""Reads about carers."""

from dispatch.carers.queries.carers import (
    chunks,
    find_carer_id,
    find_carer_names,
    find_carers,
    find_days,
    find_employer,
    find_employers,
    find_reach,
    find_same_people,
    has_site_within,
    load_carers,
    lock_carers,
    staff_of,
    within_scope,
)
from dispatch.carers.queries.on_days import find_carers_on

__all__ = [
    "chunks",
    "find_carer_id",
    "find_carer_names",
    "find_carers",
    "find_carers_on",
    "find_days",
    "find_employer",
    "find_employers",
    "find_reach",
    "find_same_people",
    "has_site_within",
    "load_carers",
    "lock_carers",
    "staff_of",
    "within_scope",
]
