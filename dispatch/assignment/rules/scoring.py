"""
The 1,000 points and the order (domain.md section 5, Matching; weights P, versioned by RULE_VERSION).

Whole-number arithmetic throughout: each part is rounded down once, and the parts add up to the total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch.assignment.values import Score, Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from dispatch.assignment.values import Candidate, Places, Way

TRAVEL: Final = 350
TIME_FIT: Final = 200
CONTINUITY: Final = 200
CAPACITY: Final = 100
PRICE: Final = 150
NO_FIT_AFTER_S: Final = 60 * 60
FULL_CONTINUITY: Final = 3  # visits in 90 days
CONTINUITY_DAYS: Final = 90
FAIR_SHARE_DAYS: Final = 28


def travel_points(way: Way) -> int:
    """Reward the nearer: none at the limit; a service given from afar has no way and takes all."""
    return TRAVEL * max(0, way.limit_s - (way.time_s or 0)) // way.limit_s


def time_points(shift: timedelta) -> int:
    """Reward a start near the beginning of the window: none from an hour on."""
    return TIME_FIT * max(0, NO_FIT_AFTER_S - int(abs(shift).total_seconds())) // NO_FIT_AFTER_S


def continuity_points(visits_90d: int, *, carers: int = 1) -> int:
    """Reward a known face: all from three visits in 90 days on; of two carers the mean counts."""
    full = FULL_CONTINUITY * carers
    return CONTINUITY * min(visits_90d, full) // full


def capacity_points(places: Places | None) -> int:
    """Reward free places; who states none gets none."""
    return CAPACITY * places.free // places.maximum if places and places.maximum else 0


def price_points(own_cents: int | None, *, reference_cents: int | None) -> int:
    """Reward paying less than the area's reference; a price that is not stated gets none."""
    if own_cents is None:
        return 0
    if own_cents == 0:
        return PRICE
    if not reference_cents:
        return 0
    return PRICE * max(0, reference_cents - own_cents) // reference_cents


def score(
    *,
    way: Way,
    shift: timedelta,
    visits_90d: int,
    carers: int = 1,
    places: Places | None,
    own_cents: int | None,
    reference_cents: int | None,
) -> Score:
    """Score one candidate."""
    return Score(
        travel=travel_points(way),
        time_fit=time_points(shift),
        continuity=continuity_points(visits_90d, carers=max(1, carers)),
        capacity=capacity_points(places),
        price=price_points(own_cents, reference_cents=reference_cents),
    )


def median_cents(prices: Sequence[int]) -> int | None:
    """Give the area's reference price: the median, the lower of the two middle ones; None where none is stated."""
    return sorted(prices)[(len(prices) - 1) // 2] if prices else None


def order_key(score_: Score, *, share: Share, offer_id: UUID) -> tuple[int, int, bool, datetime | None, UUID]:
    """Order: total, then fewest offers in 28 days, then longest without one (never is longest), then id."""
    return (-score_.total, share.offers_28d, share.last_at is not None, share.last_at, offer_id)


def rank_key(candidate: Candidate) -> tuple[int, int, bool, datetime | None, UUID]:
    """Order a candidate that can serve."""
    if candidate.score is None or candidate.service_at_site_id is None:
        raise ValueError("only a candidate with a score has a rank")
    return order_key(candidate.score, share=candidate.share or Share(), offer_id=candidate.service_at_site_id)
