"""Ids, references and times that are the same in every run."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

SOURCE = "seed"
LOCAL = timezone(timedelta(hours=8))  # the two districts keep Beijing time, which has no summer time
# 2026-01-01T00:00:00Z in milliseconds: the time part of every id
EPOCH_MS = 1_767_225_600_000


def make_id(kind: str, key: int | str) -> str:
    """Give the id of one record: a UUID of version 7 whose random part is a hash of kind and key."""
    digest = hashlib.sha256(f"{kind}:{key}".encode()).digest()
    value = (EPOCH_MS << 80) | int.from_bytes(digest[:10], "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=value))


def local_at(on: date, hour: int, minute: int = 0) -> datetime:
    """Give the instant of a local date and time."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=LOCAL)


def text_at(at: datetime) -> str:
    """Write an instant in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
