"""`dispatch rosters`: import shifts, days off and extra hours from a spreadsheet, and export them."""

from __future__ import annotations

from pathlib import Path

import click

from dispatch import carers, clock, dates, storage
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.carers import find_account, settings
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError


@click.group()
def rosters_commands() -> None:
    """Import and export rosters. 排班。"""


@rosters_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@click.option("--source", help="Name of the carers' list whose numbers the file uses; needed where two share one.")
@with_app
def import_rosters(*, file: Path, is_dry_run: bool, as_json: bool, lang: str, source: str | None) -> None:
    """
    Import rosters from FILE (CSV in UTF-8 or GB18030, or XLSX). 导入排班。

    Good rows are stored, bad rows are reported with their line. The status is 0 where the file could be
    read, even with bad rows, and 1 where it could not: then nothing is stored.
    """
    now = clock.utc_now()
    try:
        report = carers.import_rosters(
            file,
            register=source,
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=now,
            on=dates.service_date(now, settings().time_zone),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@rosters_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "username", required=True, help="The account whose rights count, and whom the journal names.")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_rosters(*, file: Path, username: str, template: Path | None, lang: str) -> None:
    """Export the hours that hold or will to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出排班。"""
    now = clock.utc_now()
    on = dates.service_date(now, settings().time_zone)
    try:
        with storage.reading():
            actor = find_account(username, on=on)
        count = files.export(
            file,
            layout=carers.ROSTER_LAYOUT,
            rows=lambda: carers.export_rosters(actor=actor, unit=storage.transaction, at=now, on=on),
            template_file=template,
            lang=lang,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")
