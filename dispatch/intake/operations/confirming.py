"""Confirming a completed request, with a rating or by silence, and disputing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.actor import SYSTEM, Role
from dispatch.errors import ConflictError
from dispatch.intake.models import CareRequest, Confirmation, Dispute
from dispatch.intake.operations.moving import MoveNotAllowedError
from dispatch.intake.operations.scope import load_visible, roles_to_change
from dispatch.intake.operations.tasks import close_tasks, raise_task
from dispatch.intake.queries import find_row
from dispatch.intake.rules import DISPUTE_WITHIN, OFFICER, REQUESTERS, SILENCE, SILENCE_COUNTS_AFTER
from dispatch.intake.values import (
    STATUS_WORDS,
    CloseReason,
    ConfirmationCard,
    ConfirmedBy,
    DisputeCard,
    DisputeOutcome,
    DisputeReason,
    DisputeStatus,
    RequestStatus,
    TaskKind,
)
from dispatch.storage import session, set_deadline, withdraw_deadline
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor

COMPLETED = "care_request.completed"


class NotCompletedError(ConflictError):
    """What is not completed can be neither confirmed nor disputed."""

    slug = "care-request-not-completed"
    title = Words("服务尚未完成", "The request is not completed")
    detail = Words(
        "请求现在是“{status}”；服务人员记录结束后才能确认、评分或提出异议。",
        'The request is "{status}"; it can be confirmed, rated or disputed once the carer has recorded its end.',
    )

    def text(self, locale: Locale) -> str:
        """Name the state in the reader's language; the facts have its code."""
        return self.detail.text(locale, status=STATUS_WORDS[RequestStatus(self.facts["status"])].text(locale))


class AlreadyConfirmedError(ConflictError):
    """It was confirmed before; by silence counts too."""

    slug = "already-confirmed"
    title = Words("这项服务已经确认过", "This request is confirmed already")
    detail = Words(
        "确认时间是 {at}；如有问题，可在完成后 30 天内提出异议。",
        "It was confirmed at {at}. What is wrong can be disputed within 30 days of its completion.",
    )


class DisputeOpenError(ConflictError):
    """A dispute waits for an officer."""

    slug = "dispute-open"
    title = Words("异议还在处理中", "A dispute is open")
    detail = Words(
        "等区民政处理后再确认：POST /v1/care-requests/…/dispute/closing。",
        "Wait until the officer has closed it: POST …/dispute/closing.",
    )


class DisputeClosedError(ConflictError):
    """The dispute was decided; there is one for each request."""

    slug = "dispute-closed"
    title = Words("异议已经处理完毕", "The dispute is closed")
    detail = Words(
        "结果是 {outcome}，不再重开；仍有意见，请联系区民政。",
        "Its outcome is {outcome}, and it is not opened again. Who disagrees turns to the district office.",
    )


class NoDisputeError(ConflictError):
    """There is nothing to close."""

    slug = "no-dispute"
    title = Words("没有人提出异议", "Nobody has disputed this")
    detail = Words(
        "先由老人、家属或话务员提出：POST /v1/care-requests/…/dispute。",
        "The elder, family or operator raises it first.",
    )


class DisputeTooLateError(ConflictError):
    """The time for disputes is over."""

    slug = "dispute-too-late"
    title = Words("已过提出异议的期限", "Too late for a dispute")
    detail = Words(
        "期限到 {until_at} 为止；请直接联系区民政。",
        "It could be disputed until {until_at}; turn to the district office.",
    )


def confirm_request(request_id: UUID, *, rating: int | None, actor: Actor, now: datetime) -> ConfirmationCard:
    """
    Confirm a completed request, once; with a rating of 1 to 5 or without. Elder, family, or somebody on their behalf.

    Journal: care_request.confirmed, without the rating.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError
        Where it is outside the actor's scope, or confirming is not for the role.
    NotCompletedError, AlreadyConfirmedError, DisputeOpenError

    """
    row, role = _held(request_id, actor=actor, open_to=REQUESTERS)
    _check_completed(row)
    kept = find_confirmation(row.id)
    if kept is not None:
        raise AlreadyConfirmedError(care_request_id=row.id, at=kept.at.isoformat(), confirmed_by=kept.confirmed_by)
    dispute = find_dispute(row.id)
    if dispute is not None and dispute.outcome is None:
        raise DisputeOpenError(care_request_id=row.id)
    withdraw_deadline(SILENCE, key=str(row.id), at=now)
    return _confirm(row, by=ConfirmedBy.PERSON, rating=rating, role=role, actor=actor, now=now)


def confirm_by_silence(request_id: UUID, *, now: datetime) -> bool:
    """
    Let a completed request count as confirmed, days after which nobody has said anything; say whether it does.

    One that is disputed, confirmed or void stays as it is. Journal: care_request.confirmed.
    """
    row = find_row(request_id, is_locked=True)
    if row is None or row.status != RequestStatus.COMPLETED or find_confirmation(request_id) is not None:
        return False
    dispute = find_dispute(request_id)
    if dispute is not None and dispute.outcome != DisputeOutcome.REJECTED:
        return False
    _confirm(row, by=ConfirmedBy.SILENCE, rating=None, role=None, actor=SYSTEM, now=now)
    return True


