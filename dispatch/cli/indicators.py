"""`dispatch indicators`: the policy's own rates, land, equity, beds, and the targets that they are held against."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from rich.console import Console
from rich.table import Table

from dispatch import clock, dates, indicators, storage
from dispatch.actor import SYSTEM
from dispatch.cli import files
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.indicators import BedStock, Count, Equity, Group, Rate, Ratio
    from dispatch.words import Words

PERCENT = 100
area_option = click.option("--area", "area_code", required=True, help="Area code, e.g. 120198.")
on_option = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Beds of this date; today by default.")


@click.group()
def indicators_commands() -> None:
    """Rates of the policy's own, land, equity and beds of an area. 指标。"""


@indicators_commands.command("targets")
@click.option("--area", "area_code", help="Only those that hold for this area (code).")
@files.json_option
@with_app
def list_targets(*, area_code: str | None, as_json: bool) -> None:
    """List the targets of the policy documents, and whether their figures are computed. 政策目标。"""
    found = _ask(lambda: indicators.find_targets(area_code=area_code))
    if as_json:
        _print_json([asdict(each) | {"state": each.state} for each in found])
        return
    table = Table(
        "id", "area 区划", "indicator 指标", "target 目标", "year 年份", "status", "figure 数字", "clause 条款"
    )
    for each in found:
        wanted = "–" if each.value is None else f"{each.operator.value} {each.value:g} {each.unit_zh}"
        name = f"{each.indicator_zh} {each.indicator_en}"
        state = each.measure.value if each.state is indicators.ValueState.COMPUTED else each.state.value
        table.add_row(each.id, each.area_code, name, wanted, each.year, each.status.value, state, each.clause)
    print_table(table)


@indicators_commands.command("rates")
@area_option
@click.option("--run", "run_id", type=click.UUID, help="Run of day care; the newest plain one by default.")
@click.option("--home-run", "home_run_id", type=click.UUID, help="Run of home_care; the newest plain one by default.")
@files.json_option
@with_app
def rates(*, area_code: str, run_id: UUID | None, home_run_id: UUID | None, as_json: bool) -> None:
    """Give the policy's own rates by people, communities and subdistricts side by side. 政策自身的比率。"""
    found = _ask(lambda: indicators.compute_rates(area_code, actor=SYSTEM, run_id=run_id, home_run_id=home_run_id))
    if as_json:
        _print_json([asdict(rate) for rate in found])
        return
    for rate in found:
        _print_rate(rate)


@indicators_commands.command("land")
@area_option
@click.option("--drafts", "with_drafts", is_flag=True, help="Let a draft standard decide before an adopted one.")
@files.json_option
@with_app
def land(*, area_code: str, with_drafts: bool, as_json: bool) -> None:
    """Give land and floor of elder care in each compound against its standard. 小区养老用房和用地。"""
    report = _ask(lambda: indicators.compute_land(area_code, actor=SYSTEM, with_drafts=with_drafts))
    if as_json:
        _print_json(asdict(report))
        return
    screen = Console()
    table = Table(
        "compound 小区", "kind", "households 户", "m²/100", "standard 标准", "missing 缺 m²", "m²/person 人均", "缺 m²"
    )
    for row in report.compounds:
        table.add_row(
            f"{row.area_code} {row.name}",
            row.stage,
            f"{row.households:,}",
            _number(row.floor.value, digits=1),
            _standard(row.floor),
            _number(row.floor.deficit_m2, digits=1),
            _number(row.land.value, digits=3),
            _number(row.land.deficit_m2, digits=1),
        )
    print_table(table)
    sums = Table(
        "area 区划", "kind", "compounds", "households 户", "m²/100", "missing 缺 m²", "m²/person 人均", "缺 m²"
    )
    for each in report.sums:
        sums.add_row(
            f"{each.area_code} {each.name_zh}",
            each.stage or "合计 all",
            str(each.compounds),
            f"{each.households:,}",
            _number(each.floor_m2_per_100_households, digits=1),
            _number(each.floor_deficit_m2, digits=1),
            _number(each.land_m2_per_person, digits=3),
            _number(each.land_deficit_m2, digits=1),
        )
    print_table(sums)
    screen.print(f"按标准配套的新建小区 new compounds to standard (T037): {_count(report.new_to_standard)}")
    _print_rules(screen, indicators.FLOOR_RULE, indicators.LAND_RULE)


