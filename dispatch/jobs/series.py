"""What falls due of care series: their next dates, and requests whose time is over while the record holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from dispatch import intake
from dispatch.config import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.storage import DeadlineView


def extend_series(deadline: DeadlineView, at: datetime) -> None:
    """Make requests of a series' next dates."""
    intake.extend_series(UUID(deadline.key), at=at, zone=read_settings(needs_secret=False).time_zone)


def end_held_over(deadline: DeadlineView, at: datetime) -> None:
    """Cancel a request whose time is over while the record holds it."""
    intake.end_held_over(UUID(deadline.key), at=at)
