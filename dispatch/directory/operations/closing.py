"""When a site is closed for a while, and what a day of the calendar counts as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import journal, storage
from dispatch.directory.models import CalendarDay, Closure
from dispatch.directory.operations.offers import InvalidClosureError
from dispatch.directory.operations.tending import site_to_tend
from dispatch.errors import NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.directory.values import DayKind


class ClosureNotFoundError(NotFoundError):
    """The site has no such closure, or it is over."""

    slug = "closure-not-found"
    title = Words("没有这次停业，或已经结束", "No such closure, or it is over")


def close_site(
    site_id: UUID, *, from_at: datetime, to_at: datetime, reason: str, actor: Actor, at: datetime
) -> Closure:
    """
    Close a site for a while; it wins over the weekly hours.

    Raises
    ------
    SiteNotFoundError
        There is none, or it is neither in the caller's area nor of the caller's organization.
    InvalidClosureError
        It ends before it begins.

    """
    site = site_to_tend(site_id, actor=actor)
    if from_at >= to_at:
        raise InvalidClosureError(fields={"to_at": [InvalidClosureError.title]})
    closure = Closure(id=storage.new_id(), site_id=site.id, from_at=from_at, to_at=to_at, reason=reason)
    storage.session().add(closure)
    journal.append(
        "site.closed_for_a_while",
        actor=actor,
        at=at,
        subject_id=site.id,
        closure_id=str(closure.id),
        from_at=from_at.isoformat(),
        to_at=to_at.isoformat(),
        reason=reason,
    )
    return closure


def end_closure(site_id: UUID, *, closure_id: UUID, actor: Actor, at: datetime) -> None:
    """End a closure now, or call it off where it has not begun; SiteNotFoundError, ClosureNotFoundError."""
    site = site_to_tend(site_id, actor=actor)
    closure = storage.session().get(Closure, closure_id)
    if closure is None or closure.site_id != site.id or closure.to_at <= at:
        raise ClosureNotFoundError
    if closure.from_at >= at:
        storage.session().delete(closure)
    else:
        closure.to_at = at
    journal.append("site.closure_ended", actor=actor, at=at, subject_id=site.id, closure_id=str(closure_id))


def put_calendar_day(day_on: date, *, kind: DayKind, source: str, actor: Actor, at: datetime) -> CalendarDay:
    """Let a day count as told, whatever the library knows."""
    row = storage.session().get(CalendarDay, day_on)
    if row is None:
        row = CalendarDay(day_on=day_on, kind=kind.value, source=source, recorded_at=at)
        storage.session().add(row)
    elif (row.kind, row.source) == (kind.value, source):
        return row
    row.kind, row.source, row.recorded_at = kind.value, source, at
    journal.append(
        "calendar.day_entered", actor=actor, at=at, subject_id=day_on.isoformat(), kind_of_day=kind.value, source=source
    )
    return row
