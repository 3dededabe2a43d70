"""Counting tries in the database, so that they count for all processes; a refused name is not told to exist or not."""

from __future__ import annotations

import ipaddress
import unicodedata
from math import ceil
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dispatch.accounts.models import SignInTries
from dispatch.accounts.throttle import TriedBy, Tries, after_try, opens_at, set_back, take_back
from dispatch.errors import NotAllowedError
from dispatch.storage import blind_index, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_NAME = 64
SITE_BITS = 64  # one IPv6 site: whoever has it can take any address in it


class TooManyTriesError(NotAllowedError):
    """Too many tries for this name or from this address; whether the account exists is not said."""

    slug = "too-many-tries"
    title = Words("试得太多了，请稍后再试", "Too many tries; try again later")
    detail = Words(
        "{retry_after_s} 秒后再试；忘了密码可向管理员要一次性代码。",
        "Try again in {retry_after_s} seconds; who forgot the password asks an administrator for a one-time code.",
    )


def count_try(name: str, *, address: str | None, now: datetime) -> None:
    """
    Count a try before it is judged, so that many at once count as many; `forget_tries` takes back what went well.

    Parameters
    ----------
    name : str
        The user name as it was typed, or what else is tried.
    address : str or None
        Where the try comes from; only an index of it is kept.
    now : datetime
        When.

    Raises
    ------
    TooManyTriesError
        Where the next try is not let in yet; this one is not counted.

    """
    waits = [now]
    for by, key in _keys(name, address):
        row = _locked(key, now=now)
        before = set_back(Tries(row.last_at, row.forgotten_at), now=now)
        waits.append(opens_at(before, by=by))
        _keep(row, after_try(before, by=by, now=now))
    if max(waits) > now:
        raise TooManyTriesError(retry_after_s=ceil((max(waits) - now).total_seconds()))


def forget_tries(name: str, *, address: str | None) -> None:
    """Forget the tries for a name after the right one; of those from the address only the right one itself."""
    for by, key in _keys(name, address):
        row = _load(key)
        if row is None:
            continue
        if by is TriedBy.NAME:
            session().delete(row)
        else:
            _keep(row, take_back(Tries(row.last_at, row.forgotten_at), by=by))


def _keys(name: str, address: str | None) -> list[tuple[TriedBy, bytes]]:
    plain = unicodedata.normalize("NFKC", name).strip().casefold()[:LONGEST_NAME]
    # always the name first, so that two transactions wait for each other in one order
    return [
        (TriedBy.NAME, blind_index(plain, purpose="sign_in_tries.name")),
        (TriedBy.ADDRESS, blind_index(_site(address), purpose="sign_in_tries.address")),
    ]


def _site(address: str | None) -> str:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, SITE_BITS), strict=False))
    return str(found)


def _locked(key: bytes, *, now: datetime) -> SignInTries:
    """Give the row, made where there is none, and locked, so that tries at once are counted one after the other."""
    row = _load(key)
    if row is None:
        session().execute(sa.delete(SignInTries).where(SignInTries.forgotten_at < now))
        insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
        session().execute(insert(SignInTries).values(key=key, last_at=now, forgotten_at=now).on_conflict_do_nothing())
        row = _load(key)
    if row is None:
        raise LookupError("a row that was just put is gone")
    return row


def _load(key: bytes) -> SignInTries | None:
    return session().scalar(
        sa.select(SignInTries).where(SignInTries.key == key).with_for_update().execution_options(populate_existing=True)
    )


def _keep(row: SignInTries, tries: Tries) -> None:
    row.last_at, row.forgotten_at = tries.last_at, tries.forgotten_at
