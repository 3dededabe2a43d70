"""Decisions about dates: ages, and spans that share a day."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

BAND_YEARS, LOWEST_BAND, OPEN_BAND = 10, 60, 90


def age_on(born_on: date, *, on: date) -> int:
    """Give the full years of age; who is born on 29 February is a year older on 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def age_band(age: int) -> str:
    """Give the ten years an age lies in: "60-69", "70-79", "80-89", "90+", and "0-59" below."""
    if age < LOWEST_BAND:
        return f"0-{LOWEST_BAND - 1}"
    if age >= OPEN_BAND:
        return f"{OPEN_BAND}+"
    low = age // BAND_YEARS * BAND_YEARS
    return f"{low}-{low + BAND_YEARS - 1}"


def is_overlapping(spans: Iterable[tuple[date, date | None]]) -> bool:
    """Say whether two of the half-open spans share a day."""
    ordered = sorted(spans, key=lambda span: span[0])
    return any(before[1] is None or before[1] > after[0] for before, after in pairwise(ordered))
