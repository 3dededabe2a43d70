"""
The outbox: a short text is claimed, given to the provider outside any transaction, and its end stored.

Killed in between, it is claimed again once its lease is over, under the same id. It is `sent` only when the provider
said so for this very message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import elders, intake
from dispatch.actor import SYSTEM, Role
from dispatch.dates import service_date
from dispatch.errors import ConflictError, NotFoundError
from dispatch.notices.models import MessageWish, ShortText
from dispatch.notices.operations.addressing import find_address
from dispatch.notices.operations.feeding import find_labels
from dispatch.notices.queries import count_texts, find_texts, in_areas, lock_text
from dispatch.notices.rules.audiences import BEFORE_THE_START, HOLDS_WHILE
from dispatch.notices.rules.templates import make_values, render
from dispatch.notices.rules.timing import LEASE, MOST_TRIES, wait_after
from dispatch.notices.values import Addressee, Message, Outcome, Result, Template, TextCard, TextFilter, TextStatus
from dispatch.phones import mask_phone
from dispatch.storage import Place, seal, session, unseal
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor

READERS = (Role.DISTRICT_OFFICER, Role.ADMINISTRATOR)
OPEN = frozenset({TextStatus.QUEUED, TextStatus.SENDING})
OVER, OVERTAKEN, SWITCHED_OFF, NO_ADDRESS, GIVEN_UP = "over", "overtaken", "switched_off", "no_address", "no_answer"


class ShortTextNotFoundError(NotFoundError):
    """There is no such short text, or it is of another area."""

    slug = "short-text-not-found"
    title = Words("没有这条短信，或者不归你管", "No such short text, or not in your area")


class ShortTextNotFailedError(ConflictError):
    """Only what has failed is sent again by hand."""

    slug = "short-text-not-failed"
    title = Words("只有发送失败的短信可以重发", "Only a failed short text can be sent again")
    detail = Words(
        "这条短信现在是 {status}：还在发送的请等待，已发出的不必重发。",
        "It is {status}: wait while it is being sent; one that was sent needs no second one.",
    )


def claim_text(text_id: UUID, *, at: datetime, zone: ZoneInfo, provider: str) -> tuple[Message, int] | None:
    """
    Take one short text to send it now; the message comes back with the number of this try.

    None where somebody else has it, it is not due, or it need not be sent any more: then its end is stored.
    """
    row = lock_text(text_id, skips=True)
    if row is None or row.status not in OPEN or row.try_at > at:
        return None
    phone, openid = find_address(row, on=service_date(at, zone))
    row.phone_sealed = seal(phone, place=Place("short_text", "phone", row.id)) if phone else None
    reason = _needless(row, at=at, has_address=bool(phone or openid))
    if reason is not None:
        _end(row, status=TextStatus.DROPPED, error=reason, at=at)
        return None
    if row.tries >= MOST_TRIES:  # every try was cut off before its end was stored
        _end(row, status=TextStatus.FAILED, error=GIVEN_UP, at=at)
        return None
    row.status, row.tries, row.try_at, row.provider = TextStatus.SENDING.value, row.tries + 1, at + LEASE, provider
    return _message(row, phone=phone, openid=openid, zone=zone), row.tries


def store_outcome(text_id: UUID, *, outcome: Outcome, try_no: int, at: datetime) -> TextStatus | None:
    """
    Store what came of a try; the state that follows comes back, None where the text is gone.

    That it was sent counts whenever it comes; anything else only from the newest try.
    """
    row = lock_text(text_id)
    if row is None:
        return None
    if outcome.result is Result.SENT and row.status != TextStatus.SENT:
        row.provider_message_id = outcome.provider_message_id
        _end(row, status=TextStatus.SENT, error=None, at=at)
    elif row.status == TextStatus.SENDING and row.tries == try_no:
        if outcome.result is Result.NEVER or try_no >= MOST_TRIES:
            _end(row, status=TextStatus.FAILED, error=outcome.error, at=at)
        else:
            row.status, row.error, row.try_at = TextStatus.QUEUED.value, outcome.error, at + wait_after(try_no)
    return TextStatus(row.status)


def list_texts(
    actor: Actor, *, wanted: TextFilter, before: UUID | None = None, limit: int
) -> tuple[list[TextCard], dict[TextStatus, int]]:
    """List the short texts of the actor's areas, the newest first, with how many there are in each state."""
    condition = in_areas(actor.area_prefixes(*READERS))
    if wanted.area_code:
        condition &= ShortText.area_code.startswith(wanted.area_code, autoescape=True)
    rows = find_texts(condition, status=wanted.status, before=before, limit=limit)
    return [_card(row) for row in rows], count_texts(condition)


