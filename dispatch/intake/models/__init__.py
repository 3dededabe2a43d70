"""The tables of the intake."""

from dispatch.intake.models.requests import (
    OPEN_STATES,
    CareRequest,
    CareRequestVisit,
)
from dispatch.intake.models.series import (
    CareSeries,
    SeriesPause,
    SeriesException,
    SeriesObstacle,
)
from dispatch.intake.models.tasks import (
    IS_OPEN,
    SupervisorTask,
)

__all__ = [
    "OPEN_STATES",
    "CareRequest",
    "CareRequestVisit",
    "CareSeries",
    "SeriesPause",
    "SeriesException",
    "SeriesObstacle",
    "IS_OPEN",
    "SupervisorTask",
]
