"""`dispatch elders`: import elders from a spreadsheet, and export them as far as an account may see them."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from dispatch import accounts, areas, carers, clock, dates, elders, geo, storage, visits
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from datetime import date

    from dispatch.actor import Actor
    from dispatch.config import Settings

ROUTE = "dispatch elders export"


@click.group()
def elders_commands() -> None:
    """Import and export elders. 老人档案。"""


@elders_commands.command("index")
@with_app
def rebuild_names() -> None:
    """Write anew by which characters, pinyin and initials elders are found. 重建老人姓名检索。"""
    with storage.transaction():
        count = elders.rebuild_names(progress=files.show_progress)
    click.echo(f"{count} names written anew 个姓名已更新")


@elders_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@click.option("--source", help="Which register it is; the file's name without ending by default.")
@with_app
def import_elders(*, file: Path, is_dry_run: bool, as_json: bool, lang: str, source: str | None) -> None:
    """
    Import elders from FILE (CSV in UTF-8 or GB18030, or XLSX). 导入老人。

    Good rows are stored, bad rows are reported with their line. The status is 0 where the file could be
    read, even with bad rows, and 1 where it could not: then nothing is stored.
    """
    gc.freeze()  # what the program itself is made of is not gone through while a file passes: a quarter of the time
    now = clock.utc_now()
    try:
        report = elders.import_elders(
            file,
            options=elders.ElderSheetOptions(
                source=source or file.stem, study_area=geo.StudyArea(*_settings().study_area_ll)
            ),
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=now,
            on=dates.service_date(now, _settings().time_zone),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@elders_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "username", required=True, help="The account whose rights count, and whom the access log names.")
@click.option("--area", default="", help="Only who lives in this area (code).")
@click.option("--reason", help="Why whole ID numbers are needed; only officers are given them.")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_elders(
    *, file: Path, username: str, area: str, reason: str | None, template: Path | None, lang: str
) -> None:
    """
    Export elders to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出老人。

    Each elder is given as far as the account may see them, and each leaves a line in the access log.
    """
    now = clock.utc_now()
    on = dates.service_date(now, _settings().time_zone)
    try:
        with storage.reading():
            actor = _actor(username, on=on)
            ties = _ties(actor, on=on)
            if area:
                areas.get_area(area)
        count = files.export(
            file,
            layout=elders.LAYOUT,
            rows=lambda: elders.export_elders(
                actor=actor,
                unit=storage.transaction,
                at=now,
                on=on,
                ties=ties,
                route=ROUTE,
                area_prefix=area,
                reason=reason,
            ),
            template_file=template,
            lang=lang,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")


def _settings() -> Settings:
    found: Settings = current_app.config["DISPATCH_SETTINGS"]
    return found


def _actor(username: str, *, on: date) -> Actor:
    known = {account.username: account.id for account in accounts.list_accounts()}
    actor = accounts.find_actor(known[username], on=on) if username in known else None
    if actor is None:
        raise accounts.AccountNotFoundError
    return actor


def _ties(actor: Actor, *, on: date) -> elders.Ties:
    """Find the elders for whom the account answers; what else ties people to elders ties them to few."""
    carer_id = carers.find_carer_id(actor.account_id) if actor.account_id else None
    return elders.Ties(caseload=visits.find_caseload(carer_id, on=on)) if carer_id else elders.Ties()
