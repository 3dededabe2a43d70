"""`dispatch coverage site`: where the next sites help most."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import areas, clock, coverage, dates, geo, storage, streets
from dispatch.actor import SYSTEM
from dispatch.cli.siting_file import read_candidates
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.coverage import END_WORDS, CandidateSource, SitingEnd, SitingWeight, SitingWish

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.coverage import Siting, SitingArea

console = Console(stderr=True)
ALL, REGISTER = "all", "register"
CATEGORY_MARK = "category:"
CHANGED_SHOWN = 20
PERCENT = 100


def read_weight(text: str) -> tuple[SitingWeight, str | None]:
    """Read what a home counts for: elders, unmet, or category:CODE."""
    if text.startswith(CATEGORY_MARK):
        return SitingWeight.CATEGORY, text.removeprefix(CATEGORY_MARK)
    try:
        return SitingWeight(text), None
    except ValueError:
        raise click.BadParameter("elders, unmet, or category:CODE, e.g. category:living_alone") from None


@click.command("site")
@click.option("--area", "area_code", required=True, help="Area code, e.g. 120198.")
@click.option("--service", required=True, help="Service code or its Chinese name, e.g. day_care or 日间照料.")
@click.option("-k", "picks", default=1, show_default=True, help="How many sites at most.")
@click.option(
    "--candidates",
    default=ALL,
    show_default=True,
    help="all: every node of the streets; register: sites planned, under construction or suspended; or a file with "
    "lon, lat and, if you like, crs, label, capacity, cost (CSV, XLSX).",
)
@click.option(
    "--crs",
    type=click.Choice([system.value for system in geo.ReferenceSystem]),
    help="Reference system of a file's rows that name none.",
)
@click.option("--capacity", type=int, help="How much of the weight each site takes; all that it reaches by default.")
@click.option("--cost", default=1, show_default=True, help="What each site costs, in any unit.")
@click.option("--budget", type=int, help="What all of them may cost, in the same unit.")
@click.option("--weight", default="elders", show_default=True, help="elders, unmet, or category:CODE.")
@click.option("--prove", "is_proof_wanted", is_flag=True, help="Look for a better choice until there is none.")
@click.option("--seconds", "proof_s", default=60, show_default=True, help="The proof ends after so long.")
@click.option("--nodes", "searched_max", type=int, help="The proof ends after so many nodes of its tree.")
@click.option("--speed-mps", default=streets.WALK_SPEED_MPS, show_default=True, help="Walking speed, metres a second.")
@click.option("--minutes", "limit_min", default=15, show_default=True, help="Limit in minutes.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Sites and homes of this date; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the siting as JSON.")
@with_app
def site(  # noqa: PLR0913 - one argument for each option
    *,
    area_code: str,
    service: str,
    picks: int,
    candidates: str,
    crs: str | None,
    capacity: int | None,
    cost: int,
    budget: int | None,
    weight: str,
    is_proof_wanted: bool,
    proof_s: int,
    searched_max: int | None,
    speed_mps: float,
    limit_min: int,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Propose the next sites that cover most people, and store the answer."""
    settings = current_app.config["DISPATCH_SETTINGS"]
    started_at = clock.utc_now()
    source = {ALL: CandidateSource.NODES, REGISTER: CandidateSource.REGISTER}.get(candidates, CandidateSource.POINTS)
    counted, category = read_weight(weight)
    wish = SitingWish(
        area_code=area_code,
        service_code=service,
        as_of=as_of.date() if as_of else dates.service_date(started_at, settings.time_zone),
        picks=picks,
        source=source,
        candidates=()
        if source is not CandidateSource.POINTS
        else read_candidates(Path(candidates), crs=crs, capacity=capacity, cost=cost),
        capacity=capacity,
        cost=cost,
        budget=budget,
        weight=counted,
        category=category,
        is_proof_wanted=is_proof_wanted,
        proof_s=proof_s,
        searched_max=searched_max,
        speed_mps=speed_mps,
        limit_min=limit_min,
    )
    network = streets.open_network(settings.networks_dir / settings.network)
    with console.status("读取名单、站点和候选点 reading homes, sites and candidates"), storage.reading():
        inputs = coverage.prepare_siting(wish, actor=SYSTEM)
    with console.status("选址 choosing"):
        findings = coverage.compute_siting(inputs, network=network)
    packed = coverage.pack_siting(findings, actor=SYSTEM, started_at=started_at, finished_at=clock.utc_now())
    with console.status("保存 storing"), storage.transaction():
        siting_id = coverage.store_siting(packed, actor=SYSTEM)
    with storage.reading():
        found = coverage.get_siting(siting_id, actor=SYSTEM)
        rows = coverage.find_siting_areas(found, actor=SYSTEM, level=areas.Level.COMMUNITY)
    if as_json:
        plain = asdict(found) | {"gap": found.gap, "areas": [asdict(row) for row in rows]}
        click.echo(json.dumps(plain, ensure_ascii=False, default=str, indent=1))
        return
    _print(found, rows=rows)


