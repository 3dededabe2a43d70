"""`dispatch subsidies`: what areas pay for services, shown, from a spreadsheet, and back into one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from rich.table import Table

from dispatch import clock, dates, storage, subsidies
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def subsidies_commands() -> None:
    """Rules by which areas pay for services: dated, with their conditions. 补贴规定。"""


@subsidies_commands.command("list")
@click.option("--area", default="", help="Rules that hold in this area (code): its own, and those from above.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Only those that hold on this date.")
@files.json_option
@with_app
def list_rules(*, area: str, on: datetime | None, as_json: bool) -> None:
    """List subsidy rules, drafts too; examples are marked. 列出补贴规定。"""
    zone = current_app.config["DISPATCH_SETTINGS"].time_zone
    day = dates.service_date(on.replace(tzinfo=zone), zone) if on else None
    with storage.reading():
        found = subsidies.find_rules(area, on=day)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1, default=str))
        return
    table = Table(
        "version 版本", "area 区划", "service 服务", "cents 分", "a week 每周", "for 对象", "from 起", "to 止", ""
    )
    for each in found:
        rule = each.record
        conditions = [f"{rule.minimum_age}+" if rule.minimum_age else "", *(rule.categories or ())]
        marks = [rule.status if rule.status != subsidies.RuleStatus.ADOPTED else "", "示例 example" * rule.is_example]
        table.add_row(
            rule.rule_version,
            rule.area_code,
            rule.service_code,
            str(rule.amount_cents),
            str(rule.weekly_limit or "–"),
            " ".join(filter(None, [*conditions, *(rule.grades or ())])) or "–",
            rule.valid_from.isoformat(),
            rule.valid_to.isoformat() if rule.valid_to else "–",
            " ".join(filter(None, marks)),
        )
    print_table(table)


@subsidies_commands.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@files.dry_run_option
@files.json_option
@files.lang_option
@with_app
def import_rules(*, file: Path, is_dry_run: bool, as_json: bool, lang: str) -> None:
    """Import subsidy rules from FILE (CSV in UTF-8 or GB18030, or XLSX). 导入补贴规定。"""
    try:
        report = subsidies.import_rules(
            file,
            unit=files.unit_of(is_dry_run=is_dry_run),
            actor=SYSTEM,
            at=clock.utc_now(),
            progress=files.show_progress,
        )
    except DispatchError as error:
        raise files.stop(error) from error
    files.tell(report, is_dry_run=is_dry_run, as_json=as_json, lang=lang)


@subsidies_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--area", default="", help="Only rules that hold in this area (code).")
@click.option("--template", type=click.Path(path_type=Path), help="CSV whose header is repeated byte for byte.")
@files.lang_option
@with_app
def export_rules(*, file: Path, area: str, template: Path | None, lang: str) -> None:
    """Export subsidy rules to FILE.csv or FILE.xlsx, in the columns that the import reads. 导出补贴规定。"""
    try:
        with storage.reading():
            count = files.export(
                file,
                layout=subsidies.LAYOUT,
                rows=lambda: subsidies.export_rules(area),
                template_file=template,
                lang=lang,
            )
    except DispatchError as error:
        raise files.stop(error) from error
    click.echo(f"{count} rows 行: {file.name}")
