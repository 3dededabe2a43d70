"""Services of one elder must not fall on one another: their windows are cut apart before anybody searches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from dispatch import planner

MINUTE_S: Final = 60


@dataclass(slots=True)
class _Share:
    """What of the day one service of an elder has; one that is `fixed` cannot give way, nor move."""

    job: int
    from_s: float
    to_s: float
    needs_s: float
    fixed: bool


def keep_apart(jobs: Sequence[planner.Job], *, elders: Sequence[Hashable]) -> tuple[planner.Job, ...]:
    """
    Cut windows so that no two jobs of one elder can overlap.

    What is executed or pinned to a start stays as it is. What people were told stands at that start, and may move half
    of the way to the next. Any other takes the longest time that is free in its window, the narrowest window first;
    where none is left it shares that of another such job, in whichever order leaves more room. Where windows leave no
    two times apart, they stay as they are.

    Parameters
    ----------
    jobs : sequence of planner.Job
        Of a day; times in seconds.
    elders : sequence
        Of each job, whose it is.

    """
    of_elder: dict[Hashable, list[int]] = defaultdict(list)
    for index, elder in enumerate(elders):
        of_elder[elder].append(index)
    found = list(jobs)
    for own in of_elder.values():
        if len(own) > 1:
            for share in _share_out(jobs, own=own):
                if not share.fixed:
                    found[share.job] = _cut(jobs[share.job], share=share)
    return tuple(found)


def _share_out(jobs: Sequence[planner.Job], *, own: Sequence[int]) -> list[_Share]:
    shares: list[_Share] = []
    told: list[_Share] = []
    free: list[int] = []
    for index in own:
        one, start_s = jobs[index], _start_s(jobs[index])
        if start_s is None:
            free.append(index)
            continue
        is_fixed = one.pin is not None and one.pin.start_s is not None
        share = _Share(index, start_s, start_s + _needs_s(one), _needs_s(one), is_fixed)
        (shares if is_fixed else told).append(share)
    for share in sorted(told, key=lambda each: (each.from_s, each.job)):
        if all(share.to_s <= other.from_s or other.to_s <= share.from_s for other in shares):
            shares.append(share)
        else:
            free.append(share.job)  # it cannot stay where it was: something was pinned there since
    for index in sorted(free, key=lambda each: (_width_s(jobs[each]), jobs[each].earliest_s, each)):
        _give_room(jobs, index, shares=shares)
    _widen(jobs, shares=shares, told={share.job for share in told} - set(free))
    return shares


def _give_room(jobs: Sequence[planner.Job], index: int, *, shares: list[_Share]) -> None:
    """Give a job the longest time that is free, or a part of another's; else nothing changes."""
    one = jobs[index]
    needs_s, end_s = _needs_s(one), one.latest_s + _last_s(one)
    edges = [one.earliest_s]
    gaps = []
    for share in sorted(shares, key=lambda each: each.from_s):
        gaps.append((edges[-1], min(share.from_s, end_s)))
        edges.append(max(edges[-1], share.to_s))
    gaps.append((edges[-1], end_s))
    from_s, to_s = max(gaps, key=lambda gap: (gap[1] - gap[0], -gap[0]))
    if to_s - from_s >= needs_s:
        shares.append(_Share(index, from_s, to_s, needs_s, fixed=False))
        return
    best: tuple[float, _Share, float, bool] | None = None
    for other in shares:
        low = max([one.earliest_s, *(each.to_s for each in shares if each.to_s <= other.from_s)])
        high = min([end_s, *(each.from_s for each in shares if each.from_s >= other.to_s)])
        for is_first in (True, False):
            # the first one begins at the earliest, the second ends at the latest; what is left is shared
            room_s = (other.to_s - low if is_first else high - other.from_s) - needs_s - other.needs_s
            room_s = min(room_s, 2 * ((end_s - low if is_first else high - one.earliest_s) - needs_s))
            if not other.fixed and room_s >= 0.0 and (best is None or room_s > best[0]):
                best = (room_s, other, low if is_first else high, is_first)
    if best is None:
        return
    room_s, other, edge_s, is_first = best
    half_s = room_s / 2 // MINUTE_S * MINUTE_S
    if is_first:
        other.from_s = max(other.from_s, edge_s + needs_s + half_s)
        shares.append(_Share(index, edge_s, edge_s + needs_s + half_s, needs_s, fixed=False))
    else:
        other.to_s = min(other.to_s, edge_s - needs_s - half_s)
        shares.append(_Share(index, edge_s - needs_s - half_s, edge_s, needs_s, fixed=False))


def _widen(jobs: Sequence[planner.Job], *, shares: list[_Share], told: set[int]) -> None:
    """Let what people were told move half of the way to the next, within its window."""
    shares.sort(key=lambda each: each.from_s)
    spans = [(share.from_s, share.to_s) for share in shares]
    for at, share in enumerate(shares):
        if share.job not in told:
            continue
        one = jobs[share.job]
        from_s, to_s = one.earliest_s, one.latest_s + _last_s(one)
        if at:
            edge_s, both = spans[at - 1][1], shares[at - 1].job in told
            from_s = max(from_s, _half_way(edge_s, share.from_s) if both else edge_s)
        if at + 1 < len(shares):
            edge_s, both = spans[at + 1][0], shares[at + 1].job in told
            to_s = min(to_s, _half_way(share.to_s, edge_s) if both else edge_s)
        share.from_s, share.to_s = from_s, to_s


def _half_way(from_s: float, to_s: float) -> float:
    return (from_s + to_s) / 2 // MINUTE_S * MINUTE_S


def _cut(one: planner.Job, *, share: _Share) -> planner.Job:
    earliest_s = max(one.earliest_s, share.from_s)
    latest_s = min(one.latest_s, share.to_s - _last_s(one))
    return replace(one, earliest_s=earliest_s, latest_s=latest_s, due_s=min(one.due_s, latest_s))


def _start_s(one: planner.Job) -> float | None:
    if one.pin is not None and one.pin.start_s is not None:
        return one.pin.start_s
    return one.before.start_s if one.before is not None else None


def _needs_s(one: planner.Job) -> float:
    return max(one.slots[0].length_s, one.lag_from_s + one.slots[-1].length_s)


def _last_s(one: planner.Job) -> float:
    return max(slot.length_s for slot in one.slots)


def _width_s(one: planner.Job) -> float:
    return one.latest_s - one.earliest_s
