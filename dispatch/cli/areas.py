"""`dispatch areas`: subdistricts, communities and compounds from a spreadsheet, and back into one."""

from __future__ import annotations

from pathlib import Path

import click

from dispatch import areas, clock, storage
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError


@click.group()
def areas_commands() -> None:
    """Import subdistricts and communities, before whatever lies in them. 区划。"""


@areas_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@click.option("--source", help="Where names and figures come from; the file's name without ending by default.")
@with_app
def import_areas(*, file: Path, is_dry_run: bool, as_json: bool, lang: str, source: str | None) -> None:
    """
    Import areas from FILE (CSV in UTF-8 or GB18030, or XLSX). 导入区划。

    The level follows from the digits of the code: 2 city, 6 district, 9 subdistrict, 12 community.
    """
    try:
        report = areas.import_areas(
            file,
            origin=source or file.stem,
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=clock.utc_now(),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@areas_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--area", default="", help="Only this area (code) and what lies in it.")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_areas(*, file: Path, area: str, template: Path | None, lang: str) -> None:
    """Export areas to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出区划。"""
    try:
        with storage.reading():
            count = files.export(
                file,
                layout=areas.LAYOUT,
                rows=lambda: areas.export_areas(area),
                template_file=template,
                lang=lang,
            )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")


@areas_commands.command("import-compounds")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@click.option("--source", help="Where the figures come from; the file's name without ending by default.")
@with_app
def import_compounds(*, file: Path, is_dry_run: bool, as_json: bool, lang: str, source: str | None) -> None:
    """Import residential compounds with their elder-care floor and land from FILE (CSV, XLSX). 导入小区。"""
    try:
        report = areas.import_compounds(
            file,
            origin=source or file.stem,
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=clock.utc_now(),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@areas_commands.command("export-compounds")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--area", default="", help="Only those in this area (code).")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_compounds(*, file: Path, area: str, template: Path | None, lang: str) -> None:
    """Export compounds to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出小区。"""
    try:
        with storage.reading():
            count = files.export(
                file,
                layout=areas.COMPOUND_LAYOUT,
                rows=lambda: areas.export_compounds(area),
                template_file=template,
                lang=lang,
            )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")
