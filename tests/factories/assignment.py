"""Elders' wishes about carers, and offers of the past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from dispatch import assignment, storage
from dispatch.actor import SYSTEM
from dispatch.assignment.models import Offer

if TYPE_CHECKING:
    from uuid import UUID

AT = datetime(2026, 1, 1, tzinfo=UTC)


def refuse(elder_id: UUID, *, carer_id: UUID, since: date = date(2026, 1, 1), until: date | None = None) -> None:
    """Let an elder refuse a carer."""
    record = assignment.PreferenceRecord(
        elder_id=elder_id,
        carer_id=carer_id,
        kind=assignment.PreferenceKind.REFUSED,
        valid_from=since,
        valid_to=until,
    )
    assignment.put_preferences([record], actor=SYSTEM, at=AT)


def offer_past(request_id: UUID, *, service_at_site_id: UUID, made_at: datetime) -> None:
    """Put an offer of the past on record that ran out after ten minutes."""
    ended_at = made_at + timedelta(minutes=10)
    times = {"made_at": made_at, "expires_at": ended_at, "ended_at": ended_at}
    ids = {"care_request_id": request_id, "service_at_site_id": service_at_site_id}
    storage.session().add(Offer(**ids, **times, turn_no=1, round_no=1, status="expired"))
