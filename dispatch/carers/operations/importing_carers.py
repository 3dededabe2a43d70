"""The import of carers: every row judged, the good ones put on record in batches, the others told."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, directory, geo, sheets
from dispatch.actor import Role
from dispatch.carers.models import Carer, Qualification
from dispatch.carers.operations.registering import FIELDS, register_carers
from dispatch.carers.queries import chunks, has_site_within
from dispatch.carers.rules import CARER_LAYOUT, CarerSurroundings, is_overlapping, judge_carer
from dispatch.carers.values import CarerRecord, CarerStatus, QualificationRecord
from dispatch.storage import as_known, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from pathlib import Path
    from typing import BinaryIO
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.carers.values import CarerRow, SkillCell

KIND, SKILL = "carer_kind", "skill"
REPEATED = Words("与第 {row} 行的工号相同。", "The number is that of line {row}.")
NEEDED = Words("新登记的人员必填。", "A new carer needs this.")
NO_ORGANIZATION = Words(
    "名录里没有这个机构，或者同名的不止一个：填统一社会信用代码。",
    "The directory has no such organization, or several of this name: fill in the credit code.",
)
HAS_LEFT = Words("这位照护人员已离职。", "This carer has left.")
NAME_ELSE = Words(
    "档案里这个工号的人员是另一个姓名：改名的先在档案里改，工号重排的换一个 --source。",
    "On record the carer of this number has another name: change it there first, or give another --source.",
)
NOT_YOURS = Words("这个机构不归你管。", "This organization is not yours.")
OVERLAP = Words("资质的日期与档案里的重叠。", "The dates of a skill overlap with the record.")
NEW_NEEDS = ("kind", "sex", "travel_mode")


@dataclass(frozen=True, slots=True)
class CarerSheetOptions:
    """
    What a file does not say itself.

    `source` names the list that it comes from: carers are known by it and their number. `organization` is the name
    of whom rows belong to that name none.
    """

    source: str
    organization: str | None = None
    study_area: geo.StudyArea | None = None


def import_carers(
    source: Path | BinaryIO,
    *,
    options: CarerSheetOptions,
    unit: sheets.Unit,
    actor: Actor,
    at: datetime,
    on: date,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import carers from a file, batch by batch.

    A carer is known by the list and the number in it. The same file again changes nothing, and what a row leaves out
    stays. Rows of organizations that are not the actor's are refused. Each carer put or changed leaves an
    entry in the journal.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `CARER_LAYOUT`.
    options : CarerSheetOptions
        What the file does not say itself.
    unit : Unit
        Opens the transaction of a batch; one that is undone gives the report of a dry run.
    actor, at, on
        Who imports, when, and the calendar date of that: skills without a date hold from then.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told how many rows are done after each batch.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.

    """
    incoming = _Incoming(options, actor=actor, at=at, on=on)
    with sheets.open_sheet(source, layout=CARER_LAYOUT, file=file) as sheet:
        return sheets.import_rows(sheet, judge=incoming.judge, put=incoming.put, unit=unit, progress=progress)


