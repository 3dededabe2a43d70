"""The tables of the intake."""

from dispatch.intake.models.requests import (
    OPEN_STATES,
    CareRequest,
    CareRequestVisit,
)
from dispatch.intake.models.tasks import (
    SupervisorTask,
)

__all__ = [
    "OPEN_STATES",
    "CareRequest",
    "CareRequestVisit",
    "SupervisorTask",
]
