"""What the business asks of the indicators: targets on record, rates, land, equity, beds."""

from dispatch.indicators.operations.beds import AgeingOutOfRangeError, compute_beds
from dispatch.indicators.operations.equity import compute_equity
from dispatch.indicators.operations.land import compute_land
from dispatch.indicators.operations.rates import compute_rates
from dispatch.indicators.operations.targets import TargetAreaUnknownError, put_known_targets, put_targets

__all__ = [
    "AgeingOutOfRangeError",
    "TargetAreaUnknownError",
    "compute_beds",
    "compute_equity",
    "compute_land",
    "compute_rates",
    "put_known_targets",
    "put_targets",
]
