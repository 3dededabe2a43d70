"""How long an offer stands, and whether an answer came in time. No session, no clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch import intake

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

# domain.md 3.6, urgency: one offer
OFFER_LIMITS: Final = {
    intake.Urgency.EMERGENCY: timedelta(minutes=3),
    intake.Urgency.URGENT: timedelta(minutes=10),
    intake.Urgency.SOON: timedelta(minutes=60),
    intake.Urgency.ROUTINE: timedelta(minutes=240),
}


def offer_end(urgency: intake.Urgency, *, made_at: datetime, zone: ZoneInfo) -> datetime:
    """Give when an offer runs out: answers count that come before it."""
    return intake.clock_end(made_at, counted=OFFER_LIMITS[urgency], hours=intake.HOURS_BY_URGENCY[urgency], zone=zone)


def is_in_time(received_at: datetime, *, expires_at: datetime) -> bool:
    """Say whether an answer came in time: at the very end it is late."""
    return received_at < expires_at
