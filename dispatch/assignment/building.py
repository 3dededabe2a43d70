"""
From the rows of a day to the planner's problem, and from its plan back: the mapping, and nothing else.

Seconds count from local midnight of the day; everything is on full minutes, so that what is planned is what is stored:
ways are rounded up to whole minutes, the hours of work inwards. A night belongs to the day on which it begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np

from dispatch import planner, visits
from dispatch.assignment.rules.apart import keep_apart
from dispatch.assignment.rules.days import is_unpopular
from dispatch.assignment.values import DayPause, LeftOut, PauseKind, Span, Stretch, UnplannedCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from dispatch.assignment.values import DayCarer, DayCase, DayVisit
    from dispatch.geo import LonLat

MINUTE_S: Final = 60
MINUTE: Final = timedelta(minutes=1)
BREAK_FROM: Final = 4
"""P: a break begins in the middle half of its stretch of work: a fourth of the rest lies before it, a fourth after."""
MOVED_S: Final = int(visits.MOVED_AFTER.total_seconds())


@dataclass(frozen=True, slots=True)
class Ways:
    """
    The ways of a day.

    Attributes
    ----------
    place_of : mapping
        The row of each point (WGS 84); points without a street near are left out.
    travel_s : tuple of ndarray of float64, shape (n, n)
        Seconds by mode, in the order of `modes`, rounded up to whole minutes; inf where there is no way.
    modes : tuple of str
    outside : frozenset
        Points that lie outside of all streets.

    """

    place_of: Mapping[LonLat, int]
    travel_s: tuple[NDArray[np.float64], ...]
    modes: tuple[str, ...]
    outside: frozenset[LonLat] = frozenset()


@dataclass(frozen=True, slots=True)
class DayProblem:
    """
    What the planner is asked, and how its answer is read.

    `slots` are by job the visits of its slots; `pauses` by carer the kinds of its pauses; `left_out` are visits that
    the planner is not asked about, with their reasons. `carers` are those of the problem, in its order.
    """

    problem: planner.Problem
    carers: tuple[DayCarer, ...]
    slots: tuple[tuple[DayVisit, ...], ...]
    pauses: tuple[tuple[DayPause, ...], ...]
    left_out: tuple[LeftOut, ...] = ()
    nowhere: tuple[DayCarer, ...] = field(default=())


def build_problem(
    case: DayCase,
    *,
    ways: Ways,
    weights: planner.Weights,
    zone: ZoneInfo,
    is_searched: bool = True,
    known: DayProblem | None = None,
) -> DayProblem:
    """
    Map a day to the planner's problem; one that is searched has the windows of each elder's services cut apart.

    Carers whose base is not known, or has no street near, are in `nowhere`: they get no tour. Neither does who works
    elsewhere all the time. Which windows nobody likes is told by the hours of the clock in `zone`. `known` is the
    problem of the same day with other pins, not searched: what is as it was there is taken from it.
    """
    kept = _known_jobs(known)
    carers = [each for each in case.carers if each.base_ll in ways.place_of and working_parts(each)]
    index = {each.carer_id: number for number, each in enumerate(carers)}
    pauses = [pauses_of(each, midnight_at=case.midnight_at) for each in carers]
    left_out: list[LeftOut] = []
    jobs: list[planner.Job] = []
    slots: list[tuple[DayVisit, ...]] = []
    for group in group_slots(case.visits):
        why = _refuse(group, ways=ways, carers=carers, index=index)
        if why is not None:
            left_out += [LeftOut(each.visit_id, why[0], change=why[1]) for each in group]
            continue
        slots.append(group)
        job = kept.get(tuple(map(id, group)))
        if job is None:
            place = _place(group, ways=ways, carers=carers, index=index)
            job = _job(group, case=case, place=place or 0, index=index, zone=zone)
        jobs.append(job)
    if is_searched:
        jobs = list(keep_apart(jobs, elders=[group[0].elder_id for group in slots]))
    problem = planner.Problem(
        carers=tuple(_carer(each, pauses=own, case=case, ways=ways) for each, own in zip(carers, pauses, strict=True)),
        jobs=tuple(jobs),
        travel_s=ways.travel_s,
        weights=weights,
        now_s=_up(case.now, zero=case.midnight_at),
        moved_s=float(MOVED_S),
    )
    return DayProblem(
        problem=problem,
        carers=tuple(carers),
        slots=tuple(slots),
        pauses=tuple(pauses),
        left_out=tuple(left_out),
        nowhere=tuple(each for each in case.carers if each.base_ll not in ways.place_of),
    )


def _known_jobs(known: DayProblem | None) -> dict[tuple[int, ...], planner.Job]:
    """Give the jobs of a problem by the very visits that they are of."""
    if known is None:
        return {}
    return {tuple(map(id, group)): job for group, job in zip(known.slots, known.problem.jobs, strict=True)}


def group_slots(found: Iterable[DayVisit]) -> list[tuple[DayVisit, ...]]:
    """
    Put the two visits of a pair together, in the order of their slots; all else stands alone.

    A pair of which one visit has begun and the other has nobody is two visits: the one that has begun stays as it is.
    """
    pairs: dict[UUID, list[DayVisit]] = {}
    groups: list[tuple[DayVisit, ...]] = []
    for each in found:
        if each.pair_id is None:
            groups.append((each,))
        else:
            pairs.setdefault(each.pair_id, []).append(each)
    for pair in pairs.values():
        both = tuple(sorted(pair, key=lambda one: (one.slot_no, one.visit_id)))
        is_begun = any(one.started_at for one in both)
        has_all = all(one.carer_id for one in both) and len({one.carer_id for one in both}) == len(both)
        groups += [(one,) for one in both] if is_begun and not has_all else [both]
    return sorted(groups, key=lambda group: group[0].visit_id)


def pauses_of(carer: DayCarer, *, midnight_at: datetime) -> tuple[DayPause, ...]:
    """
    Give when a carer does not work: breaks within stretches, and what lies between them.

    A break of b minutes in a stretch of n begins between (n − b)/4 and 3(n − b)/4 minutes after it begins. Hours in
    which the same person works elsewhere are cut out; the break then lies in the longest part that is left.
    """
    found: list[DayPause] = []
    parts = working_parts(carer)
    for number, (part, _) in enumerate(parts):
        from_s, to_s = _up(part.from_at, zero=midnight_at), _down(part.to_at, zero=midnight_at)
        if number:
            before, kind = parts[number - 1]
            gap_s = _down(before.to_at, zero=midnight_at)
            found.append(DayPause(kind, gap_s, gap_s, from_s - gap_s))
        rest_s = part.break_min * MINUTE_S
        free_s = to_s - from_s - rest_s
        if rest_s and free_s > 0:
            edge_s = free_s // BREAK_FROM // MINUTE_S * MINUTE_S
            found.append(DayPause(PauseKind.REST, from_s + edge_s, to_s - rest_s - edge_s, rest_s))
    return tuple(found)


def working_parts(carer: DayCarer) -> list[tuple[Stretch, PauseKind]]:
    """Give the stretches of a carer without what is worked elsewhere, each with the kind of the gap after it."""
    parts: list[tuple[Stretch, PauseKind]] = []
    for stretch in carer.stretches:
        free = [Span(stretch.from_at, stretch.to_at)]
        for block in carer.elsewhere:
            free = [
                cut
                for span in free
                for cut in (
                    Span(span.from_at, min(span.to_at, block.from_at)),
                    Span(max(span.from_at, block.to_at), span.to_at),
                )
                if cut.to_at - cut.from_at >= MINUTE
            ]
        if not free:
            continue
        longest = max(free, key=lambda span: (span.to_at - span.from_at, -span.from_at.timestamp()))
        for span in free:
            is_last = span is free[-1]
            rest = stretch.break_min if span is longest else 0
            kind = PauseKind.OFF_DUTY if is_last else PauseKind.ELSEWHERE
            parts.append((Stretch(span.from_at, span.to_at, rest), kind))
    return parts


def whole_minutes(travel_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round ways up to whole minutes; inf stays."""
    minutes = travel_s / MINUTE_S
    np.ceil(minutes, out=minutes)  # in place: these are millions
    minutes *= MINUTE_S
    return minutes


