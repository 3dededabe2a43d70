"""Changing a series: pauses, exceptions, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm.attributes import flag_modified

from dispatch import dates, journal
from dispatch.errors import ConflictError, NotFoundError
from dispatch.intake.models import SeriesException, SeriesObstacle, SeriesPause
from dispatch.intake.operations.moving import move_request
from dispatch.intake.operations.series.asking import InvalidCareSeriesError
from dispatch.intake.operations.series.extending import queue_extension
from dispatch.intake.operations.series.reading import load_to_change
from dispatch.intake.operations.series.settling import settle_requests
from dispatch.intake.operations.series.showing import show_series
from dispatch.intake.queries import find_rows_of_series
from dispatch.intake.rules import BEFORE_START, LONGEST_SERIES, find_exception_faults, list_dates
from dispatch.intake.values import (
    CancelReason,
    ExceptionKind,
    RequestStatus,
    SeriesEndReason,
    SeriesStatus,
)
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.intake.models import CareRequest, CareSeries
    from dispatch.intake.values import ExceptionWish, PauseWish, SeriesCard


class CareSeriesEndedError(ConflictError):
    """The series has ended; nothing of it can be changed."""

    slug = "care-series-ended"
    title = Words("这个系列已经结束", "This series has ended")
    detail = Words("要继续服务，请重新申请一个系列。", "To go on, ask for a new series.")


class PauseNotFoundError(NotFoundError):
    """There is no such pause of this series, or it is over."""

    slug = "series-pause-not-found"
    title = Words("没有这次暂停，或它已经结束", "No such pause, or it is over")


class OccurrenceBegunError(ConflictError):
    """The service of that date has begun or is over."""

    slug = "occurrence-begun"
    title = Words("这一次已开始或已结束，不能改", "This date has begun or is over")
    detail = Words(
        "请求 {care_request_id} 现在是 {status}；有异议请对该请求提出。",
        "Its request {care_request_id} is {status}; say what is wrong at that request.",
    )


def pause_series(
    series_id: UUID, *, wish: PauseWish, actor: Actor, now: datetime, version: int | None = None
) -> SeriesCard:
    """
    Let a series wait: on its days no request is made, and those made before are held with the reason.

    What has begun is left alone. Journal: care_series.paused.

    Raises
    ------
    CareSeriesNotFoundError, CareSeriesNotYoursError, StaleVersionError
        Where the actor may not.
    CareSeriesEndedError
        Where it has ended.
    InvalidCareSeriesError
        Where the pause ends before it begins.

    """
    row = _load_active(series_id, actor=actor, version=version)
    if wish.to_on is not None and wish.to_on <= wish.from_on:
        fault = Words(
            "结束日期要晚于开始日期（不含结束当天）。", "The end, itself excluded, must be after the beginning."
        )
        raise InvalidCareSeriesError(fields={"to_on": [fault]})
    add_pause(row, wish=wish, actor=actor, now=now)
    settle_requests(row.elder_id, at=now)
    return show_series(row)


def add_pause(row: CareSeries, *, wish: PauseWish, actor: Actor, now: datetime) -> None:
    """Put a pause on record; the caller settles the requests."""
    made = SeriesPause(
        id=new_id(),
        series_id=row.id,
        from_on=wish.from_on,
        to_on=wish.to_on,
        hold_reason=wish.reason.value,
        made_at=now,
    )
    session().add(made)
    _touch(row)
    journal.append(
        "care_series.paused",
        actor=actor,
        at=now,
        subject_id=row.id,
        reason=wish.reason.value,
        pause_id=str(made.id),
        from_on=wish.from_on.isoformat(),
        to_on=wish.to_on.isoformat() if wish.to_on else None,
    )


def end_pause(
    series_id: UUID,
    *,
    pause_id: UUID,
    on: date | None = None,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    version: int | None = None,
) -> SeriesCard:
    """
    End a pause on a day, today where none is said: from that day on the series goes on, and what was held resumes.

    A pause that is ended before it begins is none. Journal: care_series.pause_ended.
    Raises as `pause_series`, and PauseNotFoundError where there is none that ends later.
    """
    row = _load_active(series_id, actor=actor, version=version)
    pause = session().get(SeriesPause, pause_id)
    day = on or dates.service_date(now, zone)
    if pause is None or pause.series_id != row.id:
        raise PauseNotFoundError(pause_id=pause_id)
    if pause.to_on is not None and pause.to_on <= max(day, pause.from_on):
        raise PauseNotFoundError(pause_id=pause_id)
    finish_pause(row, pause=pause, on=day, actor=actor, now=now)
    settle_requests(row.elder_id, at=now)
    queue_extension(row.id, at=now)
    return show_series(row)


def finish_pause(row: CareSeries, *, pause: SeriesPause, on: date, actor: Actor, now: datetime) -> None:
    """Let a pause end on a day; the caller settles the requests."""
    pause.to_on = max(pause.from_on, on)
    _touch(row)
    journal.append(
        "care_series.pause_ended",
        actor=actor,
        at=now,
        subject_id=row.id,
        pause_id=str(pause.id),
        to_on=pause.to_on.isoformat(),
    )


def except_date(
    series_id: UUID, *, wish: ExceptionWish, actor: Actor, now: datetime, zone: ZoneInfo, version: int | None = None
) -> SeriesCard:
    """
    Skip one date of a series, or move it to another date or time; said again it replaces what was said before.

    The request that was made for it is canceled; a moved date gets a new one.
    Journal: care_series.date_skipped, care_series.date_moved.

    Raises
    ------
    CareSeriesNotFoundError, CareSeriesNotYoursError, StaleVersionError
        Where the actor may not.
    CareSeriesEndedError
        Where it has ended.
    InvalidCareSeriesError
        Where the rule has no such date, or it is moved to the past, to nowhere or beyond the year.
    OccurrenceBegunError
        Where its service has begun or is over.

    """
    row = _load_active(series_id, actor=actor, version=version)
    today = None if actor.is_system else dates.service_date(now, zone)
    faults = find_exception_faults(
        wish,
        rule_dates=list_dates(row.rrule, starts_on=row.starts_on),
        times=(row.from_time, row.to_time),
        until=row.starts_on + LONGEST_SERIES,
        today=today,
    )
    if faults:
        raise InvalidCareSeriesError(fields=faults)
    request = next((each for each in find_rows_of_series(row.id) if each.series_on == wish.on), None)
    if request is not None:
        _give_up(request, is_moved=wish.kind is ExceptionKind.MOVE, actor=actor, now=now)
    _put_exception(row, wish=wish, now=now)
    journal.append(
        "care_series.date_skipped" if wish.kind is ExceptionKind.SKIP else "care_series.date_moved",
        actor=actor,
        at=now,
        subject_id=row.id,
        on=wish.on.isoformat(),
        moved_to_on=wish.moved_to_on.isoformat() if wish.moved_to_on else None,
    )
    queue_extension(row.id, at=now)
    return show_series(row)


def end_series(
    series_id: UUID,
    *,
    reason: CancelReason,
    on: date | None = None,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    version: int | None = None,
) -> SeriesCard:
    """
    End a series from a day on, today where none is said: requests whose time is still ahead are canceled.

    Those that have begun or are over stay as they are. Journal: care_series.ended.
    Raises as `pause_series`, and InvalidCareSeriesError where the day has passed.
    """
    row = _load_active(series_id, actor=actor, version=version)
    today = dates.service_date(now, zone)
    if on is not None and on < today:
        raise InvalidCareSeriesError(fields={"on": [Words("日期已经过去。", "The day has passed.")]})
    finish_series(row, reason=SeriesEndReason(reason.value), on=on or today, actor=actor, now=now)
    return show_series(row)


def finish_series(row: CareSeries, *, reason: SeriesEndReason, on: date, actor: Actor, now: datetime) -> None:
    """End a series from a day on; the past is left alone."""
    row.status, row.ended_on, row.end_reason = SeriesStatus.ENDED.value, on, reason.value
    canceled = []
    for request in find_rows_of_series(row.id):
        is_ahead = request.window_from_at > now and request.service_on >= on
        if is_ahead and request.status in BEFORE_START:
            move_request(request.id, to=RequestStatus.CANCELED, actor=actor, now=now, reason=reason.value)
            canceled.append(str(request.id))
    journal.append(
        "care_series.ended",
        actor=actor,
        at=now,
        subject_id=row.id,
        reason=reason.value,
        ended_on=on.isoformat(),
        canceled=canceled,
    )
    session().flush()  # the version that the reply carries


def _load_active(series_id: UUID, *, actor: Actor, version: int | None) -> CareSeries:
    row = load_to_change(series_id, actor=actor, version=version)
    if row.status == SeriesStatus.ENDED:
        raise CareSeriesEndedError(care_series_id=row.id)
    return row


def _give_up(request: CareRequest, *, is_moved: bool, actor: Actor, now: datetime) -> None:
    """Cancel the request that a date became; for a moved date the way is free for another one."""
    if request.status in BEFORE_START:
        reason = CancelReason.NOT_NEEDED.value
        move_request(request.id, to=RequestStatus.CANCELED, actor=actor, now=now, reason=reason)
    elif request.status in {RequestStatus.IN_PROGRESS, RequestStatus.COMPLETED, RequestStatus.FAILED}:
        raise OccurrenceBegunError(care_request_id=request.id, status=request.status)
    if is_moved:
        request.series_on = None
        session().flush()  # before the other one comes


def _put_exception(row: CareSeries, *, wish: ExceptionWish, now: datetime) -> None:
    key = {"series_id": row.id, "on_date": wish.on}
    kept = session().get(SeriesException, key) or SeriesException(**key)
    kept.kind, kept.moved_to_on, kept.made_at = wish.kind.value, wish.moved_to_on, now
    kept.from_time, kept.to_time = wish.from_time, wish.to_time
    session().add(kept)
    obstacle = session().get(SeriesObstacle, key)
    if obstacle is not None:  # it stood in the way of what was to be before
        session().delete(obstacle)
    _touch(row)


def _touch(row: CareSeries) -> None:
    flag_modified(row, "status")  # pauses and exceptions are rows of their own; the version counts them too
    session().flush()  # gives the series its new version
