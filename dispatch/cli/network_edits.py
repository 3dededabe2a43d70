"""`dispatch coverage edit`: add, list, end and withdraw named edits of the street network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - click reads it

import click
from flask import current_app
from rich.table import Table

from dispatch import clock, coverage, dates, geo, storage, streets
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app

if TYPE_CHECKING:
    from datetime import date, datetime

DAY = click.DateTime(["%Y-%m-%d"])
KINDS = click.Choice([kind.value for kind in coverage.NetworkEditKind])
SYSTEMS = click.Choice([system.value for system in geo.ReferenceSystem])


@click.group("edit")
def edit_commands() -> None:
    """Paths and gates that the map lacks, and closures. 路网修改。"""


@edit_commands.command("add")
@click.option("--area", "area_code", required=True, help="Code of the area it belongs to.")
@click.option("--name", required=True, help="What it is called, e.g. 东门.")
@click.option("--kind", type=KINDS, required=True)
@click.option(
    "--geometry",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A file with one GeoJSON geometry or feature.",
)
@click.option("--crs", type=SYSTEMS, required=True, help="Reference system of the geometry.")
@click.option("--reason", required=True)
@click.option("--from", "valid_from", type=DAY, help="First day; today by default.")
@click.option("--to", "valid_to", type=DAY, help="The day after the last; open by default.")
@click.option("--bridge", "is_bridge", is_flag=True, help="A path over or under what it crosses: joined at its ends.")
@with_app
def add(*, file: Path, valid_from: datetime | None, valid_to: datetime | None, kind: str, **said: Any) -> None:  # noqa: ANN401 - texts
    """Add a path or a gate, or close a place."""
    wish = coverage.NetworkEditWish(
        kind=coverage.NetworkEditKind(kind),
        geometry=_read(file),
        valid_from=_today() if valid_from is None else valid_from.date(),
        valid_to=None if valid_to is None else valid_to.date(),
        **said,
    )
    checked = _checked(wish)
    with storage.transaction():
        made = coverage.add_network_edit(checked, actor=SYSTEM, at=clock.utc_now())
    effect = checked.effect
    click.echo(
        f"edit {made.edit_id}: 相接 joined {effect.joined}, 增加 added {effect.added_m:g} m, "
        f"切断 cut {effect.cut}, 封闭 closed {effect.closed_m:g} m"
    )


@edit_commands.command("list")
@click.option("--area", "area_code", help="Those of this area.")
@click.option("--on", type=DAY, help="Those in force on this day.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@with_app
def list_edits(*, area_code: str | None, on: datetime | None, as_json: bool) -> None:
    """List the edits in the order in which they are made."""
    with storage.reading():
        found = coverage.find_network_edits(SYSTEM, area_code=area_code, on=None if on is None else on.date())
    if as_json:
        facts = [{name: getattr(one, name) for name in one.__slots__} for one in found]
        click.echo(json.dumps(facts, ensure_ascii=False, default=str, indent=1))
        return
    table = Table("edit", "名称 name", "类型 kind", "区域 area", "起 from", "止 to", "理由 reason")
    for one in found:
        until = "" if one.valid_to is None else one.valid_to.isoformat()
        table.add_row(
            str(one.edit_id), one.name, one.kind.value, one.area_code, one.valid_from.isoformat(), until, one.reason
        )
    print_table(table)


@edit_commands.command("end")
@click.argument("edit_id", type=click.UUID)
@click.option("--to", "valid_to", type=DAY, required=True, help="The day after the last.")
@click.option("--reason", help="Instead of the present reason.")
@with_app
def end(*, edit_id: UUID, valid_to: datetime, reason: str | None) -> None:
    """End an edit on a day; what was on record stays readable."""
    with storage.reading():
        stands = coverage.get_network_edit(edit_id, actor=SYSTEM)
    checked = _checked(
        coverage.NetworkEditWish(
            area_code=stands.area_code,
            name=stands.name,
            kind=stands.kind,
            geometry=stands.geometry_ll,
            crs=geo.ReferenceSystem.WGS84.value,
            reason=reason or stands.reason,
            valid_from=stands.valid_from,
            valid_to=valid_to.date(),
            is_bridge=stands.is_bridge,
        ),
        stands=stands,
    )
    with storage.transaction():
        coverage.correct_network_edit(
            edit_id, checked=checked, version=stands.version, actor=SYSTEM, at=clock.utc_now()
        )
    click.echo(f"edit {edit_id}: 止于 ends {valid_to.date()}")


@edit_commands.command("withdraw")
@click.argument("edit_id", type=click.UUID)
@with_app
def withdraw(*, edit_id: UUID) -> None:
    """Take back an edit that should never have been made."""
    with storage.transaction():
        coverage.withdraw_network_edit(edit_id, version=None, actor=SYSTEM, at=clock.utc_now())
    click.echo(f"edit {edit_id}: 已撤回 withdrawn")


def _checked(wish: coverage.NetworkEditWish, *, stands: coverage.NetworkEdit | None = None) -> coverage.CheckedEdit:
    settings = current_app.config["DISPATCH_SETTINGS"]
    imported = streets.open_network(settings.networks_dir / settings.network)
    with storage.reading():
        boundary_ll = coverage.area_boundary(wish.area_code, actor=SYSTEM)
        found = coverage.edits_in_force(wish.valid_from)
    others = [one for one in found if stands is None or one.edit_id != stands.edit_id]
    network = coverage.with_edits(imported, edits=others).network
    area = geo.StudyArea(*settings.study_area_ll)
    return coverage.check_edit(wish, network=network, boundary_ll=boundary_ll, study_area=area, stands=stands)


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise click.BadParameter(f"不是 JSON / no JSON: {file.name}", param_hint="--geometry") from fault
    if isinstance(found, dict) and found.get("type") == "FeatureCollection" and len(found.get("features") or []) == 1:
        [found] = found["features"]
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    return found if isinstance(found, dict) else {}


def _today() -> date:
    return dates.service_date(clock.utc_now(), current_app.config["DISPATCH_SETTINGS"].time_zone)
