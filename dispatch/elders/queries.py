"""Reads about elders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.elders.models import Absence, Assessment, CategorySet, Elder, ElderEvent, Membership, Residence
from dispatch.elders.values import (
    AbsenceKind,
    AbsenceRecord,
    CategorySetFacts,
    EventKind,
    EventRecord,
    Home,
    MembershipFacts,
    ResidenceKind,
    SetStatus,
    Stay,
    read_id_no,
)
from dispatch.storage import among, as_known, blind_index, in_force, session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

CODE_DIGITS = 12
ID_NO, PHONE = "elder.id_no", "elder.phone"  # purposes of the blind indexes
CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables


def is_under(column: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str], prefix: str) -> sa.ColumnElement[bool]:
    """Select the area codes that begin with a prefix, by the index; digits sort alike in every collation."""
    return column.between(prefix, prefix.ljust(CODE_DIGITS, "9"))


def is_touching(
    rows: type[Residence | Membership | CategorySet], *, from_on: date, to_on: date, known_at: datetime | None
) -> sa.ColumnElement[bool]:
    """Select the dated rows that hold on at least one day of a half-open span, as known at a time (None: now)."""
    return sa.and_(
        rows.valid_from < to_on, sa.or_(rows.valid_to.is_(None), rows.valid_to > from_on), as_known(rows, known_at)
    )


def find_homes(area_prefix: str, *, on: date, known_at: datetime | None = None) -> list[Home]:
    """
    Find the main residence on a date of every elder who lives in an area, in one query; sorted by elder.

    With `known_at` it is what was known at that time, whatever was corrected since.
    """
    rows = session().execute(
        sa.select(Residence.elder_id, Residence.area_code, Residence.lon, Residence.lat)
        .where(
            Residence.kind == ResidenceKind.MAIN,
            is_under(Residence.area_code, area_prefix),
            in_force(Residence, on, known_at=known_at),
        )
        .order_by(Residence.elder_id)
    )
    return [Home(*row) for row in rows]


def find_area_codes(elder_ids: Iterable[UUID], *, on: date) -> dict[UUID, str]:
    """Find the area of the main residence on a date; elders without one are left out."""
    return {home.elder_id: home.area_code for home in find_homes_of(elder_ids, on=on)}


def find_homes_of(elder_ids: Iterable[UUID], *, on: date) -> list[Home]:
    """Find the main residence on a date of these elders; those without one are left out."""
    rows = [
        row
        for ids in chunks(elder_ids)
        for row in session().execute(
            sa.select(Residence.elder_id, Residence.area_code, Residence.lon, Residence.lat).where(
                Residence.kind == ResidenceKind.MAIN, among(Residence.elder_id, ids=ids), in_force(Residence, on)
            )
        )
    ]
    return [Home(*row) for row in rows]


def homes_on(on: date) -> sa.Subquery:
    """Give the query of elder and community of the main residence on a date, for who joins it with many rows."""
    home = Residence.__table__.c
    is_home = sa.and_(home.kind == ResidenceKind.MAIN, in_force(Residence, on))
    return sa.select(home.elder_id, home.area_code).where(is_home).subquery("home")


def find_names(elder_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Find names by id; whoever shows them leaves an access line for each."""
    return {
        row.id: row.name
        for ids in chunks(elder_ids)
        for row in session().execute(sa.select(Elder.id, Elder.name).where(among(Elder.id, ids=ids)))
    }


def find_by_id_no(id_nos: Iterable[str]) -> dict[str, UUID]:
    """Find whose ID numbers these are, whole ones as typed; unknown ones are left out."""
    indexes = {text: blind_index(read_id_no(text), purpose=ID_NO) for text in id_nos}
    found = find_indexes(indexes.values())
    return {text: found[index] for text, index in indexes.items() if index in found}


def find_indexes(indexes: Iterable[bytes]) -> dict[bytes, UUID]:
    """Find who has an ID number with one of these blind indexes."""
    wanted = sorted(set(indexes))
    return {
        row.id_no_index: row.id
        for start in range(0, len(wanted), CHUNK)
        for row in session().execute(
            sa.select(Elder.id, Elder.id_no_index).where(Elder.id_no_index.in_(wanted[start : start + CHUNK]))
        )
    }


def find_refs(source: str, refs: Iterable[str]) -> dict[str, UUID]:
    """Find whom a register has under these references."""
    wanted = sorted(set(refs))
    return {
        row.source_ref: row.id
        for start in range(0, len(wanted), CHUNK)
        for row in session().execute(
            sa.select(Elder.id, Elder.source_ref).where(
                Elder.source == source, Elder.source_ref.in_(wanted[start : start + CHUNK])
            )
        )
    }