class _Incoming:
    """A file on its way in, with what its rows so far have said."""

    def __init__(self, options: CarerSheetOptions, *, actor: Actor, at: datetime, on: date) -> None:
        self._options, self._actor, self._at, self._on = options, actor, at, on
        self._first: dict[str, int] = {}
        self._around: CarerSurroundings | None = None
        self._organizations: dict[tuple[str | None, str | None], UUID | None] = {}
        self._own: dict[UUID, bool] = {}

    def judge(self, row: sheets.Row) -> CarerRow | None:
        """Judge a row by itself."""
        if self._around is None:
            self._around = _surroundings()
        return judge_carer(row, around=self._around)

    def put(self, batch: list[tuple[sheets.Row, CarerRow]]) -> tuple[int, int, int]:
        """Put a batch on record; rows that do not fit what is there are blamed and left out."""
        known = self._find(each.source_ref for _, each in batch)
        skills = _skills_of([row.id for row in known.values()])
        points = self._read_points(batch)
        records = []
        for row, each in batch:
            first = self._first.setdefault(each.source_ref, row.number)
            if first != row.number:
                row.blame("source_ref", code="repeated_ref", words=REPEATED, row=first)
                continue
            kept = known.get(each.source_ref)
            record = self._record(row, each, kept=kept, point=points.get(row.number))
            qualifications = self._skills(row, each.skills, kept=skills.get(kept.id, ()) if kept else ())
            if not row.faults and record is not None:
                records.append(replace(record, qualifications=qualifications))
        created, changed, unchanged = register_carers(records, actor=self._actor, at=self._at)
        return created, changed, unchanged

    def _find(self, refs: Iterable[str]) -> dict[str, Carer]:
        wanted = sorted(set(refs))
        query = sa.select(Carer).where(Carer.source == self._options.source, Carer.source_ref.in_(wanted))
        return {row.source_ref: row for row in session().scalars(query) if row.source_ref}

    def _record(
        self, row: sheets.Row, each: CarerRow, *, kept: Carer | None, point: areas.Point | None
    ) -> CarerRecord | None:
        """Give the whole record: what the row says, and for the rest what is on record."""
        organization_id = self._organization(each)
        if organization_id is None and (kept is None or each.organization or each.uscc):
            row.blame("organization", code="unknown_organization", words=NO_ORGANIZATION)
        if not all(self._is_own(house) for house in (organization_id, kept.organization_id if kept else None) if house):
            row.blame("organization", code="not_yours", words=NOT_YOURS)
            return None
        if kept is not None and kept.name != each.name:
            row.blame("name", code="name_else", words=NAME_ELSE)
        if kept is not None and kept.status == CarerStatus.LEFT:
            row.blame("source_ref", code="has_left", words=HAS_LEFT)
        for name in NEW_NEEDS:
            if kept is None and getattr(each, name) is None:
                row.blame(name, code="required", words=NEEDED)
        if row.faults:
            return None
        facts: dict[str, Any] = {} if kept is None else {name: getattr(kept, name) for name in FIELDS}
        facts |= {"name": each.name, "source": self._options.source, "source_ref": each.source_ref}
        given = {name: getattr(each, name) for name in (*NEW_NEEDS, "day_limit_min", "phone")}
        facts |= {name: value for name, value in given.items() if value is not None}
        if organization_id is not None:
            facts["organization_id"] = organization_id
        if point is not None:
            facts |= {
                "base_lon": point.lonlat[0],
                "base_lat": point.lonlat[1],
                "source_crs": str(point.crs),
                "source_raw": list(point.raw),
            }
        return CarerRecord(id=kept.id if kept else new_id(), **facts)

    def _organization(self, each: CarerRow) -> UUID | None:
        key = (each.uscc, each.organization or (None if each.uscc else self._options.organization))
        if key == (None, None):
            return None
        if key not in self._organizations:
            wanted = [
                column == text
                for column, text in zip((directory.Organization.uscc, directory.Organization.name), key, strict=True)
                if text is not None
            ]
            found = session().scalars(sa.select(directory.Organization.id).where(*wanted).limit(2)).all()
            self._organizations[key] = found[0] if len(found) == 1 else None
        return self._organizations[key]

    def _is_own(self, organization_id: UUID) -> bool:
        if organization_id not in self._own:
            prefixes = self._actor.area_prefixes(Role.DISTRICT_OFFICER)
            self._own[organization_id] = (
                self._actor.is_system
                or organization_id in self._actor.organization_ids(Role.COORDINATOR)
                or has_site_within(organization_id, prefixes=prefixes)
            )
        return self._own[organization_id]

    def _skills(
        self, row: sheets.Row, cells: Iterable[SkillCell], *, kept: Sequence[QualificationRecord]
    ) -> tuple[QualificationRecord, ...]:
        """Give each skill a beginning: of the one that holds today, or today; what a cell leaves out stays."""
        found = []
        for cell in cells:
            same = [each for each in kept if each.skill == cell.skill]
            before = next((each for each in same if self._is_about(each, cell=cell)), None)
            made = QualificationRecord(
                cell.skill,
                cell.level if cell.level is not None or before is None else before.level,
                cell.valid_from or (before.valid_from if before else self._on),
                cell.valid_to or (before.valid_to if before else None),
                cell.certificate_no or (before.certificate_no if before else None),
                before.checked_by if before else self._actor.account_id,
            )
            others = [(each.valid_from, each.valid_to) for each in same if each is not before]
            if is_overlapping([(made.valid_from, made.valid_to), *others]):
                row.blame("skills", code="dates_overlap", words=OVERLAP)
            elif made.valid_to is not None and made.valid_to <= made.valid_from:
                row.blame("skills", code="date_needed", words=OVERLAP)
            found.append(made)
        return tuple(found)

    def _is_about(self, kept: QualificationRecord, *, cell: SkillCell) -> bool:
        if cell.valid_from is not None:
            return kept.valid_from == cell.valid_from
        return kept.valid_from <= self._on and (kept.valid_to is None or self._on < kept.valid_to)

    def _read_points(self, batch: Sequence[tuple[sheets.Row, CarerRow]]) -> dict[int, areas.Point]:
        """Check all points of a batch and move them to WGS 84 together; by line."""
        placed = [(row, each.point) for row, each in batch if each.point is not None]
        sent = [((point.lon, point.lat), point.crs) for _, point in placed]
        good = {}
        for (row, point), found in zip(
            placed, areas.read_points(sent, study_area=self._options.study_area), strict=True
        ):
            if isinstance(found, areas.InvalidPointError):
                column, words = next(iter(found.fields.items()))
                code = "crs_missing" if column == "crs" and not point.crs else "invalid_point"
                told = words[0]
                row.blame(column, code=code, words=told if isinstance(told, Words) else Words(told, told))
            else:
                good[row.number] = found
        return good


def _skills_of(carer_ids: Sequence[UUID]) -> dict[UUID, list[QualificationRecord]]:
    found: dict[UUID, list[QualificationRecord]] = {}
    for ids in chunks(carer_ids):
        query = sa.select(Qualification).where(Qualification.carer_id.in_(ids), as_known(Qualification, None))
        for row in session().scalars(query.order_by(Qualification.valid_from)):
            found.setdefault(row.carer_id, []).append(
                QualificationRecord(
                    row.skill, row.level, row.valid_from, row.valid_to, row.certificate_no, row.checked_by
                )
            )
    return found


def _surroundings() -> CarerSurroundings:
    @functools.cache
    def find(list_name: str, text: str) -> str | None:
        code = directory.find_by_label(list_name, text=text)
        return code.code if code else None

    allowed = {
        name: ", ".join(f"{each.code} {each.label_zh}" for each in directory.list_codes(name)) for name in (KIND, SKILL)
    }
    return CarerSurroundings(
        find_kind=functools.partial(find, KIND),
        kinds=allowed[KIND],
        find_skill=functools.partial(find, SKILL),
        skills=allowed[SKILL],
    )
