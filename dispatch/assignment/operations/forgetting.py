"""Forgetting how providers were found, once nobody needs to explain it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.assignment.models import MatchRun
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime


def forget_searches(*, before: datetime, dry_run: bool) -> int:
    """Delete searches made before a time (a dry run counts them); requests and visits stay."""
    old = MatchRun.at < before
    over = session().scalar(sa.select(sa.func.count()).select_from(MatchRun).where(old)) or 0
    if not dry_run:
        session().execute(sa.delete(MatchRun).where(old))
    return over
