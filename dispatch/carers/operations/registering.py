"""Putting carers on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import directory, journal
from dispatch.carers.models import Carer, Qualification, Shift, ShiftException
from dispatch.carers.operations.tables import Changes
from dispatch.carers.queries import chunks, load_carers
from dispatch.carers.rules import is_overlapping
from dispatch.carers.values import ExceptionRecord, PutCount, QualificationRecord, ShiftRecord
from dispatch.errors import InvalidError
from dispatch.phones import read_phone
from dispatch.storage import Place, as_known, blind_index, new_id, seal, session, unseal
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.carers.values import CarerRecord

    Part = type[Qualification | Shift | ShiftException]

OVERLAP = Words("时间段互相重叠", "The spans overlap")
# what tells the rows of one carer apart, among those that stand
KEYS: dict[Part, tuple[str, ...]] = {
    Qualification: ("skill", "valid_from"),
    Shift: ("weekday", "from_time", "valid_from"),
    ShiftException: ("on_date", "kind", "from_time"),
}
FIELDS = (
    "organization_id",
    "kind",
    "name",
    "sex",
    "travel_mode",
    "day_limit_min",
    "account_id",
    "base_lon",
    "base_lat",
    "base_site_id",
    "status",
    "source",
    "source_ref",
    "source_crs",
    "source_raw",
)
PHONE = "carer.phone"  # purpose of the blind index
PHONE_FORM = Words(
    "不是有效的电话号码；固定电话要带区号。", "This is no valid phone number; landlines need their area code."
)


class InvalidCarerError(InvalidError):
    """A carer's dated facts contradict each other."""

    slug = "invalid-carer"
    title = Words("照护人员档案前后矛盾", "The carer's record contradicts itself")


def register_carers(records: Iterable[CarerRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put carers on record with skills, shifts and exceptions.

    Repeating a record changes nothing; what differs of a part is superseded. One journal entry for each carer put
    or changed.

    Raises
    ------
    InvalidCarerError
        Where a skill would be held twice on the same day, or a phone is none.
    UnknownCodeError
        Where a kind or a skill does not exist.

    """
    given = [(record.id or new_id(), record) for record in records]
    directory.check_codes("carer_kind", codes={record.kind for _, record in given}, field="kind")
    skills = {QualificationRecord(*each).skill for _, record in given for each in record.qualifications}
    directory.check_codes("skill", codes=skills, field="skill")
    known = load_carers(carer_id for carer_id, _ in given)
    session().add_all(
        Carer(
            id=carer_id,
            **{name: getattr(record, name) for name in FIELDS},
            **phone_columns(record.phone, carer_id=carer_id, kept=None),
        )
        for carer_id, record in given
        if carer_id not in known
    )
    session().flush()  # skills and shifts point at these carers
    parts = _Parts((carer_id for carer_id, _ in given), at=at)
    created = changed = 0
    for carer_id, record in given:
        row = known.get(carer_id)
        facts = {name: getattr(record, name) for name in FIELDS}
        if row is not None and record.phone is not None:
            facts |= phone_columns(record.phone, carer_id=carer_id, kept=row.phone_index)
        differing = [] if row is None or not _update(row, facts) else ["carer"]
        differing += parts.put(carer_id, record)
        created += row is None
        changed += row is not None and bool(differing)
        if row is None or differing:
            kind = "carer.registered" if row is None else "carer.changed"
            journal.append(kind, actor=actor, at=at, subject_id=carer_id, parts=differing)
    parts.write()
    return PutCount(created, changed, len(given) - created - changed)


class _Parts:
    """The rows that hang on carers, loaded at once."""

    def __init__(self, carer_ids: Iterable[UUID], *, at: datetime) -> None:
        self._changes = {model: Changes(model, at=at) for model in (Qualification, Shift, ShiftException)}
        self._rows: dict[tuple[type, UUID], dict[tuple[Any, ...], dict[str, Any]]] = {}
        for ids in chunks(carer_ids):
            for model, keys in KEYS.items():
                columns = model.__table__.c
                query = sa.select(*columns).where(columns["carer_id"].in_(ids), as_known(model, None))
                for row in session().execute(query).mappings():
                    kept = self._rows.setdefault((model, row["carer_id"]), {})
                    kept[tuple(row[name] for name in keys)] = dict(row)

    def put(self, carer_id: UUID, record: CarerRecord) -> list[str]:
        """Bring the rows in line with the record; say which parts differed."""
        given: tuple[tuple[str, Part, list[dict[str, Any]]], ...] = (
            ("qualifications", Qualification, [QualificationRecord(*each)._asdict() for each in record.qualifications]),
            ("shifts", Shift, [ShiftRecord(*each)._asdict() for each in record.shifts]),
            ("exceptions", ShiftException, [ExceptionRecord(*each)._asdict() for each in record.exceptions]),
        )
        differing = []
        for name, model, rows in given:
            is_changed = [self._put(model, carer_id, facts) for facts in rows]
            if any(is_changed):
                differing.append(name)
        spans: dict[str, list[tuple[date, date | None]]] = {}
        for row in self._rows.get((Qualification, carer_id), {}).values():
            spans.setdefault(row["skill"], []).append((row["valid_from"], row["valid_to"]))
        if any(is_overlapping(each) for each in spans.values()):
            raise InvalidCarerError(fields={"qualifications": [OVERLAP]}, carer_id=carer_id)
        return differing

    def write(self) -> None:
        """Supersede what differed and insert what is new."""
        for changes in self._changes.values():
            changes.write()

    def _put(self, model: Part, carer_id: UUID, facts: dict[str, Any]) -> bool:
        kept = self._rows.setdefault((model, carer_id), {})
        key = tuple(facts[name] for name in KEYS[model])
        row = kept.get(key)
        if row is not None and all(row[name] == value for name, value in facts.items()):
            return False
        if row is not None:
            self._changes[model].supersede(row["id"])
        kept[key] = self._changes[model].add({"carer_id": carer_id, **facts})
        return True


def phone_columns(text: str | None, *, carer_id: UUID, kept: bytes | None) -> dict[str, Any]:
    """
    Give the columns of a phone that change; one that is kept already is not sealed again.

    Raises
    ------
    InvalidCarerError
        Where it is no phone number.

    """
    if text is None:
        return {"phone_sealed": None, "phone_index": None}
    phone = read_phone(text)
    if phone is None:
        raise InvalidCarerError(fields={"phone": [PHONE_FORM]})
    index = blind_index(phone, purpose=PHONE)
    if index == kept:
        return {}
    return {"phone_sealed": seal(phone, place=Place("carer", "phone", carer_id)), "phone_index": index}


def open_phone(row: Carer) -> str | None:
    """Open a carer's phone."""
    return unseal(row.phone_sealed, place=Place("carer", "phone", row.id)) if row.phone_sealed else None


def _update(row: Carer, facts: dict[str, Any]) -> bool:
    different = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
