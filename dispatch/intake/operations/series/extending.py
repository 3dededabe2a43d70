"""Making requests of a series' dates, some weeks ahead of each; exactly one for a date."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import dates, elders, journal, storage
from dispatch.actor import SYSTEM
from dispatch.errors import ConflictError, DispatchError, NotFoundError
from dispatch.intake.models import CareRequest, SeriesObstacle
from dispatch.intake.operations.series.showing import find_dates
from dispatch.intake.operations.submitting import CareRequestRepeatedError, submit_request
from dispatch.intake.queries import find_obstacles, find_series_row
from dispatch.intake.rules import HORIZON, next_extension_on, window_of, wish_for
from dispatch.intake.values import (
    Channel,
    Extension,
    Occurrence,
    OccurrenceState,
    Pairing,
    SeriesEndReason,
    SeriesStatus,
    SeriesWish,
    Urgency,
)
from dispatch.storage import savepoint, session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.intake.models import CareSeries

EXTENDING = "series.extending"
"""A deadline, by the series' id: its next dates become requests."""

NOT_MADE = frozenset({OccurrenceState.PLANNED, OccurrenceState.BLOCKED, OccurrenceState.REFUSED})
EARLY = timedelta(hours=3)  # after midnight, local: before anybody plans the day


class OccurrencePastError(ConflictError):
    """The window was over before a request could be made; stands on the series, and is never raised."""

    slug = "occurrence-past"
    title = Words("时间窗已过，没有提交", "Its time was over before it was requested")
    detail = Words(
        "这一次没有提交请求；仍需要时，由申请人另提一个请求。",
        "No request was made for it. If it is still needed, whoever asked can make a request of its own.",
    )


def queue_extension(series_id: UUID, *, at: datetime, due_at: datetime | None = None) -> None:
    """Have a series' dates looked at, now or at a time."""
    storage.set_deadline(EXTENDING, key=str(series_id), due_at=due_at or at, at=at, again=True)


def hold_series(series_id: UUID) -> None:
    """Let nobody else change a series until the transaction ends; does nothing where it is unknown."""
    find_series_row(series_id, is_locked=True)


def extend_series(series_id: UUID, *, at: datetime, zone: ZoneInfo) -> Extension | None:
    """
    Make requests of a series' dates up to four weeks ahead; None where it has ended or is unknown.

    Each goes through the door of every request. One that meets an open request for the same is listed with its id, one
    that is refused with the reason and who can clear it; both are tried again every day until their time is over. May
    run any number of times: a date that has its request is left alone. Journal: care_series.extended where anything
    came of it, care_series.ended after the last date.
    """
    row = find_series_row(series_id, is_locked=True)
    if row is None or row.status == SeriesStatus.ENDED:
        return None
    today = dates.service_date(at, zone)
    _follow_home(row, on=today)
    told = Extension(row.id, {}, {}, {})
    before = find_obstacles(row.id)
    for each in find_dates(row):
        if each.state in NOT_MADE and each.service_on <= today + HORIZON:
            _make(row, found=each, obstacle=before.get(each.on), told=told, at=at, zone=zone)
    if told.made or told.blocked or told.refused:
        journal.append(
            "care_series.extended",
            actor=SYSTEM,
            at=at,
            subject_id=row.id,
            made={on.isoformat(): str(request_id) for on, request_id in told.made.items()},
            blocked={on.isoformat(): str(request_id) for on, request_id in told.blocked.items()},
            refused={on.isoformat(): code for on, code in told.refused.items()},
        )
    after = find_dates(row)
    on = next_extension_on(after, today=today)
    if on is not None:
        queue_extension(row.id, at=at, due_at=dates.start_of(on, zone) + EARLY)
    elif all(each.service_on < today for each in after):
        _run_out(row, on=today, at=at)
    else:  # paused to its end, or all is requested: once more when the last date is over
        over = max(each.service_on for each in after) + timedelta(days=1)
        queue_extension(row.id, at=at, due_at=dates.start_of(over, zone) + EARLY)
    return told


def wish_of(row: CareSeries) -> SeriesWish:
    """Give what a series asks for, again."""
    return SeriesWish(
        id=row.id,
        elder_id=row.elder_id,
        service_code=row.service_code,
        rrule=row.rrule,
        starts_on=row.starts_on,
        from_time=row.from_time,
        to_time=row.to_time,
        channel=Channel(row.channel),
        urgency=Urgency(row.urgency),
        carer_sex=row.carer_sex,
        pairing=Pairing(row.pairing) if row.pairing else None,
        carers_needed=row.carers_needed,
        on_behalf_of=row.on_behalf_of,
    )


def _make(
    row: CareSeries,
    *,
    found: Occurrence,
    obstacle: SeriesObstacle | None,
    told: Extension,
    at: datetime,
    zone: ZoneInfo,
) -> None:
    """Submit one date, or keep what stands in its way."""
    if window_of(found, zone=zone)[1] <= at:
        if obstacle is None:  # what stood in its way before is the better reason
            _keep_obstacle(row, found=found, obstacle=None, error=OccurrencePastError(), told=told, at=at)
        return
    try:
        with savepoint():
            card = submit_request(wish_for(wish_of(row), found=found, zone=zone), actor=SYSTEM, now=at, zone=zone)
            session().execute(
                sa.update(CareRequest)
                .where(CareRequest.id == card.id)
                .values(series_id=row.id, series_on=found.on, requested_by=row.requested_by)
            )
    except DispatchError as error:
        _keep_obstacle(row, found=found, obstacle=obstacle, error=error, told=told, at=at)
        return
    told.made[found.on] = card.id
    if obstacle is not None:
        session().delete(obstacle)
        session().flush()  # so that it is gone where the dates are read again


def _keep_obstacle(
    row: CareSeries,
    *,
    found: Occurrence,
    obstacle: SeriesObstacle | None,
    error: DispatchError,
    told: Extension,
    at: datetime,
) -> None:
    first = error.facts["care_request_id"] if isinstance(error, CareRequestRepeatedError) else None
    if obstacle is not None and (obstacle.code, obstacle.blocked_by) == (error.slug, first):
        return  # as it was told before
    kept = obstacle or SeriesObstacle(series_id=row.id, on_date=found.on)
    kept.code, kept.blocked_by, kept.found_at = error.slug, first, at
    kept.words = {locale.value: _tell(error, locale=locale) for locale in Locale}
    session().add(kept)
    session().flush()  # the dates are read again at the end
    if first is not None:
        told.blocked[found.on] = first
    else:
        told.refused[found.on] = error.slug


def _tell(error: DispatchError, *, locale: Locale) -> str:
    """Say what is wrong, and with which field."""
    faults = [
        each.text(locale) if isinstance(each, Words) else each for all_of in error.fields.values() for each in all_of
    ]
    return " ".join([error.text(locale), *faults])


def _follow_home(row: CareSeries, *, on: date) -> None:
    """Let a series lie where the elder lives now: who sees it follows from that."""
    try:
        home = elders.get_facts(row.elder_id, on=on).home
    except NotFoundError:  # erased
        return
    if home is not None and home.area_code != row.area_code:
        row.area_code = home.area_code


def _run_out(row: CareSeries, *, on: date, at: datetime) -> None:
    row.status, row.ended_on, row.end_reason = SeriesStatus.ENDED.value, on, SeriesEndReason.RUN_OUT.value
    session().flush()  # its version
    journal.append(
        "care_series.ended", actor=SYSTEM, at=at, subject_id=row.id, reason=row.end_reason, ended_on=on.isoformat()
    )