@indicators_commands.command("equity")
@area_option
@on_option
@click.option("--service", help="Coverage of this service instead of day care and home care.")
@files.json_option
@with_app
def equity(*, area_code: str, on: datetime | None, service: str | None, as_json: bool) -> None:
    """Give how evenly coverage, floor, land and beds are spread over an area. 均衡程度。"""
    chosen: dict[str, Any] = {} if service is None else {"services": (service,)}
    found = _ask(lambda: indicators.compute_equity(area_code, actor=SYSTEM, on=_day(on), **chosen))
    if as_json:
        _print_json([asdict(each) for each in found])
        return
    for each in found:
        _print_equity(each)
    _print_rules(Console(), found[0].rule)


@indicators_commands.command("beds")
@area_option
@on_option
@click.option("--year", type=int, help="Projected to this year; 2029 and 2035 by default.")
@click.option("--entry-share", type=float, help="Who turn 60 in a year, as a share of those of 60 and older.")
@click.option("--departure-share", type=float, help="Of those of 60 and older, who die or move away in a year.")
@files.json_option
@with_app
def beds(
    *,
    area_code: str,
    on: datetime | None,
    year: int | None,
    entry_share: float | None,
    departure_share: float | None,
    as_json: bool,
) -> None:
    """Give beds today, beds that ageing needs in years to come, and beds missing for each target. 床位。"""
    report = _ask(
        lambda: indicators.compute_beds(
            area_code,
            actor=SYSTEM,
            on=_day(on),
            years=indicators.PROJECTED_YEARS if year is None else (year,),
            entry_share=entry_share,
            departure_share=departure_share,
        )
    )
    assumptions = indicators.describe_beds(report)
    if as_json:
        _print_json(asdict(report) | {"assumptions": assumptions})
        return
    screen = Console()
    types = sorted({name for each in (report.today, *(y.stock for y in report.years)) for name in each.opened})
    table = Table("", *types, "total 合计")
    table.add_row(f"{report.today.on} open 启用", *_by_type(report.today.opened, types=types))
    for each in report.years:
        table.add_row(f"{each.year} needed 需要 (×{each.factor:.3f})", *_by_type(each.needed, types=types))
        table.add_row(f"{each.year} expected 预计", *_by_type(each.stock.opened, types=types))
        table.add_row(f"{each.year} short 短缺", *_by_type(each.short, types=types))
    print_table(table)
    screen.print(
        f"nursing = care 护理型 = 照护型: {_share(report.nursing_share)}, "
        f"institutions 机构 {_share(report.nursing_share_institutions)}; to come 在建和立项 {_coming(report.today)}"
    )
    gaps = Table("target 目标", "status", "year", "wanted 目标值", "expected 预计", "missing 缺", "if built 建成后仍缺")
    for gap in report.gaps:
        is_share = gap.missing_if_built is None
        gaps.add_row(
            f"{gap.target.id} {gap.target.indicator_zh}",
            gap.target.status.value,
            str(gap.year),
            f"{gap.target.operator.value} {gap.target.value:g} {gap.target.unit_zh}",
            _share(gap.value) if is_share else _number(gap.value, digits=0),
            f"{gap.missing:,}",
            "–" if gap.missing_if_built is None else f"{gap.missing_if_built:,}",
        )
    print_table(gaps)
    for name in ("count", "mapping", "ageing", "expected"):
        screen.print(
            f"{assumptions[f'{name}_rule_zh']} {assumptions[f'{name}_rule_en']}", soft_wrap=True, highlight=False
        )
    screen.print(
        f"entries {report.ageing.entry_share:.4f}, departures {report.ageing.departure_share:.4f} a year 每年; "
        f"{'; '.join(assumptions['sources'].values())}",
        soft_wrap=True,
    )


def _ask(read: Callable[[], Any]) -> Any:  # noqa: ANN401 - what is read
    try:
        with storage.reading():
            return read()
    except DispatchError as error:
        raise files.stop(error) from error


def _day(on: datetime | None) -> date:
    settings = current_app.config["DISPATCH_SETTINGS"]
    return on.date() if on else dates.service_date(clock.utc_now(), settings.time_zone)


