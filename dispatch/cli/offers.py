"""`dispatch offers`: what is offered to whom, in ids and codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from rich.table import Table

from dispatch import assignment, storage
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.assignment import OfferCard

MOST = 1_000
FIELDS = ("id", "care_request_id", "service_at_site_id", "turn_no", "round_no")


@click.group()
def offers_commands() -> None:
    """Look at the offers of requests to providers. 派单。"""


@offers_commands.command("list")
@click.option("--status", type=click.Choice([each.value for each in assignment.OfferStatus]), help="Of one state.")
@click.option("--area", "area_code", help="Of requests in this area and below, e.g. 120198.")
@click.option("--request", "request_id", type=click.UUID, help="Of one care request.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MOST))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_app
def list_offers(
    *, status: str | None, area_code: str | None, request_id: UUID | None, limit: int, as_json: bool
) -> None:
    """List offers, the newest first; nothing personal is printed."""
    wanted = assignment.OfferFilter(
        status=assignment.OfferStatus(status) if status else None, care_request_id=request_id, area_code=area_code
    )
    with storage.reading():
        found = assignment.find_offers(SYSTEM, wanted=wanted, limit=limit).offers
    rows = [_row(each) for each in found]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table(
        "派单 offer", "请求 request", "provider", "turn", "状态 status", "reason", "urgency", "area", "made", "expires"
    )
    for row in rows:
        turn = f"{row['turn_no']} ({row['round_no']})"
        cells = (row["id"], row["care_request_id"], row["service_at_site_id"], turn, row["status"], row["reason"] or "")
        table.add_row(*cells, row["urgency"], row["area_code"], row["made_at"], row["expires_at"])
    print_table(table)


def _row(card: OfferCard) -> dict[str, Any]:
    zone = current_app.config["DISPATCH_SETTINGS"].time_zone
    reason = card.decline_reason or card.withdraw_reason
    return {name: str(getattr(card, name)) for name in FIELDS} | {
        "status": card.status.value,
        "reason": reason.value if reason else None,
        "urgency": card.request.urgency.value,
        "area_code": card.request.area_code,
        "service_code": card.request.service_code,
        "made_at": card.made_at.astimezone(zone).isoformat(timespec="seconds"),
        "expires_at": card.expires_at.astimezone(zone).isoformat(timespec="seconds"),
    }
