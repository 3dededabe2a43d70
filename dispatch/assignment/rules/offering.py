"""How long an offer stands, and whether an answer came in time. No session, no clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import intake

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def offer_end(limits: intake.UrgencyLimits, *, made_at: datetime, zone: ZoneInfo) -> datetime:
    """Give when an offer runs out: answers count that come before it."""
    return intake.clock_end(made_at, counted=timedelta(minutes=limits.offer_min), hours=limits.hours, zone=zone)


def is_in_time(received_at: datetime, *, expires_at: datetime) -> bool:
    """Say whether an answer came in time: at the very end it is late."""
    return received_at < expires_at
