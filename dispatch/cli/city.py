"""`dispatch city`: the coverage of any OpenStreetMap extract; needs no server, no database, no secret."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from dispatch import clock, coverage, streets
from dispatch.cli.city_files import summary_of, write_files
from dispatch.cli.city_points import PointsFile, read_points
from dispatch.cli.city_tags import DEMAND_NAME, demand_of, read_extract, sites_of
from dispatch.cli.picture import draw_map
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from dispatch.coverage import CityFindings, CityPoints
    from dispatch.streets import Network

PERCENT = 100
console = Console(stderr=True)


class NoSitesError(InvalidError):
    """There is nothing that could cover anybody."""

    slug = "city-without-sites"
    title = Words("没有站点", "There are no sites")
    detail = Words(
        "{source} 里没有站点；用 --sites 文件[:列] 给出（CSV 的 lon、lat 或 GeoJSON 点）。",
        "{source} holds no sites; give them with --sites FILE[:COLUMN] (CSV with lon and lat, or GeoJSON points).",
    )


class NoDemandError(InvalidError):
    """There is nobody who could be covered."""

    slug = "city-without-demand"
    title = Words("没有需求点", "There is no demand")
    detail = Words(
        "{source} 里没有需求点；用 --demand 文件[:列] 给出（CSV 的 lon、lat 或 GeoJSON 点）。",
        "{source} holds no demand; give it with --demand FILE[:COLUMN] (CSV with lon and lat, or GeoJSON points).",
    )


class NothingOnNetworkError(InvalidError):
    """All sites or all demand lie off the streets: the wrong extract, or longitude and latitude swapped."""

    slug = "city-off-network"
    title = Words("点位都不在路网上", "No point lies on the street network")
    detail = Words(
        "{source} 的街道 200 米内没有站点或没有需求点；看看经纬度是否写反、范围是否对得上。",
        "No site, or no demand, lies within 200 m of a street of {source}. "
        "Are longitude and latitude swapped? Is it the right extract?",
    )


@click.command("city")
@click.argument("extract", metavar="FILE.osm.pbf", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--sites", metavar="FILE[:COLUMN]", help="Sites; without it those tagged in the extract.")
@click.option("--demand", metavar="FILE[:COLUMN]", help="Demand; without it the floor area of buildings.")
@click.option(
    "--minutes",
    default=15,
    show_default=True,
    type=click.IntRange(coverage.LIMIT_MIN_MIN, coverage.LIMIT_MAX_MIN),
    help="Limit in minutes.",
)
@click.option(
    "--speed-mps",
    default=streets.WALK_SPEED_MPS,
    show_default=True,
    type=click.FloatRange(coverage.SPEED_MIN_MPS, coverage.SPEED_MAX_MPS),
    help="Walking speed, metres a second.",
)
@click.option(
    "--origin",
    default=coverage.OriginRule.NODE.value,
    show_default=True,
    type=click.Choice([rule.value for rule in coverage.OriginRule]),
    help="What points stand for: a place (node), or doors and entrances (door).",
)
@click.option("--json", "as_json", is_flag=True, help="Print summary.json.")
def city_commands(
    *,
    extract: Path,
    out: Path,
    sites: str | None,
    demand: str | None,
    minutes: int,
    speed_mps: float,
    origin: str,
    as_json: bool,
) -> None:
    """
    Compute who is within a walk of a site, in any OpenStreetMap extract.

    Writes circles, gaps and hexagons as GeoJSON, summary.json and map.png. Points are in WGS 84, longitude
    first. COLUMN holds the weight; rows where it is empty or 0 are left out.
    """
    given_sites = None if sites is None else _some_sites(read_points(sites))
    given_demand = None if demand is None else _some_demand(read_points(demand))
    question = coverage.Question(limit_s=60 * minutes, speed_mps=speed_mps, origin_rule=coverage.OriginRule(origin))
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        network = _network(extract, folder=draft / "network")
        with console.status("读取地图 reading the map"):
            read = read_extract(extract, with_places=given_sites is None or given_demand is None)
        categories = [given_sites.points] if given_sites else sites_of(read)
        people = given_demand.points if given_demand else demand_of(read)
        if not categories:
            raise NoSitesError(source=extract.name)
        if not len(people.lonlat):
            raise NoDemandError(source=extract.name)
        found = list(_compute(network, categories=categories, people=people, question=question))
        _refuse_nowhere(found, extract=extract.name)
        summary = summary_of(
            found,
            network=network,
            sources={
                "sites": _source(given_sites, otherwise=f"{extract.name} (tags)"),
                "demand": _source(given_demand, otherwise=f"{extract.name} (buildings)"),
            },
            demand_name=people.name,
            is_proxy=people.name == DEMAND_NAME and given_demand is None,
        )
        with console.status("写入结果 writing the results"):
            files = draft / "files"
            files.mkdir()
            write_files(found, summary=summary, folder=files)
            draw_map(found[0], network=network, people=people, ground=read, summary=summary, path=files / "map.png")
        _put_in_place(files, out=out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        _print(summary, out=out)


def _refuse_nowhere(found: list[CityFindings], *, extract: str) -> None:
    for one in found:
        if one.unlocated_sites >= one.sites or one.unlocated >= one.demand:
            raise NothingOnNetworkError(source=extract)


def _some_sites(read: PointsFile) -> PointsFile:
    if not len(read.points.lonlat):
        raise NoSitesError(source=read.source)
    return read


def _some_demand(read: PointsFile) -> PointsFile:
    if not len(read.points.lonlat):
        raise NoDemandError(source=read.source)
    return read


def _network(extract: Path, *, folder: Path) -> Network:
    name = extract.name.split(".")[0]
    with console.status("导入路网 importing the street network") as status:

        def tell(step: Words, ways: int) -> None:
            status.update(f"{step.zh} {step.en}: {ways:,}")

        streets.import_osm(extract, folder=folder, name=name, imported_at=clock.utc_now(), progress=tell)
    return streets.open_network(folder)


def _compute(
    network: Network, *, categories: list[CityPoints], people: CityPoints, question: coverage.Question
) -> Iterator[CityFindings]:
    with Progress(console=console, transient=True) as progress:
        for sites in categories:
            task = progress.add_task(sites.name, total=len(sites.lonlat))

            def tick(task=task) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - bound to this category
                progress.advance(task)

            yield coverage.compute_city(network, demand=people, sites=sites, question=question, tick=tick)


def _source(read: PointsFile | None, *, otherwise: str) -> dict[str, Any]:
    if read is None:
        return {"source": otherwise, "rows": None, "left_out": None, "without_point": None}
    return {
        "source": read.source,
        "rows": read.rows,
        "left_out": read.left_out,
        "without_point": read.without_point,
    }


def _put_in_place(files: Path, *, out: Path) -> None:
    """Move finished files to where they are wanted: a folder that is new appears whole."""
    if not out.exists():
        files.rename(out)
        return
    for file in sorted(files.iterdir()):
        os.replace(file, out / file.name)  # noqa: PTH105 - Path.replace says the same


def _print(summary: dict[str, Any], *, out: Path) -> None:
    screen = Console()
    assumptions = summary["assumptions"]
    names = list(summary["categories"])
    rows = list(summary["categories"].values())
    table = Table("", *names, title=f"{assumptions['network']} · {assumptions['demand_name']}")
    table.add_row("站点 sites", *(f"{one['sites']:,}" for one in rows))
    table.add_row("需求 demand", *(f"{one['demand']:,}" for one in rows))
    table.add_row("未定位 unlocated", *(f"{one['unlocated']:,}" for one in rows))
    table.add_row(
        f"覆盖 within {assumptions['limit_min']} min",
        *(f"{one['covered']:,} = {_pct(one)}" for one in rows),
        style="bold",
    )
    for minutes in assumptions["band_min"]:
        table.add_row(f"{minutes} min", *(_pct(one["bands"][str(minutes)]) for one in rows))
    table.add_row(f"慢速 at {assumptions['slower_speed_mps']} m/s", *(_pct(one["slower"]) for one in rows))
    other = assumptions["other_origin_rule"]
    table.add_row(f"另一端点规则 --origin {other}", *(_pct(one["by_other_origin_rule"]) for one in rows))
    straight = (f"{PERCENT * one['straight_line_share']:.1f} %" for one in rows)
    table.add_row("直线距离 straight line, to compare", *straight, style="dim")
    screen.print(table)
    screen.print(
        f"map data {assumptions['network_date'] or 'of unknown date'}; {assumptions['speed_mps']} m/s\n"
        f"{assumptions['origin_rule_zh']} {assumptions['origin_rule_en']}\n"
        f"{assumptions['boundary_rule_zh']} {assumptions['boundary_rule_en']}\n"
        f"-> {out}",
        soft_wrap=True,
        highlight=False,
    )


def _pct(shares: dict[str, Any]) -> str:
    return f"{PERCENT * shares['covered_share']:.1f} %"
