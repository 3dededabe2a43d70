"""Tables of counts with their sums, and which counts are small."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMALLEST_SHOWN = 5  # people; 0 is shown, too


@dataclass(frozen=True, slots=True)
class Sum:
    """What everybody knows: the count `total` is the sum of `parts`."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """
    Counts by key, with their sums.

    Attributes
    ----------
    counts : mapping of str to int
        None below 0.
    sums : tuple of Sum
        Each must hold.
    unpublished : frozenset of str
        Keys that are never shown, such as the difference between two nested counts; they cost nothing.

    """

    counts: Mapping[str, int]
    sums: tuple[Sum, ...]
    unpublished: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        """Refuse counts below 0 and sums that do not hold: hiding would be computed on something untrue."""
        negative = [key for key, count in self.counts.items() if count < 0]
        if negative:
            raise ValueError(f"counts below 0: {negative}")
        wrong = [each.total for each in self.sums if self.counts[each.total] != sum(map(self.counts.get, each.parts))]  # type: ignore[arg-type] # all are there
        if wrong:
            raise ValueError(f"totals that are not the sum of their parts: {wrong}")


def is_small(count: int) -> bool:
    """Whether a count could point at a person: 1 to 4; nobody at all does not."""
    return 0 < count < SMALLEST_SHOWN


def find_small(counts: Mapping[str, int], *, before: Iterable[Mapping[str, int]] = ()) -> frozenset[str]:
    """
    Find the keys whose counts are to be hidden for their own sake.

    Parameters
    ----------
    counts : mapping of str to int
        What would be published.
    before : iterable of mapping
        What is published already of the same cells: of another month, or a nested count such as that within
        other minutes. A count that differs from one of them by 1 to 4 tells of so few people.

    """
    small = {key for key, count in counts.items() if is_small(count)}
    for known in before:
        small |= {key for key, count in counts.items() if key in known and is_small(abs(count - known[key]))}
    return frozenset(small)