def find_dead(elder_ids: Iterable[UUID]) -> set[UUID]:
    """Find which of these elders have died."""
    return {
        found
        for ids in chunks(elder_ids)
        for found in session().scalars(
            sa.select(ElderEvent.elder_id).where(ElderEvent.kind == EventKind.DIED, ElderEvent.elder_id.in_(ids))
        )
    }


def find_departure(elder_id: UUID) -> EventRecord | None:
    """Give the death or, failing that, the last move away that is on record for an elder; without evidence."""
    ends = (EventKind.DIED, EventKind.MOVED_OUT)
    rows = session().execute(
        sa.select(ElderEvent.kind, ElderEvent.on_date, ElderEvent.to_area_code).where(
            ElderEvent.elder_id == elder_id, ElderEvent.kind.in_(ends)
        )
    )
    found = sorted(rows, key=lambda row: (row.kind == EventKind.DIED, row.on_date))
    return EventRecord(*found[-1]) if found else None


def find_absence(elder_id: UUID, *, on: date) -> AbsenceRecord | None:
    """Give the absence of an elder that holds on a date, as it stands now."""
    query = sa.select(Absence.kind, Absence.valid_from, Absence.valid_to)
    row = session().execute(query.where(Absence.elder_id == elder_id, in_force(Absence, on))).first()
    return AbsenceRecord(*row) if row else None


def find_known(elder_ids: Iterable[UUID]) -> set[UUID]:
    """Find which of these ids are elders."""
    return {
        found for ids in chunks(elder_ids) for found in session().scalars(sa.select(Elder.id).where(Elder.id.in_(ids)))
    }


def find_sets(
    area_prefix: str, *, purpose: str, from_on: date, to_on: date, known_at: datetime | None = None
) -> list[CategorySetFacts]:
    """Find the adopted sets that matter to any place within an area on any day of a span: its own, above, below."""
    above = [area_prefix[:length] for length in range(len(area_prefix) + 1)]
    rows = session().scalars(
        sa.select(CategorySet)
        .where(
            CategorySet.purpose == purpose,
            CategorySet.status == SetStatus.ADOPTED,
            sa.or_(CategorySet.area_code.in_(above), is_under(CategorySet.area_code, area_prefix)),
            is_touching(CategorySet, from_on=from_on, to_on=to_on, known_at=known_at),
        )
        .order_by(CategorySet.area_code, CategorySet.valid_from)
    )
    return [set_facts(row) for row in rows]


def find_stays(
    area_prefix: str,
    *,
    from_on: date,
    to_on: date,
    known_at: datetime | None = None,
    elder_ids: Collection[UUID] | None = None,
) -> dict[UUID, list[Stay]]:
    """Find the main residences within an area that touch a span, for each elder (of some) in order."""
    rows = session().execute(
        sa.select(Residence.elder_id, Residence.area_code, Residence.valid_from, Residence.valid_to)
        .where(
            *_resident(area_prefix, from_on=from_on, to_on=to_on, known_at=known_at),
            sa.true() if elder_ids is None else among(Residence.elder_id, ids=elder_ids),
        )
        .order_by(Residence.elder_id, Residence.valid_from)
    )
    found: dict[UUID, list[Stay]] = {}
    for elder_id, area_code, valid_from, valid_to in rows:
        found.setdefault(elder_id, []).append(Stay(area_code, valid_from, valid_to))
    return found


def find_memberships(
    area_prefix: str,
    *,
    categories: Iterable[str],
    from_on: date,
    to_on: date,
    known_at: datetime | None = None,
    elder_ids: Collection[UUID] | None = None,
) -> dict[UUID, list[MembershipFacts]]:
    """Find the memberships of some categories that touch a span, of all (of some) who then lived within an area."""
    residents = sa.select(Residence.elder_id).where(
        *_resident(area_prefix, from_on=from_on, to_on=to_on, known_at=known_at)
    )
    rows = session().execute(
        sa.select(Membership.elder_id, Membership.category, Membership.valid_from, Membership.valid_to)
        .where(
            Membership.category.in_(sorted(categories)),
            is_touching(Membership, from_on=from_on, to_on=to_on, known_at=known_at),
            Membership.elder_id.in_(residents),
            sa.true() if elder_ids is None else among(Membership.elder_id, ids=elder_ids),
        )
        .order_by(Membership.elder_id, Membership.category, Membership.valid_from)
    )
    found: dict[UUID, list[MembershipFacts]] = {}
    for elder_id, category, valid_from, valid_to in rows:
        found.setdefault(elder_id, []).append(MembershipFacts(category, valid_from, valid_to))
    return found


def load_elders(elder_ids: Iterable[UUID]) -> dict[UUID, Elder]:
    """Load rows by id; whoever was erased is not there."""
    return {
        row.id: row
        for ids in chunks(elder_ids)
        for row in session().scalars(sa.select(Elder).where(Elder.id.in_(ids), Elder.erased_at.is_(None)))
    }


