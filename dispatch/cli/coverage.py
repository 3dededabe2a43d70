"""`dispatch coverage`: compute who is left outside the circles, and list what was computed."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import areas, clock, coverage, dates, reports, storage, streets
from dispatch.actor import SYSTEM, Actor
from dispatch.cli.network_edits import edit_commands
from dispatch.cli.report_files import find_network, report_format, write_whole
from dispatch.cli.scenarios import scenario_commands
from dispatch.cli.siting import site
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.words import Locale

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.config import Settings
    from dispatch.coverage import AreaRow, Run
    from dispatch.streets import Network

console = Console(stderr=True)
WORST_SHOWN = 10
PERCENT = 100
EVERYBODY = Actor(account_id=None)


@click.group()
def coverage_commands() -> None:
    """Compute who is left outside the 15-minute circles."""


coverage_commands.add_command(scenario_commands)
coverage_commands.add_command(edit_commands)


@coverage_commands.command("run")
@click.option("--area", "area_code", required=True, help="Area code, e.g. 120198.")
@click.option("--service", required=True, help="Service code or its Chinese name, e.g. day_care or 日间照料.")
@click.option(
    "--mode",
    type=click.Choice(list(coverage.Mode), case_sensitive=False),
    default=coverage.Mode.WALK,
    help="Who is on the way.",
)
@click.option("--speed-mps", type=float, help="Walking speed, metres a second; 1.0 by default.")
@click.option("--minutes", "limit_min", type=int, help="Limit in minutes; 15 by default, for carers 30.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Sites and homes of this date; today by default.")
@click.option("--at", "at_local", help="Only sites open then, local time: 'Su 18:00' or 2026-03-29T18:00.")
@click.option(
    "--unknown-hours",
    type=click.Choice(list(coverage.UnknownHours), case_sensitive=False),
    default=coverage.UnknownHours.EXCLUDE,
    show_default=True,
    help="What a site without hours means at that time.",
)
@click.option(
    "--capacity",
    type=click.Choice(list(coverage.CapacityRule), case_sensitive=False),
    default=coverage.CapacityRule.IGNORED,
    show_default=True,
    help="Which places limit who is covered.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@with_app
def run(*, area_code: str, service: str, as_of: datetime | None, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - the options
    """Compute circles, gaps and figures of one service in one area, and store them."""
    settings = current_app.config["DISPATCH_SETTINGS"]
    network = streets.open_network(settings.networks_dir / settings.network)
    stored = run_and_store(
        area_code=area_code,
        service=service,
        network=network,
        settings=settings,
        as_of=None if as_of is None else as_of.date(),
        **asked,
    )
    if as_json:
        click.echo(json.dumps(asdict(stored), ensure_ascii=False, default=str, indent=1))
        return
    with storage.reading():
        rows = coverage.find_gaps(stored, actor=SYSTEM, level=areas.Level.COMMUNITY, limit=WORST_SHOWN)
    _print_run(stored, worst=rows)


coverage_commands.add_command(site)


@coverage_commands.command("list")
@with_app
def list_runs() -> None:
    """List stored runs, the newest first."""
    with storage.reading():
        runs = coverage.find_runs(SYSTEM)
    table = Table(
        "run", "area", "service", "mode", "min", "m/s", "as of", "covered 覆盖", "share 覆盖率", "network 路网"
    )
    for one in runs:
        totals = one.totals
        table.add_row(
            str(one.id),
            one.area_code,
            one.service_code,
            str(one.mode),
            str(one.limit_s // 60),
            str(one.speed_mps),
            one.as_of.isoformat(),
            f"{totals['covered']:,}/{totals['elders']:,}",
            _share(totals["covered_share"]),
            one.network_id,
        )
    print_table(table)


@coverage_commands.command("publish")
@click.argument("run_id", type=click.UUID)
@with_app
def publish(*, run_id: UUID) -> None:
    """Let everybody see a run's counts by area, the small ones hidden."""
    with storage.reading():
        draft = coverage.draft_publication(run_id, actor=SYSTEM)
    with console.status("选择隐藏的数字 choosing what stays hidden"):
        hiding = coverage.hide_counts(draft)
    with storage.transaction():
        published = coverage.store_publication(draft, hiding=hiding, actor=SYSTEM, at=clock.utc_now())
    counts = len(published.rows) * len(coverage.MEASURES)
    click.echo(
        f"publication {published.id}: {len(published.hidden)} of {counts} counts hidden, {hiding.small} of them small"
    )


