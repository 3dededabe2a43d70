"""The tables of the intake."""

from dispatch.intake.models.requests import (
    OPEN_STATES,
    CareRequest,
    CareRequestVisit,
)

__all__ = [
    "OPEN_STATES",
    "CareRequest",
    "CareRequestVisit",
]
