"""Putting short texts into the outbox: to whom, and when at the earliest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import accounts as accounts_room
from dispatch import areas, carers, dates, elders
from dispatch.actor import Role, ScopeKind
from dispatch.notices.models import MessageWish, ShortText
from dispatch.notices.queries import find_wishes
from dispatch.notices.rules.audiences import EMERGENCIES_ONLY
from dispatch.notices.rules.timing import QUIET_FROM_H, QUIET_FROM_KEY, QUIET_TO_H, QUIET_TO_KEY, end_quiet
from dispatch.notices.values import Addressee, Audience, Recipient, Scene, Template, TextStatus
from dispatch.storage import Place, new_id, seal, session, unseal
from dispatch.words import Locale

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.journal import Entry


def queue_texts(
    entry: Entry,
    *,
    template: Template,
    audience: Audience,
    accounts: frozenset[UUID],
    scene: Scene,
    at: datetime,
    zone: ZoneInfo,
) -> int:
    """Put a short text for each number into the outbox, once for an entry; gives how many are new."""
    if template in EMERGENCIES_ONLY and not scene.is_emergency:
        return 0
    on = dates.service_date(at, zone)
    chosen = _choose(audience, accounts=accounts, scene=scene, on=on)
    due_at = at if scene.is_emergency else _after_quiet(scene, at=at, on=on, zone=zone)
    there = _queued(entry.cursor.seq, template=template)
    languages = accounts_room.find_languages([one.account_id for one in chosen if one.account_id])
    count = 0
    for one in chosen:
        if one.key in there:
            continue
        text_id = new_id()
        session().add(
            ShortText(
                id=text_id,
                entry_seq=entry.cursor.seq,
                kind=entry.kind,
                recipient=one.key,
                account_id=one.account_id,
                addressee=one.addressee.value,
                locale=(languages.get(one.account_id, Locale.ZH) if one.account_id else Locale.ZH).value,
                template=template.value,
                elder_id=scene.elder_id,
                care_request_id=scene.care_request_id,
                area_code=scene.area_code,
                service_code=scene.service_code,
                starts_at=scene.starts_at,
                is_emergency=scene.is_emergency,
                phone_sealed=seal(one.phone, place=Place("short_text", "phone", text_id)) if one.phone else None,
                status=TextStatus.QUEUED.value,
                made_at=at,
                due_at=due_at,
                try_at=due_at,
                tries=0,
            )
        )
        count += 1
    return count


def open_phone(wish: MessageWish) -> str | None:
    """Give the number that an account wants its short texts to."""
    return unseal(wish.phone_sealed, place=Place("message_wish", "phone", wish.id)) if wish.phone_sealed else None


def _choose(audience: Audience, *, accounts: frozenset[UUID], scene: Scene, on: date) -> list[Recipient]:
    """Choose who is sent it: one message to a number, whoever it belongs to; switched off counts but in emergencies."""
    wishes = find_wishes(accounts)
    muted = {each for each, wish in wishes.items() if not wish.is_on} if not scene.is_emergency else set()
    found = [
        Recipient(f"account:{each}", _addressee(audience), open_phone(wish), account_id=each)
        for each, wish in sorted(wishes.items())
        if each not in muted and (wish.phone_sealed or wish.openid_sealed)
    ]
    silent = {open_phone(wishes[each]) for each in muted}
    if audience is Audience.SPEAKERS:
        found += _of_register(scene, muted=muted, reached=bool(found), on=on)
    if audience is Audience.CARERS:
        reaches = carers.find_reach(scene.carer_ids)
        found += [
            Recipient(f"carer:{carer_id}", Addressee.STAFF, reach.phone, account_id=reach.account_id)
            for carer_id, reach in sorted(reaches.items())
            if reach.phone and reach.account_id not in muted
        ]
    taken: set[str] = set()
    chosen = []
    for one in found:
        if one.phone is not None and (one.phone in silent or one.phone in taken):
            continue
        taken |= {one.phone} if one.phone else set()
        chosen.append(one)
    return chosen


def _of_register(scene: Scene, *, muted: set[UUID], reached: bool, on: date) -> Iterable[Recipient]:
    """Give the elder's own number; where nobody else is reached the first contact; in an emergency the whole ladder."""
    if scene.elder_id is None:
        return []
    elder_id = elders.find_merged([scene.elder_id]).get(scene.elder_id, scene.elder_id)
    numbers = elders.find_numbers(elder_id)
    own = accounts_room.find_holders(Role.ELDER, kind=ScopeKind.ELDER, refs=[str(elder_id)], on=on)
    found = []
    if numbers.own and not own & muted:
        found.append(Recipient(f"elder:{elder_id}", Addressee.ELDER, numbers.own))
    ladder = numbers.contacts if scene.is_emergency else numbers.contacts[: 0 if found or reached or muted else 1]
    return found + [Recipient(f"contact:{one.contact_id}", Addressee.FAMILY, one.phone) for one in ladder]


def _addressee(audience: Audience) -> Addressee:
    return Addressee.FAMILY if audience is Audience.SPEAKERS else Addressee.STAFF


def _after_quiet(scene: Scene, *, at: datetime, on: date, zone: ZoneInfo) -> datetime:
    hours = {QUIET_FROM_KEY: QUIET_FROM_H, QUIET_TO_KEY: QUIET_TO_H}
    if scene.area_code:
        for rule in areas.find_rules(scene.area_code, on=on):
            if rule.rule_key in hours:
                hours[rule.rule_key] = rule.value
    return end_quiet(at, zone=zone, from_h=hours[QUIET_FROM_KEY], to_h=hours[QUIET_TO_KEY])


def _queued(entry_seq: int, *, template: Template) -> frozenset[str]:
    query = sa.select(ShortText.recipient).where(ShortText.entry_seq == entry_seq, ShortText.template == template)
    return frozenset(session().scalars(query))
