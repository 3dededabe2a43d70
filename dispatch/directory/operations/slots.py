"""Places of one part of one day: taken one by one, never oversold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dispatch import journal
from dispatch.directory.models import CapacitySlot
from dispatch.directory.operations.tending import offer_to_tend
from dispatch.directory.queries.offers import find_slot
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.directory.values import Period


class FullError(ConflictError):
    """No place is free in that part of the day."""

    slug = "full"
    title = Words("名额已满", "No free place")


class NoPlacesPlannedError(NotFoundError):
    """Nobody said how many places there are in that part of the day."""

    slug = "no-places-planned"
    title = Words("该时段没有设名额", "No places are planned then")
    detail = Words(
        "先设定这个时段的名额总数：对这个时段的地址发 PUT。",
        "Say first how many there are: PUT to the address of that part of the day.",
    )


class PlacesTakenError(ConflictError):
    """More places are taken than there shall be."""

    slug = "places-taken"
    title = Words("已占名额超过新的总数", "More places are taken than that")
    detail = Words("已有 {taken} 个名额被占。", "{taken} places are taken already.")


def take_place(service_at_site_id: UUID, *, service_on: date, period: str, maximum: int) -> CapacitySlot:
    """
    Take one of `maximum` places, safely against others who take at the same time.

    The slot is made on first use; where the provider has planned the places of that part of the day, theirs is
    the maximum. The database itself counts up, and only below the maximum, so of two who ask for the last place
    one is told so. It is part of the caller's transaction.

    Raises
    ------
    FullError
        Where all are taken.

    """
    _make_slot(service_at_site_id, service_on=service_on, period=period, maximum=maximum)
    allowed = sa.case((CapacitySlot.is_planned, CapacitySlot.maximum), else_=maximum)
    counted = session().execute(
        sa.update(CapacitySlot)
        .where(_is_slot(service_at_site_id, service_on=service_on, period=period), CapacitySlot.taken < allowed)
        .values(taken=CapacitySlot.taken + 1, maximum=allowed, version=CapacitySlot.version + 1)
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


def plan_places(
    service_at_site_id: UUID,
    *,
    site_id: UUID,
    service_on: date,
    period: Period,
    maximum: int,
    actor: Actor,
    at: datetime,
) -> CapacitySlot:
    """
    Say how many places a service at a site has in one part of one day; what is taken stays taken.

    Raises
    ------
    SiteNotFoundError, ServiceAtSiteNotFoundError
        There is none, or it is not the actor's.
    PlacesTakenError
        More are taken already.

    """
    offer = offer_to_tend(service_at_site_id, site_id=site_id, actor=actor)
    _make_slot(offer.id, service_on=service_on, period=period.value, maximum=maximum)
    planned = session().execute(
        sa.update(CapacitySlot)
        .where(_is_slot(offer.id, service_on=service_on, period=period.value), CapacitySlot.taken <= maximum)
        .values(maximum=maximum, is_planned=True, version=CapacitySlot.version + 1)
        .returning(CapacitySlot.id)
        .execution_options(synchronize_session=False)
    )
    is_done = planned.scalar() is not None
    slot = _slot(offer.id, service_on=service_on, period=period.value)
    if not is_done:
        raise PlacesTakenError(taken=slot.taken)
    _tell("places.planned", slot=slot, site_id=site_id, actor=actor, at=at)
    return slot


def book_place(
    service_at_site_id: UUID, *, site_id: UUID, service_on: date, period: Period, actor: Actor, at: datetime
) -> CapacitySlot:
    """
    Take one of the planned places for somebody who came by another way (walked in, telephoned).

    Raises
    ------
    SiteNotFoundError, ServiceAtSiteNotFoundError
        There is none, or it is not the actor's.
    NoPlacesPlannedError, FullError

    """
    offer = offer_to_tend(service_at_site_id, site_id=site_id, actor=actor)
    present = find_slot(offer.id, service_on=service_on, period=period.value)
    if present is None or not present.is_planned:
        raise NoPlacesPlannedError(service_on=service_on.isoformat(), period=period.value)
    slot = take_place(offer.id, service_on=service_on, period=period.value, maximum=present.maximum)
    _tell("place.booked", slot=slot, site_id=site_id, actor=actor, at=at)
    return slot


def release_place(
    service_at_site_id: UUID, *, site_id: UUID, service_on: date, period: Period, actor: Actor, at: datetime
) -> CapacitySlot:
    """Give one booked place back; nothing happens where none is taken. Raises as `book_place`, FullError aside."""
    offer = offer_to_tend(service_at_site_id, site_id=site_id, actor=actor)
    if find_slot(offer.id, service_on=service_on, period=period.value) is None:
        raise NoPlacesPlannedError(service_on=service_on.isoformat(), period=period.value)
    give_back_place(offer.id, service_on=service_on, period=period.value)
    slot = _slot(offer.id, service_on=service_on, period=period.value)
    _tell("place.released", slot=slot, site_id=site_id, actor=actor, at=at)
    return slot


def _make_slot(service_at_site_id: UUID, *, service_on: date, period: str, maximum: int) -> None:
    values = {
        "id": new_id(),
        "service_at_site_id": service_at_site_id,
        "service_on": service_on,
        "period": period,
        "maximum": maximum,
        "taken": 0,
        "is_planned": False,
        "version": 1,
    }
    key = ["service_at_site_id", "service_on", "period"]
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    session().execute(insert(CapacitySlot).values(values).on_conflict_do_nothing(index_elements=key))


def _tell(kind: str, *, slot: CapacitySlot, site_id: UUID, actor: Actor, at: datetime) -> None:
    journal.append(
        kind,
        actor=actor,
        at=at,
        subject_id=site_id,
        service_at_site_id=str(slot.service_at_site_id),
        service_on=slot.service_on.isoformat(),
        period=slot.period,
        maximum=slot.maximum,
        taken=slot.taken,
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
