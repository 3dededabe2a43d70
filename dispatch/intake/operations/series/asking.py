"""Asking for a service again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import dates, elders, journal
from dispatch.errors import ConflictError, InvalidError
from dispatch.intake.models import CareSeries
from dispatch.intake.operations.series.extending import queue_extension
from dispatch.intake.operations.series.showing import show_series
from dispatch.intake.operations.vetting import ElderAwayError, find_standing, vet
from dispatch.intake.queries import find_series_row
from dispatch.intake.rules import (
    REQUESTERS,
    choose_channel,
    find_faults,
    find_series_faults,
    list_dates,
    wish_for,
)
from dispatch.intake.values import Occurrence, OccurrenceState, SeriesStatus
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor, Role
    from dispatch.intake.values import RequestWish, SeriesCard, SeriesWish

# what is wrong with the first date is wrong with the field of the series that it comes from
FIELDS = {"window_from_at": "from_time", "window_to_at": "to_time"}


class InvalidCareSeriesError(InvalidError):
    """What was asked for cannot be repeated so."""

    slug = "care-series-invalid"
    title = Words("服务系列填写有误", "The care series is not valid")
    detail = Words(
        "按各字段的说明改正后再提交；需要帮助请找热线话务员。",
        "Correct the fields named and send it again; a phone operator can help.",
    )


class CareSeriesIdTakenError(ConflictError):
    """The id that the caller made belongs to another series."""

    slug = "care-series-id-taken"
    title = Words("这个系列编号已被使用", "This series id is taken")
    detail = Words("换一个新的 id 再提交。", "Make a new id and send it again.")


def start_series(wish: SeriesWish, *, actor: Actor, now: datetime, zone: ZoneInfo) -> SeriesCard:
    """
    Ask for a service for an elder again and again; the background makes the requests, four weeks ahead of each.

    Journal: care_series.started.

    Raises
    ------
    ElderNotFoundError, ElderHasDiedError, ElderHasLeftError, ElderWithoutHomeError
        Where there is no such elder, or the actor may not ask for them; where the elder lives nowhere here.
    InvalidCareSeriesError
        Where the rule, the window, the dates or the channel cannot be; `fields` say what.
    UnknownCodeError, ServiceNotOfferedError
        Where there is no such service, or nobody in the district offers it.
    InvalidCareRequestError
        Where the window is too short for the service.
    CareSeriesIdTakenError
        Where the id is another one's.

    """
    wish = replace(wish, elder_id=elders.find_merged([wish.elder_id]).get(wish.elder_id, wish.elder_id))
    today = dates.service_date(now, zone)
    standing = find_standing(wish.elder_id, actor=actor, on=today, allowed=REQUESTERS)
    area_code, roles = standing.area_code, standing.roles
    _check(wish, roles=roles, today=today, zone=zone)
    _vet(wish, actor=actor, zone=zone)
    if wish.id is not None and find_series_row(wish.id) is not None:
        raise CareSeriesIdTakenError(care_series_id=wish.id)
    row = CareSeries(
        id=wish.id or new_id(),
        elder_id=wish.elder_id,
        area_code=area_code,
        service_code=wish.service_code,
        channel=str(choose_channel(_first(wish, zone=zone), roles=roles)),
        requested_by=actor.account_id,
        on_behalf_of=wish.on_behalf_of,
        urgency=wish.urgency.value,
        from_time=wish.from_time,
        to_time=wish.to_time,
        carers_needed=wish.carers_needed,
        pairing=wish.pairing.value if wish.pairing else None,
        carer_sex=wish.carer_sex,
        rrule=wish.rrule.strip().upper().removeprefix("RRULE:"),
        starts_on=wish.starts_on,
        status=SeriesStatus.ACTIVE.value,
        created_at=now,
    )
    session().add(row)
    session().flush()  # its version, and what the database refuses
    elders.check_not_merged(row.elder_id)  # while this waited for the record
    journal.append(
        "care_series.started",
        actor=actor,
        at=now,
        subject_id=row.id,
        elder_id=str(row.elder_id),
        area_code=row.area_code,
        service_code=row.service_code,
        channel=row.channel,
        rrule=row.rrule,
        starts_on=row.starts_on.isoformat(),
    )
    queue_extension(row.id, at=now)
    return show_series(row)


def _check(wish: SeriesWish, *, roles: frozenset[Role] | None, today: date, zone: ZoneInfo) -> None:
    """Raise InvalidCareSeriesError with all that is wrong: with the series, and with its first date as a request."""
    faults = find_series_faults(wish, today=None if roles is None else today)
    if not faults:
        first = _first(wish, zone=zone)
        # as if it were asked for the day before: that a later date is far ahead is the point of a series
        eve = first.window_from_at - timedelta(days=1)
        found = find_faults(first, roles=roles, now=eve)
        faults = {FIELDS.get(name, name): texts for name, texts in found.items()}
    if faults:
        raise InvalidCareSeriesError(fields=faults)


def _vet(wish: SeriesWish, *, actor: Actor, zone: ZoneInfo) -> None:
    """Let the first date on which the elder is at home be judged as a request of its own would be."""
    for on in list_dates(wish.rrule, starts_on=wish.starts_on):
        asked = _asked(wish, on=on, zone=zone)
        eve = asked.window_from_at - timedelta(days=1)  # that it is far ahead is the point of a series
        try:
            vet(asked, actor=actor, now=eve, zone=zone, allowed=REQUESTERS)
        except ElderAwayError:
            continue  # a stay in hospital pauses by itself
        return


def _first(wish: SeriesWish, *, zone: ZoneInfo) -> RequestWish:
    return _asked(wish, on=list_dates(wish.rrule, starts_on=wish.starts_on)[0], zone=zone)


def _asked(wish: SeriesWish, *, on: date, zone: ZoneInfo) -> RequestWish:
    found = Occurrence(on, on, wish.from_time, wish.to_time, OccurrenceState.PLANNED)
    return wish_for(wish, found=found, zone=zone)
