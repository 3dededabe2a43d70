"""Whom to call for an elder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.elders.models import Contact
from dispatch.elders.operations.identifying import CONTACT_PHONE, InvalidElderError
from dispatch.elders.operations.opening import open_elder
from dispatch.elders.operations.parts import PartNotFoundError
from dispatch.elders.operations.reading import ElderNotFoundError, get_elder
from dispatch.elders.queries import chunks
from dispatch.elders.rules.changing import CONTACTS
from dispatch.elders.values import FAULT_WORDS, ContactCard, IdentityFault, Relation, View
from dispatch.phones import read_phone
from dispatch.storage import Place, blind_index, new_id, seal, session, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import ContactRecord, Ties

TABLE, PHONE = "contact", "phone"


def list_contacts(elder_id: UUID, *, actor: Actor, on: date, ties: Ties) -> list[ContactCard]:
    """
    List whom to call for an elder, those of the ladder first, in its order.

    Raises
    ------
    ElderNotFoundError
        For whoever does not see the whole record.

    """
    if get_elder(elder_id, actor=actor, on=on, ties=ties).view is not View.FULL:
        raise ElderNotFoundError(elder_id=elder_id)
    rows = session().scalars(sa.select(Contact).where(Contact.elder_id == elder_id)).all()
    return [_show(row) for row in sorted(rows, key=lambda row: (row.ladder_order or len(rows) + 1, row.id))]


def list_ladders(elder_ids: Iterable[UUID], *, most: int) -> dict[UUID, list[ContactCard]]:
    """List for each elder whom to call first; whoever shows them has judged who may see them."""
    found: dict[UUID, list[Contact]] = {}
    for ids in chunks(elder_ids):
        for row in session().scalars(sa.select(Contact).where(Contact.elder_id.in_(ids))):
            found.setdefault(row.elder_id, []).append(row)
    return {
        elder_id: [
            _show(row) for row in sorted(rows, key=lambda row: (row.ladder_order or len(rows) + 1, row.id))[:most]
        ]
        for elder_id, rows in found.items()
    }


def put_contact(
    elder_id: UUID,
    *,
    record: ContactRecord,
    contact_id: UUID | None = None,
    version: int | None = None,
    actor: Actor,
    at: datetime,
    on: date,
    ties: Ties,
) -> ContactCard:
    """
    Add somebody to call for an elder or, with an id, change who it is.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError, StaleVersionError
        Where the actor may not, or read another version.
    InvalidElderError
        Where the phone is none.
    PartNotFoundError
        Where the elder has no such contact.

    """
    elder = open_elder(
        elder_id, part=CONTACTS, is_new=contact_id is None, actor=actor, on=on, ties=ties, version=version
    )
    phone = read_phone(record.phone)
    if phone is None:
        raise InvalidElderError(fields={"phone": [FAULT_WORDS[IdentityFault.PHONE_FORM]]})
    row = Contact(id=new_id(), elder_id=elder_id) if contact_id is None else _get(elder_id, contact_id=contact_id)
    row.name, row.relation, row.ladder_order = record.name, str(record.relation), record.ladder_order
    row.phone_sealed = seal(phone, place=Place(TABLE, PHONE, row.id))
    row.phone_index = blind_index(phone, purpose=CONTACT_PHONE)
    row.recorded_at = at
    session().add(row)
    journal.append("elder.changed", actor=actor, at=at, subject_id=elder_id, parts=[CONTACTS], contact_id=str(row.id))
    session().flush()  # gives the record its new version
    return replace(_show(row), version=elder.version)


def remove_contact(
    elder_id: UUID, *, contact_id: UUID, version: int | None, actor: Actor, at: datetime, on: date, ties: Ties
) -> int:
    """
    Remove somebody from whom to call; name and phone are gone. The record's new version comes back.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError, StaleVersionError, PartNotFoundError
        As for `put_contact`.

    """
    elder = open_elder(elder_id, part=CONTACTS, is_new=False, actor=actor, on=on, ties=ties, version=version)
    session().delete(_get(elder_id, contact_id=contact_id))
    journal.append(
        "elder.changed", actor=actor, at=at, subject_id=elder_id, parts=[CONTACTS], contact_id=str(contact_id)
    )
    session().flush()  # gives the record its new version
    return elder.version


def _get(elder_id: UUID, *, contact_id: UUID) -> Contact:
    row = session().get(Contact, contact_id)
    if row is None or row.elder_id != elder_id:
        raise PartNotFoundError(row_id=contact_id)
    return row


def _show(row: Contact) -> ContactCard:
    return ContactCard(
        contact_id=row.id,
        name=row.name,
        relation=Relation(row.relation),
        phone=unseal(row.phone_sealed, place=Place(TABLE, PHONE, row.id)),
        ladder_order=row.ladder_order,
    )