def instant(seconds: float, *, midnight_at: datetime) -> datetime:
    """Give the instant of a second of the day."""
    return midnight_at + timedelta(seconds=round(seconds))


def _carer(carer: DayCarer, *, pauses: Sequence[DayPause], case: DayCase, ways: Ways) -> planner.Carer:
    parts = [part for part, _ in working_parts(carer)]
    zero = case.midnight_at
    place = ways.place_of[carer.base_ll] if carer.base_ll else 0
    duty_min = sum((part.to_at - part.from_at) // MINUTE - part.break_min for part in parts)
    return planner.Carer(
        key=str(carer.carer_id),
        start_place=place,
        end_place=place,
        from_s=float(_up(parts[0].from_at, zero=zero)) if parts else 0.0,
        to_s=float(_down(parts[-1].to_at, zero=zero)) if parts else 0.0,
        back_by_s=inf,
        mode=ways.modes.index(carer.mode),
        skills=carer.skills,
        team=str(carer.organization_id),
        sex=carer.sex,
        pauses=tuple(planner.Pause(each.earliest_s, each.latest_s, each.length_s) for each in pauses),
        limit_s=float(max(0, min(carer.limit_min, duty_min)) * MINUTE_S),
        unpopular_before=carer.unpopular_28d,
    )


def _job(
    group: tuple[DayVisit, ...], *, case: DayCase, place: int, index: Mapping[UUID, int], zone: ZoneInfo
) -> planner.Job:
    first, zero = group[0], case.midnight_at
    begun = [each for each in group if each.started_at]
    length_s = [float(_length_s(each, now=case.now)) for each in group]
    earliest_s = float(_up(first.window.from_at, zero=zero))
    latest_s = float(_down(first.window.to_at, zero=zero) - first.visit_min * MINUTE_S)
    lag_s = float(first.visit_min * MINUTE_S) if first.is_sequential and len(group) > 1 else 0.0
    known = [each.start_at for each in group if each.start_at]
    promised_s = float(_up(min(known), zero=zero)) if len(known) == len(group) else None
    holders = tuple(index.get(each.carer_id) if each.carer_id else None for each in group)
    return planner.Job(
        key=str(first.visit_id),
        place=place,
        slots=tuple(
            planner.Slot(skills=each.skills_all, length_s=length) for each, length in zip(group, length_s, strict=True)
        ),
        earliest_s=earliest_s,
        due_s=latest_s if promised_s is None else min(latest_s, promised_s + MOVED_S),
        latest_s=latest_s,
        lag_from_s=lag_s,
        lag_to_s=inf if lag_s else 0.0,
        skills_any=first.skills_any,
        sex=first.carer_sex,
        team=str(first.organization_id),
        refused=_indexes(case.refused.get(first.elder_id, ()), index=index),
        usual=_indexes(case.usual.get(first.elder_id, ()), index=index),
        preferred=_indexes(case.preferred.get(first.elder_id, ()), index=index),
        is_mandatory=first.is_mandatory,
        priority=max(each.priority for each in group),
        is_unpopular=is_unpopular(group[0].window.from_at, zone=zone),
        pin=_pin(group, begun=begun, holders=holders, promised_s=promised_s, zero=zero),
        before=_before(holders, promised_s=promised_s, is_begun=bool(begun)),
    )


def _pin(
    group: tuple[DayVisit, ...],
    *,
    begun: Sequence[DayVisit],
    holders: tuple[int | None, ...],
    promised_s: float | None,
    zero: datetime,
) -> planner.Pin | None:
    if begun:
        at = min(each.started_at for each in begun if each.started_at)
        return planner.Pin(holders, start_s=float(_down(at, zero=zero)), is_executed=True)
    if any(each.is_pinned or each.is_outside for each in group):
        return planner.Pin(holders, start_s=promised_s)
    return None


def _before(holders: tuple[int | None, ...], *, promised_s: float | None, is_begun: bool) -> planner.Before | None:
    carers = tuple(each for each in holders if each is not None)
    if promised_s is None or is_begun or len(carers) < len(holders):
        return None
    return planner.Before(carers, promised_s)


def _place(
    group: tuple[DayVisit, ...], *, ways: Ways, carers: Sequence[DayCarer], index: Mapping[UUID, int]
) -> int | None:
    """Give where a visit is; one that has begun at a home without a point is where its carer sets out from."""
    home_ll, holder = group[0].home_ll, group[0].carer_id
    if home_ll is not None and home_ll in ways.place_of:
        return ways.place_of[home_ll]
    if holder is None or holder not in index or not all(each.started_at for each in group):
        return None
    base_ll = carers[index[holder]].base_ll
    return ways.place_of.get(base_ll) if base_ll else None


def _refuse(
    group: tuple[DayVisit, ...], *, ways: Ways, carers: Sequence[DayCarer], index: Mapping[UUID, int]
) -> tuple[UnplannedCode, dict[str, object] | None] | None:
    """Say why the planner is not asked about a visit: there is nothing to measure, or no start in its window."""
    first = group[0]
    if _place(group, ways=ways, carers=carers, index=index) is None:
        is_outside = first.home_ll is not None and (first.home_ll in ways.outside or not ways.travel_s)
        if is_outside:
            return UnplannedCode.NO_NETWORK, {"code": "import_streets"}
        return UnplannedCode.UNLOCATED, {"code": "locate_home"}
    if any(each.started_at for each in group):
        return None if all(each.carer_id in index for each in group) else (UnplannedCode.NO_SHIFT, None)
    short_min = first.visit_min - (first.window.to_at - first.window.from_at) // MINUTE
    if short_min > 0:
        return UnplannedCode.WINDOW_TOO_SHORT, {"code": "later_end", "minutes": short_min}
    if any((each.is_pinned or each.is_outside) and each.carer_id and each.carer_id not in index for each in group):
        return UnplannedCode.NO_SHIFT, {"code": "unpin"}
    return None


def _length_s(visit: DayVisit, *, now: datetime) -> int:
    """Give how long a visit takes: as it took, where it has ended; one under way is not shorter than it is by now."""
    planned_s = visit.visit_min * MINUTE_S
    if visit.started_at is None:
        return planned_s
    end_at = visit.finished_at or max(now, visit.started_at + timedelta(seconds=planned_s))
    return max(MINUTE_S, -((visit.started_at - end_at) // MINUTE) * MINUTE_S)


def _indexes(carer_ids: Iterable[UUID], *, index: Mapping[UUID, int]) -> frozenset[int]:
    return frozenset(index[each] for each in carer_ids if each in index)


def _up(at: datetime, *, zero: datetime) -> int:
    return -((zero - at) // MINUTE) * MINUTE_S


def _down(at: datetime, *, zero: datetime) -> int:
    return (at - zero) // MINUTE * MINUTE_S
