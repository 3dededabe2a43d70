"""Reads of the assignment room's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from dispatch import directory, intake, journal
from dispatch.assignment.models import MatchRun, Offer, Preference
from dispatch.assignment.values import (
    TRIED_AND_WITHDRAWN,
    DeclineReason,
    OfferCard,
    OfferedRequest,
    OfferPage,
    OfferStatus,
    PreferenceKind,
    Share,
    WithdrawReason,
)
from dispatch.storage import in_force, session

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from dispatch.assignment.values import OfferFilter

REOPENED = "care_request.reopened"


def find_preferences(elder_id: UUID, *, on: date) -> dict[UUID, PreferenceKind]:
    """Find an elder's wishes about carers on a date; who is both preferred and refused is refused."""
    rows = session().execute(
        sa.select(Preference.carer_id, Preference.kind)
        .where(Preference.elder_id == elder_id, in_force(Preference, on))
        .order_by(Preference.kind)  # refused comes after preferred
    )
    return {carer_id: PreferenceKind(kind) for carer_id, kind in rows}


def load_preferences(elder_ids: list[UUID]) -> dict[tuple[UUID, UUID, date], Preference]:
    """Load the wishes of elders, by elder, carer and the date from which they hold."""
    rows = session().scalars(sa.select(Preference).where(Preference.elder_id.in_(elder_ids)))
    return {(row.elder_id, row.carer_id, row.valid_from): row for row in rows}


def find_stored(request_id: UUID, *, limit: int, after: tuple[datetime, UUID] | None = None) -> Sequence[MatchRun]:
    """Find the stored searches of a request, newest first, from behind a place on."""
    query = sa.select(MatchRun).where(MatchRun.care_request_id == request_id)
    if after:
        at, run_id = after
        query = query.where(sa.or_(MatchRun.at < at, sa.and_(MatchRun.at == at, MatchRun.id < run_id)))
    return session().scalars(query.order_by(MatchRun.at.desc(), MatchRun.id.desc()).limit(limit)).all()


def find_shares(service_at_site_ids: Collection[UUID] | None, *, since_at: datetime) -> dict[UUID, Share]:
    """
    Find how many offers each service_at_site was made since an instant, and when the newest; None: of all.

    Offers count however they ended; those without any are left out.
    """
    query = sa.select(Offer.service_at_site_id, sa.func.count(), sa.func.max(Offer.made_at)).where(
        Offer.made_at >= since_at
    )
    if service_at_site_ids is not None:
        query = query.where(Offer.service_at_site_id.in_(sorted(service_at_site_ids)))
    rows = session().execute(query.group_by(Offer.service_at_site_id))
    return {each: Share(count, newest_at) for each, count, newest_at in rows}


def select_offered(*, since_at: datetime) -> sa.Select[UUID, UUID]:
    """Select whom requests were offered to since an instant: pairs of a request's id and a service_at_site's."""
    return sa.select(Offer.care_request_id, Offer.service_at_site_id).where(Offer.made_at >= since_at)


def find_tried(request_id: UUID) -> frozenset[UUID]:
    """
    Find the service_at_site rows that are not asked again in a request's present round.

    They declined, let the offer run out, had it taken back for a reason that lies with them or the officer, or gave the
    request back before this round. A round ends when the request is reopened.
    """
    reopened = _reopenings(request_id)
    given_back = frozenset(
        UUID(entry.facts["given_back_by"]) for entry in reopened[-1:] if entry.facts.get("given_back_by")
    )
    return given_back | frozenset(
        session().scalars(
            sa.select(Offer.service_at_site_id).where(
                Offer.care_request_id == request_id,
                Offer.round_no == 1 + len(reopened),
                sa.or_(
                    Offer.status.in_((OfferStatus.DECLINED, OfferStatus.EXPIRED)),
                    Offer.withdraw_reason.in_(sorted(TRIED_AND_WITHDRAWN)),
                ),
            )
        )
    )


def find_round(request_id: UUID) -> int:
    """Give a request's present round: 1, and one more for each time it was reopened."""
    return 1 + len(_reopenings(request_id))


def _reopenings(request_id: UUID) -> list[journal.Entry]:
    return [entry for entry in journal.find_entries(request_id) if entry.kind == REOPENED]


