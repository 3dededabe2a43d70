"""A series as it is shown: with what became of each of its dates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch import elders
from dispatch.intake.queries import MadeRequest, find_exceptions, find_made, find_obstacles, find_pauses
from dispatch.intake.rules import list_dates, plan_occurrences
from dispatch.intake.values import (
    Channel,
    ExceptionWish,
    Occurrence,
    OccurrenceState,
    Pairing,
    PauseCard,
    RequestStatus,
    SeriesCard,
    SeriesEndReason,
    SeriesPlan,
    SeriesStatus,
    Urgency,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.intake.models import CareSeries, SeriesObstacle

# once the plan says that nobody comes, a request in one of these tells nothing that the plan does not tell better
GIVEN_UP = frozenset({RequestStatus.ON_HOLD, RequestStatus.CANCELED, RequestStatus.UNMATCHED, RequestStatus.VOIDED})


def plan_of(row: CareSeries) -> SeriesPlan:
    """Give all that decides a series' dates, as it stands now."""
    absences = elders.find_absences([row.elder_id], kind=elders.AbsenceKind.HOSPITAL)
    return SeriesPlan(
        rrule=row.rrule,
        starts_on=row.starts_on,
        from_time=row.from_time,
        to_time=row.to_time,
        ended_on=row.ended_on,
        pauses=find_pauses([row.id]).get(row.id, ()),
        exceptions=find_exceptions([row.id]).get(row.id, ()),
        absences=tuple(absences.get(row.elder_id, ())),
    )


def find_dates(row: CareSeries) -> list[Occurrence]:
    """Give each date of a series with what became of it: a request, what stands in its way, or why nobody comes."""
    made, obstacles = find_made(row.id), find_obstacles(row.id)
    return [
        _with_fate(each, made=made.get(each.on), obstacle=obstacles.get(each.on))
        for each in plan_occurrences(plan_of(row))
    ]


def show_series(row: CareSeries) -> SeriesCard:
    """Show one series with all its dates."""
    return replace(show_all([row])[0], occurrences=tuple(find_dates(row)))


def show_all(rows: Sequence[CareSeries]) -> list[SeriesCard]:
    """Show series with their pauses and exceptions, without their dates."""
    ids = [row.id for row in rows]
    pauses, exceptions = find_pauses(ids), find_exceptions(ids)
    return [_card(row, pauses=pauses.get(row.id, ()), exceptions=exceptions.get(row.id, ())) for row in rows]


def _with_fate(found: Occurrence, *, made: MadeRequest | None, obstacle: SeriesObstacle | None) -> Occurrence:
    if made is not None:
        is_given_up = found.state is not OccurrenceState.PLANNED and made.status in GIVEN_UP
        state = found.state if is_given_up else OccurrenceState.REQUESTED
        reason = found.reason if is_given_up else None
        return replace(found, state=state, reason=reason, care_request_id=made.id, request_status=made.status)
    if found.state is not OccurrenceState.PLANNED or obstacle is None:
        return found
    return replace(
        found,
        state=OccurrenceState.BLOCKED if obstacle.blocked_by else OccurrenceState.REFUSED,
        blocked_by=obstacle.blocked_by,
        code=obstacle.code,
        words=Words(obstacle.words["zh"], obstacle.words["en"]),
    )


def _card(row: CareSeries, *, pauses: tuple[PauseCard, ...], exceptions: tuple[ExceptionWish, ...]) -> SeriesCard:
    return SeriesCard(
        id=row.id,
        elder_id=row.elder_id,
        area_code=row.area_code,
        service_code=row.service_code,
        channel=Channel(row.channel),
        urgency=Urgency(row.urgency),
        requested_by=row.requested_by,
        on_behalf_of=row.on_behalf_of,
        rrule=row.rrule,
        starts_on=row.starts_on,
        last_on=list_dates(row.rrule, starts_on=row.starts_on)[-1],
        from_time=row.from_time,
        to_time=row.to_time,
        carers_needed=row.carers_needed,
        pairing=Pairing(row.pairing) if row.pairing else None,
        carer_sex=row.carer_sex,
        status=SeriesStatus(row.status),
        ended_on=row.ended_on,
        end_reason=SeriesEndReason(row.end_reason) if row.end_reason else None,
        created_at=row.created_at,
        version=row.version,
        pauses=pauses,
        exceptions=exceptions,
    )