def _print_rate(rate: Rate) -> None:
    screen = Console()
    table = Table("form 口径", "15 min", "12 min", "18 min", "slower 慢速", "met 达标", title=rate.measure.value)
    for each in rate.forms:
        met = ", ".join(f"{name} {_yes(state)}" for name, state in each.meets.items())
        table.add_row(
            each.form.value + (f" (–{each.left_out})" if each.left_out else ""),
            _count(each.count),
            *(_share(count.share) for count in each.at.values()),
            met + (" 临界 borderline" if each.is_borderline else ""),
        )
    if rate.forms:
        print_table(table)
    for one in rate.targets:
        target = one.target
        screen.print(
            f"{target.id} {target.indicator_zh} {target.operator.value} {target.value:g} {target.unit_zh}, "
            f"{target.year}, "
            f"{target.status.value}, {target.documents} {target.clause}"
            f"{'' if one.applies else ' (not in force here 不适用于本区划)'}",
            soft_wrap=True,
            highlight=False,
        )
    rules = [rate.rule, *(each.rule for each in rate.forms)]
    if rate.missing:
        rules.append(rate.missing)
    _print_rules(screen, *rules)
    if rate.reach:
        reach = (
            rate.reach.missing.zh if rate.reach.missing else _count(rate.reach.count or indicators.Count(None, None))
        )
        screen.print(f"reach 上门: {reach}", soft_wrap=True, highlight=False)
        _print_rules(screen, rate.reach.rule)
    if rate.assumptions:
        assumed = rate.assumptions
        screen.print(
            f"run {assumed['run_id']}; {assumed['speed_mps']} m/s; network {assumed.get('network')}, "
            f"{assumed.get('network_date') or 'date unknown'}; as of {assumed['as_of']}; "
            f"rules {assumed['rule_version']}, {assumed['rates_rule_version']}\n",
            soft_wrap=True,
            highlight=False,
        )


def _print_equity(found: Equity) -> None:
    screen = Console()
    title = found.measure.value + (f" · {found.subject}" if found.subject else "")
    if found.missing:
        _print_rules(screen, found.missing)
        return
    table = Table("level 级别", "areas", "best 最好", "worst 最差", "spread 极差", "Gini 基尼", title=title)
    for each in found.spreads:
        ends = [
            "–" if end is None else f"{end.area_code} {end.name_zh} {end.value:.3f}" for end in (each.best, each.worst)
        ]
        table.add_row(each.level, str(each.areas), *ends, _number(each.spread, digits=3), _number(each.gini, digits=4))
    print_table(table)
    groups = {
        "whole 全区": found.whole,
        **found.settlements,
        **found.wings,
        "worst tenth 最差十分之一": found.worst_tenth,
    }
    screen.print("; ".join(f"{name} {_group(group)}" for name, group in groups.items() if group), soft_wrap=True)


def _print_rules(screen: Console, *rules: Words) -> None:
    for rule in rules:
        screen.print(f"{rule.zh} {rule.en}", soft_wrap=True, highlight=False)


def _print_json(found: object) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, default=_plain, indent=1))


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else str(value)


def _group(group: Group) -> str:
    return f"{_number(group.value, digits=3)} ({group.areas})"


def _count(count: Count) -> str:
    if count.numerator is None or count.denominator is None:
        return "–"
    return f"{count.numerator:,}/{count.denominator:,} = {_share(count.share)}"


def _by_type(counts: dict[str, int], *, types: list[str]) -> list[str]:
    return [*(f"{counts.get(name, 0):,}" for name in types), f"{sum(counts.values()):,}"]


def _coming(stock: BedStock) -> str:
    return ", ".join(f"{stage} {sum(of_type.values()):,}" for stage, of_type in stock.to_come.items())


def _standard(ratio: Ratio) -> str:
    if ratio.standard is None:
        return "–"
    most = "" if ratio.standard.most is None else f"–{ratio.standard.most:g}"
    return f"{ratio.standard.least:g}{most} ({ratio.standard.target.id}, {ratio.standard.target.status.value})"


def _number(value: float | None, *, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{PERCENT * share:.2f} %"


def _yes(state: bool | None) -> str:  # noqa: FBT001 - a word for it
    return {True: "是 yes", False: "否 no", None: "–"}[state]
