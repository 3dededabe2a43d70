"""Fingerprints: the same inputs give the same hash, whatever order they came in."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.coverage.values import AreaFacts, HomeFacts, SiteFacts, StartFacts


def hash_of(content: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Give the SHA-256 of plain values, written as JSON with sorted keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def hash_homes(homes: Iterable[HomeFacts]) -> str:
    """Give one hash for all homes; nobody can be read out of it."""
    return hash_of([[str(one.elder_id), one.area_code, one.point_ll] for one in homes])


def hash_sites(sites: Iterable[SiteFacts]) -> str:
    """Give one hash for all sites."""
    return hash_of(
        [
            [str(one.site_id), one.area_code, one.point_ll, *([] if one.places is None else [one.places])]
            for one in sites
        ]
    )


def hash_starts(starts: Iterable[StartFacts]) -> str:
    """Give one hash for where carers start and go; no base can be read out of it."""
    return hash_of(
        [
            [
                str(one.site_id),
                one.point_ll,
                [[c.area_code, c.extent_ll and c.extent_ll.wkb_hex, c.limit_s] for c in one.catchments],
            ]
            for one in starts
        ]
    )


def hash_areas(areas: Iterable[AreaFacts]) -> str:
    """Give one hash for all areas with their outlines."""
    outlines = [[one.code, one.level, one.settlement, one.boundary_ll and one.boundary_ll.wkb_hex] for one in areas]
    return hash_of(outlines)
