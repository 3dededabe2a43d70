"""`dispatch directory`: import sites from a spreadsheet, and list those without a point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import clock, directory, geo, storage
from dispatch.actor import SYSTEM
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError
from dispatch.words import Locale

if TYPE_CHECKING:
    from dispatch.config import Settings
    from dispatch.directory import ImportReport, SiteEntry

LISTING_TYPE = "residential_institution"  # what public listings of institutions hold
EXAMPLE = "PUT /v1/sites/{id}/point"


@click.group()
def directory_commands() -> None:
    """Import organizations and sites; list those without a point. 名录。"""


@directory_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only report; nothing is stored.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--facility-type", default=LISTING_TYPE, show_default=True, help="Type of rows that name none (a code).")
@click.option("--source", help="Where the file comes from; the file's name without ending by default.")
@with_app
def import_sites(*, file: Path, is_dry_run: bool, as_json: bool, facility_type: str, source: str | None) -> None:
    """
    Import sites from FILE.csv (UTF-8 or GB18030). 导入名录。

    Good rows are stored, bad rows are reported with their line. The status is 0 where the file could be
    read, even with bad rows, and 1 where it could not: then nothing is stored.
    """
    options = directory.SheetOptions(
        source=source or file.stem,
        facility_type=facility_type or None,
        study_area=geo.StudyArea(*_settings().study_area_ll),
    )
    try:
        with storage.transaction():
            report = directory.import_sites(
                file,
                options=options,
                dry_run=is_dry_run,
                actor=SYSTEM,
                at=clock.utc_now(),
                progress=None if as_json else _show,
            )
    except DispatchError as error:
        raise click.ClickException(_both(error)) from error
    if as_json:
        click.echo(json.dumps(_plain(report), ensure_ascii=False, indent=1))
    else:
        _print(report)


@directory_commands.command("unlocated")
@click.option("--area", help="Only in this area (code) or below.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@with_app
def list_unlocated(*, area: str | None, as_json: bool) -> None:
    """List the sites without a point, to be located with PUT /v1/sites/{id}/point. 未定位的站点。"""
    with storage.reading():
        found = directory.find_sites(
            directory.SiteFilter(is_located=False, area=area), now=clock.utc_now(), zone=_settings().time_zone
        )
        lines = [_line(entry) for entry in found]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    table = Table("id", "name 名称", "address 地址", "area 区域", "source 来源")
    for line in lines:
        table.add_row(*line.values())
    if lines:
        Console().print(table)
    click.echo(f"未定位 {len(lines)} 个 / {len(lines)} without a point; {EXAMPLE}")


def _settings() -> Settings:
    found: Settings = current_app.config["DISPATCH_SETTINGS"]
    return found


def _show(rows: int) -> None:
    click.echo(f"已读 {rows} 行 / {rows} rows read", err=True)


def _both(error: DispatchError) -> str:
    words = {error.text(Locale.ZH): None, error.text(Locale.EN): None}
    for sentences in error.fields.values():
        for sentence in sentences:
            words |= {sentence: None} if isinstance(sentence, str) else {sentence.zh: None, sentence.en: None}
    return " / ".join(words)


def _plain(report: ImportReport) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "created": report.created,
        "changed": report.changed,
        "errors": [
            {
                "row": fault.row,
                "column": fault.column,
                "code": fault.code,
                "message": fault.message.zh,
                "message_en": fault.message.en,
            }
            for fault in report.errors
        ],
    }


def _print(report: ImportReport) -> None:
    if report.errors:
        table = Table("line 行", "column 列", "code 代码")
        table.add_column("what is wrong 问题", overflow="fold")
        for fault in report.errors:
            table.add_row(str(fault.row), fault.column, fault.code, f"{fault.message.zh}\n{fault.message.en}")
        Console().print(table)
    told = "试导入，没有保存 / dry run, nothing stored: " if report.is_dry_run else ""
    click.echo(
        f"{told}读取 {report.rows} 行，新增 {report.created}，更新 {report.changed}，未变 {report.unchanged}，"
        f"问题 {len(report.errors)} / {report.rows} rows, {report.created} created, {report.changed} changed, "
        f"{report.unchanged} unchanged, {len(report.errors)} errors"
    )


def _line(entry: SiteEntry) -> dict[str, str]:
    site = entry.site
    return {
        "id": str(site.id),
        "name": site.name,
        "address": site.address,
        "area_code": site.area_code,
        "source": f"{site.source} {site.source_ref}",
    }
