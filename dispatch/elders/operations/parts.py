"""The dated parts of an elder's record: add, correct, list; nothing is overwritten."""

from __future__ import annotations

from dataclasses import fields as fields_of
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from dispatch import directory, journal
from dispatch.actor import Role
from dispatch.elders.models import Absence, Consent, Membership, Need, OfElder, Residence, RiskLevel
from dispatch.elders.operations.identifying import InvalidElderError
from dispatch.elders.operations.opening import open_elder
from dispatch.elders.operations.reading import ElderNotFoundError, get_elder
from dispatch.elders.operations.references import check_areas, check_categories
from dispatch.elders.operations.registering import home_facts, home_point
from dispatch.elders.rules import is_overlapping
from dispatch.elders.values import (
    AbsenceRecord,
    ConsentRecord,
    MembershipRecord,
    NeedRecord,
    Part,
    PartRow,
    ResidenceRecord,
    RiskRecord,
    View,
)
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import as_known, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.models import Elder
    from dispatch.elders.values import PartRecord, Ties


class PartNotFoundError(NotFoundError):
    """There is no such row in this elder's record, or it was superseded."""

    slug = "part-not-found"
    title = Words("档案里没有这一项，或已被更正", "No such entry, or it was superseded")


class PartOverlapError(ConflictError):
    """Two entries that exclude each other would hold on the same day."""

    slug = "part-overlap"
    title = Words("与已有记录的时间重叠", "It overlaps with an entry on record")
    detail = Words(
        "先更正已有的那一项（给它一个结束日期），再加新的。",
        "Correct the entry on record first (give it an end), then add the new one.",
    )


class _Table(NamedTuple):
    """How a part is kept: no two entries with equal `keys` hold on one day."""

    model: type[OfElder]
    record: type[PartRecord]
    keys: tuple[str, ...]
    kind: str  # of the journal


TABLES: dict[Part, _Table] = {
    Part.RESIDENCES: _Table(Residence, ResidenceRecord, ("kind",), "elder.changed"),
    Part.MEMBERSHIPS: _Table(Membership, MembershipRecord, ("category",), "membership.changed"),
    Part.NEEDS: _Table(Need, NeedRecord, ("service_code",), "elder.changed"),
    Part.ABSENCES: _Table(Absence, AbsenceRecord, (), "absence.changed"),
    Part.CONSENTS: _Table(Consent, ConsentRecord, ("purpose",), "consent.changed"),
    Part.RISK_LEVELS: _Table(RiskLevel, RiskRecord, (), "risk_level.changed"),
}
SPAN = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")


def list_part(
    elder_id: UUID, *, part: Part, actor: Actor, on: date, ties: Ties, known_at: datetime | None = None
) -> list[PartRow]:
    """
    List the entries of a part, as they stand or stood at a time, in the order of their dates.

    Raises
    ------
    ElderNotFoundError
        For whoever does not see the whole record.

    """
    if get_elder(elder_id, actor=actor, on=on, ties=ties).view is not View.FULL:
        raise ElderNotFoundError(elder_id=elder_id)
    model = TABLES[part].model
    query = sa.select(model).where(model.elder_id == elder_id, as_known(model, known_at))
    return [_show(row, part=part) for row in session().scalars(query.order_by(model.valid_from, model.id))]


def add_part(
    elder_id: UUID, *, part: Part, record: PartRecord, actor: Actor, at: datetime, on: date, ties: Ties
) -> PartRow:
    """
    Add an entry to a dated part of an elder's record.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError
        Where the actor may not.
    InvalidElderError
        Where it ends before it begins, or has half a point.
    PartOverlapError
        Where one that excludes it holds on one of its days.
    UnknownAreaError, UnknownCodeError
        Where it points at nothing.

    """
    elder = open_elder(elder_id, part=part, is_new=True, actor=actor, on=on, ties=ties)
    return _put(elder, part=part, record=record, actor=actor, at=at, change="added")


