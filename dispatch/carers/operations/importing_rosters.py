"""The import of rosters: every row judged, the good ones put on record in batches, the others told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import journal, sheets
from dispatch.carers.models import Carer
from dispatch.carers.operations.rosters import SHIFT, Rosters, Verdict
from dispatch.carers.queries import chunks, lock_carers, within_scope
from dispatch.carers.rules import ROSTER_LAYOUT, judge_roster
from dispatch.carers.values import CarerStatus
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.carers.values import RosterRow

ROWS_IN_BATCH = 5_000  # rosters by date name all carers on each page: larger batches read what is on record less often
FAR = date(9999, 1, 1)
ONE_DAY = timedelta(days=1)
UNKNOWN = Words(
    "没有这个工号的人员：先用 dispatch carers import 导入人员。",
    "No carer has this number: bring the carers in first with dispatch carers import.",
)
UNCLEAR = Words(
    "不止一份名单里有这个工号：用 --source 说明是哪一份。",
    "Several lists have a carer of this number: say which with --source.",
)
NAME_ELSE = Words("档案里这个工号的人员是另一个姓名。", "On record the carer of this number has another name.")
HAS_LEFT = Words("这位照护人员已离职。", "This carer has left.")
REPEATED = Words("与第 {row} 行是同一个班次。", "These are the hours of line {row} again.")
OVERLAP = Words(
    "与这位人员的另一个班次重叠；原来的班次先用失效日期结束。",
    "It overlaps with other hours of this carer; end those with a last date first.",
)
ENDED = Words(
    "班次在今天以前已经结束：填上生效日期。", "These hours ended before today: fill in the date from which they held."
)


@dataclass(frozen=True, slots=True)
class _Who:
    carer_id: UUID
    name: str
    has_left: bool


def import_rosters(
    source: Path | BinaryIO,
    *,
    register: str | None = None,
    unit: sheets.Unit,
    actor: Actor,
    at: datetime,
    on: date,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import shifts, days off, sick days and extra hours from a file, batch by batch.

    The same file again changes nothing. What differs on record is superseded, and nothing that a file leaves out is
    taken away. A carer is known by the number in the list that they were imported from.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `ROSTER_LAYOUT`.
    register : str, optional
        Name of the list whose numbers the file uses; None: numbers that one carer alone has.
    unit : Unit
        Opens the transaction of a batch; one that is undone gives the report of a dry run.
    actor, at, on
        Who imports, when, and the calendar date of that: weekly hours without a date hold from then.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told how many rows are done after each batch.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.

    """
    incoming = _Incoming(register, actor=actor, at=at, on=on)
    with sheets.open_sheet(source, layout=ROSTER_LAYOUT, file=file) as sheet:
        return sheets.import_rows(
            sheet, judge=judge_roster, put=incoming.put, unit=unit, progress=progress, rows_in_batch=ROWS_IN_BATCH
        )


class _Incoming:
    """A file on its way in, with what its rows so far have said."""

    def __init__(self, register: str | None, *, actor: Actor, at: datetime, on: date) -> None:
        self._register, self._actor, self._at, self._on = register, actor, at, on
        self._who: dict[str, list[_Who]] = {}
        self._first: dict[tuple[Any, ...], int] = {}

    def put(self, batch: list[tuple[sheets.Row, RosterRow]]) -> tuple[int, int, int]:
        """Put a batch on record in a few statements; rows that do not fit are blamed and left out."""
        self._find(each.carer_ref for _, each in batch)
        known = [(row, each, who) for row, each in batch if (who := self._identify(row, each)) is not None]
        ids = {who.carer_id for _, _, who in known}
        lock_carers(ids)
        first, last = _span((each for _, each, _ in known), on=self._on)
        rosters = Rosters(ids, from_on=first, to_on=last, at=self._at, on=self._on)
        count: Counter[Verdict] = Counter()
        changed: dict[UUID, Counter[str]] = {}
        for row, each, who in known:
            if self._is_repeated(row, each, who):
                continue
            verdict = rosters.put(who.carer_id, each)
            if verdict is Verdict.OVERLAP:
                row.blame("from_time" if row.has("from_time") else "hours", code="hours_overlap", words=OVERLAP)
            elif verdict is Verdict.DATE_NEEDED:
                row.blame("valid_from", code="date_needed", words=ENDED)
            if row.faults:
                continue
            count[verdict] += 1
            if verdict is not Verdict.UNCHANGED:
                part = "shifts" if each.kind == SHIFT else "exceptions"
                changed.setdefault(who.carer_id, Counter())[part] += 1
        rosters.write()
        self._tell(changed)
        return count[Verdict.CREATED], count[Verdict.CHANGED], count[Verdict.UNCHANGED]

    def _find(self, refs: Iterable[str]) -> None:
        wanted = sorted({ref for ref in refs if ref not in self._who})
        self._who |= {ref: [] for ref in wanted}
        for start in range(0, len(wanted), ROWS_IN_BATCH):
            query = sa.select(Carer.id, Carer.source_ref, Carer.name, Carer.status).where(
                Carer.source_ref.in_(wanted[start : start + ROWS_IN_BATCH]), within_scope(self._actor)
            )
            if self._register is not None:
                query = query.where(Carer.source == self._register)
            for carer_id, ref, name, status in session().execute(query):
                self._who[str(ref)].append(_Who(carer_id, name, status == CarerStatus.LEFT))

    def _identify(self, row: sheets.Row, each: RosterRow) -> _Who | None:
        """Find whom a row tells of; blame it where that is nobody, or several."""
        found = self._who[each.carer_ref]
        if len(found) != 1:
            code, words = ("carer_unclear", UNCLEAR) if found else ("unknown_carer", UNKNOWN)
            row.blame("carer_ref", code=code, words=words)
            return None
        [who] = found
        if each.carer_name is not None and each.carer_name != who.name:
            row.blame("carer_name", code="name_else", words=NAME_ELSE)
        elif who.has_left:
            row.blame("carer_ref", code="has_left", words=HAS_LEFT)
        return None if row.faults else who

    def _is_repeated(self, row: sheets.Row, each: RosterRow, who: _Who) -> bool:
        """Blame a row that is about the hours of an earlier one: of two that differ neither would stay."""
        key = (who.carer_id.int, each.kind, each.on_date or each.weekday, each.from_time, each.valid_from)
        first = self._first.setdefault(key, row.number)
        if first == row.number:
            return False
        row.blame("carer_ref", code="repeated_hours", words=REPEATED, row=first)
        return True

    def _tell(self, changed: dict[UUID, Counter[str]]) -> None:
        for ids in chunks(changed):
            session().execute(sa.update(Carer).where(Carer.id.in_(ids)).values(version=Carer.version + 1))
        journal.append_all(
            [
                ("carer.changed", carer_id, {"parts": sorted(parts), "rows": sum(parts.values())})
                for carer_id, parts in changed.items()
            ],
            actor=self._actor,
            at=self._at,
        )


def _span(rows: Iterable[RosterRow], *, on: date) -> tuple[date, date]:
    """Give the dates that a batch is about; weekly hours without an end are about all that follows."""
    first, last = on, on
    for each in rows:
        begin = each.on_date or each.valid_from or on
        first, last = min(first, begin), max(last, each.on_date or each.valid_to or FAR - ONE_DAY)
    return first - ONE_DAY, last + ONE_DAY
