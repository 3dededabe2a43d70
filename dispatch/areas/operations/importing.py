"""Areas from a spreadsheet, and back into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import sheets
from dispatch.areas.layout import LAYOUT
from dispatch.areas.models import Area
from dispatch.areas.operations.records import put_areas
from dispatch.areas.queries import find_aliases, missing_codes
from dispatch.areas.rules import judge_area_row
from dispatch.areas.values import parent_code
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from dispatch.actor import Actor
    from dispatch.areas.values import AreaRecord

NO_PARENT = Words(
    "上级区域 {parent} 不存在：先填上级，或把它放在同一个文件里。",
    "The area above, {parent}, is not there: put it into the same file, or import it first.",
)
REPEATED = Words("与第 {row} 行的代码相同。", "The code is that of line {row}.")
Judged = list[tuple[sheets.Row, "AreaRecord"]]


def import_areas(
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
    Import areas from a file; the level follows from the digits of the code, the parent from its beginning.

    Rows may stand in any order; bad rows, and those that lie in one, are left out and told of. The same file again
    changes nothing.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `LAYOUT`.
    origin : str
        Where names and figures come from; is kept with each area.
    unit : Unit
        Opens the transaction; one that is undone gives the report of a dry run.
    actor, at
        Who imports, and when.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told when all is done.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.

    """

    def put(judged: Judged) -> tuple[int, int, int]:
        count = put_areas([record for _, record in _without_orphans(judged)], actor=actor, at=at)
        return count.created, count.changed, count.unchanged

    with sheets.open_sheet(source, layout=LAYOUT, file=file) as sheet:
        return sheets.import_rows(
            sheet,
            judge=lambda row: judge_area_row(row, origin=origin),
            put=put,
            unit=unit,
            progress=progress,
            rows_in_batch=LAYOUT.rows_max,  # an area and the one that it lies in belong together
        )


def export_areas(prefix: str = "") -> Iterator[dict[str, sheets.Cell]]:
    """Give areas as rows of `LAYOUT`, in the order of their codes."""
    chosen = sa.select(Area).where(Area.code.startswith(prefix, autoescape=True)).order_by(Area.code)
    found = list(session().scalars(chosen))
    aliases = find_aliases({area.code for area in found})
    for area in found:
        yield {
            "code": area.code,
            "name": area.name_zh,
            "name_en": area.name_en,
            "settlement": area.settlement,
            "village_class": area.village_class,
            "aliases": "、".join(aliases.get(area.code, [])) or None,
            "residents": area.residents,
            "residents_60plus": area.residents_60plus,
            "wing": area.wing,
        }


def _without_orphans(judged: Judged) -> Judged:
    """Leave out rows whose code came before, and rows that lie in an area which is neither stored nor a good row."""
    first_of: dict[str, int] = {}
    for row, record in judged:
        if record.code in first_of:
            row.blame("code", code="repeated_ref", words=REPEATED, row=first_of[record.code])
        first_of.setdefault(record.code, row.number)
    above = {parent for _, record in judged if (parent := parent_code(record.code))}
    there = above - set(missing_codes(above))
    good: Judged = []
    # parents have shorter codes and are looked at first
    for row, record in sorted(judged, key=lambda each: len(each[1].code)):
        parent = parent_code(record.code)
        if row.faults:
            continue
        if parent is not None and parent not in there:
            row.blame("code", code="unknown_area", words=NO_PARENT, parent=parent)
            continue
        there.add(record.code)
        good.append((row, record))
    return good
