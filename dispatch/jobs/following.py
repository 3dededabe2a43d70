"""Reading the journal from above: what other rooms make of an entry, in the background, each entry once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import clock, journal, storage
from dispatch.jobs.elder_events import REACTIONS as ELDER_REACTIONS
from dispatch.jobs.lost_carers import REACTIONS as LOST_CARERS
from dispatch.jobs.notices import REACTIONS as NOTICES
from dispatch.jobs.offers import CLOSING
from dispatch.jobs.webhooks import ACCOUNT_REACTIONS, WEBHOOK_REACTIONS

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.storage import DeadlineView


# what is made of an entry, at which time, in a transaction of the caller's. What the entry tells of may be some time
# ago, so that it looks at the present state. One that fails is undone and tried again later.
Reaction = Callable[[journal.Entry, "datetime"], None]

REACTION: str = "journal.reaction"  # a deadline: one reaction that failed
TRIED_AGAIN_AFTER = timedelta(seconds=2)
READ_AT_ONCE = 200
logger = logging.getLogger(__name__)

# follower, then kind of entry. A name is where its place is kept by: never renamed, and another one begins anew.
FOLLOWERS: Mapping[str, Mapping[str, Reaction]] = {
    "calendars": ACCOUNT_REACTIONS,
    "offers": CLOSING,
    "notices": NOTICES,
    "webhooks": WEBHOOK_REACTIONS,
    "elder_events": ELDER_REACTIONS,
    "lost_carers": LOST_CARERS,
}


def follow_all(followers: Mapping[str, Mapping[str, Reaction]] = FOLLOWERS) -> int:
    """
    Let every follower read on to the end of the journal; gives how many entries were read.

    Any number of workers may do so: each follower is held by one at a time, and its place moves in the transaction
    that holds what was made of the entries.
    """
    return sum(_follow(name, reactions=reactions) for name, reactions in followers.items())


def react_again(deadline: DeadlineView, at: datetime) -> None:
    """Try a reaction again that failed."""
    name, _, seq = deadline.key.rpartition(":")
    entry = journal.find_entry(int(seq))
    reaction = FOLLOWERS.get(name, {}).get(entry.kind) if entry else None
    if entry is not None and reaction is not None:
        reaction(entry, at)


def _follow(name: str, *, reactions: Mapping[str, Reaction]) -> int:
    count = 0
    while True:
        with storage.reading():  # most of the time there is nothing, and no write lock is asked for
            if not journal.read_since(journal.find_place(name), limit=1):
                return count
        now = clock.utc_now()
        with storage.transaction():
            place = journal.take_place(name, at=now)
            entries = [] if place is None else journal.read_since(place, limit=READ_AT_ONCE)
            for entry in entries:
                if entry.kind in reactions:
                    _react(reactions[entry.kind], entry=entry, name=name, at=now)
            if entries:
                journal.keep_place(name, cursor=entries[-1].cursor, at=now)
        count += len(entries)
        if len(entries) < READ_AT_ONCE:
            return count


def _react(reaction: Reaction, *, entry: journal.Entry, name: str, at: datetime) -> None:
    try:
        with storage.savepoint():
            reaction(entry, at)
            storage.session().flush()  # so that what the database refuses is refused here
    except Exception:
        logger.exception("Follower %s could not react to entry %s", name, entry.cursor.seq)
        key = f"{name}:{entry.cursor.seq}"
        storage.set_deadline(REACTION, key=key, due_at=at + TRIED_AGAIN_AFTER, at=at)
