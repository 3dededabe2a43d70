"""
From the rows of a day to the planner's problem, and from its plan back: the mapping, and nothing else.

Seconds count from local midnight of the day; everything is on full minutes, so that what is planned is what is stored:
ways are rounded up to whole minutes, the hours of work inwards. A night belongs to the day on which it begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np

from dispatch import planner, visits
from dispatch.assignment.hours import (
    MINUTE,
    MINUTE_S,
    down_s,
    free_since,
    length_s,
    pauses_of,
    still_to_come,
    up_s,
    working_parts,
)
from dispatch.assignment.rules.apart import keep_apart
from dispatch.assignment.rules.days import is_unpopular
from dispatch.assignment.values import DayPause, LeftOut, Span, UnplannedCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from dispatch.assignment.values import DayCarer, DayCase, DayVisit
    from dispatch.geo import LonLat

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
    free_s = free_since(case)
    pauses = [
        still_to_come(pauses_of(each, midnight_at=case.midnight_at), free_s=free_s[each.carer_id]) for each in carers
    ]
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
        now_s=up_s(case.now, zero=case.midnight_at),
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
    So is one whose visits come one after the other: the second begins when the first has ended.
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
        if is_begun and both[0].is_sequential and not all(one.started_at for one in both):
            groups += [(both[0],), (_behind(both[1], first=both[0]),)]
        else:
            groups += [(one,) for one in both] if is_begun and not has_all else [both]
    return sorted(groups, key=lambda group: group[0].visit_id)


def _behind(visit: DayVisit, *, first: DayVisit) -> DayVisit:
    """Let the second visit of a pair begin when the first has ended, or would by its length."""
    if first.begins_at is None or visit.begins_at is not None:
        return visit
    end_at = first.finished_at or first.begins_at + first.visit_min * MINUTE
    window = Span(max(visit.window.from_at, end_at), max(visit.window.to_at, end_at + visit.visit_min * MINUTE))
    return replace(visit, window=window)


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
        from_s=float(up_s(parts[0].from_at, zero=zero)) if parts else 0.0,
        to_s=float(down_s(parts[-1].to_at, zero=zero)) if parts else 0.0,
        back_by_s=inf,
        mode=ways.modes.index(carer.mode),
        skills=carer.skills,
        team=str(carer.organization_id),
        sex=carer.sex,
        pauses=tuple(planner.Pause(each.earliest_s, each.latest_s, each.length_s, each.kind.value) for each in pauses),
        limit_s=float(max(0, min(carer.limit_min, duty_min)) * MINUTE_S),
        unpopular_before=carer.unpopular_28d,
    )


def _job(
    group: tuple[DayVisit, ...], *, case: DayCase, place: int, index: Mapping[UUID, int], zone: ZoneInfo
) -> planner.Job:
    first, zero = group[0], case.midnight_at
    begun = [each for each in group if each.begins_at]
    lengths_s = [float(length_s(each, now=case.now)) for each in group]
    earliest_s = float(up_s(first.window.from_at, zero=zero))
    latest_s = float(down_s(first.window.to_at, zero=zero) - first.visit_min * MINUTE_S)
    lags_s = _lags_s(group)
    promised_s = _first_s([each.start_at for each in group], zero=zero)
    stands_s = _first_s([each.stands.start_at if each.stands else None for each in group], zero=zero)
    holders = _holders(group, index=index)
    return planner.Job(
        key=str(first.visit_id),
        place=place,
        slots=tuple(
            planner.Slot(skills=each.skills_all, length_s=length) for each, length in zip(group, lengths_s, strict=True)
        ),
        earliest_s=earliest_s,
        due_s=latest_s if promised_s is None else min(latest_s, promised_s + MOVED_S),
        latest_s=latest_s,
        lag_from_s=lags_s[0],
        lag_to_s=lags_s[1],
        skills_any=first.skills_any,
        sex=first.carer_sex,
        team=str(first.organization_id),
        refused=_indexes(case.refused.get(first.elder_id, ()), index=index),
        usual=_indexes(case.usual.get(first.elder_id, ()), index=index),
        preferred=_indexes(case.preferred.get(first.elder_id, ()), index=index),
        is_mandatory=first.is_mandatory,
        priority=max(each.priority for each in group),
        is_unpopular=is_unpopular(group[0].window.from_at, zone=zone),
        pin=_pin(group, begun=begun, holders=holders, promised_s=promised_s, index=index, zero=zero),
        before=_before(holders, promised_s=promised_s, is_begun=bool(begun)),
        held_s=-inf if stands_s is None or begun else stands_s,
    )


def _first_s(starts: Sequence[datetime | None], *, zero: datetime) -> float | None:
    known = [each for each in starts if each is not None]
    return float(up_s(min(known), zero=zero)) if len(known) == len(starts) else None


def _holders(group: tuple[DayVisit, ...], *, index: Mapping[UUID, int]) -> tuple[int | None, ...]:
    return tuple(index.get(each.carer_id) if each.carer_id else None for each in group)


def _lags_s(group: tuple[DayVisit, ...]) -> tuple[float, float]:
    """
    Give how long after the first visit of a pair the second begins, at the least and at the most.

    A pair that was split by hand, or has begun, keeps the starts that it has.
    """
    if len(group) == 1:
        return 0.0, 0.0
    starts = [_held_at(each) for each in group]
    own = (float(group[0].visit_min * MINUTE_S), inf) if group[0].is_sequential else (0.0, 0.0)
    first_at, second_at = starts
    if first_at is None or second_at is None or second_at < first_at:
        return own
    lag_s = float((second_at - first_at) // MINUTE * MINUTE_S)
    is_begun = any(each.begins_at for each in group)
    return (lag_s, lag_s) if is_begun or lag_s > 0.0 else own


def _held_at(visit: DayVisit) -> datetime | None:
    """Give the start at which a visit is held: where it began, or where it is pinned."""
    if visit.begins_at is not None:
        return visit.begins_at
    if not (visit.is_pinned or visit.is_outside):
        return None
    return visit.stands.start_at if visit.stands else visit.start_at


def _pin(
    group: tuple[DayVisit, ...],
    *,
    begun: Sequence[DayVisit],
    holders: tuple[int | None, ...],
    promised_s: float | None,
    index: Mapping[UUID, int],
    zero: datetime,
) -> planner.Pin | None:
    if begun:
        at = min(each.begins_at for each in begun if each.begins_at)
        return planner.Pin(holders, start_s=float(down_s(at, zero=zero)), is_executed=True)
    if not any(each.is_pinned or each.is_outside for each in group):
        return None
    if all(each.stands for each in group):
        carers = tuple(index.get(each.stands.carer_id) if each.stands else None for each in group)
        return planner.Pin(carers, start_s=_first_s([each.stands.start_at for each in group if each.stands], zero=zero))
    return planner.Pin(holders, start_s=promised_s)


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
    if any(each.begins_at for each in group):
        return None if all(each.carer_id in index for each in group) else (UnplannedCode.NO_SHIFT, None)
    short_min = first.visit_min - (first.window.to_at - first.window.from_at) // MINUTE
    if short_min > 0:
        return UnplannedCode.WINDOW_TOO_SHORT, {"code": "later_end", "minutes": short_min}
    held = [
        each.stands.carer_id if each.stands else each.carer_id for each in group if each.is_pinned or each.is_outside
    ]
    if any(carer_id is not None and carer_id not in index for carer_id in held):
        return UnplannedCode.NO_SHIFT, {"code": "unpin"}
    return None


def _indexes(carer_ids: Iterable[UUID], *, index: Mapping[UUID, int]) -> frozenset[int]:
    return frozenset(index[each] for each in carer_ids if each in index)
