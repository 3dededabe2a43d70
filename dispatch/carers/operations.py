"""Putting carers on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import directory, journal
from dispatch.carers.models import Carer, Qualification, Shift, ShiftException
from dispatch.carers.queries import chunks, load_carers
from dispatch.carers.rules import is_overlapping
from dispatch.carers.values import ExceptionRecord, PutCount, QualificationRecord, ShiftRecord
from dispatch.errors import InvalidError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, time
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.carers.values import CarerRecord
    from dispatch.storage import Base

OVERLAP = Words("时间段互相重叠", "The spans overlap")
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
)


class InvalidCarerError(InvalidError):
    """A carer's dated facts contradict each other."""

    slug = "invalid-carer"
    title = Words("照护人员档案前后矛盾", "The carer's record contradicts itself")


def register_carers(records: Iterable[CarerRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put carers on record with skills, shifts and exceptions.

    Repeating a record changes nothing. One journal entry for each carer put or changed.

    Raises
    ------
    InvalidCarerError
        Where a skill would be held twice on the same day.
    UnknownCodeError
        Where a kind or a skill does not exist.

    """
    given = [(record.id or new_id(), record) for record in records]
    directory.check_codes("carer_kind", codes={record.kind for _, record in given}, field="kind")
    skills = {QualificationRecord(*each).skill for _, record in given for each in record.qualifications}
    directory.check_codes("skill", codes=skills, field="skill")
    known = load_carers(carer_id for carer_id, _ in given)
    session().add_all(
        Carer(id=carer_id, **{name: getattr(record, name) for name in FIELDS})
        for carer_id, record in given
        if carer_id not in known
    )
    session().flush()  # skills and shifts point at these carers
    parts = _Parts(carer_id for carer_id, _ in given)
    created = changed = 0
    for carer_id, record in given:
        facts = {name: getattr(record, name) for name in FIELDS}
        row = known.get(carer_id)
        differing = [] if row is None or not _update(row, facts) else ["carer"]
        differing += parts.put(carer_id, record, at=at)
        created += row is None
        changed += row is not None and bool(differing)
        if row is None or differing:
            kind = "carer.registered" if row is None else "carer.changed"
            journal.append(kind, actor=actor, at=at, subject_id=carer_id, parts=differing)
    return PutCount(created, changed, len(given) - created - changed)


class _Parts:
    """The rows that hang on carers, loaded at once."""

    def __init__(self, carer_ids: Iterable[UUID]) -> None:
        self._skills: dict[UUID, dict[tuple[str, date], Qualification]] = {}
        self._shifts: dict[UUID, dict[tuple[int, time, date], Shift]] = {}
        self._exceptions: dict[UUID, dict[tuple[date, str], ShiftException]] = {}
        for ids in chunks(carer_ids):
            for skill in session().scalars(sa.select(Qualification).where(Qualification.carer_id.in_(ids))):
                self._skills.setdefault(skill.carer_id, {})[skill.skill, skill.valid_from] = skill
            for shift in session().scalars(sa.select(Shift).where(Shift.carer_id.in_(ids))):
                self._shifts.setdefault(shift.carer_id, {})[shift.weekday, shift.from_time, shift.valid_from] = shift
            for each in session().scalars(sa.select(ShiftException).where(ShiftException.carer_id.in_(ids))):
                self._exceptions.setdefault(each.carer_id, {})[each.on_date, each.kind] = each

    def put(self, carer_id: UUID, record: CarerRecord, *, at: datetime) -> list[str]:
        """Bring the rows in line with the record; say which parts differed."""
        return [
            name
            for name, is_changed in (
                ("qualifications", self._put_skills(carer_id, record, at)),
                ("shifts", self._put_shifts(carer_id, record, at)),
                ("exceptions", self._put_exceptions(carer_id, record)),
            )
            if is_changed
        ]

    def _put_skills(self, carer_id: UUID, record: CarerRecord, at: datetime) -> bool:
        kept, is_changed = self._skills.setdefault(carer_id, {}), False
        for skill, level, valid_from, valid_to in (QualificationRecord(*each) for each in record.qualifications):
            row = kept.get((skill, valid_from))
            if row is None:
                row = Qualification(
                    carer_id=carer_id,
                    skill=skill,
                    level=level,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    recorded_at=at,
                )
                session().add(row)
                kept[skill, valid_from] = row
                is_changed = True
            elif _update(row, {"level": level, "valid_to": valid_to}):
                row.recorded_at = at
                is_changed = True
        spans: dict[str, list[tuple[date, date | None]]] = {}
        for (skill, valid_from), row in kept.items():
            spans.setdefault(skill, []).append((valid_from, row.valid_to))
        if any(is_overlapping(each) for each in spans.values()):
            raise InvalidCarerError(fields={"qualifications": [OVERLAP]}, carer_id=carer_id)
        return is_changed

    def _put_shifts(self, carer_id: UUID, record: CarerRecord, at: datetime) -> bool:
        kept, is_changed = self._shifts.setdefault(carer_id, {}), False
        for shift in (ShiftRecord(*each) for each in record.shifts):
            row = kept.get((shift.weekday, shift.from_time, shift.valid_from))
            if row is None:
                row = Shift(carer_id=carer_id, recorded_at=at, **shift._asdict())
                session().add(row)
                kept[shift.weekday, shift.from_time, shift.valid_from] = row
                is_changed = True
            elif _update(row, shift._asdict()):
                row.recorded_at = at
                is_changed = True
        return is_changed

    def _put_exceptions(self, carer_id: UUID, record: CarerRecord) -> bool:
        kept, is_changed = self._exceptions.get(carer_id, {}), False
        for each in (ExceptionRecord(*given) for given in record.exceptions):
            row = kept.get((each.on_date, each.kind))
            if row is None:
                session().add(ShiftException(carer_id=carer_id, **each._asdict()))
                is_changed = True
            elif _update(row, {"from_time": each.from_time, "to_time": each.to_time}):
                is_changed = True
        return is_changed


def _update(row: Base, facts: dict[str, Any]) -> bool:
    different = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
