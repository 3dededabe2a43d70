"""
Calendar feeds: a secret address from which a calendar program reads a carer's visits or an elder's services.

Whoever holds the address reads without signing in, so little stands there: service, first character of the name, time.
"""

from dispatch.calendars.operations.feeding import (
    CalendarNotYoursError,
    TooManyCalendarsError,
    end_feeds,
    issue_feed,
    read_feed,
    revoke_feed,
)
from dispatch.calendars.queries import CalendarNotFoundError, find_feeds
from dispatch.calendars.rules import AHEAD, PAST, write_calendar
from dispatch.calendars.values import CalendarEntry, EntryStatus, Feed, FeedCard, FeedKind

__all__ = [
    "AHEAD",
    "PAST",
    "CalendarEntry",
    "CalendarNotFoundError",
    "CalendarNotYoursError",
    "EntryStatus",
    "Feed",
    "FeedCard",
    "FeedKind",
    "TooManyCalendarsError",
    "end_feeds",
    "find_feeds",
    "issue_feed",
    "read_feed",
    "revoke_feed",
    "write_calendar",
]
