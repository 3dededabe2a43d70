"""The import of a file of elders: every row judged, the good ones put on record in batches, the others told."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dispatch import areas, directory, geo, journal, sheets
from dispatch.actor import Role
from dispatch.elders.operations.bringing import Bringing
from dispatch.elders.queries import ID_NO, find_dead, find_indexes, find_merged, find_refs
from dispatch.elders.rules import LAYOUT, ElderSurroundings, SettleFault, is_same_elder, judge_elder
from dispatch.storage import blind_index, new_id
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from typing import BinaryIO
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import ElderRow

CATEGORY = "category"
ID_REPEATED = Words("与第 {row} 行的身份证号码相同。", "The ID number is that of line {row}.")
REF_REPEATED = Words("与第 {row} 行的编号相同。", "The reference is that of line {row}.")
ID_TAKEN = Words(
    "这个身份证号码已登记在另一位老人名下。核对姓名和号码；确是同一人改名的，先在档案里改名。",
    "Another elder is on record with this ID number. Check name and number; an elder who changed the name is "
    "renamed on record first.",
)
REF_TAKEN = Words(
    "这个编号已登记在另一位老人名下：名单重新编号时，换一个 --source。",
    "Another elder is on record under this reference: where a list was numbered anew, give another --source.",
)
HAS_DIED = Words("档案里这位老人已去世，这一行没有导入。", "This elder has died, as the record says.")
NO_HOME = Words("新登记的老人要写明居住地区。", "A new elder needs the area of the home.")
NOT_YOURS = Words("这个地区不归你管。", "This area is not yours.")
BY_SCORES = Words(
    "当天的评估有得分，等级由得分算出，不能改。", "The assessment of that day has scores, from which the grade follows."
)
SETTLED = {
    SettleFault.DATES_OVERLAP: Words(
        "日期与档案里的记录重叠，或结束早于开始。",
        "The dates overlap with the record, or the end lies before the beginning.",
    ),
    SettleFault.DATE_NEEDED: Words(
        "档案里原来的记录已经结束：填上起始日期。",
        "What is on record has ended: fill in the date from which this holds.",
    ),
}


@dataclass(frozen=True, slots=True)
class ElderSheetOptions:
    """
    What a file does not say itself.

    `source` names the register that it comes from: elders without an ID number are known by it and their reference.
    """

    source: str
    study_area: geo.StudyArea | None = None


@dataclass(slots=True)
class _Known:
    """A row on its way, and whom on record it tells of; without `elder_id` the elder is new."""

    row: sheets.Row
    elder: ElderRow
    id_index: bytes | None
    by_id_no: UUID | None = None
    by_ref: UUID | None = None
    point: areas.Point | None = None

    @property
    def elder_id(self) -> UUID | None:
        return self.by_id_no or self.by_ref


def import_elders(
    source: Path | BinaryIO,
    *,
    options: ElderSheetOptions,
    unit: sheets.Unit,
    actor: Actor,
    at: datetime,
    on: date,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import elders from a file, batch by batch.

    An elder is known by the ID number or, without one, by the register's reference. The same file again changes
    nothing. What differs on record is superseded, what a row leaves out stays. Each elder put or changed leaves an
    entry in the journal.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `LAYOUT`.
    options : ElderSheetOptions
        What the file does not say itself.
    unit : Unit
        Opens the transaction of a batch; one that is undone gives the report of a dry run.
    actor, at, on
        Who imports, when, and the calendar date of that: what a row gives no date for holds from then.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told how many rows are done after each batch.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.
    IdNumberTakenError
        Where somebody registers one of these ID numbers at the same moment; what was stored before stays.

    """
    incoming = _Incoming(options, actor=actor, at=at, on=on)
    with sheets.open_sheet(source, layout=LAYOUT, file=file) as sheet:
        return sheets.import_rows(sheet, judge=incoming.judge, put=incoming.put, unit=unit, progress=progress)


