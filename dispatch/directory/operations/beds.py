"""Changes of beds are put on record, one by one or from a file; what is on record stays."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import sheets
from dispatch.directory.models import BedChange
from dispatch.directory.operations.putting import Tally
from dispatch.directory.operations.tending import lock_site, site_to_tend
from dispatch.directory.queries.codes import check_codes, find_codes
from dispatch.directory.queries.keys import all_or_unknown, in_pieces, sites_by_key
from dispatch.directory.rules.beds import BED_LAYOUT, first_shortfall, judge_bed_row
from dispatch.directory.values import BedChangeRecord
from dispatch.errors import ConflictError, InvalidError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from pathlib import Path
    from typing import BinaryIO
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.areas import PutCount
    from dispatch.directory.models import Site
    from dispatch.directory.values import NewBedChange, SourceKey

SITE = Words("站点", "site")
BED_TYPE = "bed_type"
COLUMNS = tuple(each.name for each in fields(BedChangeRecord) if each.name != "site")
NO_SITE = Words("来源 {source} 没有编号为 {ref} 的站点。", "The source {source} has no site {ref}.")
TAKEN = Words(
    "变动编号 {ref} 已用于另一条记录；记录不能改，用一条相反的变动冲销。",
    "The change {ref} is on record otherwise; what is on record stays, so record one that takes it back.",
)
SHORT = Words(
    "到 {on} 这类床位会少于 0 张：先登记增加，再登记减少。",
    "On {on} there would be fewer than no such beds: record first what was added.",
)
Stock = tuple["UUID", str, str]  # site, type, stage


class BedChangeTakenError(ConflictError):
    """A change with this reference is on record at the site, with other content."""

    slug = "bed-change-taken"
    title = Words("这个变动编号已有记录", "This change is on record otherwise")
    detail = TAKEN


class BedsShortError(InvalidError):
    """The beds of a type and stage at a site would add up to less than nothing."""

    slug = "beds-short"
    title = Words("床位数会小于 0", "There would be fewer than no beds")
    detail = SHORT


class InvalidBedChangeError(InvalidError):
    """A change of 0 beds, or a stage or owner that there is not."""

    slug = "invalid-bed-change"
    title = Words("床位变动有误", "The change of beds is not valid")


def record_bed_change(site_id: UUID, *, change: NewBedChange, actor: Actor, at: datetime) -> BedChange:
    """
    Put one change on record. Journal: beds.changed.

    Raises
    ------
    SiteNotFoundError
        There is none, or it is outside the actor's area.
    UnknownCodeError
        There is no such type of bed.
    BedChangeTakenError
        The reference names another change of the site.
    BedsShortError
        There would be fewer than no beds on some date.

    """
    site = site_to_tend(site_id, actor=actor, by_owner=False)
    lock_site(site.id)
    ref = change.ref or str(new_id())
    record = BedChangeRecord(
        site=(site.source, site.source_ref),
        ref=ref,
        bed_type=change.bed_type,
        stage=change.stage,
        delta=change.delta,
        changed_on=change.changed_on,
        owner_level=change.owner_level,
    )
    put_bed_changes([record], actor=actor, at=at)
    return session().scalars(sa.select(BedChange).where(BedChange.site_id == site.id, BedChange.ref == ref)).one()


def put_bed_changes(records: Iterable[BedChangeRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put changes on record by site and reference; the same ones again change nothing. Journal: beds.changed.

    Raises
    ------
    UnknownRecordError, UnknownCodeError
        There is no such site, or no such type of bed.
    BedChangeTakenError, BedsShortError
        As `record_bed_change`.

    """
    wanted = list(records)
    check_codes(BED_TYPE, codes=[record.bed_type for record in wanted])
    sites = sites_by_key(record.site for record in wanted)
    all_or_unknown(sites, wanted=[record.site for record in wanted], what=SITE)
    ledger = _Ledger(sites)
    tally = Tally()
    for record in sorted(wanted, key=_order):
        if not record.delta:
            raise InvalidBedChangeError(fields={"delta": [InvalidBedChangeError.title]})
        there = ledger.find(record)
        if there is not None and _differs(there, record=record):
            raise BedChangeTakenError(ref=record.ref)
        if there is None:
            short = ledger.add(record, actor=actor, at=at)
            if short is not None:
                raise BedsShortError(on=short.isoformat(), ref=record.ref)
        tally.add(is_new=there is None, is_changed=False)
    return tally.close("beds.changed", actor=actor, at=at)