def correct_part(
    elder_id: UUID,
    *,
    part: Part,
    row_id: UUID,
    record: PartRecord,
    version: int | None,
    actor: Actor,
    at: datetime,
    on: date,
    ties: Ties,
) -> PartRow:
    """
    Put an entry in the place of another, which stays readable as it was known until now.

    Raises
    ------
    PartNotFoundError
        Where there is no such entry, or it was superseded.
    StaleVersionError
        Where the record is another than the actor read.
    ElderNotFoundError, ElderNotYoursError, InvalidElderError, PartOverlapError, UnknownAreaError, UnknownCodeError
        As for `add_part`.

    """
    elder = open_elder(elder_id, part=part, is_new=False, actor=actor, on=on, ties=ties, version=version)
    row = session().get(TABLES[part].model, row_id)
    if row is None or row.elder_id != elder_id or row.superseded_at is not None:
        raise PartNotFoundError(row_id=row_id)
    row.superseded_at = at
    session().flush()  # the unique index looks at the rows that stand
    return _put(elder, part=part, record=record, actor=actor, at=at, change="corrected", superseded_id=row_id)


def _put(
    elder: Elder,
    *,
    part: Part,
    record: PartRecord,
    actor: Actor,
    at: datetime,
    **facts: Any,  # noqa: ANN401 - facts of the journal
) -> PartRow:
    table, elder_id = TABLES[part], elder.id
    _check(record)
    columns = _columns(record)
    if isinstance(record, ConsentRecord) and actor.has_role(Role.DISTRICT_OFFICER):
        columns["reviewed_by"] = record.reviewed_by or actor.account_id
    span = (record.valid_from, record.valid_to)
    others = session().scalars(
        sa.select(table.model).where(
            table.model.elder_id == elder_id,
            as_known(table.model, None),
            *(getattr(table.model, name) == columns[name] for name in table.keys),
        )
    )
    for other in others:
        if is_overlapping([span, (other.valid_from, other.valid_to)]):
            raise PartOverlapError(entry_id=other.id)  # its dates are read where a look leaves a line
    make: Any = table.model  # each table has columns of its own
    row: OfElder = make(id=new_id(), elder_id=elder_id, valid_from=span[0], valid_to=span[1], recorded_at=at, **columns)
    session().add(row)
    session().flush()  # what the database refuses is told here
    journal.append(
        table.kind,
        actor=actor,
        at=at,
        subject_id=elder_id,
        part=part.value,
        entry_id=str(row.id),
        **{name: str(value) for name, value in facts.items()},
    )
    return replace(_show(row, part=part), version=elder.version)


def _check(record: PartRecord) -> None:
    if record.valid_to is not None and record.valid_to <= record.valid_from:
        raise InvalidElderError(fields={"valid_to": [SPAN]})
    if isinstance(record, ResidenceRecord):
        check_areas([record.area_code])
    elif isinstance(record, MembershipRecord):
        check_categories([record.category])
    elif isinstance(record, NeedRecord):
        directory.check_codes("service", codes=[record.service_code], field="service_code")


def _columns(record: PartRecord) -> dict[str, Any]:
    if isinstance(record, ResidenceRecord):
        facts = home_facts(record, point=home_point(record))
        return {"kind": str(record.kind), **{name: value for name, value in facts.items() if name != "valid_to"}}
    return {
        each.name: _plain(getattr(record, each.name))
        for each in fields_of(record)
        if each.name not in {"valid_from", "valid_to"}
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value; enums are kept as text
    return str(value) if isinstance(value, str) else value


def _show(row: Any, *, part: Part) -> PartRow:  # noqa: ANN401 - a row of one of the tables
    record = TABLES[part].record
    names = [each.name for each in fields_of(record) if each.name != "crs"]  # a kept point is WGS 84
    return PartRow(
        entry_id=row.id,
        record=record(**{name: getattr(row, name) for name in names}),
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
    )