def dispute_request(request_id: UUID, *, reason: DisputeReason, actor: Actor, now: datetime) -> DisputeCard:
    """
    Say that something is wrong with a completed request: until it is closed, it is left out of what is paid.

    Confirmed or not, within 30 days of its completion; the same again changes nothing. A supervisor is asked to look.
    Journal: care_request.disputed.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError
        Where it is outside the actor's scope, or disputing is not for the role.
    NotCompletedError, DisputeOpenError, DisputeClosedError, DisputeTooLateError

    """
    row, role = _held(request_id, actor=actor, open_to=REQUESTERS)
    _check_completed(row)
    kept = find_dispute(row.id)
    if kept is not None and kept.outcome is not None:
        raise DisputeClosedError(care_request_id=row.id, outcome=kept.outcome)
    if kept is not None and kept.reason == reason.value:
        return show_dispute(kept)
    if kept is not None:
        raise DisputeOpenError(care_request_id=row.id)
    until_at = completed_at(row.id) + DISPUTE_WITHIN
    if now > until_at:
        raise DisputeTooLateError(care_request_id=row.id, until_at=until_at.isoformat())
    made = Dispute(
        care_request_id=row.id,
        elder_id=row.elder_id,
        reason=reason.value,
        role=role.value if role else None,
        account_id=actor.account_id,
        opened_at=now,
    )
    session().add(made)
    withdraw_deadline(SILENCE, key=str(row.id), at=now)
    _note("care_request.disputed", row=row, actor=actor, now=now, reason=reason.value, role=role)
    raise_task(row.id, kind=TaskKind.DISPUTED, actor=actor, at=now, reason=reason.value)
    return show_dispute(made)


def close_dispute(request_id: UUID, *, outcome: DisputeOutcome, actor: Actor, now: datetime) -> DisputeCard:
    """
    Decide a dispute, for good: upheld, the request stays out of what is paid; rejected, it counts again.

    After a rejection silence counts again, from now on. Journal: care_request.dispute_closed.
    Raises CareRequestNotFoundError, MoveNotAllowedError for who is no officer, NoDisputeError, DisputeClosedError.
    """
    row, role = _held(request_id, actor=actor, open_to=OFFICER)
    kept = find_dispute(row.id)
    if kept is None:
        raise NoDisputeError(care_request_id=row.id)
    if kept.outcome is not None:
        raise DisputeClosedError(care_request_id=row.id, outcome=kept.outcome)
    kept.outcome, kept.closed_at, kept.closed_by = outcome.value, now, actor.account_id
    if outcome is DisputeOutcome.REJECTED and find_confirmation(row.id) is None:
        set_deadline(SILENCE, key=str(row.id), due_at=now + SILENCE_COUNTS_AFTER, at=now, again=True)
    close_tasks(row.id, reason=CloseReason.RESOLVED, actor=actor, at=now, kinds=[TaskKind.DISPUTED])
    _note("care_request.dispute_closed", row=row, actor=actor, now=now, reason=outcome.value, role=role)
    return show_dispute(kept)


def find_confirmation(request_id: UUID) -> Confirmation | None:
    """Find that a request was confirmed."""
    return session().scalars(sa.select(Confirmation).where(Confirmation.care_request_id == request_id)).one_or_none()


def find_dispute(request_id: UUID) -> Dispute | None:
    """Find the dispute about a request."""
    return session().scalars(sa.select(Dispute).where(Dispute.care_request_id == request_id)).one_or_none()


def completed_at(request_id: UUID) -> datetime:
    """Say when a completed request was completed, by the journal."""
    return next(each.at for each in reversed(journal.find_entries(request_id)) if each.kind == COMPLETED)


def show_dispute(row: Dispute) -> DisputeCard:
    """Give a row as a value."""
    return DisputeCard(
        care_request_id=row.care_request_id,
        elder_id=row.elder_id,
        reason=DisputeReason(row.reason),
        status=DisputeStatus.CLOSED if row.outcome else DisputeStatus.OPEN,
        role=Role(row.role) if row.role else None,
        opened_at=row.opened_at,
        outcome=DisputeOutcome(row.outcome) if row.outcome else None,
        closed_at=row.closed_at,
    )


def _confirm(
    row: CareRequest, *, by: ConfirmedBy, rating: int | None, role: Role | None, actor: Actor, now: datetime
) -> ConfirmationCard:
    made = Confirmation(
        care_request_id=row.id,
        elder_id=row.elder_id,
        confirmed_by=by.value,
        rating=rating,
        role=role.value if role else None,
        account_id=actor.account_id,
        at=now,
    )
    session().add(made)
    _note("care_request.confirmed", row=row, actor=actor, now=now, reason=by.value, role=role)
    return ConfirmationCard(
        care_request_id=row.id, elder_id=row.elder_id, confirmed_by=by, rating=rating, role=role, at=now
    )


def _note(kind: str, *, row: CareRequest, actor: Actor, now: datetime, reason: str, role: Role | None) -> None:
    journal.append(
        kind,
        actor=actor,
        at=now,
        subject_id=row.id,
        reason=reason,
        from_status=row.status,
        to_status=row.status,
        role=role.value if role else None,
    )


def _held(request_id: UUID, *, actor: Actor, open_to: frozenset[Role]) -> tuple[CareRequest, Role | None]:
    """Hold a request until the transaction ends, with the role in which the actor speaks; None: the system."""
    row, seen = load_visible(request_id, actor=actor, is_locked=True)
    roles = roles_to_change(row, actor=actor, roles=seen)
    if roles is None:
        return row, None
    speaking = sorted(roles & open_to)
    if not speaking:
        raise MoveNotAllowedError(care_request_id=row.id)
    return row, speaking[0]


def _check_completed(row: CareRequest) -> None:
    if row.status != RequestStatus.COMPLETED:
        raise NotCompletedError(care_request_id=row.id, status=row.status)
