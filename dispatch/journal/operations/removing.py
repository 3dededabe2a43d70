"""Removing lines of the access log whose time is over, so that the chain tells it from damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.journal.models import AccessLog
from dispatch.journal.operations.appending import append
from dispatch.journal.operations.verifying import ACCESS_LINES_REMOVED, find_removed_up_to
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.actor import Actor


def remove_access_lines(*, before: datetime, actor: Actor, at: datetime, dry_run: bool) -> int:
    """
    Remove the oldest lines up to the first one that is not older than a time; how many it were comes back.

    The journal says first up to which line: the database lets no other line go, and the chain verifies without them.
    Journal: access_log.lines_removed.
    """
    first_kept = session().scalar(sa.select(sa.func.min(AccessLog.line_no)).where(AccessLog.at >= before))
    last = session().scalar(sa.select(sa.func.max(AccessLog.line_no)))
    up_to = (last or 0) if first_kept is None else first_kept - 1
    over = session().scalar(sa.select(sa.func.count()).select_from(AccessLog).where(AccessLog.line_no <= up_to)) or 0
    if over and not dry_run:
        up_to = max(up_to, find_removed_up_to())
        append(ACCESS_LINES_REMOVED, actor=actor, at=at, subject_id="access_log", up_to_line_no=up_to)
        session().flush()  # the trigger looks for the entry
        session().execute(sa.delete(AccessLog).where(AccessLog.line_no <= up_to))
    return over
