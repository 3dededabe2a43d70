"""`dispatch plan`: the tours of a day, from the wish for a plan to its signature; ids, times and reasons, no names."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import assignment, clock, storage
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.words import Locale

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.assignment import PlanCard, PlanView, StopCard, TourCard

ASKED_EVERY_S: Final = 0.5
MOST: Final = 500
PERCENT: Final = 100
screen = Console(stderr=True)


@click.group()
def plans_commands() -> None:
    """Plan the tours of a day, look at plans, sign them. 每日路线计划。"""


@plans_commands.command("day")
@click.argument("day", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--area", "area_code", required=True, help="Area code, e.g. 120198.")
@click.option("--organization", "organization_id", type=click.UUID, help="Visits and carers of this one alone.")
@click.option(
    "--seconds",
    default=assignment.SECONDS,
    show_default=True,
    type=click.IntRange(1, assignment.MOST_SECONDS),
    help="How long to search for a better plan.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--wait", is_flag=True, help="Wait until it is built, and print it.")
@with_app
def plan_day(
    *, day: datetime, area_code: str, organization_id: UUID | None, seconds: int, seed: int, wait: bool
) -> None:
    """Have a day planned by a worker; nothing reaches a carer before `accept`."""
    zone: ZoneInfo = current_app.config["DISPATCH_SETTINGS"].time_zone
    plan_on: date = day.date()
    wish = assignment.PlanWish(plan_on, area_code, organization_id=organization_id, seconds=seconds, seed=seed)
    now = clock.utc_now()
    with storage.transaction():
        card = assignment.request_plan(wish, actor=SYSTEM, now=now, zone=zone)
    if not wait:
        click.echo(f"{card.plan_id}")
        return
    with storage.reading():
        if not storage.count_workers(seen_since=now - storage.WORKER_LOST_AFTER):
            screen.print("没有后台进程，请另开一个：no worker runs; start one: dispatch worker")
    _wait(card.plan_id)
    with storage.reading():
        view = assignment.read_plan(card.plan_id, actor=SYSTEM)
    _print_plan(view, zone=zone)
    if view.card.status is assignment.PlanStatus.FAILED:
        raise SystemExit(1)


@plans_commands.command("list")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of one date.")
@click.option("--status", type=click.Choice([each.value for each in assignment.PlanStatus]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MOST))
@with_app
def list_plans(*, day: datetime | None, status: str | None, limit: int) -> None:
    """List plans, the newest first."""
    with storage.reading():
        cards = assignment.find_plans(
            actor=SYSTEM,
            plan_on=day.date() if day else None,
            status=assignment.PlanStatus(status) if status else None,
            limit=limit,
        )
    table = Table(
        *("计划 plan", "日期 date", "区域 area", "机构 organization", "状态 status"),
        *("排上 placed", "没有排上 unplanned", "路程 travel"),
    )
    for card in cards:
        figures = card.figures or {}
        counts = (figures.get("placed"), figures.get("unplanned"), figures.get("travel_min"))
        table.add_row(
            str(card.plan_id),
            card.plan_on.isoformat(),
            card.area_code,
            str(card.organization_id or ""),
            _status(card),
            *("–" if each is None else str(each) for each in counts),
        )
    print_table(table)


@plans_commands.command("show")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@with_app
def show_plan(*, plan_id: UUID, as_json: bool) -> None:
    """Show a plan: what it comes to, its tours, what has no place and why."""
    with storage.reading():
        view = assignment.read_plan(plan_id, actor=SYSTEM)
    if as_json:
        click.echo(json.dumps(asdict(view), ensure_ascii=False, default=str, indent=1))
        return
    _print_plan(view, zone=current_app.config["DISPATCH_SETTINGS"].time_zone)


@plans_commands.command("accept")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--reason", help="Why, to be kept with the signature.")
@with_app
def accept_plan(*, plan_id: UUID, reason: str | None) -> None:
    """Sign a plan: its visits are published, and carers are told."""
    zone: ZoneInfo = current_app.config["DISPATCH_SETTINGS"].time_zone
    with storage.transaction():
        card = assignment.accept_plan(plan_id, actor=SYSTEM, now=clock.utc_now(), zone=zone, reason=reason)
    click.echo(f"{card.plan_id} {card.status.value}")


@plans_commands.command("reject")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@click.option("--reason", required=True, help="Why.")
@with_app
def reject_plan(*, plan_id: UUID, reason: str) -> None:
    """Turn a plan down; no visit changes."""
    with storage.transaction():
        card = assignment.reject_plan(plan_id, reason=reason, actor=SYSTEM, now=clock.utc_now())
    click.echo(f"{card.plan_id} {card.status.value}")


@plans_commands.command("enough")
@click.argument("plan_id", metavar="PLAN", type=click.UUID)
@with_app
def use_best(*, plan_id: UUID) -> None:
    """End the search for a better plan: the best so far is proposed."""
    with storage.transaction():
        card = assignment.use_best(plan_id, actor=SYSTEM, now=clock.utc_now())
    click.echo(f"{card.plan_id} {card.status.value}")


def _wait(plan_id: UUID) -> None:
    """Wait until a plan is built, with how far it is on the screen."""
    with screen.status("等待后台 waiting for a worker") as status:
        while True:
            with storage.reading():
                card = assignment.get_plan(plan_id, actor=SYSTEM)
                job = storage.get_job(card.job_id, actor=SYSTEM) if card.job_id else None
            if card.status is not assignment.PlanStatus.BUILDING:
                return
            if job and job.step:
                done = f" {PERCENT * job.done // job.total} %" if job.total else ""
                status.update(f"{job.step.zh} {job.step.en}{done}")
            time.sleep(ASKED_EVERY_S)


def _print_plan(view: PlanView, *, zone: ZoneInfo) -> None:
    card = view.card
    print_table(_head(card))
    if view.tours:
        print_table(_tours(view, zone=zone))
    if view.unplanned:
        table = Table("没有排上 unplanned", "原因 reason", "怎样可以 what would help")
        for each in view.unplanned:
            words = assignment.UNPLANNED_WORDS[each.code]
            changes = (assignment.change_text(each.change, locale=locale) for locale in Locale)
            table.add_row(str(each.visit_id), f"{words.zh} {words.en}", " ".join(said for said in changes if said))
        print_table(table)


def _head(card: PlanCard) -> Table:
    table = Table(title=f"{card.plan_on} · {card.area_code} · 计划 plan {card.plan_id}", show_header=False)
    figures = card.figures or {}
    rows = [("状态 status", _status(card))]
    if card.failure:
        parts = [part for part in (card.failure["title"], card.failure.get("detail")) if part]
        rows.append(("原因 why", "\n".join(f"{part['zh']} {part['en']}" for part in parts)))
    if figures:
        share = figures["usual_share"]
        rows += [
            (
                "上门 visits",
                f"{figures['placed']} / {figures['visits']}, 没有排上 without a place: {figures['unplanned']}",
            ),
            ("双人 pairs", f"{figures['pairs_placed']} / {figures['pairs']}"),
            ("路线 tours", f"{figures['tours']} / {figures['carers']} 名人员 carers"),
            ("路程 travel", f"{figures['travel_min']} 分钟 min"),
            ("熟悉的人员 usual carer", "–" if share is None else f"{PERCENT * share:.1f} %"),
            ("改动 moved", str(figures["moved"])),
        ]
    rows.append(
        ("依据 rests on", f"{card.rule_version}, 路网 network {card.network or '–'}, seed {card.seed}, {card.stop_s} s")
    )
    for name, value in rows:
        table.add_row(name, value)
    return table


def _status(card: PlanCard) -> str:
    words = assignment.PLAN_STATUS_WORDS[card.status]
    return f"{card.status.value} {words.zh} {words.en}"


def _tours(view: PlanView, *, zone: ZoneInfo) -> Table:
    table = Table(
        "人员 carer", "到门 at the door", "开始 start", "结束 end", "路上 way", "等 wait", "上门 visit", "原因 why"
    )
    for tour in view.tours:
        for number, stop in enumerate(tour.stops):
            table.add_row(str(tour.carer_id) if not number else "", *_stop(stop, zone=zone))
        if tour.stops:
            table.add_row("", *_back(tour, zone=zone), end_section=True)
    return table


def _stop(stop: StopCard, *, zone: ZoneInfo) -> tuple[str, ...]:
    marks = [mark for mark, holds in (("已固定 held", stop.is_pinned), ("已开始 begun", stop.is_executed)) if holds]
    told = [" ".join(assignment.stop_reason_text(each, locale=locale) for locale in Locale) for each in stop.reasons]
    return (
        *(f"{at.astimezone(zone):%H:%M}" for at in (stop.arrive_at, stop.start_at, stop.end_at)),
        f"{stop.travel_min}",
        f"{stop.wait_min}",
        str(stop.visit_id),
        "\n".join(told + marks),
    )


def _back(tour: TourCard, *, zone: ZoneInfo) -> tuple[str, ...]:
    back = f"{tour.back_at.astimezone(zone):%H:%M}" if tour.back_at else "–"
    pauses: list[Any] = [
        f"{each.from_at.astimezone(zone):%H:%M}–{each.to_at.astimezone(zone):%H:%M}" for each in tour.pauses
    ]
    return (
        back,
        "",
        "",
        f"{tour.travel_min}",
        f"{tour.wait_min}",
        "回到出发点 back",
        f"休息 pauses {', '.join(pauses)}",
    )
