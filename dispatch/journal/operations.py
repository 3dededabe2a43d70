"""Adding to the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.journal.models import AccessLog, JournalEntry
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from dispatch.actor import Actor
    from dispatch.journal.values import AccessPurpose


def append(
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    subject_id: UUID | str,
    reason: str | None = None,
    **facts: Any,  # noqa: ANN401 - ids and plain values, kept as JSON
) -> None:
    """
    Append one entry in the present transaction.

    `facts` are ids, codes and plain values that JSON can hold; nothing personal.
    """
    current = session()
    current.add(
        JournalEntry(
            transaction_no=_transaction_no(current),
            kind=kind,
            at=at,
            actor_id=actor.account_id,
            subject_id=str(subject_id),
            reason=reason,
            facts=facts,
        )
    )


def log_access(elder_ids: Iterable[UUID], *, actor: Actor, at: datetime, purpose: AccessPurpose, route: str) -> None:
    """Append one access line for each elder whose record is shown."""
    session().add_all(
        AccessLog(at=at, account_id=actor.account_id, elder_id=elder_id, purpose=purpose, route=route)
        for elder_id in elder_ids
    )


def _transaction_no(current: Session) -> int:
    """Give the number of the present transaction: asked once for each, so that entries go in together."""
    if current.get_bind().dialect.name != "postgresql":
        return 0
    kept: tuple[object, int] | None = current.info.get("journal_transaction")
    if kept is None or kept[0] is not current.get_transaction():
        number = current.scalars(
            sa.select(sa.cast(sa.cast(sa.func.pg_current_xact_id(), sa.Text), sa.BigInteger))
        ).one()
        kept = current.info["journal_transaction"] = (current.get_transaction(), number)
    return kept[1]
