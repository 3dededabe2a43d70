"""`dispatch notices`: the outbox of short texts, and whether the provider answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.table import Table

from dispatch import clock, notices, phones, storage
from dispatch.actor import SYSTEM
from dispatch.cli.tables import print_table
from dispatch.cli.tree import with_app
from dispatch.config import read_settings
from dispatch.notices import Addressee, Message, Result, Template, TextFilter, TextStatus
from dispatch.words import Locale

if TYPE_CHECKING:
    from uuid import UUID

MOST = 200


@click.group()
def notices_commands() -> None:
    """Look at the outbox of short texts, send failed ones again, try the provider."""


@notices_commands.command("outbox")
@click.option("--status", type=click.Choice([each.value for each in TextStatus]), help="Only those in this state.")
@click.option("--area", help="Only those of an area and below, by code.")
@with_app
def outbox(status: str | None, area: str | None) -> None:
    """List the newest short texts, numbers masked, and count all by state."""
    wanted = TextFilter(TextStatus(status) if status else None, area)
    with storage.reading():
        found, counts = notices.list_texts(SYSTEM, wanted=wanted, limit=MOST)
    table = Table("id", "template", "to", "status", "tries", "due (UTC)", "error")
    for each in found:
        table.add_row(
            str(each.id),
            each.template,
            each.phone_masked or "WeChat",
            each.status,
            str(each.tries),
            f"{each.due_at:%Y-%m-%d %H:%M}",
            each.error or "",
        )
    print_table(table)
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))


@notices_commands.command("retry")
@click.argument("text_id", type=click.UUID, required=False)
@click.option("--all", "is_all", is_flag=True, help=f"All that have failed, {MOST} at once.")
@with_app
def retry(text_id: UUID | None, *, is_all: bool) -> None:
    """Send a failed short text again, or all of them; a worker does it."""
    if (text_id is None) is not is_all:
        raise click.UsageError("Give the id of one short text, or --all.")
    with storage.reading():
        failed, _ = notices.list_texts(SYSTEM, wanted=TextFilter(TextStatus.FAILED), limit=MOST)
    wanted = [each.id for each in failed] if text_id is None else [text_id]
    for each in wanted:
        with storage.transaction():
            notices.retry_text(each, actor=SYSTEM, at=clock.utc_now())
    click.echo(f"{len(wanted)} go out again")


@notices_commands.command("send-test")
@click.argument("phone")
@with_app
def send_test(phone: str) -> None:
    """Send the trial text to a number now and say what the provider answered; status 1 where it was not sent."""
    settings = read_settings(needs_secret=False)
    notifier = notices.make_notifier(settings.notifier, say=click.echo)
    number = phones.read_phone(phone)
    if notifier is None or number is None:
        raise click.UsageError("DISPATCH_NOTIFIER is off." if notifier is None else "This is no phone number.")
    now = clock.utc_now()
    values = notices.make_values(
        addressee=Addressee.STAFF, name="", label="", starts_at=now, zone=settings.time_zone, locale=Locale.ZH
    )
    text = notices.render(Template.TRIAL, values=values, locale=Locale.ZH)
    message = Message(id=storage.new_id(), template=Template.TRIAL, values=values, text=text, phone=number, openid=None)
    outcome = notifier.send(message, at=now)
    told = outcome.provider_message_id if outcome.result is Result.SENT else outcome.error
    click.echo(f"{notifier.name}: {outcome.result} ({told})")
    if outcome.result is not Result.SENT:
        sys.exit(1)
