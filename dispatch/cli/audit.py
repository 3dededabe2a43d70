"""`dispatch audit`: whether journal and access log are as they were written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatch import clock, journal, storage
from dispatch.cli.tree import with_app
from dispatch.config import read_settings

if TYPE_CHECKING:
    from dispatch.journal import Break

REPORT_EVERY = 100_000


@click.group()
def audit_commands() -> None:
    """Show that journal and access log were not changed, and keep heads of their chain outside the database."""


@audit_commands.command("verify")
@click.option(
    "--anchors",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your own copy of the anchors, instead of the file beside the database.",
)
@with_app
def verify(path: Path | None) -> None:
    """Go through the chain from its beginning; status 1 where something was changed, taken away or put in."""
    anchors = journal.read_anchors(path or read_settings(needs_secret=False).anchors_path)
    with storage.reading():
        found = journal.verify_chain(anchors, progress=_report)
    click.echo(f"{found.entries} entries, {found.access_lines} access lines, {found.links} links")
    click.echo(f"{found.removed_lines} access lines are gone because their time was over")
    newest = f", the newest of {found.newest_anchor_at.isoformat()}" if found.newest_anchor_at else ""
    click.echo(f"compared with {found.anchors} anchors{newest}")
    if found.is_whole:
        click.echo(f"whole: {found.root_hash}")
        return
    for one in found.breaks:
        click.echo(f"BROKEN: {_in_words(one)}")
    sys.exit(1)


@audit_commands.command("anchor")
@with_app
def anchor() -> None:
    """Print the heads of the chain and add them to the file of anchors: run it daily, and keep a copy elsewhere."""
    path = read_settings(needs_secret=False).anchors_path
    with storage.reading():
        made = journal.make_anchor(at=clock.utc_now())
    click.echo(journal.keep_anchor(made, path=path))


def _report(links: int) -> None:
    if links % REPORT_EVERY == 0:
        click.echo(f"{links} links are whole", err=True)


def _in_words(one: Break) -> str:
    place = "in no lane" if one.lane_no is None else f"lane {one.lane_no}, index {one.index_no}"
    line = "" if one.table_name is None else f", line {one.line_no} of {one.table_name}"
    return f"{one.damage}: {place}{line}"
