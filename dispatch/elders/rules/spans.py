"""Half-open spans of dates: what is left of one when others are taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    Span = tuple[date, date | None]


def subtract_spans(span: Span, taken: Iterable[Span]) -> list[Span]:
    """List the parts of a half-open span (None: open) on which none of the others holds, in order."""
    begin, end = span
    left: list[Span] = []
    for low, high in sorted(taken, key=lambda each: each[0]):
        if end is not None and low >= end:
            break
        if low > begin:
            left.append((begin, low))
        if high is None:
            return left
        begin = max(begin, high)
        if end is not None and begin >= end:
            return left
    return [*left, (begin, end)]
