"""Reads about care series."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from dispatch.intake.models import CareRequest, CareSeries, SeriesException, SeriesObstacle, SeriesPause
from dispatch.intake.queries.requests import OPEN
from dispatch.intake.values import (
    ExceptionKind,
    ExceptionWish,
    PauseCard,
    PauseReason,
    RequestStatus,
    SeriesFilter,
    SeriesStatus,
)
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID


class MadeRequest(NamedTuple):
    """The request that a date of a series became."""

    id: UUID
    status: RequestStatus


def find_series_row(series_id: UUID, *, is_locked: bool = False) -> CareSeries | None:
    """
    Find a series' row.

    With `is_locked` nobody else changes it until this transaction ends (PostgreSQL; SQLite has one writer), and
    what was read before is read again.
    """
    query = sa.select(CareSeries).where(CareSeries.id == series_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def find_series_of(elder_ids: Iterable[UUID], *, is_active: bool = True) -> list[UUID]:
    """Find the series of some elders, the oldest first."""
    query = sa.select(CareSeries.id).where(CareSeries.elder_id.in_(sorted(set(elder_ids))))
    if is_active:
        query = query.where(CareSeries.status == SeriesStatus.ACTIVE)
    return list(session().scalars(query.order_by(CareSeries.id)))


def find_series_rows(
    condition: sa.ColumnElement[bool], *, wanted: SeriesFilter, limit: int, after: tuple[datetime, UUID] | None
) -> tuple[list[CareSeries], tuple[datetime, UUID] | None]:
    """Find one page of the series that meet a condition, newest first, and where the next page begins."""
    query = sa.select(CareSeries).where(condition)
    if wanted.elder_id:
        query = query.where(CareSeries.elder_id == wanted.elder_id)
    if wanted.area_code:
        query = query.where(CareSeries.area_code.startswith(wanted.area_code, autoescape=True))
    if wanted.status:
        query = query.where(CareSeries.status == wanted.status)
    if after:
        created_at, series_id = after
        query = query.where(
            sa.or_(
                CareSeries.created_at < created_at,
                sa.and_(CareSeries.created_at == created_at, CareSeries.id < series_id),
            )
        )
    rows = session().scalars(query.order_by(CareSeries.created_at.desc(), CareSeries.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return list(rows[:limit]), (last.created_at, last.id) if last else None


def find_pauses(series_ids: Iterable[UUID]) -> dict[UUID, tuple[PauseCard, ...]]:
    """Find the pauses of some series, in order; empty ones are of no meaning and left out."""
    rows = session().scalars(
        sa.select(SeriesPause)
        .where(
            SeriesPause.series_id.in_(list(series_ids)),
            sa.or_(SeriesPause.to_on.is_(None), SeriesPause.to_on > SeriesPause.from_on),
        )
        .order_by(SeriesPause.from_on, SeriesPause.id)
    )
    found: dict[UUID, tuple[PauseCard, ...]] = {}
    for row in rows:
        card = PauseCard(row.id, row.from_on, row.to_on, PauseReason(row.hold_reason))
        found[row.series_id] = (*found.get(row.series_id, ()), card)
    return found


def find_exceptions(series_ids: Iterable[UUID]) -> dict[UUID, tuple[ExceptionWish, ...]]:
    """Find the exceptions of some series, in order."""
    rows = session().scalars(
        sa.select(SeriesException)
        .where(SeriesException.series_id.in_(list(series_ids)))
        .order_by(SeriesException.on_date)
    )
    found: dict[UUID, tuple[ExceptionWish, ...]] = {}
    for row in rows:
        wish = ExceptionWish(row.on_date, ExceptionKind(row.kind), row.moved_to_on, row.from_time, row.to_time)
        found[row.series_id] = (*found.get(row.series_id, ()), wish)
    return found


def find_made(series_id: UUID) -> dict[date, MadeRequest]:
    """Find the requests that a series' dates became, by the date that the rule gives."""
    rows = session().execute(
        sa.select(CareRequest.series_on, CareRequest.id, CareRequest.status).where(
            CareRequest.series_id == series_id, CareRequest.series_on.is_not(None)
        )
    )
    return {on: MadeRequest(request_id, RequestStatus(status)) for on, request_id, status in rows if on}


def find_rows_of_series(series_id: UUID) -> list[CareRequest]:
    """Find the requests that a series' dates became, the earliest first, as they stand now."""
    query = sa.select(CareRequest).where(CareRequest.series_id == series_id, CareRequest.series_on.is_not(None))
    ordered = query.order_by(CareRequest.series_on).execution_options(populate_existing=True)
    return list(session().scalars(ordered))


def find_open_rows(elder_id: UUID) -> list[CareRequest]:
    """Find the open requests of an elder, the earliest window first, as they stand now."""
    query = sa.select(CareRequest).where(CareRequest.elder_id == elder_id, CareRequest.status.in_(OPEN))
    ordered = query.order_by(CareRequest.window_from_at, CareRequest.id)
    return list(session().scalars(ordered.execution_options(populate_existing=True)))


def find_obstacles(series_id: UUID) -> dict[date, SeriesObstacle]:
    """Find what stands in the way of a series' dates, by the date that the rule gives."""
    rows = session().scalars(sa.select(SeriesObstacle).where(SeriesObstacle.series_id == series_id))
    return {row.on_date: row for row in rows}
