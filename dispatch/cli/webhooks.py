"""`dispatch webhooks`: which receivers there are and how they do; sending again."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - click reads it

import click
from rich.table import Table

from dispatch import clock, storage, webhooks
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.config import read_settings

if TYPE_CHECKING:
    from datetime import datetime


@click.group()
def webhooks_commands() -> None:
    """Receivers outside that are told what happens. 事件订阅。"""


@webhooks_commands.command("list")
@with_app
def list_webhooks() -> None:
    """List all webhooks: whose events, whether they are sent, and how much waits."""
    with storage.reading():
        found = webhooks.find_webhooks(SYSTEM)
    table = Table("webhook", "范围 scope", "种类 kinds", "状态 state", "待送 waiting", "失败起 failing since")
    for one in found:
        state = "启用 on" if one.stopped_because is None else one.stopped_because.value
        since = "" if one.failing_since_at is None else one.failing_since_at.isoformat(timespec="minutes")
        scope = one.area_code or str(one.organization_id)
        table.add_row(str(one.id), scope, ", ".join(one.kinds), state, str(one.waiting), since)
    print_table(table)


@webhooks_commands.command("replay")
@click.argument("webhook_id", type=click.UUID)
@click.option("--from", "from_at", type=click.DateTime(), required=True, help="Local time, at most 30 days back.")
@with_app
def replay(*, webhook_id: UUID, from_at: datetime) -> None:
    """Have all events since a time sent again; a worker sends them."""
    zone = read_settings(needs_secret=False).time_zone
    since, count, after = from_at.replace(tzinfo=zone).astimezone(UTC), 0, 0
    while True:
        with storage.transaction():
            done = webhooks.replay_since(
                webhook_id, from_at=since, after_seq=after, actor=SYSTEM, at=clock.utc_now(), zone=zone
            )
        count += done.count
        if done.after_seq is None:
            break
        after = done.after_seq
    click.echo(f"webhook {webhook_id}: 重发 sent again {count}")