def find_merged(elder_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Give for whoever of these went into another record the id of the one that stays in the end."""
    found = {each: each for each in elder_ids}
    while True:
        query = sa.select(Elder.id, Elder.merged_into_id).where(Elder.merged_into_id.is_not(None))
        step = {
            row.id: row.merged_into_id
            for ids in chunks(found.values())
            for row in session().execute(query.where(Elder.id.in_(ids)))
        }
        if not step:
            return {each: into for each, into in found.items() if into != each}
        found = {each: step.get(into, into) for each, into in found.items()}


def find_absorbed(
    elder_ids: Iterable[UUID], *, merged_before: datetime | None = None, known_at: datetime | None = None
) -> dict[UUID, UUID]:
    """Give the records that went into these, at whatever remove, each with the one of these; as known at a time."""
    query = sa.select(Elder.id, Elder.merged_into_id)
    if merged_before is not None:
        query = query.where(Elder.merged_at < merged_before)
    if known_at is not None:
        query = query.where(Elder.merged_at <= known_at)
    found: dict[UUID, UUID] = {}
    step = {each: each for each in elder_ids}
    while step:
        step = {
            row.id: step[row.merged_into_id]
            for ids in chunks(step)
            for row in session().execute(query.where(among(Elder.merged_into_id, ids=ids)))
        }
        found |= step
    return found


def find_last_areas(elder_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give the area of each elder's last main home, also where it ended."""
    query = sa.select(Residence.elder_id, Residence.area_code).where(
        Residence.kind == ResidenceKind.MAIN, as_known(Residence, None)
    )
    return {
        row.elder_id: row.area_code
        for ids in chunks(elder_ids)
        for row in session().execute(query.where(Residence.elder_id.in_(ids)).order_by(Residence.valid_from))
    }


def find_absences(elder_ids: Iterable[UUID], *, kind: AbsenceKind) -> dict[UUID, list[tuple[date, date | None]]]:
    """Find the half-open spans in which these elders are away for one reason, as they stand; none: left out."""
    query = sa.select(Absence).where(Absence.kind == kind, as_known(Absence, None)).order_by(Absence.valid_from)
    found: dict[UUID, list[tuple[date, date | None]]] = {}
    for ids in chunks(elder_ids):
        for row in session().scalars(query.where(Absence.elder_id.in_(ids))):
            found.setdefault(row.elder_id, []).append((row.valid_from, row.valid_to))
    return found


def load_residences(elder_ids: Iterable[UUID], *, known_at: datetime | None = None) -> dict[UUID, list[Residence]]:
    """Load all residences of these elders, in the order of their dates."""
    found: dict[UUID, list[Residence]] = {}
    for ids in chunks(elder_ids):
        query = (
            sa.select(Residence)
            .where(Residence.elder_id.in_(ids), as_known(Residence, known_at))
            .order_by(Residence.valid_from)
        )
        for row in session().scalars(query):
            found.setdefault(row.elder_id, []).append(row)
    return found


def load_memberships(elder_ids: Iterable[UUID], *, known_at: datetime | None = None) -> dict[UUID, list[Membership]]:
    """Load all memberships of these elders."""
    found: dict[UUID, list[Membership]] = {}
    for ids in chunks(elder_ids):
        query = sa.select(Membership).where(Membership.elder_id.in_(ids), as_known(Membership, known_at))
        for row in session().scalars(query.order_by(Membership.category, Membership.valid_from)):
            found.setdefault(row.elder_id, []).append(row)
    return found


def load_assessments(elder_ids: Iterable[UUID], *, known_at: datetime | None = None) -> dict[UUID, list[Assessment]]:
    """Load all assessments of these elders, in the order of their dates."""
    found: dict[UUID, list[Assessment]] = {}
    for ids in chunks(elder_ids):
        query = sa.select(Assessment).where(Assessment.elder_id.in_(ids), as_known(Assessment, known_at))
        for row in session().scalars(query.order_by(Assessment.assessed_on, Assessment.valid_to)):
            found.setdefault(row.elder_id, []).append(row)
    return found


def chunks(ids: Iterable[UUID]) -> list[Sequence[UUID]]:
    """Cut ids into lists that one query takes."""
    whole = sorted(set(ids))
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]


def _resident(
    area_prefix: str, *, from_on: date, to_on: date, known_at: datetime | None
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Residence.kind == ResidenceKind.MAIN,
        is_under(Residence.area_code, area_prefix),
        is_touching(Residence, from_on=from_on, to_on=to_on, known_at=known_at),
    )


def set_facts(row: CategorySet) -> CategorySetFacts:
    """Give a row as a value."""
    return CategorySetFacts(
        set_key=row.set_key,
        area_code=row.area_code,
        purpose=row.purpose,
        members=frozenset(row.members),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_open=row.is_open,
        clause=row.clause,
        status=SetStatus(row.status),
        recorded_at=row.recorded_at,
    )
