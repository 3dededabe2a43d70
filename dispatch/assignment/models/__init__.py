"""The tables of the assignment."""

from dispatch.assignment.models.matching import MatchRun, Offer, Preference
from dispatch.assignment.models.plans import Plan, PlanChange, Tour, TourPause, TourStop, Unplanned

__all__ = [
    "MatchRun",
    "Offer",
    "Plan",
    "PlanChange",
    "Preference",
    "Tour",
    "TourPause",
    "TourStop",
    "Unplanned",
]
