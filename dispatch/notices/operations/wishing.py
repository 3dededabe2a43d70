"""What an account wants of short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import accounts, carers, elders
from dispatch.actor import Role
from dispatch.errors import InvalidError
from dispatch.notices.models import MessageWish
from dispatch.notices.operations.texting import open_phone
from dispatch.notices.values import MessageSettings
from dispatch.phones import mask_phone, read_phone
from dispatch.storage import Place, seal, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor

# whose number nobody else keeps: they are given their account by somebody who knows them
GIVE_THEIR_OWN = (
    Role.COORDINATOR,
    Role.DISTRICT_OFFICER,
    Role.OPERATOR,
    Role.COMMUNITY_WORKER,
    Role.ADMINISTRATOR,
    Role.PLANNER,
)
NO_PHONE = Words("电话号码不对：写手机号或带区号的座机号。", "This is no phone number; landlines need the area code.")
NOT_ON_RECORD = Words(
    "这个号码不在老人的联系人里：请先让社区工作者登记，或自己添加到联系人。",
    "This number is no contact of the elder: have the community worker enter it, or add it to the contacts yourself.",
)


class InvalidMessageSettingsError(InvalidError):
    """The number cannot be used."""

    slug = "message-settings-invalid"
    title = Words("短信设置填写有误", "The message settings are not valid")


def get_wish(account_id: UUID) -> MessageSettings:
    """Give what an account wants; short texts are on until it says otherwise."""
    return _show(session().get(MessageWish, account_id))


def put_wish(
    *,
    actor: Actor,
    is_on: bool,
    at: datetime,
    phone: str | None = None,
    forgets_phone: bool = False,
    openid: str | None = None,
    forgets_wechat: bool = False,
) -> MessageSettings:
    """
    Say whether the actor's account wants short texts, and to which number; None leaves the number as it is.

    Emergencies are sent all the same. Relatives may only give a number that is on record with an elder of theirs, so
    that nobody has a stranger told.

    Raises
    ------
    InvalidMessageSettingsError
        Where the number is none, or not on record.

    """
    account_id = actor.account_id
    if account_id is None:
        raise ValueError("the system is sent no short texts")
    number = _checked(phone, actor=actor) if phone is not None else None
    row = session().get(MessageWish, account_id, with_for_update=True)
    if row is None:
        row = MessageWish(id=account_id, is_on=is_on, changed_at=at)
        session().add(row)
    row.is_on, row.changed_at = is_on, at
    if forgets_phone:
        row.phone_sealed = None
    if forgets_wechat:
        row.openid_sealed = None
    if number is not None:
        row.phone_sealed = seal(number, place=Place("message_wish", "phone", account_id))
    if openid is not None:
        row.openid_sealed = seal(openid, place=Place("message_wish", "openid", account_id))
    return _show(row)


def forget_wish(account_id: UUID, *, on: date) -> bool:
    """Delete number and WeChat of an account that has no grant left: nobody is told anything there. Says whether."""
    actor = accounts.find_actor(account_id, on=on)
    row = session().get(MessageWish, account_id, with_for_update=True)
    if row is None or (actor is not None and actor.grants):
        return False
    session().delete(row)
    return True


def _checked(phone: str, *, actor: Actor) -> str:
    number = read_phone(phone)
    if number is None:
        raise InvalidMessageSettingsError(fields={"phone": [NO_PHONE]})
    if not actor.has_role(*GIVE_THEIR_OWN) and number not in _on_record(actor):
        raise InvalidMessageSettingsError(fields={"phone": [NOT_ON_RECORD]})
    return number


def _on_record(actor: Actor) -> set[str]:
    found: set[str | None] = set()
    for elder_id in actor.elder_ids(Role.ELDER, Role.FAMILY):
        numbers = elders.find_numbers(elder_id)
        found |= {numbers.own, *(one.phone for one in numbers.contacts)}
    own = carers.find_carer_id(actor.account_id) if actor.account_id else None
    if own:
        found |= {reach.phone for reach in carers.find_reach([own]).values()}
    return {one for one in found if one}


def _show(row: MessageWish | None) -> MessageSettings:
    if row is None:
        return MessageSettings(is_on=True, phone_masked=None, has_wechat=False)
    phone = open_phone(row)
    return MessageSettings(
        is_on=row.is_on,
        phone_masked=mask_phone(phone) if phone else None,
        has_wechat=row.openid_sealed is not None,
    )