def _print(found: Siting, *, rows: list[SitingArea]) -> None:
    screen = Console()
    total = found.total
    head = Table(
        title=f"{found.area_code} · {found.service_code} · {found.limit_s // 60} min · siting {found.id}",
        show_header=False,
    )
    refused = ", ".join(f"{count} {reason}" for reason, count in found.refusals.items())
    share, end = found.guaranteed_share, END_WORDS[SitingEnd(found.end)]
    for name, value in (
        ("候选点 candidates", f"{found.considered:,}" + (f", refused: {refused}" if refused else "")),
        ("多覆盖 objective", f"{found.objective:,}"),
        ("上界 best bound", f"{found.best_bound:,}, gap {_share(found.gap)}, {found.proof['state']}"),
        ("贪心保证 greedy reaches at least", "–" if share is None else f"{_share(share)} of the best"),
        ("覆盖 covered", f"{total.covered_before:,} → {total.covered_after:,} of {total.elders:,}"),
        ("覆盖率 share", f"{_share(total.share_before)} → {_share(total.share_after)}"),
        ("平均步行 mean walk", f"{_minutes(total.mean_walk_s_before)} → {_minutes(total.mean_walk_s_after)}"),
        ("结束 ended", f"{end.zh} {end.en}"),
    ):
        head.add_row(name, value)
    print_table(head)
    picks = Table("", "地点 place", "经度 lon", "纬度 lat", "多覆盖 gain", "费用 cost")
    for pick in found.picks:
        lon, lat = pick.point_ll
        picks.add_row(str(pick.rank), pick.label, f"{lon:.6f}", f"{lat:.6f}", f"{pick.gain:,}", f"{pick.cost:,}")
    print_table(picks)
    changed = sorted((row for row in rows if row.gained), key=lambda row: (-(row.gained or 0), row.area_code))
    table = Table("社区 community", "老年人 elders", "之前 before", "之后 after", "增加 gained", "仍未覆盖 outside")
    for row in changed[:CHANGED_SHOWN]:
        table.add_row(
            f"{row.area_code} {row.name_zh}",
            f"{row.elders:,}",
            f"{row.covered_before:,} = {_share(row.share_before)}",
            f"{row.covered_after:,} = {_share(row.share_after)}",
            f"+{row.gained:,}",
            f"{row.outside:,}",
        )
    print_table(table)
    assumed = found.assumptions
    screen.print(
        f"speed {found.speed_mps} m/s; network {assumed['network']}, {assumed['network_date'] or 'date unknown'}; "
        f"as of {found.as_of}; rules {found.rule_version}; weight {assumed['weight']}\n"
        f"{assumed['origin_rule_zh']} {assumed['origin_rule_en']}\n"
        f"{assumed['boundary_rule_zh']} {assumed['boundary_rule_en']}",
        soft_wrap=True,
        highlight=False,
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{PERCENT * share:.2f} %"


def _minutes(walk_s: float | None) -> str:
    return "–" if walk_s is None else f"{walk_s / 60:.1f} min"
