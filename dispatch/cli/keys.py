"""`dispatch keys`: sealed fields and the keys that they are sealed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dispatch import storage
from dispatch.cli.tree import with_app

if TYPE_CHECKING:
    from uuid import UUID

BATCH = 500  # rows of one transaction: some 20 ms for whoever waits to write


@click.group()
def keys_commands() -> None:
    """Bring sealed fields under a new key. 密钥更换。"""


@keys_commands.command("status")
@with_app
def status() -> None:
    """Count the rows of every sealed column by the number of their key."""
    newest = storage.key_ring().newest
    click.echo(f"newest key: {newest}")
    for sealed in storage.find_sealed_columns():
        with storage.reading():
            counts = storage.count_by_key(sealed)
        held = ", ".join(f"key {number}: {count}" for number, count in sorted(counts.items())) or "nothing"
        click.echo(f"{sealed.name}\t{held}")
        missing = sorted(counts.keys() - storage.key_ring().field_keys.keys())
        if missing:
            click.echo(f"{sealed.name}\tkeys not at hand: {', '.join(map(str, missing))}")


@keys_commands.command("rotate")
@with_app
def rotate() -> None:
    """
    Seal again, with the newest key, whatever an older one sealed.

    Others may read and write meanwhile, as long as they know both keys. What was broken off is taken up
    again. Once `status` names the newest key alone, the older one may leave DISPATCH_FIELD_KEYS; keep it
    with the backups that were made under it.
    """
    broken = 0
    for sealed in storage.find_sealed_columns():
        resealed, unreadable = _rotate(sealed)
        broken += unreadable
        click.echo(f"{sealed.name}: {resealed} sealed again, {unreadable} cannot be opened")
    if broken:
        raise click.ClickException(
            f"{broken} fields cannot be opened: `dispatch keys status` says which keys are missing; "
            "add them to DISPATCH_FIELD_KEYS and run this again"
        )


def _rotate(sealed: storage.SealedColumn) -> tuple[int, int]:
    """Go through a column until nobody writes meanwhile; give how many were sealed again, and how many cannot be."""
    newest, done = storage.key_ring().newest, 0
    with storage.reading():
        waiting = sum(count for number, count in storage.count_by_key(sealed).items() if number != newest)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(sealed.name, total=waiting)
        while True:
            changed_meanwhile = broken = 0
            last_id: UUID | None = None
            while True:
                with storage.transaction():
                    batch = storage.reseal_batch(sealed, after=last_id, limit=BATCH)
                done += batch.resealed
                broken += batch.broken
                changed_meanwhile += batch.changed_meanwhile
                progress.advance(task, batch.resealed)
                last_id = batch.last_id
                if last_id is None:
                    break
            if not changed_meanwhile:
                return done, broken
