"""
Calls: whom an operator has on the line is seen in full while the call lasts, and half an hour at most.

That somebody served the call, about whom, for whom and how it was checked who calls stands in the officers' list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.models import Account, ServedCall
from dispatch.accounts.values import Caller, CallerCheck, CallView
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor

LASTS_AT_MOST = timedelta(minutes=30)
AT_ONCE = 3  # P: somebody holds one line, and another waits


class CallNotFoundError(NotFoundError):
    """No such call, or it is another operator's."""

    slug = "call-not-found"
    title = Words("没有这次来电，或者不是你接的", "No such call, or another operator serves it")


class TooManyCallsError(ConflictError):
    """Nobody speaks with so many at once."""

    slug = "too-many-calls"
    title = Words("同时接听的来电太多", "Too many calls are open at once")
    detail = Words(
        "先结束已接完的来电；最多同时 {limit} 个。", "End those that are over: at most {limit} can be open at once."
    )


def open_call(
    elder_id: UUID, *, area_code: str, caller: Caller, checked_by: CallerCheck, actor: Actor, at: datetime
) -> CallView:
    """
    Show one elder to an operator who has them, or somebody for them, on the line; the caller checks that it may be.

    While one is open, asking again gives the same one. Journal: call.opened. Raises TooManyCallsError.
    """
    open_now = (
        session().execute(sa.select(ServedCall.elder_id, ServedCall.id).where(*_is_open(actor.account_id, at=at))).all()
    )
    call_id = next((row.id for row in open_now if row.elder_id == elder_id), None)
    if call_id is None:
        if len(open_now) >= AT_ONCE:
            raise TooManyCallsError(limit=AT_ONCE)
        call_id = new_id()
        session().add(
            ServedCall(
                id=call_id,
                account_id=actor.account_id,
                elder_id=elder_id,
                area_code=area_code,
                caller=caller.value,
                checked_by=checked_by.value,
                opened_at=at,
                closes_at=at + LASTS_AT_MOST,
            )
        )
        journal.append(
            "call.opened",
            actor=actor,
            at=at,
            subject_id=elder_id,
            call_id=str(call_id),
            area_code=area_code,
            caller=caller.value,
            checked_by=checked_by.value,
        )
        session().flush()  # the row that is read below
    return find_calls(call_id=call_id, limit=1)[0]


def end_call(call_id: UUID, *, actor: Actor, at: datetime) -> CallView:
    """End one's own call; one that has ended stays as it is. Journal: call.ended. Raises CallNotFoundError."""
    row = session().get(ServedCall, call_id, with_for_update=True)
    if row is None or row.account_id != actor.account_id:
        raise CallNotFoundError(call_id=call_id)
    if at < row.closes_at:
        row.closes_at = at
        journal.append("call.ended", actor=actor, at=at, subject_id=row.elder_id, call_id=str(row.id))
        session().flush()  # the row that is read below
    return find_calls(call_id=call_id, limit=1)[0]


def find_on_line(account_id: UUID, *, now: datetime) -> frozenset[UUID]:
    """Find the elders whom an operator has on the line."""
    return frozenset(session().scalars(sa.select(ServedCall.elder_id).where(*_is_open(account_id, at=now))))


def find_calls(
    *,
    call_id: UUID | None = None,
    prefixes: Iterable[str] | None = None,
    account_id: UUID | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[CallView]:
    """List calls, the newest first: of areas whose codes begin with one of the prefixes, or those of one operator."""
    chosen = sa.select(ServedCall, Account.display_name).join(Account, Account.id == ServedCall.account_id)
    if call_id is not None:
        chosen = chosen.where(ServedCall.id == call_id)
    if prefixes is not None or account_id is not None:
        within = [ServedCall.area_code.startswith(one, autoescape=True) for one in prefixes or ()]
        own = [ServedCall.account_id == account_id] if account_id else []
        chosen = chosen.where(sa.or_(sa.false(), *within, *own))
    if before is not None:
        chosen = chosen.where(ServedCall.id < before)
    return [
        CallView(
            id=row.id,
            account_id=row.account_id,
            display_name=name,
            elder_id=row.elder_id,
            area_code=row.area_code,
            caller=Caller(row.caller),
            checked_by=CallerCheck(row.checked_by),
            opened_at=row.opened_at,
            closes_at=row.closes_at,
        )
        for row, name in session().execute(chosen.order_by(ServedCall.id.desc()).limit(limit))
    ]


def _is_open(account_id: UUID | None, *, at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return ServedCall.account_id == account_id, ServedCall.opened_at <= at, ServedCall.closes_at > at
