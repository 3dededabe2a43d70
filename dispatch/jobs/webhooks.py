"""Webhooks in the background: the follower that plans what is to be sent, and the senders."""

from __future__ import annotations

import logging
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from dispatch import calendars, clock, dates, storage, webhooks
from dispatch.actor import SYSTEM
from dispatch.config import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from dispatch import journal
    from dispatch.config import Settings

    Send = Callable[..., webhooks.Answer]

AT_ONCE: Final = 8  # receivers that one worker sends to at the same time
MOST_IN_A_ROW: Final = 500  # events; then the receiver is given back, and others have their turn
chance = random.SystemRandom()
logger = logging.getLogger(__name__)


def plan(entry: journal.Entry, at: datetime) -> None:
    """Have what happened sent to whoever is to be told."""
    webhooks.plan_deliveries(entry, at=at, on=_day_of(at))


def end_calendars(entry: journal.Entry, at: datetime) -> None:
    """End the secret addresses of an account that was disabled; enabled again, its owner has new ones made."""
    calendars.end_feeds(UUID(entry.subject_id), actor=SYSTEM, at=at)


WEBHOOK_REACTIONS: Final = dict.fromkeys(webhooks.KINDS, plan)
ACCOUNT_REACTIONS: Final = {"account.disabled": end_calendars}


class Sender:
    """
    Sends what is due, to several receivers at the same time.

    Each is served by a thread of its own, event after event, and by one worker only: one that hangs keeps no other
    waiting, and neither deadlines nor the journal.
    """

    def __init__(
        self,
        *,
        apart: Callable[[], AbstractContextManager[object]],
        settings: Settings,
        send: Send = webhooks.send,
    ) -> None:
        """
        Set it up; nothing is sent before `start_due`.

        Parameters
        ----------
        apart : callable
            Gives the context in which a thread reaches the database.
        settings : Settings
            Which inside networks may be called.
        send : callable
            Sends one event.

        """
        self.name = uuid4().hex
        self._apart, self._send = apart, send
        self._zone = settings.time_zone
        self._policy = webhooks.CallingPolicy(settings.webhook_inside, settings.webhook_http)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks")
        self._busy: set[UUID] = set()
        self._lock = threading.Lock()

    def start_due(self) -> int:
        """Begin with each receiver to which something is due, as far as there are threads; gives how many."""
        free = AT_ONCE - len(self._busy)
        if free <= 0:
            return 0
        with storage.reading():
            due = webhooks.find_due_webhooks(at=clock.utc_now(), limit=AT_ONCE)
        begun = [each for each in due if each not in self._busy][:free]
        for webhook_id in begun:
            with self._lock:
                self._busy.add(webhook_id)
            self._pool.submit(self._serve, webhook_id)
        return len(begun)

    def wait(self) -> None:
        """Wait until all that was begun has ended, and begin nothing more."""
        self._pool.shutdown(wait=True)

    def serve(self, webhook_id: UUID) -> int:
        """Send to one receiver what is due to it, in order, until one fails; gives how many were sent."""
        now = clock.utc_now()
        with storage.transaction():
            on = dates.service_date(now, self._zone)
            if not webhooks.take_webhook(webhook_id, sender=self.name, at=now, on=on):
                return 0
        count = 0
        while count < MOST_IN_A_ROW:
            with storage.transaction():
                outgoing = webhooks.begin_next(webhook_id, sender=self.name, at=clock.utc_now())
            if outgoing is None:
                break
            answer = self._send(outgoing, policy=self._policy, at=clock.utc_now())
            with storage.transaction():
                webhooks.settle(outgoing, answer=answer, at=clock.utc_now(), chance=chance.random())
            count += 1
        with storage.transaction():
            webhooks.leave_webhook(webhook_id, sender=self.name)
        return count

    def _serve(self, webhook_id: UUID) -> None:
        try:
            with self._apart():
                self.serve(webhook_id)
        except Exception:
            logger.exception("Webhook %s could not be served", webhook_id)  # the lease runs out
        finally:
            with self._lock:
                self._busy.discard(webhook_id)


def _day_of(at: datetime) -> date:
    return dates.service_date(at, read_settings(needs_secret=False).time_zone)
