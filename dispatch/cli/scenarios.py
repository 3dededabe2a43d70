"""`dispatch coverage scenario`: list scenarios, show one, say what it would mean, run it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import clock, coverage, dates, storage, streets
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.config import Settings
    from dispatch.coverage import Effect, EffectRow, Scenario

RAW = frozenset({"crs", "raw"})


@click.group("scenario")
def scenario_commands() -> None:
    """List scenarios, say what they would mean, and run them; the register stays as it is."""


@scenario_commands.command("list")
@click.option("--area", "area_code", help="Area code, e.g. 120198.")
@with_app
def list_scenarios(*, area_code: str | None) -> None:
    """List scenarios, the newest first."""
    with storage.reading():
        found = coverage.find_scenarios(SYSTEM, area_code=area_code)
    table = Table("scenario", "方案 name", "area", "service", "min", "状态 status", "version", "改动 changes")
    for one in found:
        table.add_row(
            str(one.id),
            one.name,
            one.area_code,
            one.service_code,
            str(one.limit_min),
            one.status.value,
            str(one.version),
            str(one.change_count),
        )
    print_table(table)


@scenario_commands.command("show")
@click.argument("scenario_id", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_app
def show(*, scenario_id: UUID, as_json: bool) -> None:
    """Show a scenario with its changes."""
    with storage.reading():
        found = coverage.get_scenario(scenario_id, actor=SYSTEM)
    if as_json:
        click.echo(_json(asdict(found)))
        return
    print_table(_head(found))
    table = Table("", "改动 change", "站点 site", "内容 what")
    for change in found.changes:
        table.add_row(
            str(change.position),
            change.kind.value,
            str(change.site_id or change.payload.get("name", "")),
            ", ".join(
                f"{name}={value}" for name, value in sorted(change.payload.items()) if name not in {"crs", "raw"}
            ),
        )
    print_table(table)


@scenario_commands.command("effect")
@click.argument("scenario_id", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_app
def effect(*, scenario_id: UUID, as_json: bool) -> None:
    """Say who would be gained, kept and lost, by community; nothing is stored."""
    settings: Settings = current_app.config["DISPATCH_SETTINGS"]
    network = streets.open_network(settings.networks_dir / settings.network)
    with storage.reading():
        asked = coverage.prepare_effect(scenario_id, network=network, actor=SYSTEM, today=_today(settings))
    found = coverage.measure_effect(asked)
    if as_json:
        click.echo(_json(asdict(found)))
        return
    _print_effect(found)


@scenario_commands.command("run")
@click.argument("scenario_id", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@with_app
def run(*, scenario_id: UUID, as_json: bool) -> None:
    """Compute a scenario as a coverage run and store it; compare it with other runs by their ids."""
    settings: Settings = current_app.config["DISPATCH_SETTINGS"]
    network = streets.open_network(settings.networks_dir / settings.network)
    started_at = clock.utc_now()
    with storage.reading():
        asked = coverage.fill_question({"scenario_id": scenario_id}, actor=SYSTEM)
        wish = coverage.make_wish(**asked, today=_today(settings), zone=settings.time_zone)
        inputs = coverage.prepare_run(wish, actor=SYSTEM)
    findings = coverage.compute_run(inputs, network=network)
    packed = coverage.pack_run(findings, actor=SYSTEM, started_at=started_at, finished_at=clock.utc_now())
    with storage.transaction():
        run_id = coverage.store_run(packed, actor=SYSTEM)
    with storage.reading():
        stored = coverage.get_run(run_id, actor=SYSTEM)
    if as_json:
        click.echo(_json(asdict(stored)))
        return
    totals = stored.totals
    click.echo(
        f"run {stored.id}: {totals['covered']:,} of {totals['elders']:,} covered, "
        f"{totals['base']['covered']:,} without the scenario (version {stored.scenario_version})"
    )


def _head(found: Scenario) -> Table:
    head = Table(title=f"{found.name} · scenario {found.id}", show_header=False)
    for name, value in (
        ("状态 status", f"{found.status.value}, version {found.version}"),
        ("区域 area", found.area_code),
        ("服务 service", f"{found.service_code}, {found.limit_min} min, {found.speed_mps} m/s"),
        ("日期 as of", "当天 the day of asking" if found.as_of is None else found.as_of.isoformat()),
        ("依据 base run", str(found.base_run_id or "–")),
    ):
        head.add_row(name, value)
    return head


def _print_effect(found: Effect) -> None:
    screen = Console()
    states, assumed = found.communities, found.assumptions
    table = Table(
        "社区 community",
        "老年人 elders",
        "之前 before",
        "之后 after",
        "新增 gained",
        "保留 kept",
        "失去 lost",
        "未覆盖 outside",
        title=f"{found.scenario.name} · version {found.scenario.version}",
    )
    for row in found.rows:
        if row.gained or row.lost or row.state_before is not row.state_after:
            table.add_row(f"{row.area_code} {row.name_zh}", *_counts(row))
    if found.elsewhere.elders:
        table.add_row("社区不明 elsewhere", *_counts(found.elsewhere))
    table.add_row("合计 total", *_counts(found.totals), style="bold")
    print_table(table)
    screen.print(
        f"社区 communities: +{states.gained} −{states.lost}, {states.kept} kept, {states.outside} outside, "
        f"{states.left_out} left out"
    )
    for note in found.notes:
        screen.print(f"{note.position}. {note.kind.value}: {note.reason.zh} {note.reason.en}", highlight=False)
    screen.print(
        f"speed {assumed['speed_mps']} m/s; limit {assumed['limit_s']} s; network {assumed['network']}; "
        f"as of {assumed['as_of']}; rules {assumed['rule_version']}",
        soft_wrap=True,
        highlight=False,
    )


def _counts(row: EffectRow) -> list[str]:
    numbers = (row.elders, row.covered_before, row.covered_after, row.gained, row.kept, row.lost, row.outside)
    return [f"{number or 0:,}" for number in numbers]


def _json(value: Any) -> str:  # noqa: ANN401 - whatever is printed
    return json.dumps(value, ensure_ascii=False, default=str, indent=1)


def _today(settings: Settings) -> date:
    return dates.service_date(clock.utc_now(), settings.time_zone)
