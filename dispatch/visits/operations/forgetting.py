"""Forgetting where a phone was, once nobody needs to know any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.storage import session
from dispatch.visits.models import VisitLog

if TYPE_CHECKING:
    from datetime import datetime


def forget_positions(*, before: datetime, dry_run: bool) -> int:
    """Take the position of the phone out of logs of visits before a time (a dry run counts them); all else stays."""
    old = sa.and_(VisitLog.started_at < before, VisitLog.fix_lon.is_not(None))
    over = session().scalar(sa.select(sa.func.count()).select_from(VisitLog).where(old)) or 0
    if not dry_run:
        session().execute(sa.update(VisitLog).where(old).values(fix_lon=None, fix_lat=None, fix_accuracy_m=None))
    return over
