"""What records of elders point at must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import areas, directory

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_areas(codes: Iterable[str]) -> None:
    """Raise UnknownAreaError, naming them, where areas do not exist."""
    missing = areas.missing_codes(set(codes))
    if missing:
        raise areas.UnknownAreaError(area_codes=", ".join(missing))


def check_categories(categories: Iterable[str]) -> None:
    """Raise UnknownCodeError, naming the allowed ones, where categories do not exist."""
    directory.check_codes("category", codes=categories, field="category")
