"""Reads about care requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import directory
from dispatch.intake.models import CareRequest, CareRequestVisit
from dispatch.intake.queries.quotes import find_quotes
from dispatch.intake.values import (
    Channel,
    Page,
    Pairing,
    RequestCard,
    RequestFilter,
    RequestStatus,
    ServedCount,
    ServedHistory,
    Urgency,
)
from dispatch.storage import among, session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.intake.values import QuoteCard

OPEN = (
    RequestStatus.DRAFT,
    RequestStatus.SUBMITTED,
    RequestStatus.OFFERED,
    RequestStatus.ACCEPTED,
    RequestStatus.SCHEDULED,
    RequestStatus.IN_PROGRESS,
    RequestStatus.ON_HOLD,
)
ASKED = tuple(each for each in OPEN if each is not RequestStatus.DRAFT)
"""Open, and not a draft: one for the same elder, service, day and part of the day is a repeat."""


def find_row(request_id: UUID, *, is_locked: bool = False) -> CareRequest | None:
    """
    Find a request's row.

    With `is_locked` nobody else changes it until this transaction ends (PostgreSQL; SQLite has one writer), and
    what was read before is read again.
    """
    query = sa.select(CareRequest).where(CareRequest.id == request_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def find_rows(request_ids: Iterable[UUID], *, is_locked: bool = False) -> list[CareRequest]:
    """Find the rows of any number of requests in the order of their ids; `is_locked` is as with `find_row`."""
    query = sa.select(CareRequest).where(among(CareRequest.id, ids=set(request_ids))).order_by(CareRequest.id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(session().scalars(query))


def find_open(*, elder_id: UUID, service_code: str, service_on: date, period: str) -> UUID | None:
    """Find the open request for the same elder, service, day and part of the day."""
    return session().scalar(
        sa.select(CareRequest.id).where(
            CareRequest.elder_id == elder_id,
            CareRequest.service_code == service_code,
            CareRequest.service_on == service_on,
            CareRequest.period == period,
            CareRequest.status.in_(ASKED),
        )
    )


def find_visit_ids(request_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Find the visits of requests, in the order of their slots."""
    rows = session().execute(
        sa.select(CareRequestVisit.care_request_id, CareRequestVisit.visit_id)
        .where(CareRequestVisit.care_request_id.in_(list(request_ids)))
        .order_by(CareRequestVisit.care_request_id, CareRequestVisit.slot_no, CareRequestVisit.visit_id)
    )
    found: dict[UUID, tuple[UUID, ...]] = {}
    for request_id, visit_id in rows:
        found[request_id] = (*found.get(request_id, ()), visit_id)
    return found


