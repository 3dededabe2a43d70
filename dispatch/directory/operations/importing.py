"""The import of a spreadsheet of sites: every row judged, the good ones stored, the others told."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, geo, storage
from dispatch.directory.models import Site
from dispatch.directory.operations.records import put_organizations, put_sites
from dispatch.directory.queries.codes import find_by_label, find_codes, get_code
from dispatch.directory.rules.rows import RowJudgment, Surroundings, alike_key, judge_row
from dispatch.directory.rules.spreadsheet import UnreadableSpreadsheetError, read_sheet
from dispatch.directory.rules.suspicion import PlacedPoint, suspect_crs
from dispatch.directory.values import OrganizationRecord, SiteRecord, Stage
from dispatch.directory.values.imports import ImportFault, ImportReport
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from dispatch.actor import Actor

REPEATED = Words("与第 {row} 行的名称和地址相同。", "Name and address are those of line {row}.")
REF_REPEATED = Words("与第 {row} 行的编号相同。", "The reference is that of line {row}.")
PRESENT = Words(
    "名录里已有名称和地址相同的站点（来源 {source}，编号 {ref}）。",
    "The directory has a site of this name and address (source {source}, reference {ref}).",
)
SUSPECT = Words(
    "{checked} 个点中有 {off} 个离所写社区 300–800 米，坐标系恐怕不是 {crs}{hint}；"
    "这批坐标都没有保存，站点先列为未定位。",
    "{off} of {checked} points lie 300-800 m off the community of their row, so the reference system is "
    "probably not {crs}{hint}. No point of this batch was kept; its sites are unlocated.",
)
HINT = Words("，可能是 {fitting}", " but {fitting}")
RefKey = tuple[str, str]


class SpreadsheetNotFoundError(UnreadableSpreadsheetError):
    """There is no such file, or it may not be read."""

    slug = "spreadsheet-not-found"
    detail = Words("{file}：没有这个文件，或者不能读取。", "{file}: there is no such file, or it may not be read.")


class _DryRun(Exception):  # noqa: N818 - not an error: it undoes what was tried
    """Ends a dry run."""


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """
    What a file does not say itself.

    `source` names the file's origin: rows are known by it and their reference, so that a repetition finds
    them. `facility_type` is for rows that name none.
    """

    source: str
    facility_type: str | None = None
    study_area: geo.StudyArea | None = None


def import_sites(
    path: Path,
    *,
    options: SheetOptions,
    dry_run: bool,
    actor: Actor,
    at: datetime,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """
    Import sites from a CSV file, each under an organization made from its row.

    Rows without a point are stored as unlocated; bad rows are reported and left out; the same file again
    changes nothing. A dry run does all of it and undoes it.

    Parameters
    ----------
    path : Path
        UTF-8 (with or without byte-order mark) or GB18030, with a header in English or Chinese.
    options : SheetOptions
        What the file does not say itself.
    dry_run : bool
        Only report.
    actor, at
        Who imports, and when.
    progress : callable, optional
        Told how many rows were judged, now and then.

    Raises
    ------
    UnreadableSpreadsheetError
        No such file, another encoding, a wrong header, no rows: nothing is stored.
    UnknownCodeError
        `options.facility_type` is none.

    """
    try:
        data = path.read_bytes()
    except OSError:
        raise SpreadsheetNotFoundError(file=path.name) from None
    sheet = read_sheet(data, file=path.name)
    if options.facility_type is not None:
        get_code("facility_type", code=options.facility_type)
    around = _surroundings(options)
    judged = []
    for count, line in enumerate(sheet.lines, start=1):
        judged.append(judge_row(line, titles=sheet.titles, around=around))
        if progress and count % 500 == 0:
            progress(count)
    _find_duplicates(judged, source=options.source, titles=sheet.titles)
    flags = _drop_suspect_points(judged, titles=sheet.titles)
    good = [row for row in judged if not row.faults]
    try:
        with storage.savepoint():
            put_organizations(_organizations(good, source=options.source), actor=actor, at=at)
            count_of = put_sites(_sites(good, source=options.source, at=at), actor=actor, at=at)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    faults = [fault for row in judged for fault in row.faults]
    return ImportReport(
        rows=len(judged),
        created=count_of.created,
        changed=count_of.changed,
        unchanged=count_of.unchanged,
        errors=tuple(sorted([*faults, *flags], key=lambda fault: fault.row)),
        is_dry_run=dry_run,
    )


def _surroundings(options: SheetOptions) -> Surroundings:
    @functools.cache
    def find_code(list_name: str, text: str) -> str | None:
        code = find_by_label(list_name, text=text)
        return code.code if code else None

    @functools.cache
    def find_area(text: str) -> str | None:
        area = areas.find_area(text)
        return area.code if area else None

    return Surroundings(
        find_code=find_code,
        list_codes=lambda list_name: [code.code for code in find_codes(list_name)],
        find_area=find_area,
        district_names=areas.district_names(),
        study_area=options.study_area,
        facility_type=options.facility_type,
    )


def _find_duplicates(judged: Sequence[RowJudgment], *, source: str, titles: Mapping[str, str]) -> None:
    """Blame rows that tell of a place which an earlier row, or another record of the directory, has."""
    stored: dict[str, RefKey] = {}
    present = storage.session().execute(sa.select(Site.source, Site.source_ref, Site.name, Site.address))
    for origin, ref, name, address in present:
        stored.setdefault(alike_key(name, address=address), (origin, ref))
    first_of_place: dict[str, int] = {}
    first_of_ref: dict[str, int] = {}
    for row in judged:
        if row.faults:
            continue
        key = alike_key(row.name, address=row.address)
        known = stored.get(key)
        if key in first_of_place:
            _blame(row, column="name", code="duplicate_row", words=REPEATED, titles=titles, row_no=first_of_place[key])
        elif row.source_ref in first_of_ref:
            other = first_of_ref[row.source_ref]
            _blame(row, column="source_ref", code="repeated_ref", words=REF_REPEATED, titles=titles, row_no=other)
        elif known is not None and known != (source, row.source_ref):
            _blame(row, column="name", code="duplicate_site", words=PRESENT, titles=titles, known=known)
        first_of_place.setdefault(key, row.row)
        first_of_ref.setdefault(row.source_ref, row.row)


def _blame(
    row: RowJudgment,
    *,
    column: str,
    code: str,
    words: Words,
    titles: Mapping[str, str],
    row_no: int = 0,
    known: RefKey = ("", ""),
) -> None:
    facts = {"row": row_no, "source": known[0], "ref": known[1]}
    message = Words(words.zh.format(**facts), words.en.format(**facts))
    row.faults.append(ImportFault(row=row.row, column=titles.get(column, column), code=code, message=message))


def _drop_suspect_points(judged: Sequence[RowJudgment], *, titles: Mapping[str, str]) -> list[ImportFault]:
    """Take the points of a suspect reference system from all rows, and give one fault for each such system."""
    points = list(_placed(judged))
    flags = []
    for suspicion in suspect_crs(points):
        for row in judged:
            if row.point is not None and row.point.crs is suspicion.crs:
                row.point = None
        fitting = suspicion.fitting.value if suspicion.fitting else ""
        facts = {"off": suspicion.off, "checked": suspicion.checked, "crs": suspicion.crs.value}
        zh = SUSPECT.zh.format(**facts, hint=HINT.zh.format(fitting=fitting) if fitting else "")
        en = SUSPECT.en.format(**facts, hint=HINT.en.format(fitting=fitting) if fitting else "")
        flags.append(
            ImportFault(row=suspicion.row, column=titles.get("crs", "crs"), code="crs_suspect", message=Words(zh, en))
        )
    return flags


def _placed(judged: Sequence[RowJudgment]) -> Iterable[PlacedPoint]:
    outlines: dict[str, geo.LonLatPolygon | None] = {}
    for row in judged:
        if row.faults or row.point is None or not row.names_area:
            continue
        if row.area_code not in outlines:
            boundary = areas.get_area(row.area_code).boundary_ll
            outlines[row.area_code] = geo.read_polygon(boundary) if boundary else None
        outline = outlines[row.area_code]
        if outline is not None:
            yield PlacedPoint(row=row.row, lonlat=row.point.raw, crs=row.point.crs, outline_ll=outline)


def _organization_ref(name: str) -> str:
    return "organization-" + hashlib.sha256(areas.plain_name(name).casefold().encode()).hexdigest()[:16]


def _organizations(rows: Iterable[RowJudgment], *, source: str) -> list[OrganizationRecord]:
    labels = {code.code: code.label_zh for code in find_codes("facility_type")}
    names = {area.code: area.name_zh for area in areas.find_areas()}
    found: dict[str, OrganizationRecord] = {}
    for row in rows:
        ref = _organization_ref(row.organization)
        found.setdefault(
            ref,
            OrganizationRecord(
                source=source,
                source_ref=ref,
                name=row.organization,
                # the HSDS asks for a description; the list has none, so it says type and area
                description=f"{labels[row.facility_type]}，{names[row.area_code]}",
                operator_kind=row.operator_kind,
            ),
        )
    return list(found.values())


def _sites(rows: Iterable[RowJudgment], *, source: str, at: datetime) -> list[SiteRecord]:
    return [
        SiteRecord(
            organization=(source, _organization_ref(row.organization)),
            source=source,
            source_ref=row.source_ref,
            name=row.name,
            facility_type=row.facility_type,
            institution_class=row.institution_class,
            area_code=row.area_code,
            address=row.address,
            lon=row.point.raw[0] if row.point else None,
            lat=row.point.raw[1] if row.point else None,
            crs=row.point.crs.value if row.point else None,
            floor_area_m2=row.floor_area_m2,
            stages=((Stage.OPEN.value, row.opened_on, None),) if row.opened_on else (),
            collected_at=at,
        )
        for row in rows
    ]
