"""`dispatch retention`: end what is over its time."""

from __future__ import annotations

import click

from dispatch import clock, dates, notices, privacy, storage, webhooks
from dispatch.actor import SYSTEM
from dispatch.cli.tree import with_app
from dispatch.config import read_settings


@click.group()
def retention_commands() -> None:
    """End what is over its time: erase elders who left long ago, forget positions, answers and old looks."""


@retention_commands.command("run")
@click.option("--dry-run", is_flag=True, help="Count only; nothing is changed.")
@with_app
def run(*, dry_run: bool) -> None:
    """Go through all classes of records once; run it every night."""
    now = clock.utc_now()
    today = dates.service_date(now, read_settings(needs_secret=False).time_zone)
    also = {**notices.ENDS, **webhooks.ENDS}
    with storage.transaction():
        found = privacy.apply_retention(actor=SYSTEM, at=now, on=today, dry_run=dry_run, also=also)
    names = {each.key: each.name for each in privacy.RETENTION}
    for each in found:
        what = "over their time" if dry_run else "ended"
        click.echo(f"{names[each.key].zh} {names[each.key].en}: {each.over} {what} (before {each.before:%Y-%m-%d})")
