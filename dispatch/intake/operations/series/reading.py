"""Which series somebody may see and change, and reading them; the edge leaves the access lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import elders
from dispatch.actor import Role
from dispatch.errors import NotAllowedError, NotFoundError
from dispatch.intake.models import CareSeries
from dispatch.intake.operations.series.showing import find_dates, show_all, show_series
from dispatch.intake.queries import find_series_of, find_series_row, find_series_rows
from dispatch.intake.rules import roles_for
from dispatch.intake.values import SeriesPage
from dispatch.storage import check_version
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.intake.values import Occurrence, SeriesCard, SeriesFilter


class CareSeriesNotFoundError(NotFoundError):
    """There is no such series, or the reader may not know of it."""

    slug = "care-series-not-found"
    title = Words("没有这个服务系列，或者不归你管", "No such care series, or not in your area")


class CareSeriesNotYoursError(NotAllowedError):
    """A community worker changes only the series that they asked for."""

    slug = "care-series-not-yours"
    title = Words("只能更改自己提交的系列", "You may change only the series you asked for")
    detail = Words(
        "请申请人、家属、话务员或民政干部更改。",
        "The one who asked, the family, a phone operator or the district's officer can change it.",
    )


def get_series(series_id: UUID, *, actor: Actor) -> SeriesCard:
    """Give one series with all its dates; CareSeriesNotFoundError where there is none in the actor's scope."""
    return show_series(load_series(series_id, actor=actor))


def find_series(
    actor: Actor, *, wanted: SeriesFilter, limit: int = 50, after: tuple[datetime, UUID] | None = None
) -> SeriesPage:
    """Find the series in the actor's scope, newest first, from behind the place `after` on; without their dates."""
    rows, place = find_series_rows(visible_series(actor), wanted=wanted, limit=limit, after=after)
    return SeriesPage(show_all(rows), place)


def find_occurrences(
    elder_ids: Collection[UUID], *, from_on: date, to_on: date, actor: Actor
) -> list[tuple[SeriesCard, Occurrence]]:
    """
    Find the dates of some elders' series in a half-open span, in order, with the series of each.

    Series outside the actor's scope are left out; so are none of the dates: those on which nobody comes say why.
    """
    rows = [find_series_row(each) for each in find_series_of(elder_ids, is_active=False)]
    shown = [row for row in rows if row is not None and _roles(row, actor=actor) != frozenset()]
    found = [
        (card, each)
        for row, card in zip(shown, show_all(shown), strict=True)
        for each in find_dates(row)
        if from_on <= each.service_on < to_on
    ]
    return sorted(found, key=lambda one: (one[1].service_on, one[1].from_time, one[0].id))


def visible_series(actor: Actor) -> sa.ColumnElement[bool]:
    """Select the series that an actor may read."""
    if actor.is_system:
        return sa.true()
    by_area = actor.area_prefixes(Role.COMMUNITY_WORKER, Role.OPERATOR, Role.DISTRICT_OFFICER)
    conditions = [CareSeries.area_code.startswith(prefix, autoescape=True) for prefix in by_area]
    bound = actor.elder_ids(Role.ELDER, Role.FAMILY)
    if bound:
        conditions.append(CareSeries.elder_id.in_(sorted({*bound, *elders.find_absorbed(bound)})))
    return sa.or_(sa.false(), *conditions)


def load_series(series_id: UUID, *, actor: Actor, is_locked: bool = False) -> CareSeries:
    """Load a series that the actor may see; CareSeriesNotFoundError otherwise."""
    row = find_series_row(series_id, is_locked=is_locked)
    if row is None or _roles(row, actor=actor) == frozenset():
        raise CareSeriesNotFoundError(care_series_id=series_id)
    return row


def load_to_change(series_id: UUID, *, actor: Actor, version: int | None = None) -> CareSeries:
    """
    Load and lock a series that the actor may change.

    Raises
    ------
    CareSeriesNotFoundError
        Where there is none in the actor's scope.
    CareSeriesNotYoursError
        Where a community worker did not ask for it.
    StaleVersionError
        Where it is another than the actor read.

    """
    row = load_series(series_id, actor=actor, is_locked=True)
    roles = _roles(row, actor=actor)
    is_own = row.requested_by is not None and row.requested_by == actor.account_id
    if roles == frozenset({Role.COMMUNITY_WORKER}) and not is_own:
        raise CareSeriesNotYoursError(care_series_id=series_id)
    check_version(row.version, expected=version)
    return row


def _roles(row: CareSeries, *, actor: Actor) -> frozenset[Role] | None:
    return roles_for(actor, elder_id=row.elder_id, area_code=row.area_code)
