"""Reading a feed, and saying how far it was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import directory, elders, intake
from dispatch.actor import Role
from dispatch.notices.models import FeedPlace
from dispatch.notices.queries import count_unseen, find_dropped_no, find_newest_no, find_notices, find_seen_no
from dispatch.notices.rules.sentences import SENTENCES, SOME_SERVICE, SOME_TASK, SOMEBODY, show_time
from dispatch.notices.values import FeedPage, NoticeCard
from dispatch.storage import session
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor

KIN = (Role.ELDER, Role.FAMILY)
STAFF = tuple(role for role in Role if role not in KIN)
MOST_UNSEEN = 100  # more are not counted: a badge says 99+


def read_feed(
    account_id: UUID,
    *,
    actor: Actor,
    ties: elders.Ties,
    on: date,
    after_no: int | None,
    limit: int,
    locale: Locale,
    zone: ZoneInfo,
) -> FeedPage:
    """
    Give the next notices of an account behind a number, or from the first that is kept (None), oldest first.

    An elder is named as far as the actor sees the record on a date: whole, by the first character, or not at all.
    Relatives are told of those alone whom the account is bound to now. The caller leaves an access line for each of
    `elder_ids`.
    """
    theirs = _still_told(actor)
    rows = find_notices(account_id, after_no=after_no or 0, limit=limit + 1, elder_ids=theirs)
    shown, seen_no = rows[:limit], find_seen_no(account_id)
    concerned = frozenset(row.elder_id for row in shown if row.elder_id)
    names = _names(concerned, actor=actor, ties=ties, on=on)
    labels = find_labels({row.service_code for row in shown if row.service_code}, locale=locale)
    cards = tuple(
        NoticeCard(
            no=row.no,
            at=row.at,
            kind=row.kind,
            text=SENTENCES[row.kind].text(
                locale,
                elder=(names.get(row.elder_id) if row.elder_id else None) or SOMEBODY.text(locale),
                service=labels.get(row.service_code or "", SOME_SERVICE.text(locale)),
                when=show_time(row.starts_at, zone=zone, locale=locale),
                task=_task_words(row.task_kind).text(locale),
            ),
            elder_id=row.elder_id if row.elder_id in names else None,
            care_request_id=row.care_request_id,
            visit_id=row.visit_id,
            is_seen=row.no <= seen_no,
        )
        for row in shown
    )
    return FeedPage(
        cards=cards,
        elder_ids=concerned,
        last_no=cards[-1].no if cards else after_no or 0,
        has_more=len(rows) > limit,
        has_gap=after_no is not None and after_no < find_dropped_no(),
        unseen=count_unseen(account_id, seen_no=seen_no, most=MOST_UNSEEN, elder_ids=theirs),
    )


def mark_seen(account_id: UUID, *, actor: Actor, up_to_no: int, at: datetime) -> int:
    """Note that an account has seen its feed up to a number; what was seen stays so. Unseen ones are counted anew."""
    reached = min(up_to_no, find_newest_no(account_id))
    row = session().get(FeedPlace, account_id, with_for_update=True)
    if row is None:
        row = FeedPlace(account_id=account_id, seen_no=0, seen_at=at)
        session().add(row)
    if reached > row.seen_no:
        row.seen_no, row.seen_at = reached, at
    return count_unseen(account_id, seen_no=row.seen_no, most=MOST_UNSEEN, elder_ids=_still_told(actor))


def find_labels(codes: Iterable[str], *, locale: Locale) -> dict[str, str]:
    """Find what services are called in a language, by code."""
    wanted = set(codes)
    if not wanted:
        return {}
    return {
        code.code: code.label_en if locale is Locale.EN else code.label_zh
        for code in directory.find_codes("service")
        if code.code in wanted
    }


def _still_told(actor: Actor) -> frozenset[UUID] | None:
    """Give whom a relative may be told of, with what went into their records; staff (None) all that they were told."""
    if actor.is_system or actor.has_role(*STAFF):
        return None
    bound = actor.elder_ids(*KIN)
    return frozenset({*bound, *elders.find_absorbed(bound)}) if bound else frozenset()


def _task_words(kind: str | None) -> Words:
    return intake.TASK_WORDS[intake.TaskKind(kind)] if kind in set(intake.TaskKind) else SOME_TASK


def _names(elder_ids: frozenset[UUID], *, actor: Actor, ties: elders.Ties, on: date) -> dict[UUID, str]:
    """Name the elders whom the actor may know of, as far as that goes; the others are left out."""
    if not elder_ids:
        return {}
    into = elders.find_merged(elder_ids)
    now = {each: into.get(each, each) for each in elder_ids}
    names, areas = elders.find_names(now.values()), elders.find_area_codes(now.values(), on=on)
    found = {}
    for elder_id, present_id in now.items():
        view = elders.judge_view(actor, elder_id=present_id, area_code=areas.get(present_id), ties=ties)
        name = names.get(present_id, "")
        if name and view is not elders.View.NONE:
            found[elder_id] = elders.mask_name(name) if view is elders.View.MASKED else name
    return found
