"""What was answered to a request with an `Idempotency-Key`, so that it happens once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.errors import InvalidError
from dispatch.storage.columns import Base, Json, UtcDateTime
from dispatch.storage.current import session
from dispatch.words import Words


class IdempotencyKeyReusedError(InvalidError):
    """The key was used before, with another body."""

    slug = "idempotency-key-reused"
    title = Words("这个幂等键已用于另一份内容", "This key was used for another content")
    detail = Words(
        "换一个新的 Idempotency-Key 再提交，或者原样重发第一次的内容。",
        "Send a new Idempotency-Key, or repeat the first content unchanged.",
    )


class IdempotencyKey(Base):
    """One request that was carried out, with its answer."""

    __tablename__ = "idempotency_key"

    account_id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_sha256: Mapped[str]
    status: Mapped[int]
    reply: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What was answered the first time."""

    status: int
    reply: dict[str, Any]


def find_reply(key: str, *, account_id: UUID, route: str, body_sha256: str) -> StoredReply | None:
    """
    Find what this account was answered under this key, or None.

    Raises
    ------
    IdempotencyKeyReusedError
        Where the key was used for another route or body.

    """
    if session().get_bind().dialect.name == "postgresql":
        # two at once with one key: the second waits here until the first has committed. SQLite has one writer anyway.
        session().execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{account_id}{key}", 0))))
    row = session().get(IdempotencyKey, (account_id, key))
    if row is None:
        return None
    if (row.route, row.body_sha256) != (route, body_sha256):
        raise IdempotencyKeyReusedError
    return StoredReply(status=row.status, reply=row.reply)


def keep_reply(
    key: str, *, account_id: UUID, route: str, body_sha256: str, status: int, reply: dict[str, Any], at: datetime
) -> None:
    """Keep the answer in the same transaction as the change it tells of."""
    session().add(
        IdempotencyKey(
            account_id=account_id, key=key, route=route, body_sha256=body_sha256, status=status, reply=reply, at=at
        )
    )


def forget_replies_about(subject_id: UUID) -> int:
    """Forget the answers that name a subject, whoever was given them; say how many."""
    told = sa.cast(IdempotencyKey.reply, sa.Text).contains(str(subject_id), autoescape=True)
    result: Any = session().execute(sa.delete(IdempotencyKey).where(told))
    return int(result.rowcount)


def forget_replies(*, before: datetime, dry_run: bool) -> int:
    """Forget the answers given before a time (a dry run counts them): whoever sends again then does a thing twice."""
    old = IdempotencyKey.at < before
    over = session().scalar(sa.select(sa.func.count()).select_from(IdempotencyKey).where(old)) or 0
    if not dry_run:
        session().execute(sa.delete(IdempotencyKey).where(old))
    return over
