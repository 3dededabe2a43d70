"""`dispatch carers`: import carers from a spreadsheet, and export them as far as an account may see them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from dispatch import accounts, carers, clock, dates, geo, storage
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from datetime import date

    from dispatch.actor import Actor
    from dispatch.config import Settings


@click.group()
def carers_commands() -> None:
    """Import and export carers. 照护人员。"""


@carers_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@click.option("--source", help="Which list it is; the file's name without ending by default.")
@click.option("--organization", help="Name of the organization of rows that name none.")
@with_app
def import_carers(
    *, file: Path, is_dry_run: bool, as_json: bool, lang: str, source: str | None, organization: str | None
) -> None:
    """
    Import carers from FILE (CSV in UTF-8 or GB18030, or XLSX). 导入照护人员。

    Good rows are stored, bad rows are reported with their line. The status is 0 where the file could be
    read, even with bad rows, and 1 where it could not: then nothing is stored.
    """
    now = clock.utc_now()
    try:
        report = carers.import_carers(
            file,
            options=carers.CarerSheetOptions(
                source=source or file.stem,
                organization=organization,
                study_area=geo.StudyArea(*settings().study_area_ll),
            ),
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=now,
            on=dates.service_date(now, settings().time_zone),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@carers_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "username", required=True, help="The account whose rights count, and whom the journal names.")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_carers(*, file: Path, username: str, template: Path | None, lang: str) -> None:
    """Export carers to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出照护人员。"""
    now = clock.utc_now()
    try:
        with storage.reading():
            actor = find_account(username, on=dates.service_date(now, settings().time_zone))
        count = files.export(
            file,
            layout=carers.CARER_LAYOUT,
            rows=lambda: carers.export_carers(actor=actor, unit=storage.transaction, at=now),
            template_file=template,
            lang=lang,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")


def settings() -> Settings:
    """Give the settings of the present application."""
    found: Settings = current_app.config["DISPATCH_SETTINGS"]
    return found


def find_account(username: str, *, on: date) -> Actor:
    """Give the account whose rights count; AccountNotFoundError."""
    known = {account.username: account.id for account in accounts.list_accounts()}
    actor = accounts.find_actor(known[username], on=on) if username in known else None
    if actor is None:
        raise accounts.AccountNotFoundError
    return actor
