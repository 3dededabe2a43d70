"""The clocks of a care request."""

from __future__ import annotations

from enum import StrEnum


class ClockHours(StrEnum):
    """When a clock runs."""

    ALWAYS = "always"
    BY_DAY = "by_day"  # 08:00 to 20:00 local time
