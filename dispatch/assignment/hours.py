"""When carers work and rest on a day, and how long what they do takes, in seconds from local midnight."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch.assignment.values import DayPause, PauseKind, Span, Stretch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.values import DayCarer, DayCase, DayVisit

MINUTE_S: Final = 60
MINUTE: Final = timedelta(minutes=1)
BREAK_FROM: Final = 4
"""P: a break begins in the middle half of its stretch of work: a fourth of the rest lies before it, a fourth after."""


def free_since(case: DayCase) -> dict[UUID, int]:
    """Give by carer since when nothing holds them: now, or the end of what they have begun."""
    now_s = up_s(case.now, zero=case.midnight_at)
    found: dict[UUID, int] = defaultdict(lambda: now_s)
    for each in case.visits:
        if each.carer_id is not None and each.begins_at is not None:
            end_s = down_s(each.begins_at, zero=case.midnight_at) + length_s(each, now=case.now)
            found[each.carer_id] = max(found[each.carer_id], end_s)
    return found


def still_to_come(pauses: Sequence[DayPause], *, free_s: int) -> tuple[DayPause, ...]:
    """Leave of hours off duty or elsewhere that have begun what is still to come; they end when they end."""
    found = []
    for each in pauses:
        end_s = each.earliest_s + each.length_s
        if each.kind is not PauseKind.REST and each.earliest_s < free_s < end_s:
            found.append(DayPause(each.kind, free_s, free_s, end_s - free_s))
        else:
            found.append(each)
    return tuple(found)


def pauses_of(carer: DayCarer, *, midnight_at: datetime) -> tuple[DayPause, ...]:
    """
    Give when a carer does not work: breaks within stretches, and what lies between them.

    A break of b minutes in a stretch of n begins between (n − b)/4 and 3(n − b)/4 minutes after it begins. Hours in
    which the same person works elsewhere are cut out; the break then lies in the longest part that is left.
    """
    found: list[DayPause] = []
    parts = working_parts(carer)
    for number, (part, _) in enumerate(parts):
        from_s, to_s = up_s(part.from_at, zero=midnight_at), down_s(part.to_at, zero=midnight_at)
        if number:
            before, kind = parts[number - 1]
            gap_s = down_s(before.to_at, zero=midnight_at)
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


def length_s(visit: DayVisit, *, now: datetime) -> int:
    """Give how long a visit takes: as it took, where it has ended; one under way is not shorter than it is by now."""
    planned_s = visit.visit_min * MINUTE_S
    if visit.started_at is None:
        return planned_s
    end_at = visit.finished_at or max(now, visit.started_at + timedelta(seconds=planned_s))
    return max(MINUTE_S, -((visit.started_at - end_at) // MINUTE) * MINUTE_S)


def up_s(at: datetime, *, zero: datetime) -> int:
    """Give the second of the day of an instant, up to the next full minute."""
    return -((zero - at) // MINUTE) * MINUTE_S


def down_s(at: datetime, *, zero: datetime) -> int:
    """Give the second of the day of an instant, down to its full minute."""
    return (at - zero) // MINUTE * MINUTE_S
