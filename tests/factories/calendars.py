"""Secret addresses of calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import accounts, calendars, storage
from dispatch.calendars import FeedKind

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID


def issue_path(account_id: UUID, *, at: datetime, on: date, elder_id: UUID | None = None) -> str:
    """Have an address made for an account: of an elder, or else of the own visits."""
    kind = FeedKind.ELDER if elder_id else FeedKind.CARER
    with storage.transaction():
        actor = accounts.find_actor(account_id, on=on)
        return f"/v1/calendars/{calendars.issue_feed(kind=kind, elder_id=elder_id, actor=actor, at=at).token}.ics"
