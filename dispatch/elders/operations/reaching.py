"""By which numbers an elder and the family are reached, for who sends them something; nobody is shown these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch.elders.operations.contacts import list_ladders
from dispatch.elders.queries import load_elders
from dispatch.storage import Place, unseal

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.elders.values import ContactCard

MOST_CONTACTS = 5


@dataclass(frozen=True, slots=True)
class Numbers:
    """An elder's own number, and the contacts in the order in which they are called."""

    own: str | None
    contacts: tuple[ContactCard, ...]


def find_numbers(elder_id: UUID) -> Numbers:
    """Find by which numbers an elder and the family are reached; none of one who is not on record or was erased."""
    elder = load_elders([elder_id]).get(elder_id)
    if elder is None or elder.erased_at is not None:
        return Numbers(None, ())
    own = unseal(elder.phone_sealed, place=Place("elder", "phone", elder.id)) if elder.phone_sealed else None
    return Numbers(own, tuple(list_ladders([elder_id], most=MOST_CONTACTS).get(elder_id, ())))
