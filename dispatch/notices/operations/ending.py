"""Ending notices and short texts whose time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.notices.models import Notice, NoticeCounter, ShortText
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


def forget_notices(*, before: datetime, dry_run: bool) -> int:
    """
    Count what was told before a time, and delete it unless it is a dry run.

    Notices go in the order of their numbers, and up to which one is noted: a feed that was read less far says so.
    """
    newest = session().scalar(sa.select(sa.func.max(Notice.no)).where(Notice.told_at < before))
    if newest is None:
        return 0
    over = session().scalar(sa.select(sa.func.count()).where(Notice.no <= newest)) or 0
    if not dry_run:
        session().execute(sa.delete(Notice).where(Notice.no <= newest))
        session().execute(sa.update(NoticeCounter).values(dropped_no=newest))
    return over


def forget_texts(*, before: datetime, dry_run: bool) -> int:
    """Count the short texts that were made before a time, and delete them unless it is a dry run."""
    over = session().scalar(sa.select(sa.func.count()).where(ShortText.made_at < before)) or 0
    if over and not dry_run:
        session().execute(sa.delete(ShortText).where(ShortText.made_at < before))
    return over


# by the class of records that each ends
ENDS: Mapping[str, Callable[..., int]] = {"notices": forget_notices, "short_texts": forget_texts}
