"""`dispatch sla`: requests past their limits and what waits for supervisors, without anything personal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from flask import current_app
from rich.table import Table

from dispatch import clock, dates, intake, storage
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.intake import BreachCard, TaskCard

MOST = 200
area_option = click.option("--area", "area_code", help="Of this area and below, e.g. 120198.")
day = click.DateTime(["%Y-%m-%d"])


@click.group()
def sla_commands() -> None:
    """List requests past their limits, and what waits for supervisors. 时限与待办。"""


@sla_commands.command("breaches")
@area_option
@click.option("--urgency", type=click.Choice([each.value for each in intake.Urgency]))
@click.option("--clock", "which", type=click.Choice([each.value for each in intake.Clock]))
@click.option("--from", "from_on", type=day, help="First local date on which it was due.")
@click.option("--to", "to_on", type=day, help="Itself left out.")
@click.option("--open/--over", "is_open", default=None, help="Only those that go on, or only those that are over.")
@files.json_option
@with_app
def list_breaches(
    *,
    area_code: str | None,
    urgency: str | None,
    which: str | None,
    from_on: datetime | None,
    to_on: datetime | None,
    is_open: bool | None,
    as_json: bool,
) -> None:
    """List clocks that ran past their limits, the latest due first, at most 200. 超过时限的请求。"""
    zone = current_app.config["DISPATCH_SETTINGS"].time_zone
    wanted = intake.BreachFilter(
        area_code=area_code,
        urgency=intake.Urgency(urgency) if urgency else None,
        clock=intake.Clock(which) if which else None,
        from_at=dates.start_of(from_on.date(), zone) if from_on else None,
        to_at=dates.start_of(to_on.date(), zone) if to_on else None,
        is_open=is_open,
    )
    try:
        with storage.reading():
            page = intake.find_breaches(SYSTEM, wanted=wanted, now=clock.utc_now(), limit=MOST)
    except DispatchError as error:
        raise files.stop(error) from error
    if as_json:
        _print_json([_plain(each) for each in page.breaches])
        return
    table = Table("request 请求", "area 区划", "service 服务", "urgency", "clock", "limit s", "elapsed s", "turn 轮到")
    for each in page.breaches:
        table.add_row(
            str(each.care_request_id),
            each.area_code,
            each.service_code,
            each.urgency,
            each.clock,
            str(each.limit_s),
            str(each.elapsed_s),
            each.whose_turn,
        )
    print_table(table)


@sla_commands.command("tasks")
@area_option
@click.option("--kind", type=click.Choice([each.value for each in intake.TaskKind]))
@click.option("--closed", "is_closed", is_flag=True, help="Those that are closed instead of the open ones.")
@files.json_option
@with_app
def list_tasks(*, area_code: str | None, kind: str | None, is_closed: bool, as_json: bool) -> None:
    """List what waits for supervisors, those raised last first, at most 200. 等待处理的事项。"""
    wanted = intake.TaskFilter(
        area_code=area_code,
        kind=intake.TaskKind(kind) if kind else None,
        status=intake.TaskStatus.CLOSED if is_closed else intake.TaskStatus.OPEN,
    )
    try:
        with storage.reading():
            page = intake.find_tasks(SYSTEM, wanted=wanted, limit=MOST)
    except DispatchError as error:
        raise files.stop(error) from error
    if as_json:
        _print_json([_plain(each) for each in page.tasks])
        return
    table = Table(
        "task 待办", "kind", "request 请求", "area 区划", "service 服务", "reason 原因", "raised 提出", "closed"
    )
    for each in page.tasks:
        table.add_row(
            str(each.id),
            each.kind,
            str(each.care_request_id),
            each.area_code,
            each.service_code,
            each.reason or "–",
            each.raised_at.isoformat(timespec="seconds"),
            each.close_reason or "–",
        )
    print_table(table)


def _plain(card: BreachCard | TaskCard) -> dict[str, object]:
    """Give what a command may tell: a terminal leaves no access line, so the elder is left out."""
    return {name: value for name, value in asdict(card).items() if name != "elder_id"}


def _print_json(found: object) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, default=str, indent=1))
