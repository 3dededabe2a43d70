"""The calendar in force: the library's, with what was entered over it."""

from __future__ import annotations

import sqlalchemy as sa

from dispatch.directory.models import CalendarDay
from dispatch.directory.values import Calendar, DayKind
from dispatch.storage import session


def read_calendar() -> Calendar:
    """Read what was entered; one query."""
    rows = session().execute(sa.select(CalendarDay.day_on, CalendarDay.kind, CalendarDay.source))
    return Calendar({on: (DayKind(kind), source) for on, kind, source in rows})
