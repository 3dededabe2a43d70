"""What was asked for and not given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class UnmetKind(StrEnum):
    """What happened: to a request (unmatched, failed) or to an offer of one (declined, expired)."""

    UNMATCHED = "unmatched"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UnmetCount:
    """
    The unmet demand of one area.

    `unmatched` and `failed` are requests as they stand now, `reasons` says why (by state, then by code); a request with
    several reasons counts for each. `events` and `event_reasons` are what happened, whatever became of it since.
    """

    area_code: str
    unmatched: int = 0
    failed: int = 0
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    event_reasons: dict[str, dict[str, int]] = field(default_factory=dict)
