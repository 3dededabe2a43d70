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

    def __add__(self, other: UnmetCount) -> UnmetCount:
        """Give both together, as of the first one's area."""
        return UnmetCount(
            self.area_code,
            unmatched=self.unmatched + other.unmatched,
            failed=self.failed + other.failed,
            reasons=_join_splits(self.reasons, other.reasons),
            events=_join(self.events, other.events),
            event_reasons=_join_splits(self.event_reasons, other.event_reasons),
        )


def _join(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def _join_splits(one: dict[str, dict[str, int]], other: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {key: _join(one.get(key, {}), other.get(key, {})) for key in sorted({*one, *other})}
