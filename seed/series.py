"""One care series: a bath each Tuesday, ten times, with one date skipped and two weeks' pause; seven remain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from seed.accounts import DEMO_ELDER
from seed.ids import local_at, make_id, text_at

if TYPE_CHECKING:
    from seed.people import Elder

ASKED_ON = date(2026, 3, 2)
REMAINING = 7


def series_records(people: list[Elder]) -> list[dict[str, Any]]:
    """Give the series of the elder whose daughter has an account."""
    return [
        {
            "wish": {
                "id": make_id("series", 1),
                "elder_id": next(elder.id for elder in people if elder.key == DEMO_ELDER),
                "service_code": "bathing_home",
                "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=10",
                "starts_on": "2026-03-03",
                "from_time": "14:00",
                "to_time": "16:00",
            },
            "actor": "family1",
            "started_at": text_at(local_at(ASKED_ON, 9)),
            "skipped_on": "2026-04-07",
            "paused": ["2026-04-14", "2026-04-28", "away"],
        }
    ]
