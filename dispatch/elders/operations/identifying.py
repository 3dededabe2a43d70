"""ID numbers and phones: judged, sealed, and one person for each number."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.elders.queries import ID_NO, PHONE, find_area_codes, find_indexes
from dispatch.elders.rules import judge_identity, judge_view
from dispatch.elders.values import FAULT_WORDS, Ties, View
from dispatch.errors import ConflictError, InvalidError
from dispatch.storage import Place, blind_index, seal, unseal
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.models import Elder
    from dispatch.elders.values import ElderRecord, Identity

TABLE = "elder"
CONTACT_PHONE = "contact.phone"  # purpose of the blind index


class InvalidElderError(InvalidError):
    """The facts about an elder contradict each other, or cannot be true."""

    slug = "invalid-elder"
    title = Words("老人档案前后矛盾", "The elder's record contradicts itself")


class IdNumberTakenError(ConflictError):
    """Another elder has this ID number; who it is stands in the facts only where the caller may see them."""

    slug = "id-number-taken"
    title = Words("这个身份证号码已登记", "This ID number is on record already")
    detail = Words(
        "这个身份证号码已登记在另一位老人名下。核对号码；老人若在别的地区登记过，请联系那里的民政部门。",
        "Another elder is on record with this ID number. Check it; an elder who was registered in another area "
        "is found by the office there.",
    )


def check_identities(given: Sequence[tuple[UUID, ElderRecord]], *, actor: Actor, on: date) -> dict[UUID, Identity]:
    """
    Judge what identifies each elder, by id.

    Raises
    ------
    InvalidElderError
        Where facts cannot be one person's; the error holds none of them.
    IdNumberTakenError
        Where another elder, on record or given with these, has the ID number.

    """
    found: dict[UUID, Identity] = {}
    owners: dict[bytes, UUID] = {}
    for elder_id, record in given:
        identity = judge_identity(id_no=record.id_no, phone=record.phone, sex=record.sex, born_on=record.born_on, on=on)
        if identity.faults:
            words: dict[str, list[Words | str]] = {
                name: [FAULT_WORDS[fault] for fault in faults] for name, faults in identity.faults.items()
            }
            raise InvalidElderError(fields=words, elder_id=elder_id)
        found[elder_id] = identity
        if identity.id_no and owners.setdefault(_index(identity.id_no, ID_NO), elder_id) != elder_id:
            raise IdNumberTakenError
    for index, holder in find_indexes(owners).items():
        if owners[index] != holder:
            raise IdNumberTakenError(**_known_to(actor, holder=holder, on=on))
    return found


@contextmanager
def one_id_no_each() -> Iterator[None]:
    """Turn the database's refusal of a number that somebody else has just put into the same answer."""
    try:
        yield
    except sa.exc.IntegrityError as fault:
        if "id_no_index" in str(fault.orig):
            raise IdNumberTakenError from None
        raise


def seal_identity(
    identity: Identity, *, elder_id: UUID, kept: Mapping[str, Any] | None, id_index: bytes | None = None
) -> dict[str, Any]:
    """
    Give the columns that change: a value that is kept already is not sealed again, one left out stays.

    `id_index` is the ID number's blind index, where the caller has it.
    """
    columns: dict[str, Any] = {}
    for name, purpose, text in (("id_no", ID_NO, identity.id_no), ("phone", PHONE, identity.phone)):
        if text is None:
            if kept is None:  # rows are inserted together: each names all columns
                columns |= {f"{name}_sealed": None, f"{name}_index": None}
            continue
        index = id_index if name == "id_no" and id_index else _index(text, purpose)
        if kept is None or kept[f"{name}_index"] != index:
            columns[f"{name}_sealed"] = seal(text, place=Place(TABLE, name, elder_id))
            columns[f"{name}_index"] = index
    return columns


def open_phone(row: Elder) -> str | None:
    """Open an elder's phone."""
    return unseal(row.phone_sealed, place=Place(TABLE, "phone", row.id)) if row.phone_sealed else None


def open_id_no(row: Elder) -> str | None:
    """Open an elder's ID number."""
    return unseal(row.id_no_sealed, place=Place(TABLE, "id_no", row.id)) if row.id_no_sealed else None


def _index(text: str, purpose: str) -> bytes:
    return blind_index(text, purpose=purpose)


def _known_to(actor: Actor, *, holder: UUID, on: date) -> dict[str, Any]:
    area_code = find_area_codes([holder], on=on).get(holder)
    view = judge_view(actor, elder_id=holder, area_code=area_code, ties=Ties())
    return {"elder_id": holder} if view is View.FULL else {}
