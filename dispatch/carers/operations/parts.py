"""The parts of a carer's record, one entry at a time: add, correct, withdraw; nothing is overwritten."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from dispatch import directory, journal
from dispatch.carers.models import Qualification, Shift, ShiftException
from dispatch.carers.operations.records import find_row, open_carer
from dispatch.carers.operations.registering import InvalidCarerError
from dispatch.carers.rules import Hours, are_clashing, is_overlapping
from dispatch.carers.values import (
    CarerPart,
    ExceptionKind,
    ExceptionRecord,
    PartRow,
    QualificationRecord,
    ShiftRecord,
)
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import as_known, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.carers.models import Carer
    from dispatch.carers.values import PartRecord

SPAN = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")
HOURS = Words("加班要写起止时间，休息和病假不写。", "Extra hours need a beginning and an end; other kinds have none.")


class CarerPartNotFoundError(NotFoundError):
    """There is no such entry in this carer's record, or it was superseded."""

    slug = "carer-part-not-found"
    title = Words("档案里没有这一项，或已被更正", "No such entry, or it was superseded")


class CarerPartOverlapError(ConflictError):
    """Two entries that exclude each other would hold at the same time."""

    slug = "carer-part-overlap"
    title = Words("与已有记录的时间重叠", "It overlaps with an entry on record")
    detail = Words(
        "先更正已有的那一项（给它一个结束日期，或撤掉它），再加新的。",
        "Correct the entry on record first (give it an end, or withdraw it), then add the new one.",
    )


class _Table(NamedTuple):
    model: type[Qualification | Shift | ShiftException]
    record: type[PartRecord]


TABLES = {
    CarerPart.QUALIFICATIONS: _Table(Qualification, QualificationRecord),
    CarerPart.SHIFTS: _Table(Shift, ShiftRecord),
    CarerPart.EXCEPTIONS: _Table(ShiftException, ExceptionRecord),
}


def list_part(carer_id: UUID, *, part: CarerPart, actor: Actor, known_at: datetime | None = None) -> list[PartRow]:
    """List the entries of a part, as they stand or stood at a time, in the order of their dates."""
    find_row(carer_id, actor=actor)
    model: Any = TABLES[part].model
    first = model.on_date if part is CarerPart.EXCEPTIONS else model.valid_from
    query = sa.select(model).where(model.carer_id == carer_id, as_known(model, known_at)).order_by(first, model.id)
    return [_show(row, part=part) for row in session().scalars(query)]


def add_part(carer_id: UUID, *, part: CarerPart, record: PartRecord, actor: Actor, at: datetime) -> PartRow:
    """
    Add an entry to a part of a carer's record.

    Raises
    ------
    CarerNotFoundError, CarerLeftError
        Where the actor may not.
    InvalidCarerError, UnknownCodeError
        Where a fact cannot be.
    CarerPartOverlapError
        Where an entry on record excludes it.

    """
    row = open_carer(carer_id, version=None, actor=actor)
    return _put(row, part=part, record=record, actor=actor, at=at, change="added")


def correct_part(
    carer_id: UUID,
    *,
    part: CarerPart,
    row_id: UUID,
    record: PartRecord,
    version: int | None,
    actor: Actor,
    at: datetime,
) -> PartRow:
    """
    Put an entry in the place of another, which is superseded and stays readable; an end is given like this too.

    Raises
    ------
    CarerPartNotFoundError
        Where there is no such entry, or it was superseded.
    StaleVersionError
        Where the record is another than the actor read.
    CarerNotFoundError, CarerLeftError, InvalidCarerError, UnknownCodeError, CarerPartOverlapError
        As for `add_part`.

    """
    carer = open_carer(carer_id, version=version, actor=actor)
    _supersede(carer, part=part, row_id=row_id, at=at)
    return _put(carer, part=part, record=record, actor=actor, at=at, change="corrected", superseded_id=str(row_id))