def import_bed_changes(
    source: Path | BinaryIO,
    *,
    site_source: str,
    unit: sheets.Unit,
    actor: Actor,
    at: datetime,
    file: str | None = None,
    progress: sheets.Progress | None = None,
) -> sheets.ImportReport:
    """
    Import changes of beds from a file; bad rows are left out and told of, the same file again changes nothing.

    Parameters
    ----------
    source : Path or binary file
        CSV or XLSX with the columns of `BED_LAYOUT`.
    site_source : str
        The source under which the directory knows the sites that the rows name.
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
    bed_types: dict[str, str] = {}

    def judge(row: sheets.Row) -> BedChangeRecord | None:
        if not bed_types:
            for code in find_codes(BED_TYPE):
                bed_types.update(dict.fromkeys((code.code, code.label_zh, code.label_en.casefold()), code.code))
        return judge_bed_row(row, source=site_source, bed_types=bed_types)

    def put(judged: list[tuple[sheets.Row, BedChangeRecord]]) -> tuple[int, int, int]:
        sites = sites_by_key(record.site for _, record in judged)
        ledger, good = _Ledger(sites), []
        for row, record in sorted(judged, key=lambda pair: _order(pair[1])):
            if record.site not in sites:
                row.blame("site_ref", code="unknown_record", words=NO_SITE, source=site_source, ref=record.site[1])
                continue
            there = ledger.find(record)
            if there is not None and _differs(there, record=record):
                row.blame("ref", code="repeated_ref", words=TAKEN, ref=record.ref)
                continue
            short = None if there is not None else ledger.add(record, actor=actor, at=at)
            if short is not None:
                row.blame("delta", code="not_a_number", words=SHORT, on=short.isoformat())
                continue
            good.append(there is None)
        tally = Tally()
        for is_new in good:
            tally.add(is_new=is_new, is_changed=False)
        return tally.close("beds.changed", actor=actor, at=at)

    with sheets.open_sheet(source, layout=BED_LAYOUT, file=file) as sheet:
        # a bed is opened in one row and closed in another: all rows belong together
        return sheets.import_rows(
            sheet, judge=judge, put=put, unit=unit, progress=progress, rows_in_batch=BED_LAYOUT.rows_max
        )


class _Ledger:
    """All changes of some sites: those on record and those that are being added."""

    def __init__(self, sites: dict[SourceKey, Site]) -> None:
        self._sites = {key: site.id for key, site in sites.items()}
        self._by_ref: dict[tuple[UUID, str], BedChange] = {}
        self._stocks: dict[Stock, list[tuple[date, int]]] = {}
        for piece in in_pieces(self._sites.values()):
            for row in session().scalars(sa.select(BedChange).where(BedChange.site_id.in_(piece))):
                self._keep(row)

    def find(self, record: BedChangeRecord) -> BedChange | None:
        return self._by_ref.get((self._sites[record.site], record.ref))

    def add(self, record: BedChangeRecord, *, actor: Actor, at: datetime) -> date | None:
        """Add a change, or give the date on which there would be too few beds; then nothing is added."""
        site_id = self._sites[record.site]
        stock = self._stocks.get((site_id, record.bed_type, record.stage), [])
        short = first_shortfall([*stock, (record.changed_on, record.delta)])
        if short is not None:
            return short
        columns: dict[str, Any] = {name: getattr(record, name) for name in COLUMNS}
        row = BedChange(id=new_id(), site_id=site_id, recorded_at=at, recorded_by=actor.account_id, **columns)
        session().add(row)
        self._keep(row)
        return None

    def _keep(self, row: BedChange) -> None:
        self._by_ref[row.site_id, row.ref] = row
        self._stocks.setdefault((row.site_id, row.bed_type, row.stage), []).append((row.changed_on, row.delta))


def _differs(row: BedChange, *, record: BedChangeRecord) -> bool:
    return any(getattr(row, name) != getattr(record, name) for name in COLUMNS)


def _order(record: BedChangeRecord) -> tuple[date, int]:
    """Order by date, what is added before what is taken away."""
    return record.changed_on, -record.delta
