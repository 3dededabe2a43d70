"""When a short text may be sent, and when it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

QUIET_FROM_KEY, QUIET_TO_KEY = "short_text.quiet_from_h", "short_text.quiet_to_h"
QUIET_FROM_H, QUIET_TO_H = 21, 8  # proposed; an area rule says otherwise
MOST_TRIES = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 1_800
LEASE = timedelta(seconds=120)  # longer than the slowest answer of a provider may take


def end_quiet(at: datetime, *, zone: ZoneInfo, from_h: int = QUIET_FROM_H, to_h: int = QUIET_TO_H) -> datetime:
    """Give the first instant from `at` on that lies outside the quiet hours; equal hours: there are none."""
    local = at.astimezone(zone)
    is_quiet = from_h <= local.hour < to_h if from_h <= to_h else local.hour >= from_h or local.hour < to_h
    if not is_quiet:
        return at
    on = local.date() if local.hour < to_h else local.date() + timedelta(days=1)
    return datetime.combine(on, time(to_h % 24), tzinfo=zone).astimezone(UTC)


def wait_after(tries: int) -> timedelta:
    """Give how long is waited after so many tries: 30 s, doubling, at most half an hour."""
    return timedelta(seconds=min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S))