def retry_text(text_id: UUID, *, actor: Actor, at: datetime) -> TextCard:
    """
    Send a failed short text again, from its first try on, under the same id.

    Raises
    ------
    ShortTextNotFoundError, ShortTextNotFailedError

    """
    row = lock_text(text_id)
    if row is None or not (actor.is_system or actor.covers_area(row.area_code or "-", *READERS)):
        raise ShortTextNotFoundError
    if row.status != TextStatus.FAILED:
        raise ShortTextNotFailedError(status=row.status)
    row.status, row.tries, row.due_at, row.try_at = TextStatus.QUEUED.value, 0, at, at
    row.error = row.ended_at = None
    return _card(row)


def _needless(row: ShortText, *, at: datetime, has_address: bool) -> str | None:
    """Say why a text need not be sent any more."""
    template = Template(row.template)
    if template in BEFORE_THE_START and row.starts_at is not None and row.starts_at <= at:
        return OVER
    if not row.is_emergency and row.account_id is not None:
        wish = session().get(MessageWish, row.account_id)
        if wish is not None and not wish.is_on:
            return SWITCHED_OFF
    if template in HOLDS_WHILE and row.care_request_id is not None:
        try:
            status = intake.get_request(row.care_request_id, actor=SYSTEM).status
        except intake.CareRequestNotFoundError:
            return OVERTAKEN
        if status not in HOLDS_WHILE[template]:
            return OVERTAKEN
    return None if has_address else NO_ADDRESS


def _message(row: ShortText, *, phone: str | None, openid: str | None, zone: ZoneInfo) -> Message:
    locale, template = Locale(row.locale), Template(row.template)
    name = ""
    if row.elder_id is not None:
        now = elders.find_merged([row.elder_id]).get(row.elder_id, row.elder_id)
        name = elders.find_names([now]).get(now, "")
    labels = find_labels([row.service_code] if row.service_code else [], locale=locale)
    values = make_values(
        addressee=Addressee(row.addressee),
        name=name,
        label=labels.get(row.service_code or "", ""),
        starts_at=row.starts_at,
        zone=zone,
        locale=locale,
    )
    text = render(template, values=values, locale=locale)
    return Message(id=row.id, template=template, values=values, text=text, phone=phone, openid=openid)


def _end(row: ShortText, *, status: TextStatus, error: str | None, at: datetime) -> None:
    row.status, row.error, row.ended_at = status.value, error, at


def _card(row: ShortText) -> TextCard:
    phone = unseal(row.phone_sealed, place=Place("short_text", "phone", row.id)) if row.phone_sealed else None
    return TextCard(
        id=row.id,
        template=Template(row.template),
        kind=row.kind,
        area_code=row.area_code,
        care_request_id=row.care_request_id,
        phone_masked=mask_phone(phone) if phone else None,
        status=TextStatus(row.status),
        made_at=row.made_at,
        due_at=row.due_at,
        tries=row.tries,
        provider=row.provider,
        provider_message_id=row.provider_message_id,
        error=row.error,
        ended_at=row.ended_at,
    )
