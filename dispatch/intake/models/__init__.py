"""The tables of the intake."""

from dispatch.intake.models.clocks import (
    CareRequestClock,
)
from dispatch.intake.models.doing import (
    Attendance,
    Confirmation,
    Dispute,
)
from dispatch.intake.models.quotes import (
    Quote,
)
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
from dispatch.intake.models.unmet import (
    UnmetDemand,
)

__all__ = [
    "IS_OPEN",
    "OPEN_STATES",
    "Attendance",
    "CareRequest",
    "CareRequestClock",
    "CareRequestVisit",
    "CareSeries",
    "Confirmation",
    "Dispute",
    "Quote",
    "SeriesException",
    "SeriesObstacle",
    "SeriesPause",
    "SupervisorTask",
    "UnmetDemand",
]
