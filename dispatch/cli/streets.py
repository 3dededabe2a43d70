"""`dispatch streets`: import and list street networks."""

from __future__ import annotations

import functools
import json
import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dispatch import basemap, clock, geo, streets, tiles
from dispatch.config import SettingsError, read_settings
from dispatch.errors import DispatchError
from dispatch.words import Locale

if TYPE_CHECKING:
    from dispatch.words import Words

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@click.group(name="streets")
def streets_commands() -> None:
    """Import and list street networks. 路网。"""


@streets_commands.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the network is called: small letters, digits, - and _.")
@click.option("--crs", help="Lines: wgs84, cgcs2000, gcj02, bd09 or EPSG:4549, where the file does not say it.")
@click.option("--layer", help="Lines: the layer of a GeoPackage that holds the streets.")
@click.option("--join-crossings", "joins_crossings", is_flag=True, help="Lines that cross in mid-course meet.")
@click.option("--json", "is_json", is_flag=True, help="Print the report as JSON.")
def import_streets(*, file: Path, name: str, is_json: bool, **asked: Any) -> None:  # noqa: ANN401 - those of lines
    """Make the walking network of an OpenStreetMap extract (.osm.pbf) or of lines (.gpkg, .geojson). 导入步行路网。"""
    if not NAME.fullmatch(name):
        raise click.BadParameter("用小写字母、数字、- 和 _ / small letters, digits, - and _", param_hint="--name")
    begun_s = time.monotonic()
    told: dict[str, Any] = {"folder": _networks_dir() / name, "name": name, "imported_at": clock.utc_now()}
    is_lines = file.suffix.lower() in streets.LINE_SUFFIXES
    if not is_lines and any(asked.values()):
        raise click.UsageError("--crs, --layer, --join-crossings: 只用于 .gpkg、.geojson / for .gpkg and .geojson only")
    report: streets.ImportReport | streets.LinesReport
    try:
        if is_lines:
            area = geo.StudyArea(*read_settings(needs_secret=False).study_area_ll)
            report = streets.import_lines(file, study_area=area, **told, **asked)
        else:
            keep_map = functools.partial(write_base_map, file=file)
            report = streets.import_osm(file, progress=None if is_json else _show, beside=keep_map, **told)
    except DispatchError as error:
        raise click.ClickException(_both(error)) from error
    took_s = round(time.monotonic() - begun_s, 2)
    if is_json:
        click.echo(json.dumps({**_plain(asdict(report)), "seconds": took_s}, ensure_ascii=False, indent=1))
    else:
        click.echo(_table(report, took_s=took_s))


@streets_commands.command(name="list")
@click.option("--json", "is_json", is_flag=True, help="Print as JSON.")
def list_streets(*, is_json: bool) -> None:
    """List the networks that were imported. 列出已导入的路网。"""
    found = streets.list_networks(_networks_dir())
    if is_json:
        click.echo(json.dumps([_plain(asdict(one)) for one in found], ensure_ascii=False, indent=1))
        return
    if not found:
        click.echo("没有路网，请先运行 / no networks yet, run: dispatch streets import FILE.osm.pbf --name NAME")
    for one in found:
        age = one.source_at.date().isoformat() if one.source_at else "?"
        click.echo(
            f"{streets.network_identity(one):<32} {one.node_count:>9,} nodes {one.length_km:>9,.0f} km"
            f"  map of {age}  {one.source_name}"
        )


def write_base_map(draft: Path, *, file: Path) -> None:
    """Keep streets, water and boundaries of an extract for maps, in the folder that becomes the network's."""
    basemap.write_base_map(draft, shapes=basemap.read_map_shapes(file), project=tiles.to_mercator)


def _networks_dir() -> Path:
    try:
        return read_settings(needs_secret=False).networks_dir
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _both(error: DispatchError) -> str:
    return f"{error.text(Locale.ZH)} / {error.text(Locale.EN)}"


def _show(step: Words, ways: int) -> None:
    click.echo(f"  {step.zh} / {step.en}: {ways:,}", err=True)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Give facts as JSON holds them: instants as text."""
    return json.loads(json.dumps(facts, default=lambda at: at.isoformat()))  # type: ignore[no-any-return]  # a dict went in


def _told_lines(report: streets.LinesReport) -> list[tuple[str, str]]:
    words = {
        "without_lines": "不是线的要素 / features without lines",
        "outside": "研究范围外的线 / lines outside the study area",
        "ends_joined": "并到一起的端点 / ends joined",
        "ends_on_lines": "落在线上的端点 / ends on other lines",
        "crossings": "相交但无节点 / crossings in mid-course",
        "crossings_joined": "其中已连通 / of them joined",
        "dangling_ends": "断头 / dangling ends",
        "near_misses": "断头且 5 米内有别的线 / of them within 5 m of a line",
    }
    return [
        ("坐标系 / reference system", report.reference_system),
        ("步行道路 / lines used", f"{report.lines_used:,}"),
        *(
            (f"  {reason}: {highway}", f"{count:,}")
            for reason, counts in report.skipped.items()
            for highway, count in counts.items()
        ),
        *((words[key], f"{count:,}") for key, count in (report.left_out | report.joins).items()),
    ]


def _told_ways(report: streets.ImportReport) -> list[tuple[str, str]]:
    return [
        ("步行道路 / ways used", f"{report.ways_used:,}"),
        *(("  " + highway, f"{count:,}") for highway, count in report.used.items()),
        ("跳过 / ways skipped", f"{sum(sum(one.values()) for one in report.skipped.values()):,}"),
        *(
            (f"  {reason}: {highway}", f"{count:,}")
            for reason, counts in report.skipped.items()
            for highway, count in counts.items()
        ),
        ("路上的障碍 / barriers on ways", f"{sum(sum(one.values()) for one in report.barriers.values()):,}"),
        *(
            (f"  {verdict}: {barrier}", f"{count:,}")
            for verdict, counts in report.barriers.items()
            for barrier, count in counts.items()
        ),
        ("缺失的点 / missing points", f"{report.missing_nodes:,}"),
    ]


def _table(report: streets.ImportReport | streets.LinesReport, *, took_s: float) -> str:
    facts = report.manifest
    told = _told_lines(report) if isinstance(report, streets.LinesReport) else _told_ways(report)
    age = facts.source_at.isoformat() if facts.source_at else "未知 / not stated"
    rows = [
        ("路网 / network", streets.network_identity(facts)),
        ("数据时间 / map as of", age),
        *told,
        ("节点 / nodes", f"{facts.node_count:,}"),
        ("路口 / junctions", f"{facts.junction_count:,}"),
        ("路段 / edges", f"{facts.edge_count:,}"),
        ("总长 / length", f"{facts.length_km:,.1f} km"),
        ("连通部分 / components", f"{facts.component_count:,}"),
        ("主体之外 / outside the main one", f"{facts.share_outside_main:.2%}"),
        ("用时 / took", f"{took_s:.1f} s"),
    ]
    return "\n".join(f"{label:<40}{value}" for label, value in rows)
