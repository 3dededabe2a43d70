"""What every provider does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.notices.values import Message, Outcome


class Notifier(Protocol):
    """
    Sends one message and says what came of it; never raises for what the other side does.

    The same message may be given again, under the same id: after a lost answer nobody knows whether it was sent.
    """

    @property
    def name(self) -> str:
        """What the provider is called in the outbox."""
        ...

    def send(self, message: Message, *, at: datetime) -> Outcome:
        """Try once, with a time limit; call it outside any transaction."""
        ...
