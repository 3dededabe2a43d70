"""`dispatch accounts`: who signs in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dispatch import accounts, clock, dates, storage
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from dispatch.cli.tree import with_app
from dispatch.config import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


@click.group()
def accounts_commands() -> None:
    """Create accounts for those who sign in."""


@accounts_commands.command("add")
@click.argument("username")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they do.")
@click.option("--area", "areas", multiple=True, metavar="CODE", help="Area code of 2, 6, 9 or 12 digits.")
@click.option(
    "--organization", "organization_ids", multiple=True, type=click.UUID, metavar="ID", help="Who they work for."
)
@click.option("--elder", "elder_ids", multiple=True, type=click.UUID, metavar="ID", help="Whom they speak for.")
@click.option("--name", required=True, help="Shown to others.")
@click.option("--system", "is_system", is_flag=True, help="A partner's system: no password, it gets keys.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, and do not ask.")
@with_app
def add(
    username: str,
    role: str,
    areas: tuple[str, ...],
    organization_ids: tuple[UUID, ...],
    elder_ids: tuple[UUID, ...],
    name: str,
    *,
    is_system: bool,
    password_stdin: bool,
) -> None:
    """Create an account; the password is asked for, never given on the line."""
    grants = tuple(_grants(Role(role), areas=areas, organization_ids=organization_ids, elder_ids=elder_ids))
    if is_system:
        wish = accounts.NewAccount(username=username, display_name=name, grants=grants, is_system=True)
        with storage.transaction():
            account_id = accounts.open_account(wish, **_terms())
        click.echo(f"created {username} ({role}, system) {account_id}")
        return
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    record = accounts.AccountRecord(username=username, password=password, display_name=name, grants=grants)
    with storage.transaction():
        account_id = accounts.create_account(
            record, actor=SYSTEM, now=clock.utc_now(), zone=read_settings(needs_secret=False).time_zone
        )
    click.echo(f"created {username} ({role}) {account_id}")


@accounts_commands.command("disable")
@click.argument("username")
@with_app
def disable(username: str) -> None:
    """Keep somebody from signing in, from this moment on."""
    with storage.transaction():
        accounts.disable_account(username, actor=SYSTEM, now=clock.utc_now())
    click.echo(f"disabled {username}")


@accounts_commands.command("enable")
@click.argument("username")
@with_app
def enable(username: str) -> None:
    """Let somebody sign in again."""
    with storage.transaction():
        accounts.enable_account(username, actor=SYSTEM, now=clock.utc_now())
    click.echo(f"enabled {username}")


@accounts_commands.command("code")
@click.argument("username")
@with_app
def code(username: str) -> None:
    """Print a one-time code with which somebody chooses a new password; it is good for three days."""
    with storage.transaction():
        issued = accounts.issue_password_code(accounts.get_account_id(username), **_terms())
    click.echo(f"{issued.code} until {issued.expires_at:%Y-%m-%d %H:%M} UTC: POST /v1/auth/passwords")


@accounts_commands.command("key")
@click.argument("username")
@click.option("--label", required=True, help="Which system uses it.")
@click.option("--test", "is_test", is_flag=True, help="Everything is checked and answered, nothing is kept.")
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True, help="For how long it is good.")
@with_app
def key(username: str, label: str, days: int, *, is_test: bool) -> None:
    """Print a key with which a partner system acts as an account; it is shown this once."""
    if not label.strip():
        raise click.UsageError("Say which system uses it: --label TEXT.")
    mode = accounts.KeyMode.TEST if is_test else accounts.KeyMode.LIVE
    with storage.transaction():
        account_id = accounts.get_account_id(username)
        issued = accounts.issue_key(account_id, mode=mode, label=label, days=days, **_terms())
    click.echo(f"{issued.key} until {issued.about.expires_at:%Y-%m-%d %H:%M} UTC: Authorization: Bearer")


@accounts_commands.command("keys")
@click.argument("username")
@with_app
def keys(username: str) -> None:
    """List the keys of an account, those that are over too."""
    with storage.reading():
        found = accounts.find_keys(accounts.get_account_id(username))
    for one in found:
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}"
        used = f"last used {one.last_used_on}" if one.last_used_on else "never used"
        click.echo(f"{one.id}\t{one.begins_with}…\t{one.label}\t{state}\t{used}")


@accounts_commands.command("revoke-key")
@click.argument("username")
@click.argument("key_id", type=click.UUID)
@with_app
def revoke_key(username: str, key_id: UUID) -> None:
    """Make a key useless at once; `dispatch accounts keys NAME` lists their ids."""
    with storage.transaction():
        accounts.revoke_key(key_id, account_id=accounts.get_account_id(username), **_terms())
    click.echo(f"revoked {key_id}")


@accounts_commands.command("list")
@with_app
def list_all() -> None:
    """List all accounts with what they are granted."""
    with storage.reading():
        found = accounts.list_accounts()
    for account in found:
        held = ", ".join(_in_words(dated) for dated in account.grants) or "nothing granted"
        click.echo(f"{account.username}\t{account.status}\t{account.display_name}\t{held}")


def _terms() -> dict[str, Any]:
    now = clock.utc_now()
    return {"actor": SYSTEM, "at": now, "on": dates.service_date(now, read_settings(needs_secret=False).time_zone)}


def _grants(
    role: Role, *, areas: Iterable[str], organization_ids: Iterable[UUID], elder_ids: Iterable[UUID]
) -> Iterable[Grant]:
    yield from (Grant(role, ScopeKind.AREA, code) for code in areas)
    yield from (Grant(role, ScopeKind.ORGANIZATION, str(one)) for one in organization_ids)
    yield from (Grant(role, ScopeKind.ELDER, str(one)) for one in elder_ids)
    if role is Role.CARER:
        yield Grant(role, ScopeKind.OWN, "")
    elif not (areas or organization_ids or elder_ids):
        raise click.UsageError("Say for whom: --area CODE, --organization ID or --elder ID.")


def _in_words(dated: accounts.DatedGrant) -> str:
    until = f" until {dated.valid_to}" if dated.valid_to else ""
    return f"{dated.grant.role} of {dated.grant.scope_kind} {dated.grant.scope_ref} from {dated.valid_from}{until}"
