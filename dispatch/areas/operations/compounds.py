"""Compounds: put on record one by one or from a file, changed, and written into a file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal, sheets
from dispatch.actor import Role
from dispatch.areas.layout import COMPOUND_LAYOUT
from dispatch.areas.models import Compound
from dispatch.areas.operations.records import UnknownAreaError
from dispatch.areas.queries import AreaNotFoundError, CompoundNotFoundError, find_compounds, get_compound, missing_codes
from dispatch.areas.rules import judge_compound_row
from dispatch.areas.values import CompoundRecord, CompoundStage, PutCount
from dispatch.errors import ConflictError, InvalidError
from dispatch.storage import check_version, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO
    from uuid import UUID

    from dispatch.actor import Actor

WRITERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
NO_AREA = Words("没有代码为 {area_code} 的区域：先导入区划。", "There is no area {area_code}: import the areas first.")
REPEATED = Words("与第 {row} 行是同一个小区。", "This is the compound of line {row}.")
PIECE = 500  # keys in one query
Judged = list[tuple[sheets.Row, CompoundRecord]]


class CompoundExistsError(ConflictError):
    """The area has a compound of this name already."""

    slug = "compound-exists"
    title = Words("这个区域已有同名小区", "The area has a compound of this name")
    detail = Words("已有记录 {compound_id}；要修改它，用 PUT。", "It is record {compound_id}; change it with PUT.")


class InvalidCompoundError(InvalidError):
    """A compound that is neither new nor built up, or has fewer than no households."""

    slug = "invalid-compound"
    title = Words("小区记录有误", "The compound is not valid")


def put_compounds(records: Iterable[CompoundRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Store compounds by area and name; the same records again change nothing. Journal: compounds.recorded.

    Raises
    ------
    UnknownAreaError
        A compound lies in an area that does not exist.
    InvalidCompoundError
        A kind that there is not, or a negative count.

    """
    wanted = list(records)
    missing = missing_codes({record.area_code for record in wanted})
    if missing:
        raise UnknownAreaError(area_codes=", ".join(missing))
    for record in wanted:
        _check(record)
    present = _present(wanted)
    created = changed = 0
    for record in wanted:
        row = present.get((record.area_code, record.name))
        if row is None:
            present[record.area_code, record.name] = row = Compound(**asdict(record))
            session().add(row)
            created += 1
        elif _apply(row, record=record):
            changed += 1
    if created or changed:
        journal.append(
            "compounds.recorded", actor=actor, at=at, subject_id="compounds", created=created, changed=changed
        )
    return PutCount(created, changed, len(wanted) - created - changed)


def create_compound(record: CompoundRecord, *, actor: Actor, at: datetime) -> Compound:
    """
    Put one compound on record. Journal: compound.created.

    Raises
    ------
    AreaNotFoundError
        The area does not exist or is not the actor's.
    CompoundExistsError
        The area has one of this name; `facts.compound_id` is its id.

    """
    _reach(record.area_code, actor=actor)
    _check(record)
    there = _present([record]).get((record.area_code, record.name))
    if there is not None:
        raise CompoundExistsError(compound_id=there.id)
    made = Compound(**asdict(record))
    session().add(made)
    session().flush()  # the caller is told id and version
    journal.append("compound.created", actor=actor, at=at, subject_id=made.id, area_code=record.area_code)
    return made


def change_compound(compound_id: UUID, *, record: CompoundRecord, version: int, actor: Actor, at: datetime) -> Compound:
    """
    Let a compound be as told. Journal: compound.changed.

    Raises
    ------
    CompoundNotFoundError, AreaNotFoundError
        The compound, or the area it shall lie in, does not exist or is not the actor's.
    storage.StaleVersionError
        Somebody changed it since this version.
    CompoundExistsError
        Another one in the area has this name.

    """
    row = get_compound(compound_id)
    if not actor.covers_area(row.area_code, *WRITERS):
        raise CompoundNotFoundError(compound_id=compound_id)
    check_version(row.version, expected=version)
    _reach(record.area_code, actor=actor)
    _check(record)
    there = _present([record]).get((record.area_code, record.name))
    if there is not None and there.id != row.id:
        raise CompoundExistsError(compound_id=there.id)
    if _apply(row, record=record):
        session().flush()  # the caller is told the new version
        journal.append("compound.changed", actor=actor, at=at, subject_id=row.id, area_code=row.area_code)
    return row


def import_compounds(
    source: Path | BinaryIO,
    *,
    origin: str,
    unit: sheets.Unit,
    actor: Actor,
    at: datetime,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import compounds from a file; bad rows are left out and told of, the same file again changes nothing.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `COMPOUND_LAYOUT`.
    origin : str
        Where the figures come from; is kept with each compound.
    unit : Unit
        Opens the transactions; one that is undone gives the report of a dry run.
    actor, at
        Who imports, and when.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told after each batch.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.

    """
    first_of: dict[tuple[str, str], int] = {}

    def put(judged: Judged) -> tuple[int, int, int]:
        missing = set(missing_codes({record.area_code for _, record in judged}))
        good: list[CompoundRecord] = []
        for row, record in judged:
            key = (record.area_code, record.name)
            if record.area_code in missing:
                row.blame("area_code", code="unknown_area", words=NO_AREA, area_code=record.area_code)
            elif first_of.setdefault(key, row.number) != row.number:
                row.blame("name", code="repeated_ref", words=REPEATED, row=first_of[key])
            else:
                good.append(record)
        return put_compounds(good, actor=actor, at=at) if good else (0, 0, 0)

    with sheets.open_sheet(source, layout=COMPOUND_LAYOUT, file=file) as sheet:
        return sheets.import_rows(
            sheet, judge=lambda row: judge_compound_row(row, origin=origin), put=put, unit=unit, progress=progress
        )


def export_compounds(prefix: str = "") -> Iterator[dict[str, sheets.Cell]]:
    """Give compounds as rows of `COMPOUND_LAYOUT`, in the order of their areas and names."""
    for row in sorted(find_compounds(prefix), key=lambda each: (each.area_code, each.name)):
        yield {column.name: getattr(row, column.name) for column in COMPOUND_LAYOUT.columns}


def _present(records: list[CompoundRecord]) -> dict[tuple[str, str], Compound]:
    keys = sorted({(record.area_code, record.name) for record in records})
    found: dict[tuple[str, str], Compound] = {}
    for start in range(0, len(keys), PIECE):
        chosen = sa.tuple_(Compound.area_code, Compound.name).in_(keys[start : start + PIECE])
        found |= {(row.area_code, row.name): row for row in session().scalars(sa.select(Compound).where(chosen))}
    return found


def _apply(row: Compound, *, record: CompoundRecord) -> bool:
    differing = {name: value for name, value in asdict(record).items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _reach(area_code: str, *, actor: Actor) -> None:
    if not actor.covers_area(area_code, *WRITERS) or missing_codes([area_code]):
        raise AreaNotFoundError(area_code=area_code)


def _check(record: CompoundRecord) -> None:
    counts = (record.households, record.residents or 0, record.care_floor_area_m2, record.care_land_area_m2 or 0)
    if record.stage not in set(CompoundStage) or min(counts) < 0:
        raise InvalidCompoundError(area_code=record.area_code)
