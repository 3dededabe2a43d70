"""The stand-in: says what would be sent, without anything personal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.notices.values import Message, Outcome, Result
from dispatch.phones import mask_phone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class ConsoleNotifier:
    """Prints the id, the template and the masked number of each message; every one counts as sent."""

    name = "console"

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def send(self, message: Message, *, at: datetime) -> Outcome:  # noqa: ARG002 - the interface's
        """Print it."""
        number = mask_phone(message.phone) if message.phone else "WeChat"
        self._say(f"short text {message.id} {message.template} to {number}")
        return Outcome(Result.SENT, provider_message_id=f"console-{message.id}")
