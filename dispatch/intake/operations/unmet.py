"""Keeping the log of unmet demand, in the transactions of what it tells of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.intake.models import UnmetDemand
from dispatch.intake.operations.scope import CareRequestNotFoundError
from dispatch.intake.queries import find_row
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from dispatch.intake.values import UnmetKind


def record_unmet(
    request_id: UUID, *, kind: UnmetKind, reasons: Iterable[str], at: datetime, offer_id: UUID | None = None
) -> None:
    """
    Add one line to the log of unmet demand.

    `move_request` does so for requests that become unmatched or fail. Whoever ends an offer does so for one that was
    declined or ran out, and names it: a second line for the same offer is not added. The journal has the move itself.

    Raises CareRequestNotFoundError where there is no such request.
    """
    request = find_row(request_id)
    if request is None:
        raise CareRequestNotFoundError(care_request_id=request_id)
    if offer_id is not None and session().scalar(sa.select(UnmetDemand.id).where(UnmetDemand.offer_id == offer_id)):
        return
    session().add(
        UnmetDemand(
            care_request_id=request_id,
            offer_id=offer_id,
            area_code=request.area_code,
            service_code=request.service_code,
            service_on=request.service_on,
            week_on=request.service_on - timedelta(days=request.service_on.weekday()),
            kind=kind.value,
            reasons=",".join(sorted({each for each in reasons if each})),
            at=at,
        )
    )
