"""Counts of people as planners see them: 1 to 4 are hidden, and with them what would give them away in the same row."""

from __future__ import annotations

from dataclasses import replace

from dispatch.indicators.values import Count, FormFigure
from dispatch.suppression import is_small


def is_telling(numerator: float, denominator: float) -> bool:
    """Say whether a part, the rest or the whole counts 1 to 4 people."""
    return any(is_small(int(count)) for count in (numerator, denominator, denominator - numerator))


def hide_count(count: Count) -> Count:
    """Give a count of people as planners see it."""
    if count.numerator is None or count.denominator is None or not is_telling(count.numerator, count.denominator):
        return count
    return Count(None, None if is_small(count.denominator) else count.denominator, is_suppressed=True)


def hide_form(figure: FormFigure) -> FormFigure:
    """
    Give a form that counts people as planners see it.

    A figure at other minutes that differs by 1 to 4 people from the one at 15 is a small count too.
    """
    count = hide_count(figure.count)
    if count.is_suppressed:
        nothing = {name: Count(None, count.denominator, is_suppressed=True) for name in figure.at}
        unknown = dict.fromkeys(figure.meets)
        return replace(figure, count=count, at=nothing, meets=unknown, is_borderline=None)
    return replace(figure, at={name: _beside(at, central=count) for name, at in figure.at.items()})


def _beside(at: Count, *, central: Count) -> Count:
    if at.numerator is None or central.numerator is None:
        return at
    if is_small(abs(at.numerator - central.numerator)):
        return Count(None, at.denominator, is_suppressed=True)
    return hide_count(at)
