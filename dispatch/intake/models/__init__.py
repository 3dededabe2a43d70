"""The tables of the intake."""

from dispatch.intake.models.requests import (
    OPEN_STATES,
    CareRequest,
    CareRequestVisit,
)
from dispatch.intake.models.series import (
    CareSeries,
    SeriesException,
    SeriesObstacle,
    SeriesPause,
)
from dispatch.intake.models.tasks import (
    IS_OPEN,
    SupervisorTask,
)

__all__ = [
    "IS_OPEN",
    "OPEN_STATES",
    "CareRequest",
    "CareRequestVisit",
    "CareSeries",
    "SeriesException",
    "SeriesObstacle",
    "SeriesPause",
    "SupervisorTask",
]
