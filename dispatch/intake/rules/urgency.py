"""The urgency classes with their limits: the house's own table, and what an area's rule makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch.intake.values import ClockHours, RequestStatus, Turn, Urgency, UrgencyLimits

if TYPE_CHECKING:
    from dispatch import areas

TABLE: Final = "urgency-1"  # another table is another version: what runs keeps the one that it began with
ALWAYS, BY_DAY = ClockHours.ALWAYS, ClockHours.BY_DAY
# domain.md 3.6: accept within, one offer, start within (None: the window)
LIMITS: Final = {
    limits.urgency: limits
    for limits in (
        UrgencyLimits(Urgency.EMERGENCY, accept_min=5, offer_min=3, start_min=30, hours=ALWAYS, version=TABLE),
        UrgencyLimits(Urgency.URGENT, accept_min=30, offer_min=10, start_min=4 * 60, hours=ALWAYS, version=TABLE),
        UrgencyLimits(Urgency.SOON, accept_min=4 * 60, offer_min=60, start_min=48 * 60, hours=BY_DAY, version=TABLE),
        UrgencyLimits(Urgency.ROUTINE, accept_min=24 * 60, offer_min=240, start_min=None, hours=BY_DAY, version=TABLE),
    )
}
HOURS_BY_URGENCY: Final = {urgency: limits.hours for urgency, limits in LIMITS.items()}
TURNS: Final = {
    RequestStatus.DRAFT: Turn.REQUESTER,
    RequestStatus.SUBMITTED: Turn.MATCHING,
    RequestStatus.OFFERED: Turn.PROVIDER,
    RequestStatus.ACCEPTED: Turn.COORDINATOR,
    RequestStatus.SCHEDULED: Turn.CARER,
    RequestStatus.IN_PROGRESS: Turn.CARER,
    RequestStatus.ON_HOLD: Turn.REQUESTER,
    RequestStatus.UNMATCHED: Turn.SUPERVISOR,
}


def limits_of(urgency: Urgency, *, rule: areas.RuleInForce | None) -> UrgencyLimits:
    """Give the limits of an urgency, each of them the area's where its rule names it."""
    limits = LIMITS[urgency]
    changed = {} if rule is None else rule.value.get(urgency.value, {})
    if rule is None or not changed:
        return limits
    return UrgencyLimits(
        urgency,
        accept_min=changed.get("accept_min", limits.accept_min),
        offer_min=changed.get("offer_min", limits.offer_min),
        start_min=changed.get("start_min", limits.start_min),
        hours=limits.hours,
        version=f"{TABLE}/{rule.area_code}@{rule.valid_from.isoformat()}",
    )


def whose_turn(status: RequestStatus) -> Turn:
    """Say who has to act on a request in this state."""
    return TURNS.get(status, Turn.NOBODY)
