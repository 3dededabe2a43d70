"""`dispatch directory`: import sites from a spreadsheet, and list those without a point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import clock, directory, geo, storage
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from dispatch.config import Settings
    from dispatch.directory import SiteEntry

LISTING_TYPE = "residential_institution"  # what public listings of institutions hold
EXAMPLE = "PUT /v1/sites/{id}/point"


@click.group()
def directory_commands() -> None:
    """Import organizations and sites; list those without a point. 名录。"""


@directory_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@click.option("--facility-type", default=LISTING_TYPE, show_default=True, help="Type of rows that name none (a code).")
@click.option("--source", help="Where the file comes from; the file's name without ending by default.")
@with_app
def import_sites(
    *, file: Path, is_dry_run: bool, as_json: bool, lang: str, facility_type: str, source: str | None
) -> None:
    """
    Import sites from FILE (CSV in UTF-8 or GB18030, or XLSX). 导入名录。

    Good rows are stored, bad rows are reported with their line. The status is 0 where the file could be
    read, even with bad rows, and 1 where it could not: then nothing is stored.
    """
    options = directory.SheetOptions(
        source=source or file.stem,
        facility_type=facility_type or None,
        study_area=geo.StudyArea(*_settings().study_area_ll),
    )
    try:
        report = directory.import_sites(
            file,
            options=options,
            unit=files.unit_of(is_dry_run=is_dry_run),
            look=storage.reading,
            actor=SYSTEM,
            at=clock.utc_now(),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@directory_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", help="Only sites of this source; import them again under the same name.")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_sites(*, file: Path, source: str | None, template: Path | None, lang: str) -> None:
    """Export sites to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出名录。"""
    try:
        with storage.reading():
            count = files.export(
                file,
                layout=directory.LAYOUT,
                rows=lambda: directory.export_sites(source),
                template_file=template,
                lang=lang,
            )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")


@directory_commands.command("import-beds")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="The source under which the sites were imported.")
@files.dry_run_option
@files.json_option
@files.lang_option
@with_app
def import_beds(*, file: Path, source: str, is_dry_run: bool, as_json: bool, lang: str) -> None:
    """Import changes of beds (built, opened, closed) from FILE (CSV or XLSX). 导入床位增减。"""
    try:
        report = directory.import_bed_changes(
            file,
            site_source=source,
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=clock.utc_now(),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@directory_commands.command("index")
@with_app
def rebuild_search() -> None:
    """Write anew by which characters, pinyin and initials names are found. 重建名称检索。"""
    with storage.transaction():
        changed = directory.rebuild_search(progress=files.show_progress)
    click.echo(f"{changed} names written anew 个名称已更新")


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


def _line(entry: SiteEntry) -> dict[str, str]:
    site = entry.site
    return {
        "id": str(site.id),
        "name": site.name,
        "address": site.address,
        "area_code": site.area_code,
        "source": f"{site.source} {site.source_ref}",
    }