def find_open_offer(request_id: UUID) -> Offer | None:
    """Find the open offer of a request; there is never more than one."""
    query = sa.select(Offer).where(Offer.care_request_id == request_id, Offer.status == OfferStatus.OPEN)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def find_open(request_id: UUID) -> UUID | None:
    """Find the id of a request's open offer."""
    found = find_open_offer(request_id)
    return found.id if found else None


def find_offer_row(offer_id: UUID, *, is_locked: bool = False) -> Offer | None:
    """Find an offer's row; with `is_locked` nobody else changes it until this transaction ends."""
    query = sa.select(Offer).where(Offer.id == offer_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def next_turn(request_id: UUID) -> int:
    """Give the number of a request's next offer, from 1."""
    query = sa.select(sa.func.max(Offer.turn_no)).where(Offer.care_request_id == request_id)
    return (session().scalar(query) or 0) + 1


def find_asked(request_id: UUID) -> tuple[UUID, ...]:
    """Give the service_at_site row that holds the open offer of a request; none where there is no open one."""
    found = find_open_offer(request_id)
    return (found.service_at_site_id,) if found else ()


def find_offered_elders(organization_ids: Collection[UUID]) -> frozenset[UUID]:
    """Find the elders with a request that is offered to one of these organizations now."""
    return frozenset(
        session().scalars(
            sa.select(intake.CareRequest.elder_id)
            .join(Offer, Offer.care_request_id == intake.CareRequest.id)
            .where(Offer.status == OfferStatus.OPEN, Offer.service_at_site_id.in_(own_services(organization_ids)))
            .distinct()
        )
    )


def own_services(organization_ids: Collection[UUID]) -> sa.Select[UUID]:
    """Select the service_at_site rows of organizations."""
    return (
        sa.select(directory.ServiceAtSite.id)
        .join(directory.Service, directory.Service.id == directory.ServiceAtSite.service_id)
        .where(directory.Service.organization_id.in_(sorted(organization_ids)))
    )


def find_offer_page(
    condition: sa.ColumnElement[bool], *, wanted: OfferFilter, limit: int, after: tuple[datetime, UUID] | None
) -> OfferPage:
    """Find one page of the offers that meet a condition, newest first."""
    joined = sa.select(Offer, intake.CareRequest).join(
        intake.CareRequest, intake.CareRequest.id == Offer.care_request_id
    )
    query = joined.where(condition)
    if wanted.status:
        query = query.where(Offer.status == wanted.status)
    if wanted.care_request_id:
        query = query.where(Offer.care_request_id == wanted.care_request_id)
    if wanted.service_at_site_id:
        query = query.where(Offer.service_at_site_id == wanted.service_at_site_id)
    if wanted.area_code:
        query = query.where(intake.CareRequest.area_code.startswith(wanted.area_code, autoescape=True))
    if after:
        made_at, offer_id = after
        query = query.where(sa.or_(Offer.made_at < made_at, sa.and_(Offer.made_at == made_at, Offer.id < offer_id)))
    rows = session().execute(query.order_by(Offer.made_at.desc(), Offer.id.desc()).limit(limit + 1)).all()
    shown = [_card(row, request=request) for row, request in rows[:limit]]
    last = shown[-1] if len(rows) > limit else None
    return OfferPage(shown, next_place=(last.made_at, last.id) if last else None)


def to_card(row: Offer) -> OfferCard:
    """Show one offer, with its request."""
    return _card(row, request=session().get_one(intake.CareRequest, row.care_request_id))


def _card(row: Offer, *, request: intake.CareRequest) -> OfferCard:
    return OfferCard(
        id=row.id,
        care_request_id=row.care_request_id,
        service_at_site_id=row.service_at_site_id,
        turn_no=row.turn_no,
        round_no=row.round_no,
        made_at=row.made_at,
        expires_at=row.expires_at,
        status=OfferStatus(row.status),
        decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        withdraw_reason=WithdrawReason(row.withdraw_reason) if row.withdraw_reason else None,
        made_by=row.made_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        match_run_id=row.match_run_id,
        request=OfferedRequest(
            elder_id=request.elder_id,
            area_code=request.area_code,
            service_code=request.service_code,
            urgency=intake.Urgency(request.urgency),
            service_on=request.service_on,
            period=request.period,
            window_from_at=request.window_from_at,
            window_to_at=request.window_to_at,
            carers_needed=request.carers_needed,
            carer_sex=request.carer_sex,
            status=intake.RequestStatus(request.status),
        ),
    )
