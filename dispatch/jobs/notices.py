"""Telling people: notices from the journal, and short texts out of the outbox."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import clock, dates, notices, storage
from dispatch.config import read_settings

if TYPE_CHECKING:
    import threading
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dispatch import journal
    from dispatch.notices import Notifier

SEND_EVERY_S = 1.0
TAKEN_AT_ONCE = 50
NOBODY = "off"
logger = logging.getLogger(__name__)


def tell_accounts(entry: journal.Entry, at: datetime) -> None:
    """Tell whoever is to know of an entry."""
    settings = read_settings(needs_secret=False)
    notices.tell(entry, at=at, zone=settings.time_zone, sends_texts=settings.notifier.kind != NOBODY)


def forget_numbers(entry: journal.Entry, at: datetime) -> None:
    """Forget where an account wanted its short texts once its last grant has ended, as a person's erasure ends it."""
    on = dates.service_date(at, read_settings(needs_secret=False).time_zone)
    notices.forget_wish(UUID(entry.subject_id), on=on)


REACTIONS = dict.fromkeys(notices.TOLD.keys() | notices.TEXTED.keys(), tell_accounts) | {"grant.ended": forget_numbers}


def send_due(notifier: Notifier, *, zone: ZoneInfo) -> int:
    """
    Send the short texts that are due now; gives how many were tried.

    Any number of workers may do so: each text is claimed by one, and no transaction is open while a provider is asked.
    """
    with storage.reading():
        due = notices.find_due_texts(at=clock.utc_now(), limit=TAKEN_AT_ONCE)
    tried = 0
    for text_id in due:
        with storage.transaction():
            claimed = notices.claim_text(text_id, at=clock.utc_now(), zone=zone, provider=notifier.name)
        if claimed is None:
            continue
        message, try_no = claimed
        outcome = notifier.send(message, at=clock.utc_now())
        with storage.transaction():
            notices.store_outcome(text_id, outcome=outcome, try_no=try_no, at=clock.utc_now())
        tried += 1
    return tried


def keep_sending(app: Any, *, stopping: threading.Event) -> None:  # noqa: ANN401 - the Flask application
    """Send what is due again and again until told to stop; a slow provider keeps no deadline waiting."""
    settings = app.config["DISPATCH_SETTINGS"]
    notifier = notices.make_notifier(settings.notifier, say=_print)
    if notifier is None:
        return
    with app.app_context():
        while not stopping.wait(SEND_EVERY_S):
            try:
                send_due(notifier, zone=settings.time_zone)
            except Exception:
                logger.exception("Short texts could not be sent")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