def withdraw_part(
    carer_id: UUID, *, part: CarerPart, row_id: UUID, version: int | None, actor: Actor, at: datetime
) -> int:
    """
    Let an entry stand no longer; the carer's version comes back.

    Raises
    ------
    CarerPartNotFoundError, StaleVersionError, CarerNotFoundError, CarerLeftError
        As for `correct_part`.

    """
    carer = open_carer(carer_id, version=version, actor=actor)
    _supersede(carer, part=part, row_id=row_id, at=at)
    session().flush()  # the version that the caller is told
    journal.append(
        "carer.changed", actor=actor, at=at, subject_id=carer_id, parts=[part.value], withdrawn_id=str(row_id)
    )
    return carer.version


def _supersede(carer: Carer, *, part: CarerPart, row_id: UUID, at: datetime) -> None:
    model: Any = TABLES[part].model
    row = session().get(model, row_id)
    if row is None or row.carer_id != carer.id or row.superseded_at is not None:
        raise CarerPartNotFoundError(row_id=row_id)
    row.superseded_at = at
    session().flush()  # the unique index looks at the rows that stand


def _put(
    carer: Carer,
    *,
    part: CarerPart,
    record: PartRecord,
    actor: Actor,
    at: datetime,
    change: str,
    **facts: str,
) -> PartRow:
    _check(record)
    if isinstance(record, QualificationRecord):
        record = record._replace(checked_by=actor.account_id)
    make: Any = TABLES[part].model
    others = session().scalars(sa.select(make).where(make.carer_id == carer.id, as_known(make, None)))
    for other in others:
        if _excludes(record, other=_record(other, part=part)):
            raise CarerPartOverlapError(entry_id=other.id)
    row = make(id=new_id(), carer_id=carer.id, recorded_at=at, **record._asdict())
    session().add(row)
    session().flush()  # what the database refuses is told here
    journal.append(
        "carer.changed",
        actor=actor,
        at=at,
        subject_id=carer.id,
        parts=[part.value],
        entry_id=str(row.id),
        change=change,
        **facts,
    )
    shown = _show(row, part=part)
    return PartRow(shown.entry_id, shown.record, shown.recorded_at, shown.superseded_at, carer.version)


def _check(record: PartRecord) -> None:
    if isinstance(record, ExceptionRecord):
        hours = (record.from_time is not None, record.to_time is not None)
        if hours != ((record.kind == ExceptionKind.EXTRA),) * 2:
            raise InvalidCarerError(fields={"from_time": [HOURS]})
        return
    if record.valid_to is not None and record.valid_to <= record.valid_from:
        raise InvalidCarerError(fields={"valid_to": [SPAN]})
    if isinstance(record, QualificationRecord):
        directory.check_codes("skill", codes=[record.skill], field="skill")


def _excludes(record: PartRecord, *, other: PartRecord) -> bool:
    """Say whether two entries of one part exclude each other."""
    if isinstance(record, QualificationRecord) and isinstance(other, QualificationRecord):
        spans = [(each.valid_from, each.valid_to) for each in (record, other)]
        return record.skill == other.skill and is_overlapping(spans)
    if isinstance(record, ShiftRecord) and isinstance(other, ShiftRecord):
        return are_clashing(hours_of(record), other=hours_of(other))
    if isinstance(record, ExceptionRecord) and isinstance(other, ExceptionRecord):
        if (record.on_date, record.kind) != (other.on_date, other.kind):
            return False
        return record.kind != ExceptionKind.EXTRA or are_clashing(_extra_hours(record), other=_extra_hours(other))
    return False


def hours_of(record: ShiftRecord) -> Hours:
    """Give what decides whether shifts exclude each other."""
    return Hours(record.weekday, record.from_time, record.to_time, record.valid_from, record.valid_to)


def _extra_hours(record: ExceptionRecord) -> Hours:
    begin, end = record.from_time or time(), record.to_time or time()
    return Hours(record.on_date.weekday(), begin, end, record.on_date, record.on_date + timedelta(days=1))


def _record(row: Any, *, part: CarerPart) -> PartRecord:  # noqa: ANN401 - a row of one of the tables
    record: Any = TABLES[part].record
    made: PartRecord = record(**{name: getattr(row, name) for name in record._fields})
    return made


def _show(row: Any, *, part: CarerPart) -> PartRow:  # noqa: ANN401 - a row of one of the tables
    return PartRow(row.id, _record(row, part=part), row.recorded_at, row.superseded_at)
