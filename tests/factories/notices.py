"""Notices, short texts and who carries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dispatch import journal, notices
from dispatch.notices import Message, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

ZONE = ZoneInfo("Asia/Shanghai")


def tell_all(subject_id: UUID, *, at: datetime, kinds: set[str] | None = None) -> int:
    """Tell of all entries about a subject, in their order, as a follower would; gives how many notices were made."""
    entries = [one for one in journal.find_entries(subject_id) if kinds is None or one.kind in kinds]
    return sum(notices.tell(entry, at=at, zone=ZONE) for entry in entries)


@dataclass
class Postman:
    """A provider of the test's own: keeps what it is given, and says what it is told to."""

    says: Callable[[Message], Outcome] = lambda message: Outcome(Result.SENT, provider_message_id=f"p-{message.id}")
    name: str = "postman"
    given: list[Message] = field(default_factory=list)

    def send(self, message: Message, *, at: datetime) -> Outcome:  # noqa: ARG002 - the interface's
        """Keep it, and answer."""
        self.given.append(message)
        return self.says(message)
