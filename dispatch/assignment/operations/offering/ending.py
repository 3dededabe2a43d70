"""How an offer ends: declined, run out, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import intake, journal
from dispatch.actor import SYSTEM
from dispatch.assignment.operations.offering.reading import get_offer_row
from dispatch.assignment.queries import find_offer_row, find_open_offer, to_card
from dispatch.assignment.rules.offering import is_in_time
from dispatch.assignment.values import OFFER_STATUS_WORDS, OfferStatus, WithdrawReason
from dispatch.errors import ConflictError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.assignment.models import Offer
    from dispatch.assignment.values import DeclineReason, OfferCard


# what counts as demand that a provider did not meet
UNMET = {
    OfferStatus.DECLINED: intake.UnmetKind.DECLINED,
    OfferStatus.EXPIRED: intake.UnmetKind.EXPIRED,
}


class OfferExpiredError(ConflictError):
    """The answer came after the offer ran out."""

    slug = "offer-expired"
    title = Words("派单已超时", "The offer has run out")
    detail = Words(
        "派单已经到期，转给下一家；民政干部可以重新派给你们。",
        "Its time is over, and it goes to the next provider; an officer can offer it to you again.",
    )


class OfferEndedError(ConflictError):
    """The offer was answered or taken back already."""

    slug = "offer-ended"
    title = Words("派单已经结束", "The offer has ended")
    detail = Words(
        "派单的状态是：{status}。重新读取请求；要再派，请找民政干部。",
        "It is: {status}. Read the request again; an officer can offer it once more.",
    )

    def __init__(self, row: Offer) -> None:
        """Keep the state, to say it in the reader's language."""
        self.status = OfferStatus(row.status)
        super().__init__(offer_id=row.id, status=row.status)

    def text(self, locale: Locale) -> str:
        """Say how it ended."""
        return self.detail.text(locale, status=OFFER_STATUS_WORDS[self.status].text(locale))


def decline_offer(offer_id: UUID, *, reason: DeclineReason, actor: Actor, received_at: datetime) -> OfferCard:
    """
    Decline an offer for a reason of the list; the next provider is asked. Journal: offer.declined.

    Raises
    ------
    OfferNotFoundError, OfferNotYoursError
        Where there is none that the actor may see, or it is another organization's.
    OfferExpiredError
        Where the answer came too late.
    OfferEndedError
        Where it has ended otherwise.

    """
    row = hold_offer(offer_id, actor=actor, is_answering=True)
    check_open(row, received_at=received_at)
    end_offer(row, status=OfferStatus.DECLINED, actor=actor, at=received_at, declined=reason)
    _ask_next(row, at=received_at)
    return to_card(row)


def withdraw_offer(offer_id: UUID, *, actor: Actor, now: datetime) -> OfferCard:
    """
    Take an offer back, as an officer; the next provider is asked. Journal: offer.withdrawn.

    Raises OfferNotFoundError, OfferExpiredError and OfferEndedError as `decline_offer`.
    """
    row = hold_offer(offer_id, actor=actor)
    check_open(row, received_at=now)
    end_offer(row, status=OfferStatus.WITHDRAWN, actor=actor, at=now, withdrawn=WithdrawReason.OFFICER)
    _ask_next(row, at=now)
    return to_card(row)


def expire_offer(offer_id: UUID, *, at: datetime) -> OfferCard | None:
    """
    Let an offer run out that nobody answered; None where it has ended. Journal: offer.expired.

    Whoever calls it asks the next provider.
    """
    row = find_offer_row(offer_id)
    if row is None:
        return None
    request = intake.get_request(row.care_request_id, actor=SYSTEM, is_locked=True)
    row = find_offer_row(offer_id, is_locked=True)
    if row is None or row.status != OfferStatus.OPEN:
        return None
    if request.status is not intake.RequestStatus.OFFERED:
        end_offer(row, status=OfferStatus.WITHDRAWN, actor=SYSTEM, at=at, withdrawn=_why_gone(request))
        return None
    end_offer(row, status=OfferStatus.EXPIRED, actor=SYSTEM, at=at)
    return to_card(row)


def close_offers(request_id: UUID, *, at: datetime) -> OfferCard | None:
    """Take back the open offer of a request that is not offered any more: held, ended, or given to somebody."""
    request = intake.get_request(request_id, actor=SYSTEM, is_locked=True)
    row = find_open_offer(request_id)
    if row is None or request.status is intake.RequestStatus.OFFERED:
        return None
    end_offer(row, status=OfferStatus.WITHDRAWN, actor=SYSTEM, at=at, withdrawn=_why_gone(request))
    return to_card(row)


def end_offer(
    row: Offer,
    *,
    status: OfferStatus,
    actor: Actor,
    at: datetime,
    declined: DeclineReason | None = None,
    withdrawn: WithdrawReason | None = None,
) -> None:
    """End an open offer whose request the caller holds. Journal: offer.accepted, .declined, .expired, .withdrawn."""
    row.status = status.value
    row.decline_reason = declined.value if declined else None
    row.withdraw_reason = withdrawn.value if withdrawn else None
    row.ended_at = at
    row.ended_by = actor.account_id
    reason = declined or withdrawn
    if status in UNMET:
        why = [declined.value] if declined else []
        intake.record_unmet(row.care_request_id, kind=UNMET[status], reasons=why, at=at, offer_id=row.id)
    journal.append(
        f"offer.{status.value}",
        actor=actor,
        at=at,
        subject_id=row.id,
        reason=reason.value if reason else None,
        care_request_id=str(row.care_request_id),
        service_at_site_id=str(row.service_at_site_id),
        turn_no=row.turn_no,
    )


def hold_offer(offer_id: UUID, *, actor: Actor, is_answering: bool = False) -> Offer:
    """
    Give an offer that the actor may see, with its request and itself held until the transaction ends.

    With `is_answering` it must be made to an organization that the actor coordinates.
    """
    seen = get_offer_row(offer_id, actor=actor, is_answering=is_answering)
    intake.get_request(seen.care_request_id, actor=SYSTEM, is_locked=True)  # always before the offer
    row = find_offer_row(offer_id, is_locked=True)
    if row is None:
        raise AssertionError  # offers are never deleted
    return row


def check_open(row: Offer, *, received_at: datetime) -> None:
    """Raise where an offer cannot be answered any more: OfferExpiredError, OfferEndedError."""
    ran_out = row.status == OfferStatus.OPEN and not is_in_time(received_at, expires_at=row.expires_at)
    if ran_out or row.status == OfferStatus.EXPIRED:
        raise OfferExpiredError(offer_id=row.id, expires_at=row.expires_at.isoformat())
    if row.status != OfferStatus.OPEN:
        raise OfferEndedError(row)


def _ask_next(row: Offer, *, at: datetime) -> None:
    intake.queue_offering(row.care_request_id, due_at=at, at=at)


def _why_gone(request: intake.RequestCard) -> WithdrawReason:
    if request.status is intake.RequestStatus.ON_HOLD:
        return WithdrawReason.HELD
    return WithdrawReason.ASSIGNED if request.service_at_site_id else WithdrawReason.ENDED
