"""`dispatch series`: care that comes again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from rich.table import Table

from dispatch import clock, dates, intake, storage
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.intake import Extension, SeriesCard

PAGE = 200
AHEAD = frozenset({intake.OccurrenceState.PLANNED, intake.OccurrenceState.REQUESTED})


@click.group()
def series_commands() -> None:
    """List series of care, and make the requests that are due."""


@series_commands.command("list")
@click.option("--area", "area_code", help="Area code, e.g. 120198.")
@click.option("--all", "with_ended", is_flag=True, help="With those that have ended.")
@with_app
def list_series(*, area_code: str | None, with_ended: bool) -> None:
    """List series with their next date, the newest first; nobody is named."""
    status = None if with_ended else intake.SeriesStatus.ACTIVE
    today = dates.service_date(clock.utc_now(), _zone())
    table = Table("series", "area", "service", "规则 rule", "状态 status", "下一次 next", "受阻 in the way")
    with storage.reading():
        for one in _all(intake.SeriesFilter(area_code=area_code, status=status)):
            told = intake.get_series(one.id, actor=SYSTEM).occurrences
            ahead = [each.service_on for each in told if each.state in AHEAD and each.service_on >= today]
            hindered = sum(each.code is not None for each in told)
            following = min(ahead).isoformat() if ahead else "–"
            table.add_row(
                str(one.id), one.area_code, one.service_code, one.rrule, one.status.value, following, str(hindered)
            )
    print_table(table)


@series_commands.command("extend")
@click.argument("series_id", type=click.UUID, required=False)
@with_app
def extend(*, series_id: UUID | None) -> None:
    """Make requests of the next dates of all active series, or of one; any number of times."""
    now, zone = clock.utc_now(), _zone()
    with storage.reading():
        wanted = intake.SeriesFilter(status=intake.SeriesStatus.ACTIVE)
        ids = [series_id] if series_id else [one.id for one in _all(wanted)]
    for each in ids:
        with storage.transaction():  # one for each, so that nobody waits for all
            told = intake.extend_series(each, at=now, zone=zone)
        click.echo(f"{each}: {_said(told)}")


def _all(wanted: intake.SeriesFilter) -> list[SeriesCard]:
    found: list[SeriesCard] = []
    page = intake.find_series(SYSTEM, wanted=wanted, limit=PAGE)
    found += page.series
    while page.next_place:
        page = intake.find_series(SYSTEM, wanted=wanted, limit=PAGE, after=page.next_place)
        found += page.series
    return found


def _said(told: Extension | None) -> str:
    if told is None:
        return "has ended, or is not on record"
    refused = [f"{on} {code}" for on, code in told.refused.items()]
    blocked = [f"{on} blocked by {request_id}" for on, request_id in told.blocked.items()]
    return "; ".join([f"{_days(list(told.made))} requested", *blocked, *refused])


def _days(made: list[date]) -> str:
    return ", ".join(on.isoformat() for on in made) or "nothing"


def _zone() -> ZoneInfo:
    zone: ZoneInfo = current_app.config["DISPATCH_SETTINGS"].time_zone
    return zone
