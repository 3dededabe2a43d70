"""What a day plan goes by (docs/plans.md): who comes first, which windows nobody likes, how large a day may be."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Final

from dispatch import intake

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

PRIORITY: Final = {  # P
    intake.Urgency.EMERGENCY: 8.0,
    intake.Urgency.URGENT: 4.0,
    intake.Urgency.SOON: 2.0,
    intake.Urgency.ROUTINE: 1.0,
}
UNPOPULAR_BEFORE: Final = time(8)  # P
UNPOPULAR_FROM: Final = time(18)  # P
UNPOPULAR_DAYS: Final = 28  # P: so far back it counts who had how many of them
MOST_VISITS: Final = 4_000
"""P: more visits in one plan need more memory than a small server has: the ways between n places are n² numbers."""
MOST_CARERS: Final = 1_000  # P


def is_unpopular(window_from_at: datetime, *, zone: ZoneInfo) -> bool:
    """Say whether a visit's window is one that nobody likes: it begins before 8 or after 18 o'clock."""
    begins = window_from_at.astimezone(zone).time()
    return begins < UNPOPULAR_BEFORE or begins >= UNPOPULAR_FROM
