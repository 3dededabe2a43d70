"""What a coordinator has to look at on a day: the plan held against what has happened by now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import visits
from dispatch.assignment.values import LATE_AFTER_MIN, BoardException, DayException

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.values import BoardStop, BoardTour

MINUTE = timedelta(minutes=1)
TOLERANCE = LATE_AFTER_MIN * MINUTE
S = visits.VisitStatus
WAITING = frozenset({S.PLANNED, S.ASSIGNED, S.PUBLISHED})
IDLE = frozenset({S.CANCELED, S.MISSED})
D = DayException


def find_exceptions(
    tours: Iterable[BoardTour],
    *,
    problems: Mapping[UUID, list[visits.ProblemFacts]],
    before: Mapping[UUID, UUID],
    unplanned: Collection[UUID],
    now: datetime,
    is_signed: bool,
) -> list[BoardException]:
    """
    Find what to look at, those first that keep an elder from being cared for; within a kind in order of time.

    Parameters
    ----------
    tours : iterable of BoardTour
        As planned, with what is on record of their visits.
    problems : mapping
        What was reported, by visit.
    before : mapping
        The carer of each visit in the plan that this one repairs.
    unplanned : collection of UUID
        Pairs of which a visit has no place.
    now : datetime
        What should have begun by now.
    is_signed : bool
        Lateness and changes count from the signature on.

    """
    found: list[BoardException] = []
    pairs: dict[UUID, list[tuple[UUID, BoardStop]]] = {}
    homes: dict[UUID, list[tuple[UUID, BoardStop]]] = {}
    for tour in tours:
        if tour.is_ill and any(stop.visit.status in WAITING for stop in tour.stops):
            found.append(BoardException(D.CARER_ILL, tour.carer_id, at=tour.from_at))
        for stop in tour.stops:
            homes.setdefault(stop.visit.elder_id, []).append((tour.carer_id, stop))
            if stop.visit.pair_id:
                pairs.setdefault(stop.visit.pair_id, []).append((tour.carer_id, stop))
            found += _reported(stop, carer_id=tour.carer_id, problems=problems.get(stop.visit_id, ()))
            codes = _changes(stop, carer_id=tour.carer_id, before=before, is_signed=is_signed)
            found += [BoardException(code, tour.carer_id, stop.visit_id, at=stop.start_at) for code in codes]
            if is_signed and stop.visit.status not in IDLE:
                found += _late(stop, carer_id=tour.carer_id, now=now)
    for pair_id, both in pairs.items():
        found += _broken(both, is_alone=len(both) == 1 or pair_id in unplanned)
    for visited in homes.values():
        found += _at_once(visited)
    order = {code: rank for rank, code in enumerate(D)}
    return sorted(found, key=lambda each: (order[each.code], each.at or now, str(each.visit_id)))


def _reported(stop: BoardStop, *, carer_id: UUID, problems: Iterable[visits.ProblemFacts]) -> list[BoardException]:
    if stop.visit.status not in WAITING and stop.visit.status != S.STARTED:
        return []
    return [
        BoardException(
            D.PROBLEM,
            carer_id,
            stop.visit_id,
            at=each.received_at,
            minutes=each.late_min,
            kind=each.kind,
            note=each.note,
        )
        for each in problems
    ]


def _changes(
    stop: BoardStop,
    *,
    carer_id: UUID,
    before: Mapping[UUID, UUID],
    is_signed: bool,
) -> list[DayException]:
    codes = []
    if before.get(stop.visit_id, carer_id) != carer_id:
        codes.append(D.CARER_CHANGED)
    if stop.visit.status in IDLE:
        codes.append(D.VISIT_CANCELED)
    is_ours = is_signed and stop.visit.status in WAITING and not stop.is_outside
    if is_ours and (stop.visit.carer_id, stop.visit.start_at) != (carer_id, stop.start_at):
        codes.append(D.VISIT_CHANGED)
    return codes


def _broken(both: list[tuple[UUID, BoardStop]], *, is_alone: bool) -> list[BoardException]:
    if not is_alone and all(stop.visit.status not in IDLE for _, stop in both):
        return []
    carer_id, stop = next((one for one in both if one[1].visit.status not in IDLE), both[0])
    if stop.visit.status not in WAITING:
        return []
    return [BoardException(D.PAIR_BROKEN, carer_id, stop.visit_id, at=stop.start_at)]


def _at_once(visited: list[tuple[UUID, BoardStop]]) -> list[BoardException]:
    """Find the visits of one elder that are planned for a time at which another is with them, but for pairs."""
    rows = sorted((one for one in visited if one[1].visit.status not in IDLE), key=lambda one: one[1].start_at)
    return [
        BoardException(D.SAME_TIME, carer_id, stop.visit_id, at=stop.start_at)
        for number, (carer_id, stop) in enumerate(rows)
        if stop.visit.status in WAITING
        and any(
            stop.start_at < other.end_at and (stop.visit.pair_id is None or stop.visit.pair_id != other.visit.pair_id)
            for _, other in rows[:number]
        )
    ]


def _late(stop: BoardStop, *, carer_id: UUID, now: datetime) -> list[BoardException]:
    def told(code: DayException, late: timedelta) -> list[BoardException]:
        return [BoardException(code, carer_id, stop.visit_id, at=stop.start_at, minutes=late // MINUTE)]

    if stop.visit.status in WAITING and now - stop.start_at > TOLERANCE:
        return told(D.NO_START, now - stop.start_at)
    if stop.visit.status == S.STARTED and stop.visit.started_at:
        due_at = stop.visit.started_at + (stop.end_at - stop.start_at)
        if now - due_at > TOLERANCE:
            return told(D.OVERRUN, now - due_at)
        if stop.visit.started_at - stop.start_at > TOLERANCE:
            return told(D.STARTED_LATE, stop.visit.started_at - stop.start_at)
    return []
