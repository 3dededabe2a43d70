"""Places of one part of one day: taken one by one, never oversold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dispatch.directory.models import CapacitySlot
from dispatch.directory.queries.offers import find_slot
from dispatch.errors import ConflictError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class FullError(ConflictError):
    """No place is free in that part of the day."""

    slug = "full"
    title = Words("名额已满", "No free place")


def take_place(service_at_site_id: UUID, *, service_on: date, period: str, maximum: int) -> CapacitySlot:
    """
    Take one of `maximum` places, safely against others who take at the same time.

    The slot is made on first use; the database itself counts up, and only below the maximum, so of two who
    ask for the last place one is told so. It is part of the caller's transaction.

    Raises
    ------
    FullError
        Where all are taken.

    """
    values = {
        "id": new_id(),
        "service_at_site_id": service_at_site_id,
        "service_on": service_on,
        "period": period,
        "maximum": maximum,
        "taken": 0,
        "version": 1,
    }
    key = ["service_at_site_id", "service_on", "period"]
    if session().get_bind().dialect.name == "postgresql":
        session().execute(postgresql.insert(CapacitySlot).values(values).on_conflict_do_nothing(index_elements=key))
    else:
        session().execute(sqlite.insert(CapacitySlot).values(values).on_conflict_do_nothing(index_elements=key))
    counted = session().execute(
        sa.update(CapacitySlot)
        .where(_is_slot(service_at_site_id, service_on=service_on, period=period), CapacitySlot.taken < maximum)
        .values(taken=CapacitySlot.taken + 1, maximum=maximum, version=CapacitySlot.version + 1)
        .returning(CapacitySlot.id)
        .execution_options(synchronize_session=False)
    )
    if counted.scalar() is None:
        raise FullError(service_on=service_on.isoformat(), period=period, maximum=maximum)
    return _slot(service_at_site_id, service_on=service_on, period=period)


def give_back_place(service_at_site_id: UUID, *, service_on: date, period: str) -> None:
    """Free one place that was taken; nothing happens where none is."""
    session().execute(
        sa.update(CapacitySlot)
        .where(_is_slot(service_at_site_id, service_on=service_on, period=period), CapacitySlot.taken > 0)
        .values(taken=CapacitySlot.taken - 1, version=CapacitySlot.version + 1)
        .execution_options(synchronize_session=False)
    )


def _is_slot(service_at_site_id: UUID, *, service_on: date, period: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        CapacitySlot.service_at_site_id == service_at_site_id,
        CapacitySlot.service_on == service_on,
        CapacitySlot.period == period,
    )


def _slot(service_at_site_id: UUID, *, service_on: date, period: str) -> CapacitySlot:
    slot = find_slot(service_at_site_id, service_on=service_on, period=period)
    if slot is None:  # pragma: no cover - it was just made or counted up
        raise FullError
    return slot