@coverage_commands.command("export")
@click.argument("run_id", metavar="RUN", type=click.UUID)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file: FILE.gpkg.")
@click.option("--public", "is_public", is_flag=True, help="What everybody sees: published counts, small ones hidden.")
@with_app
def export(*, run_id: UUID, out: Path, is_public: bool) -> None:
    """Write a run to a GeoPackage: sites, circles, gaps, hexagons and areas as layers."""
    if out.suffix != ".gpkg" or not out.parent.is_dir():
        raise click.BadParameter("a file in a folder that exists, ending in .gpkg 应为 .gpkg 文件", param_hint="--out")
    with console.status("写入 writing"), storage.reading():
        counts = coverage.export_run(run_id, actor=EVERYBODY if is_public else SYSTEM, path=out)
    click.echo(f"{out}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))


@coverage_commands.command("report")
@click.argument("run_id", metavar="RUN", type=click.UUID)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file: its ending is .pdf or .xlsx.")
@click.option("--lang", default=Locale.ZH.value, show_default=True, type=click.Choice([one.value for one in Locale]))
@click.option("--unit", default="", help="Who answers for the report, as it stands on the cover.")
@with_app
def report(*, run_id: UUID, out: Path, lang: str, unit: str) -> None:
    """Write the report of a run, every count in it, as PDF to print or as XLSX to go on working with."""
    settings: Settings = current_app.config["DISPATCH_SETTINGS"]
    kind = report_format(out)
    with storage.reading():
        reading = reports.read_report(run_id, actor=SYSTEM)
    finished_at = reading.run.finished_at
    wish = reports.Wish(Locale(lang), computed_on=dates.service_date(finished_at, settings.time_zone), unit=unit)
    made = reports.compose_report(reading, wish=wish)
    with console.status("排版 typesetting"):
        content = (
            reports.typeset_report(made, network=find_network(settings))
            if kind is reports.Format.PDF
            else reports.tabulate_report(made, made_at=finished_at)
        )
    write_whole(out, content=content)
    click.echo(f"{out}: {len(content):,} B")


def run_and_store(
    *,
    area_code: str,
    service: str,
    network: Network,
    settings: Settings,
    as_of: date | None = None,
    **asked: Any,  # noqa: ANN401 - what `make_wish` takes
) -> Run:
    """Read, compute, store: three steps, so that no write lock is held while it computes."""
    started_at = clock.utc_now()
    wish = coverage.make_wish(
        area_code=area_code,
        service_code=service,
        as_of=as_of,
        today=dates.service_date(started_at, settings.time_zone),
        zone=settings.time_zone,
        **asked,
    )
    with console.status("读取名单和站点 reading homes and sites"), storage.reading():
        inputs = coverage.prepare_run(wish, actor=SYSTEM)
    with console.status(f"计算 computing: {len(inputs.homes):,} homes, {len(inputs.sites):,} sites"):
        findings = coverage.compute_run(inputs, network=network)
    with console.status("保存 storing"):
        packed = coverage.pack_run(findings, actor=SYSTEM, started_at=started_at, finished_at=clock.utc_now())
        with storage.transaction():
            run_id = coverage.store_run(packed, actor=SYSTEM)
    with storage.reading():
        return coverage.get_run(run_id, actor=SYSTEM)


def _print_run(stored: Run, *, worst: list[AreaRow]) -> None:
    screen = Console()
    totals, assumptions = stored.totals, stored.assumptions
    limit_min = stored.limit_s // 60
    head = Table(
        title=f"{stored.area_code} · {stored.service_code} · {limit_min} min · run {stored.id}", show_header=False
    )
    for name, value in (
        ("老年人 elders", f"{totals['elders']:,}"),
        ("覆盖 covered", f"{totals['covered']:,} = {_share(totals['covered_share'])}"),
        ("不计未定位 without unlocated", _share(totals["located_share"])),
        ("未定位 unlocated", f"{totals['unlocated_elders']:,} elders, {totals['unlocated_sites']:,} sites"),
        ("社区 communities", _judged(totals["communities"])),
        ("街镇 subdistricts", _judged(totals["subdistricts"])),
        *((f"{minutes} min", _of(totals, count)) for minutes, count in _minutes(totals["band"])),
        (f"慢速 at {assumptions['slower_speed_mps']} m/s", _of(totals, totals["band"]["slower"])),
        ("直线距离 straight line (no figure, for comparison)", _of(totals, totals["band"]["straight"])),
    ):
        head.add_row(name, value)
    print_table(head)
    table = Table(
        "社区 community",
        "未覆盖 outside",
        "老年人 elders",
        "覆盖率",
        "临界 borderline",
        "最近站点 nearest",
        "超出 over",
    )
    for row in worst:
        table.add_row(
            f"{row.area_code} {row.name_zh}",
            f"{row.uncovered:,}",
            f"{row.elders:,}",
            _share(row.covered_share),
            "临界" if row.is_borderline else "",
            row.nearest_site_name or "–",
            "–" if row.over_limit_min is None else f"+{row.over_limit_min} min",
        )
    print_table(table)
    screen.print(
        f"speed {stored.speed_mps} m/s; network {assumptions['network']}, "
        f"{assumptions['network_date'] or 'date unknown'}; "
        f"as of {stored.as_of}; rules {stored.rule_version}\n"
        f"{assumptions['origin_rule_zh']} {assumptions['origin_rule_en']}\n"
        f"{assumptions['boundary_rule_zh']} {assumptions['boundary_rule_en']}",
        soft_wrap=True,
        highlight=False,
    )


def _minutes(band: dict[str, Any]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in band.items() if name.isdigit()]


def _of(totals: dict[str, Any], count: int) -> str:
    return f"{count:,} = {_share(count / totals['elders'])}"


def _judged(part: dict[str, Any]) -> str:
    left_out = f", {part['left_out']} without elders left out" if part["left_out"] else ""
    share = _share(part["covered_share"])
    return f"{part['covered']}/{part['counted']} = {share}, {part['borderline']} borderline{left_out}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{PERCENT * share:.2f} %"
