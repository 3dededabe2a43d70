"""`dispatch db`: the database's schema and the facts that come with the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dispatch import areas, clock, directory, elders, indicators, journal, storage
from dispatch.actor import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable


def upgrade_database() -> None:
    """Bring the schema up to date, then the code lists, areas and targets that come with the product."""
    with storage.database_faults():
        storage.migrate()
    with storage.transaction():
        journal.chain_older_lines()
    with storage.transaction():
        now = clock.utc_now()
        areas.put_known_areas(actor=SYSTEM, at=now)
        directory.put_known_codes(actor=SYSTEM, at=now)
        indicators.put_known_targets(actor=SYSTEM, at=now)
        directory.rebuild_search(only_missing=True)
        elders.rebuild_names(only_missing=True)


@click.group()
def db_commands() -> None:
    """Bring the database up to date."""


@db_commands.command("upgrade")
@click.pass_obj
def upgrade(create_app: Callable[..., Any]) -> None:
    """Bring tables, code lists and known areas up to date; what is there stays."""
    with create_app(is_serving=False).app_context():
        upgrade_database()
        present, _ = storage.schema_state()
    click.echo(f"database is at {present}")


@db_commands.command("downgrade")
@click.argument("revision")
@click.confirmation_option(
    "--yes", prompt="What only the newer tables hold is lost. Is there a backup, and are all processes stopped?"
)
@click.pass_obj
def downgrade(create_app: Callable[..., Any], revision: str) -> None:
    """Take the tables back to an older REVISION, for an older program; what both know stays."""
    with create_app(is_serving=False).app_context(), storage.database_faults():
        before, _ = storage.schema_state()
        storage.downgrade(revision)
        present, _ = storage.schema_state()
    click.echo(f"database was at {before} and is at {present}")


@db_commands.command("check")
@click.pass_obj
def check(create_app: Callable[..., Any]) -> None:
    """Say where the database stands; status 1 where it is not up to date."""
    with create_app(is_serving=False).app_context():
        with storage.database_faults():
            storage.check_schema()
        present, _ = storage.schema_state()
    click.echo(f"database is at {present}, up to date")
