"""The import of a spreadsheet of sites: every row judged, the good ones stored, the others told."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, geo, sheets, storage
from dispatch.directory.models import Organization, Site
from dispatch.directory.models.sites import SiteStatus
from dispatch.directory.operations.changes import WRITERS
from dispatch.directory.operations.records import put_organizations, put_sites
from dispatch.directory.queries.codes import find_by_label, find_codes, get_code
from dispatch.directory.rules.layout import LAYOUT
from dispatch.directory.rules.rows import RowJudgment, Surroundings, judge_points, judge_row, place_digest
from dispatch.directory.rules.suspicion import PlacedPoint, suspect_crs
from dispatch.directory.values import OrganizationRecord, SiteRecord, Stage
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

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
NOT_YOURS = Words("这个地区不归你管。", "This area is not yours.")
RefKey = tuple[str, str]
JUDGED_AT_ONCE = 500  # rows
NO_FAULTS: Sequence[sheets.RowFault] = ()  # one for all good rows
STORED_AT_ONCE = 2_000  # rows, which is what the memory holds as records and objects at a time


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
    source: Path | BinaryIO,
    *,
    options: SheetOptions,
    unit: sheets.Unit,
    look: sheets.Unit,
    actor: Actor,
    at: datetime,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import sites from a file, each under an organization made from its row.

    Rows without a point are stored as unlocated; bad rows are reported and left out; the same file again
    changes nothing. Rows are compared with one another, so all of them go into one unit. Rows outside the actor's area
    are refused.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `LAYOUT`.
    options : SheetOptions
        What the file does not say itself.
    unit : Unit
        Opens the transaction; one that is undone gives the report of a dry run.
    look : Unit
        Opens a reading: rows are judged in it one by one, before others have to wait for the transaction.
    actor, at
        Who imports, and when.
    file : str, optional
        What messages call the file.
    progress : Progress, optional
        Told how many rows were judged, now and then.

    Raises
    ------
    sheets.UnreadableSheetError
        No such file, another encoding, a wrong header, no rows, too many: nothing is stored.
    UnknownCodeError
        `options.facility_type` is none.

    """
    tally = sheets.Tally()
    with sheets.open_sheet(source, layout=LAYOUT, file=file) as sheet:
        with look():
            if options.facility_type is not None:
                get_code("facility_type", code=options.facility_type)
            around = _surroundings(options)
            judged: list[RowJudgment] = []
            rows = (sheets.Row(line, titles=sheet.titles) for line in sheet.lines())
            while piece := list(islice(rows, JUDGED_AT_ONCE)):
                found = [judge_row(row, around=around) for row in piece]
                judge_points(list(zip(piece, found, strict=True)), study_area=options.study_area)
                for each in found:
                    each.faults = each.faults or NO_FAULTS
                judged += found
                if progress:
                    progress(len(judged), total=sheet.row_count)
        if progress:
            progress(len(judged), total=len(judged))
        with unit():
            _find_duplicates(judged, source=options.source, titles=sheet.titles)
            _refuse_foreign(judged, source=options.source, titles=sheet.titles, actor=actor)
            tally.blame(_drop_suspect_points(judged, titles=sheet.titles))
            good = [row for row in judged if not row.faults]
            owners = _Owners(source=options.source, actor=actor)
            for start in range(0, len(good), STORED_AT_ONCE):
                rows_at_once = good[start : start + STORED_AT_ONCE]
                put_organizations(owners.new_of(rows_at_once), actor=actor, at=at)
                count = put_sites(_sites(rows_at_once, source=options.source, at=at), actor=actor, at=at)
                tally.add((count.created, count.changed, count.unchanged))
    tally.rows = len(judged)
    for row in judged:
        if row.faults:
            tally.refuse(row.faults)
    return tally.report()


def export_sites(source: str | None = None) -> Iterator[dict[str, sheets.Cell]]:
    """
    Give sites as rows of `LAYOUT`, in the order of their references; None: of all sources.

    The point goes out as it came in, with its reference system, so that the rows come back unchanged.
    """
    opened = sa.and_(
        SiteStatus.site_id == Site.id,
        SiteStatus.stage == Stage.OPEN.value,
        SiteStatus.valid_to.is_(None),
        SiteStatus.superseded_at.is_(None),
    )
    query = (
        sa.select(Site, Organization.name, Organization.operator_kind, SiteStatus.valid_from)
        .join(Organization, Organization.id == Site.organization_id)
        .outerjoin(SiteStatus, opened)
        .order_by(Site.source, Site.source_ref)
    )
    if source is not None:
        query = query.where(Site.source == source)
    for site, organization, operator_kind, opened_on in storage.session().execute(
        query.execution_options(yield_per=500)
    ):
        point = site.source_raw or {}
        yield {
            "source_ref": site.source_ref,
            "name": site.name,
            "address": site.address,
            "area_code": site.area_code,
            "facility_type": site.facility_type,
            "institution_class": site.institution_class,
            "organization": organization,
            "operator_kind": operator_kind,
            "floor_area_m2": site.floor_area_m2,
            "opened_on": opened_on,
            "lon": point.get("lon"),
            "lat": point.get("lat"),
            "crs": site.source_crs,
        }


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
        facility_type=options.facility_type,
    )