class _Incoming:
    """A file on its way in, with what its rows so far have said."""

    def __init__(self, options: ElderSheetOptions, *, actor: Actor, at: datetime, on: date) -> None:
        self._options, self._actor, self._at, self._on = options, actor, at, on
        self._first_of_index: dict[bytes, int] = {}
        self._first_of_ref: dict[str, int] = {}
        self._around: ElderSurroundings | None = None

    def judge(self, row: sheets.Row) -> ElderRow | None:
        """Judge a row by itself."""
        if self._around is None:
            self._around = _surroundings(self._on)
        return judge_elder(row, around=self._around)

    def put(self, batch: list[tuple[sheets.Row, ElderRow]]) -> tuple[int, int, int]:
        """Put a batch on record in a few statements; rows that do not fit what is there are blamed and left out."""
        known = self._find(batch)
        self._read_points(known)
        bringing = Bringing(
            [each.elder_id for each in known if each.elder_id], at=self._at, on=self._on, source=self._options.source
        )
        dead = find_dead(each.elder_id for each in known if each.elder_id)
        created = changed = unchanged = 0
        entries: list[tuple[str, UUID | str, dict[str, Any]]] = []
        merged = find_merged(each.by_ref for each in known if each.by_ref)
        for each in known:
            if each.by_ref in merged and not each.row.faults:
                unchanged += 1  # the record went into another one, which is changed by its own number only
                continue
            if each.row.faults or self._is_repeated(each) or not self._is_fitting(each, bringing=bringing, dead=dead):
                continue
            self._claim(each)
            elder_id = each.elder_id or new_id()
            parts = bringing.bring(each.elder, elder_id=elder_id, id_index=each.id_index, point=each.point)
            if each.elder_id is None:
                created += 1
                entries.append(("elder.registered", elder_id, {}))
            elif parts:
                changed += 1
                entries.extend(_told(elder_id, parts=parts))
            else:
                unchanged += 1
        bringing.write()
        journal.append_all(entries, actor=self._actor, at=self._at)
        return created, changed, unchanged

    def _find(self, batch: list[tuple[sheets.Row, ElderRow]]) -> list[_Known]:
        """Find whom on record each row tells of."""
        known = [
            _Known(row, elder, blind_index(elder.id_no, purpose=ID_NO) if elder.id_no else None) for row, elder in batch
        ]
        by_id_no = find_indexes(each.id_index for each in known if each.id_index)
        by_ref = find_refs(self._options.source, (each.elder.source_ref for each in known if each.elder.source_ref))
        for each in known:
            each.by_id_no = by_id_no.get(each.id_index) if each.id_index else None
            each.by_ref = by_ref.get(each.elder.source_ref) if each.elder.source_ref else None
        return known

    def _read_points(self, known: Sequence[_Known]) -> None:
        """Check all points of a batch and move them to WGS 84 together."""
        placed = [(each, each.elder.home.point) for each in known if each.elder.home and each.elder.home.point]
        sent = [((point.lon, point.lat), point.crs) for _, point in placed]
        for (each, _), found in zip(placed, areas.read_points(sent, study_area=self._options.study_area), strict=True):
            if isinstance(found, areas.InvalidPointError):
                column, words = next(iter(found.fields.items()))
                code = "crs_missing" if column == "crs" and not each.elder.home.point.crs else "invalid_point"  # type: ignore[union-attr] # it has a point
                each.row.blame(column, code=code, words=_both(words[0]))
            else:
                each.point = found

    def _is_repeated(self, each: _Known) -> bool:
        """Blame a row that tells of somebody whom an earlier good row of the file has."""
        if each.id_index in self._first_of_index:
            each.row.blame("id_no", code="repeated_id_no", words=ID_REPEATED, row=self._first_of_index[each.id_index])
        elif each.elder.source_ref in self._first_of_ref:
            first = self._first_of_ref[each.elder.source_ref]
            each.row.blame("source_ref", code="repeated_ref", words=REF_REPEATED, row=first)
        return bool(each.row.faults)

    def _claim(self, each: _Known) -> None:
        if each.id_index:
            self._first_of_index[each.id_index] = each.row.number
        if each.elder.source_ref:
            self._first_of_ref[each.elder.source_ref] = each.row.number

    def _is_fitting(self, each: _Known, *, bringing: Bringing, dead: set[UUID]) -> bool:
        """Say whether a row agrees with the register, and blame it where it does not."""
        row, elder, home = each.row, each.elder, each.elder.home
        column, kept = ("id_no" if each.by_id_no else "source_ref"), bringing.kept(each.elder_id)
        if kept is not None and not self._is_of(each, kept=kept, bringing=bringing):
            if column == "id_no":
                row.blame(column, code="id_no_taken", words=ID_TAKEN)
            else:
                row.blame(column, code="ref_taken", words=REF_TAKEN)
        elif each.elder_id in dead:
            row.blame(column, code="has_died", words=HAS_DIED)
        elif kept is None and (home is None or home.area_code is None):
            row.blame("area_code", code="required", words=NO_HOME)
        elif home and home.area_code and not self._may(home.area_code):
            row.blame("area_code", code="not_yours", words=NOT_YOURS)
        elif bringing.contradicts_scores(elder, elder_id=each.elder_id):
            row.blame("grade", code="grade_by_scores", words=BY_SCORES)
        else:
            for column, fault in bringing.settle(elder, elder_id=each.elder_id):
                row.blame(column, code=str(fault), words=SETTLED[fault])
        return not row.faults

    def _is_of(self, each: _Known, *, kept: Mapping[str, Any], bringing: Bringing) -> bool:
        """Say whether the elder on record is whom the row tells of, and is one whom the actor may change."""
        area_code = bringing.area_code(each.elder_id)
        return (
            not (each.by_id_no and each.by_ref and each.by_id_no != each.by_ref)
            and is_same_elder(
                each.elder,
                kept=kept,
                is_id_no_known=bool(each.id_index and kept["id_no_index"]),
                is_id_no_same=each.by_id_no is not None,
                is_ref_same=each.by_ref is not None,
            )
            and (area_code is None or self._may(area_code))
        )

    def _may(self, area_code: str) -> bool:
        return self._actor.is_system or self._actor.covers_area(area_code, Role.DISTRICT_OFFICER)


def _told(elder_id: UUID, *, parts: set[str]) -> list[tuple[str, UUID | str, dict[str, Any]]]:
    """Give the journal's entries about an elder of whom parts differed."""
    kinds = {"memberships": "membership.changed", "risk_levels": "risk_level.changed"}
    rest = sorted(parts - set(kinds))
    told: list[tuple[str, UUID | str, dict[str, Any]]] = [("elder.changed", elder_id, {"parts": rest})] if rest else []
    return told + [(kinds[part], elder_id, {}) for part in sorted(parts & set(kinds))]


def _surroundings(on: date) -> ElderSurroundings:
    @functools.cache
    def find_area(text: str) -> str | None:
        area = areas.find_area(text)
        return area.code if area else None

    @functools.cache
    def find_category(text: str) -> str | None:
        code = directory.find_by_label(CATEGORY, text=text)
        return code.code if code else None

    allowed = ", ".join(f"{each.code} {each.label_zh}" for each in directory.list_codes(CATEGORY))
    return ElderSurroundings(on=on, find_area=find_area, find_category=find_category, categories=allowed)


def _both(words: Words | str) -> Words:
    return words if isinstance(words, Words) else Words(words, words)
