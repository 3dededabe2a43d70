"""Two carers: all pairs of them held against each other at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from dispatch.assignment.rules.scoring import CONTINUITY, FULL_CONTINUITY, NO_FIT_AFTER_S, TIME_FIT, travel_points
from dispatch.assignment.values import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from dispatch.assignment.values import Able, Job

NEVER: Final = 10**9  # seconds; later than any window


def find_pair(able: Sequence[Able], *, job: Job) -> list[tuple[Able, datetime]] | None:
    """
    Choose the best two carers, each with their start, whoever begins first in front; None where no two go together.

    The most points win, then the wish of the elder, the earlier start and the lower ids. Of each two the earliest
    start is taken, of the second carer the earliest that goes with it.
    """
    able = sorted(able, key=lambda one: one.case.carer_id)
    first_s, second_s = _starts(able, job=job)
    is_possible = first_s < NEVER
    np.fill_diagonal(is_possible, val=False)
    if job.lag == TOGETHER:  # one pair stands in two places
        is_possible &= np.triu(np.ones_like(is_possible))
    if job.skills_any:
        has_any = np.array([bool(job.skills_any & one.case.skills) for one in able])
        is_possible &= has_any[:, None] | has_any[None, :]
    if not is_possible.any():
        return None
    preferred = np.array([one.case.is_preferred for one in able], dtype=np.int64)
    late_s = -((_zero(job) - job.window.from_at) // timedelta(seconds=1))  # rounded up, as `scoring` counts
    order = (-_points(able, first_s=first_s - late_s), -(preferred[:, None] + preferred[None, :]), first_s, second_s)
    left = is_possible
    for key in order:
        left = left & (key == key[left].min())
    one, other = (int(index) for index in np.argwhere(left)[0])
    return [
        (able[one], _at(first_s[one, other], job=job)),
        (able[other], _at(second_s[one, other], job=job)),
    ]


def _starts(able: Sequence[Able], *, job: Job) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Give for each two carers when the first and when the second begins at the earliest.

    Returns
    -------
    ndarray of int, shape (n, n), twice
        Seconds after the full minute in which the window begins, of the carer of the row, who is first, and of the
        one of the column; NEVER where they do not go together.

    """
    most = max(len(one.starts) for one in able)
    from_s = np.full((most, len(able)), NEVER, dtype=np.int64)
    to_s = np.full((most, len(able)), -NEVER, dtype=np.int64)
    for number, one in enumerate(able):
        for place, span in enumerate(one.starts):
            from_s[place, number], to_s[place, number] = (_seconds(each, job=job) for each in span)
    low_s, high_s = job.lag.from_min * 60, NEVER if job.lag.to_min is None else job.lag.to_min * 60
    first_s = np.full((len(able), len(able)), NEVER, dtype=np.int64)
    second_s = first_s.copy()
    for mine in range(most):
        for theirs in range(most):
            begin_s = np.maximum(from_s[mine][:, None], from_s[theirs][None, :] - high_s)
            end_s = np.minimum(to_s[mine][:, None], to_s[theirs][None, :] - low_s)
            then_s = np.maximum(begin_s + low_s, from_s[theirs][None, :])
            is_better = (begin_s <= end_s) & ((begin_s < first_s) | ((begin_s == first_s) & (then_s < second_s)))
            first_s = np.where(is_better, begin_s, first_s)
            second_s = np.where(is_better, then_s, second_s)
    return first_s, second_s


def _points(able: Sequence[Able], *, first_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the points of all pairs at once, as `scoring` gives them for one: the longer way, the mean of the visits."""
    travel = np.array([travel_points(one.case.way) for one in able], dtype=np.int64)
    visits = np.array([one.case.visits_90d for one in able], dtype=np.int64)
    full = 2 * FULL_CONTINUITY
    points = np.minimum(travel[:, None], travel[None, :])
    points += TIME_FIT * np.maximum(0, NO_FIT_AFTER_S - np.abs(first_s)) // NO_FIT_AFTER_S
    points += CONTINUITY * np.minimum(visits[:, None] + visits[None, :], full) // full
    return points


def _zero(job: Job) -> datetime:
    """Give the full minute from which seconds are counted: starts lie on full minutes, so none loses a fraction."""
    return job.window.from_at.replace(second=0, microsecond=0)


def _seconds(at: datetime, *, job: Job) -> int:
    return int((at - _zero(job)) // timedelta(seconds=1))


def _at(seconds: np.int64, *, job: Job) -> datetime:
    return _zero(job) + timedelta(seconds=int(seconds))
