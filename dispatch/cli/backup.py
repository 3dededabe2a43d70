"""`dispatch backup`: the whole database in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from rich.console import Console

from dispatch import clock, storage
from dispatch.cli.tree import VERSION, with_app

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = click.Path(dir_okay=False, path_type=Path)
console = Console(stderr=True)


@click.group()
def backup_commands() -> None:
    """Keep the whole database in one file, and put it back. 备份与恢复。"""


@backup_commands.command("make")
@click.argument("file", type=FILE)
@click.option("--without-networks", is_flag=True, help="Leave the street networks out; they can be imported again.")
@with_app
def make(file: Path, *, without_networks: bool) -> None:
    """
    Write the database, and the street networks, into FILE while others go on writing.

    FILE holds personal data: it is readable by its owner only; encrypt it before it leaves the machine. The
    keys are not in it: without DISPATCH_FIELD_KEYS nobody can read ID numbers and phones, you neither.
    """
    networks_dir = None if without_networks else current_app.config["DISPATCH_SETTINGS"].networks_dir
    manifest = storage.make_backup(file, networks_dir=networks_dir, version=VERSION, made_at=clock.utc_now(), say=_say)
    click.echo(_describe(manifest))


@backup_commands.command("show")
@click.argument("file", type=FILE)
def show(file: Path) -> None:
    """Say what FILE holds: when it was made, by which version, the tables with their rows."""
    manifest = storage.read_backup(file)
    click.echo(_describe(manifest))
    for table in manifest.tables:
        click.echo(f"{table.table}\t{table.rows}\t{table.digest[:16]}")


@backup_commands.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", "may_replace", is_flag=True, help="What the database holds now may go.")
@click.pass_obj
def restore(create_app: Callable[..., Any], file: Path, *, may_replace: bool) -> None:
    """
    Put FILE back and compare every table with what was kept. Stop the service first.

    Either all is put back or nothing is changed. A backup of an older version is brought up to date
    afterwards by `dispatch db upgrade`; one of a newer version is refused.
    """
    app = create_app(is_serving=False)
    with app.app_context(), storage.database_faults():
        manifest = storage.restore_backup(
            file, networks_dir=app.config["DISPATCH_SETTINGS"].networks_dir, may_replace=may_replace, say=_say
        )
        present, needed = storage.schema_state()
    click.echo(_describe(manifest))
    click.echo("restored: every table equals the backup")
    if present != needed:
        click.echo(f"the database is at {present}, this program needs {needed}. Run next: dispatch db upgrade")


def _describe(manifest: storage.BackupManifest) -> str:
    keys = ", ".join(map(str, manifest.key_numbers)) or "none"
    return (
        f"made {manifest.made_at} by version {manifest.version} on {manifest.engine}, database at {manifest.revision}: "
        f"{len(manifest.tables)} tables, {manifest.rows} rows, {manifest.database_bytes} bytes; field keys: {keys}"
    )


def _say(step: str) -> None:
    console.print(f"[bold]==[/bold] {step}")
