"""Where a short text goes at the moment of its sending: to whom it was queued for, by what is on record now."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from dispatch import accounts, carers, elders
from dispatch.actor import Role
from dispatch.notices.models import MessageWish, ShortText
from dispatch.notices.operations.texting import open_phone
from dispatch.notices.values import Addressee
from dispatch.storage import Place, session, unseal

if TYPE_CHECKING:
    from datetime import date

Address = tuple[str | None, str | None]  # number, and what WeChat calls the reader
NOWHERE: Address = (None, None)


def find_address(row: ShortText, *, on: date) -> Address:
    """
    Give the number that a text goes to on a date, and the WeChat of its account; neither where there is none any more.

    A text waits through the night, or fails and is sent again days later: meanwhile a relative may have been unbound, a
    carer have left, a number have changed.
    """
    kind, _, ref = row.recipient.partition(":")
    if kind == "account":
        return _of_account(row, on=on)
    if kind == "carer":
        reach = carers.find_reach([UUID(ref)]).get(UUID(ref))
        return (reach.phone, None) if reach else NOWHERE
    queued = unseal(row.phone_sealed, place=Place("short_text", "phone", row.id)) if row.phone_sealed else None
    if row.elder_id is None:
        return queued, None
    numbers = elders.find_numbers(_present(row.elder_id))
    if kind == "elder":
        return numbers.own, None
    by_id = {str(one.contact_id): one.phone for one in numbers.contacts}
    # in a record that took another one over, the contacts have other ids
    return by_id.get(ref) or (queued if queued in by_id.values() else None), None


def _of_account(row: ShortText, *, on: date) -> Address:
    if row.account_id is None:
        return NOWHERE
    actor, wish = accounts.find_actor(row.account_id, on=on), session().get(MessageWish, row.account_id)
    if actor is None or wish is None:
        return NOWHERE
    if row.addressee == Addressee.FAMILY and row.elder_id is not None:
        bound = actor.elder_ids(Role.ELDER, Role.FAMILY)
        if not {row.elder_id, _present(row.elder_id)} & bound:
            return NOWHERE
    openid = unseal(wish.openid_sealed, place=Place("message_wish", "openid", wish.id)) if wish.openid_sealed else None
    return open_phone(wish), openid


def _present(elder_id: UUID) -> UUID:
    return elders.find_merged([elder_id]).get(elder_id, elder_id)