def find_request_ids(visit_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Find the request that each of these visits serves; those that serve none are left out."""
    rows = session().execute(
        sa.select(CareRequestVisit.visit_id, CareRequestVisit.care_request_id).where(
            CareRequestVisit.visit_id.in_(list(visit_ids))
        )
    )
    return {visit_id: request_id for visit_id, request_id in rows}  # noqa: C416 - rows are no pairs for mypy


def find_served(visit_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, RequestStatus]]:
    """Find the requests that visits serve, with their states, by visit: for who has the right to the visits."""
    rows = session().execute(
        sa.select(CareRequestVisit.visit_id, CareRequest.id, CareRequest.status)
        .join(CareRequest, CareRequest.id == CareRequestVisit.care_request_id)
        .where(CareRequestVisit.visit_id.in_(list(visit_ids)))
    )
    return {visit_id: (request_id, RequestStatus(status)) for visit_id, request_id, status in rows}


def find_page(
    condition: sa.ColumnElement[bool],
    *,
    wanted: RequestFilter,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> Page:
    """Find one page of the requests that meet a condition, newest first."""
    query = sa.select(CareRequest).where(condition)
    if wanted.status:
        query = query.where(CareRequest.status == wanted.status)
    if wanted.elder_id:
        query = query.where(CareRequest.elder_id == wanted.elder_id)
    if wanted.area_code:
        query = query.where(CareRequest.area_code.startswith(wanted.area_code, autoescape=True))
    if wanted.service_code:
        query = query.where(CareRequest.service_code == wanted.service_code)
    if after:
        submitted_at, request_id = after
        query = query.where(
            sa.or_(
                CareRequest.submitted_at < submitted_at,
                sa.and_(CareRequest.submitted_at == submitted_at, CareRequest.id < request_id),
            )
        )
    rows = (
        session().scalars(query.order_by(CareRequest.submitted_at.desc(), CareRequest.id.desc()).limit(limit + 1)).all()
    )
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Page(requests=to_cards(shown), next_place=(last.submitted_at, last.id) if last else None)


def find_open_of(elder_ids: Iterable[UUID], *, condition: sa.ColumnElement[bool]) -> list[RequestCard]:
    """Find the requests of elders that have not come to an end and meet a condition, the soonest window first."""
    query = sa.select(CareRequest).where(
        CareRequest.elder_id.in_(sorted(elder_ids)), CareRequest.status.in_(OPEN), condition
    )
    return to_cards(session().scalars(query.order_by(CareRequest.window_from_at, CareRequest.id)).all())


def count_open(elder_id: UUID) -> int:
    """Count the requests of an elder that have not come to an end."""
    query = sa.select(sa.func.count()).where(CareRequest.elder_id == elder_id, CareRequest.status.in_(OPEN))
    return session().scalars(query).one()


def count_unmatched_by_elder(elder_ids: Iterable[UUID], *, service_codes: Collection[str]) -> dict[UUID, int]:
    """Count the requests for some services that found nobody, by elder; elders without any are left out."""
    wanted = set(elder_ids)
    rows = session().execute(
        sa.select(CareRequest.elder_id, sa.func.count())
        .where(CareRequest.status == RequestStatus.UNMATCHED, CareRequest.service_code.in_(sorted(service_codes)))
        .group_by(CareRequest.elder_id)
    )
    return {elder_id: count for elder_id, count in rows if elder_id in wanted}


def find_open_elders(organization_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Find the elders with an open request that one of these organizations serves."""
    return frozenset(
        session().scalars(
            sa.select(CareRequest.elder_id)
            .join(directory.ServiceAtSite, directory.ServiceAtSite.id == CareRequest.service_at_site_id)
            .join(directory.Service, directory.Service.id == directory.ServiceAtSite.service_id)
            .where(directory.Service.organization_id.in_(sorted(organization_ids)), CareRequest.status.in_(OPEN))
            .distinct()
        )
    )


def find_history(
    elder_id: UUID, *, since_at: datetime, days: tuple[date, date], offered: sa.Select[UUID, UUID] | None = None
) -> ServedHistory:
    """
    Find how many requests each service_at_site was given that came in since an instant, and this elder's by whom.

    A request counts for whom it was given to, canceled later or not; not where `offered` selects the pair of both ids,
    since who counts offers counts it already. Of the elder's own those count whose
    service day lies in the half-open span `days` and that were neither canceled nor failed nor voided.
    """
    served = CareRequest.service_at_site_id
    given = [served.is_not(None), CareRequest.submitted_at >= since_at]
    if offered is not None:
        given.append(sa.tuple_(CareRequest.id, served).not_in(offered))
    rows = session().execute(
        sa.select(served, sa.func.count(), sa.func.max(CareRequest.submitted_at)).where(*given).group_by(served)
    )
    by_offer = {offer_id: ServedCount(count, newest_at) for offer_id, count, newest_at in rows if offer_id}
    ended_badly = (RequestStatus.CANCELED, RequestStatus.FAILED, RequestStatus.VOIDED)
    own = session().execute(
        sa.select(served, sa.func.count())
        .where(
            served.is_not(None),
            CareRequest.elder_id == elder_id,
            CareRequest.service_on >= days[0],
            CareRequest.service_on < days[1],
            CareRequest.status.not_in(ended_badly),
        )
        .group_by(served)
    )
    return ServedHistory(by_offer=by_offer, of_elder={offer_id: count for offer_id, count in own if offer_id})


def to_cards(rows: Sequence[CareRequest]) -> list[RequestCard]:
    """Show rows, with their visits."""
    visit_ids = find_visit_ids(row.id for row in rows)
    quotes = find_quotes(row.quote_id for row in rows if row.quote_id)
    return [
        _card(row, visit_ids=visit_ids.get(row.id, ()), quote=quotes.get(row.quote_id) if row.quote_id else None)
        for row in rows
    ]


def _card(row: CareRequest, *, visit_ids: tuple[UUID, ...], quote: QuoteCard | None) -> RequestCard:
    return RequestCard(
        id=row.id,
        elder_id=row.elder_id,
        area_code=row.area_code,
        service_code=row.service_code,
        channel=Channel(row.channel),
        urgency=Urgency(row.urgency),
        requested_by=row.requested_by,
        on_behalf_of=row.on_behalf_of,
        service_on=row.service_on,
        period=row.period,
        window_from_at=row.window_from_at,
        window_to_at=row.window_to_at,
        carers_needed=row.carers_needed,
        pairing=Pairing(row.pairing) if row.pairing else None,
        carer_sex=row.carer_sex,
        service_at_site_id=row.service_at_site_id,
        status=RequestStatus(row.status),
        status_before_hold=RequestStatus(row.status_before_hold) if row.status_before_hold else None,
        submitted_at=row.submitted_at,
        version=row.version,
        visit_ids=visit_ids,
        quote_id=row.quote_id,
        quote=quote,
    )
