"""What befalls an elder: death, moving, an institution, a grave change; and what ends with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, journal
from dispatch.elders.models import ElderEvent, Residence
from dispatch.elders.operations.identifying import InvalidElderError
from dispatch.elders.operations.opening import open_elder
from dispatch.elders.operations.parts import TABLES
from dispatch.elders.operations.reading import ElderNotFoundError, get_elder
from dispatch.elders.rules.changing import EVENTS
from dispatch.elders.values import EventCard, EventKind, Part, ResidenceKind, View
from dispatch.errors import ConflictError
from dispatch.storage import as_known, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import EventRecord, Ties

COMMUNITY_DIGITS = 12
STILL_TO_COME = Words("日期还没到。", "The date is still to come.")
# what ends on the day: who died or left is at home nowhere, and in no category; who lives in an institution is not
# visited at home any more, and keeps the home
ENDS = {
    EventKind.DIED: tuple(Part),
    EventKind.MOVED_OUT: tuple(part for part in Part if part is not Part.CONSENTS),
    EventKind.ADMITTED: (Part.MEMBERSHIPS, Part.ABSENCES),
}


class EventRepeatedError(ConflictError):
    """The event is on record already, or the elder died before."""

    slug = "event-repeated"
    title = Words("这件事已登记，或老人已去世", "It is on record already, or the elder has died")


def record_event(elder_id: UUID, *, record: EventRecord, actor: Actor, at: datetime, on: date, ties: Ties) -> EventCard:
    """
    Record what befell an elder, and end what ends with it.

    Death and leaving end homes, memberships, needs, absences and risk on that day, so that the elder is due for
    visits until the day before. Who moves to a known community goes on living there, in the same categories.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError
        Where the actor may not.
    InvalidElderError
        Where the day is still to come.
    UnknownAreaError
        Where the elder moves to an area that does not exist.
    EventRepeatedError
        Where it is on record, or the elder died before.

    """
    elder = open_elder(elder_id, part=EVENTS, is_new=True, actor=actor, on=on, ties=ties)
    if record.on > on:
        raise InvalidElderError(fields={"on": [STILL_TO_COME]})
    kind = EventKind(record.kind)
    known = session().scalars(sa.select(ElderEvent).where(ElderEvent.elder_id == elder_id)).all()
    if any(row.kind == EventKind.DIED or (row.kind, row.on_date) == (kind, record.on) for row in known):
        raise EventRepeatedError(elder_id=elder_id)
    moves_to = _community(record) if kind is EventKind.MOVED_OUT else None
    row = ElderEvent(
        id=new_id(),
        elder_id=elder_id,
        kind=kind.value,
        on_date=record.on,
        to_area_code=record.to_area_code,
        evidence=record.evidence,
        recorded_at=at,
    )
    session().add(row)
    if moves_to:
        end_parts(elder_id, parts=[Part.RESIDENCES], on=record.on, at=at)
        session().add(_new_home(elder_id, area_code=moves_to, on=record.on, at=at))
    else:
        end_parts(elder_id, parts=ENDS.get(kind, ()), on=record.on, at=at)
    journal.append(
        f"elder.{kind.value}",
        actor=actor,
        at=at,
        subject_id=elder_id,
        on=record.on.isoformat(),
        to_area_code=record.to_area_code,
    )
    session().flush()  # gives the record its new version
    return replace(_show(row), version=elder.version)


def list_events(elder_id: UUID, *, actor: Actor, on: date, ties: Ties) -> list[EventCard]:
    """
    List what befell an elder, in order.

    Raises
    ------
    ElderNotFoundError
        For whoever does not see the whole record.

    """
    if get_elder(elder_id, actor=actor, on=on, ties=ties).view is not View.FULL:
        raise ElderNotFoundError(elder_id=elder_id)
    rows = session().scalars(
        sa.select(ElderEvent).where(ElderEvent.elder_id == elder_id).order_by(ElderEvent.on_date, ElderEvent.id)
    )
    return [_show(row) for row in rows]


def _community(record: EventRecord) -> str | None:
    """Give the community that an elder moves to, where it is one of ours."""
    code = record.to_area_code
    if code is None or len(code) != COMMUNITY_DIGITS:
        return None
    if areas.missing_codes([code]):
        raise areas.UnknownAreaError(area_codes=code)
    return code


def end_parts(elder_id: UUID, *, parts: Iterable[Part], on: date, at: datetime) -> None:
    """End on a day what then holds; what would begin later is superseded and does not begin."""
    for part in parts:
        model = TABLES[part].model
        query = sa.select(model).where(
            model.elder_id == elder_id,
            as_known(model, None),
            sa.or_(model.valid_to.is_(None), model.valid_to > on),
        )
        for row in session().scalars(query).all():
            row.superseded_at = at
            session().flush()  # the unique index looks at the rows that stand
            if row.valid_from < on:
                kept = {
                    column.key: getattr(row, column.key)
                    for column in sa.orm.class_mapper(model).column_attrs
                    if column.key not in {"id", "valid_to", "recorded_at", "superseded_at"}
                }
                make: Any = model  # each table has columns of its own
                session().add(make(id=new_id(), valid_to=on, recorded_at=at, **kept))


def _new_home(elder_id: UUID, *, area_code: str, on: date, at: datetime) -> Residence:
    """Give a home of which only the community is known: it is unlocated, and without an address."""
    return Residence(
        id=new_id(),
        elder_id=elder_id,
        kind=ResidenceKind.MAIN.value,
        area_code=area_code,
        address="",
        valid_from=on,
        recorded_at=at,
    )


def _show(row: ElderEvent) -> EventCard:
    return EventCard(
        event_id=row.id,
        kind=EventKind(row.kind),
        on=row.on_date,
        to_area_code=row.to_area_code,
        evidence=row.evidence,
        recorded_at=row.recorded_at,
    )
