"""Reads of quotes, and of what an elder already has in some weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from dispatch.intake.models import CareRequest, Quote
from dispatch.intake.values import NoPrice, PriceBasis, QuoteCard, QuoteLine, RequestStatus
from dispatch.storage import session
from dispatch.subsidies import Outcome, Taken, week_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dispatch.intake.values import RequestCard

WEEK = timedelta(days=7)
# what counts as a use: on its way, or done
COUNTS = (
    RequestStatus.SUBMITTED,
    RequestStatus.OFFERED,
    RequestStatus.ACCEPTED,
    RequestStatus.SCHEDULED,
    RequestStatus.IN_PROGRESS,
    RequestStatus.ON_HOLD,
    RequestStatus.COMPLETED,
)


def find_quotes(quote_ids: Iterable[UUID]) -> dict[UUID, QuoteCard]:
    """Find quotes by their ids."""
    wanted = sorted(set(quote_ids))
    if not wanted:
        return {}
    return {row.id: show_quote(row) for row in session().scalars(sa.select(Quote).where(Quote.id.in_(wanted)))}


def find_taken(
    elder_ids: Collection[UUID], *, dates: Iterable[date], before: CareRequest | RequestCard | None = None
) -> list[Taken]:
    """
    Find the uses that an elder has, open or completed, in the weeks (Monday to Sunday) of some dates.

    With `before`, those that were submitted before that request: what it was quoted on.
    """
    mondays = sorted({week_of(each) for each in dates})
    query = sa.select(CareRequest.service_on, CareRequest.service_code).where(
        CareRequest.elder_id.in_(sorted(elder_ids)),
        CareRequest.status.in_(COUNTS),
        sa.or_(
            sa.false(),
            *(sa.and_(CareRequest.service_on >= monday, CareRequest.service_on < monday + WEEK) for monday in mondays),
        ),
    )
    if before is not None:
        query = query.where(
            sa.or_(
                CareRequest.submitted_at < before.submitted_at,
                sa.and_(CareRequest.submitted_at == before.submitted_at, CareRequest.id < before.id),
            )
        )
    return [Taken(service_on, service_code) for service_on, service_code in session().execute(query)]


def show_quote(row: Quote) -> QuoteCard:
    """Give a row as a value."""
    lines = tuple(_line(each) for each in row.lines)
    return QuoteCard(
        id=row.id,
        elder_id=row.elder_id,
        area_code=row.area_code,
        service_code=row.service_code,
        service_at_site_id=row.service_at_site_id,
        basis=PriceBasis(row.basis),
        gross_cents=row.gross_cents,
        subsidy_cents=row.subsidy_cents,
        own_share_cents=row.own_share_cents,
        rule_version_ids=tuple(UUID(each) for each in row.rule_version_ids),
        rule_versions=tuple(sorted({each.rule_version for each in lines if each.rule_version})),
        lines=lines,
        reason=NoPrice(row.reason) if row.reason else None,
        made_at=row.made_at,
        valid_until_at=row.valid_until_at,
    )


def _line(kept: dict[str, Any]) -> QuoteLine:
    return QuoteLine(
        **kept
        | {
            "service_on": date.fromisoformat(kept["service_on"]),
            "basis": PriceBasis(kept["basis"]),
            "outcome": Outcome(kept["outcome"]),
            "price_id": UUID(kept["price_id"]) if kept["price_id"] else None,
            "rule_id": UUID(kept["rule_id"]) if kept["rule_id"] else None,
            "reason": NoPrice(kept["reason"]) if kept["reason"] else None,
        }
    )