def _find_duplicates(judged: Sequence[RowJudgment], *, source: str, titles: Mapping[str, str]) -> None:
    """Blame rows that tell of a place which an earlier row, or another record of the directory, has."""
    told = {row.source_ref: row for row in judged if not row.faults}
    own: dict[bytes, str] = {}
    stored: dict[bytes, RefKey] = {}
    present = sa.select(Site.source, Site.source_ref, Site.name, Site.address).where(Site.merged_into_id.is_(None))
    for origin, ref, name, address in storage.session().execute(present.execution_options(yield_per=5_000)):
        place = place_digest(name, address=address)
        same = told.get(ref) if origin == source else None
        if same is not None and same.place == place:
            own[same.place] = same.source_ref  # the row's own objects: a list that comes again is held once
        elif origin == source or place not in stored:
            stored[place] = (origin, ref)
    del told
    first_of_place: dict[bytes, int] = {}
    first_of_ref: dict[str, int] = {}
    for row in judged:
        if row.faults:
            continue
        known = stored.get(row.place)
        if row.place in first_of_place:
            other = first_of_place[row.place]
            _blame(row, column="name", code="duplicate_row", words=REPEATED, titles=titles, row_no=other)
        elif row.source_ref in first_of_ref:
            other = first_of_ref[row.source_ref]
            _blame(row, column="source_ref", code="repeated_ref", words=REF_REPEATED, titles=titles, row_no=other)
        elif own.get(row.place, row.source_ref) != row.source_ref:
            other_ref = (source, own[row.place])
            _blame(row, column="name", code="duplicate_site", words=PRESENT, titles=titles, known=other_ref)
        elif row.place not in own and known is not None and known != (source, row.source_ref):
            _blame(row, column="name", code="duplicate_site", words=PRESENT, titles=titles, known=known)
        first_of_place.setdefault(row.place, row.row)
        first_of_ref.setdefault(row.source_ref, row.row)


def _refuse_foreign(judged: Sequence[RowJudgment], *, source: str, titles: Mapping[str, str], actor: Actor) -> None:
    """Blame rows whose site stands, or on record stands, where the actor may not write."""
    if actor.is_system:
        return
    kept = storage.session().execute(sa.select(Site.source_ref, Site.area_code).where(Site.source == source))
    area_of = {ref: area_code for ref, area_code in kept}  # noqa: C416 - rows are no pairs for the type checker
    for row in judged:
        codes = (row.area_code, area_of.get(row.source_ref, row.area_code))
        if not row.faults and not all(actor.covers_area(code, *WRITERS) for code in codes):
            _blame(row, column="area_code", code="not_yours", words=NOT_YOURS, titles=titles)


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
    fault = sheets.RowFault(row=row.row, column=titles.get(column, column), code=code, message=message)
    row.faults = [*row.faults, fault]


def _drop_suspect_points(judged: Sequence[RowJudgment], *, titles: Mapping[str, str]) -> list[sheets.RowFault]:
    """Take the points of a suspect reference system from all rows, and give one fault for each such system."""
    points = list(_placed(judged))
    flags = []
    for suspicion in suspect_crs(points):
        for row in judged:
            if row.point is not None and row.point.crs == suspicion.crs:
                row.point = None
        fitting = suspicion.fitting.value if suspicion.fitting else ""
        facts = {"off": suspicion.off, "checked": suspicion.checked, "crs": suspicion.crs.value}
        zh = SUSPECT.zh.format(**facts, hint=HINT.zh.format(fitting=fitting) if fitting else "")
        en = SUSPECT.en.format(**facts, hint=HINT.en.format(fitting=fitting) if fitting else "")
        flags.append(
            sheets.RowFault(
                row=suspicion.row, column=titles.get("crs", "crs"), code="crs_suspect", message=Words(zh, en)
            )
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
            yield PlacedPoint(
                row=row.row,
                lonlat=(row.point.lon, row.point.lat),
                crs=geo.ReferenceSystem(row.point.crs),
                outline_ll=outline,
            )


def _organization_ref(name: str) -> str:
    return "organization-" + hashlib.sha256(areas.plain_name(name).casefold().encode()).hexdigest()[:16]


class _Owners:
    """The organizations of a file's rows, each made of its first one; one on record is left to those of its area."""

    def __init__(self, *, source: str, actor: Actor) -> None:
        self._source = source
        self._known: set[str] = set()
        if not actor.is_system:
            of_source = sa.select(Organization.source_ref).where(Organization.source == source)
            self._known.update(storage.session().scalars(of_source))
        self._labels = {code.code: code.label_zh for code in find_codes("facility_type")}
        self._names = {area.code: area.name_zh for area in areas.find_areas()}

    def new_of(self, rows: Iterable[RowJudgment]) -> list[OrganizationRecord]:
        """Make a record of each organization of these rows that no row before had."""
        found: dict[str, OrganizationRecord] = {}
        for row in rows:
            ref = _organization_ref(row.organization)
            if ref in self._known:
                continue
            self._known.add(ref)
            found[ref] = OrganizationRecord(
                source=self._source,
                source_ref=ref,
                name=row.organization,
                # the HSDS asks for a description; the list has none, so it says type and area
                description=f"{self._labels[row.facility_type]}，{self._names[row.area_code]}",
                operator_kind=row.operator_kind,
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
            lon=row.point.lon if row.point else None,
            lat=row.point.lat if row.point else None,
            crs=row.point.crs if row.point else None,
            floor_area_m2=row.floor_area_m2,
            stages=((Stage.OPEN.value, row.opened_on, None),) if row.opened_on else (),
            collected_at=at,
        )
        for row in rows
    ]
