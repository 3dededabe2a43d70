"""Finding an elder by what is said on the line: a name in characters, pinyin or initials, a phone, a community."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas
from dispatch.actor import Role
from dispatch.elders.models import Contact, Elder, NameKey, Residence
from dispatch.elders.operations.identifying import CONTACT_PHONE
from dispatch.elders.operations.reading import load_cards
from dispatch.elders.queries import PHONE, is_under
from dispatch.elders.rules import judge_view, show_card
from dispatch.elders.values import ResidenceKind, View, read_question
from dispatch.elders.values.names import LAST
from dispatch.errors import InvalidError
from dispatch.phones import read_phone
from dispatch.storage import blind_index, in_force, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import ElderCard, Question, Ties

DESK = (Role.OPERATOR, Role.DISTRICT_OFFICER)
PLACES_MAX = 100  # communities that one word names
SHORTEST_PLACE = 2  # characters
KEYS_EACH = 3  # so many of one name may begin alike: wang, wangxiuying, wxy


class UnreadableQuestionError(InvalidError):
    """Nothing in what was asked can be looked for."""

    slug = "search-unreadable"
    title = Words("没有可以查找的内容", "Nothing here can be looked for")
    detail = Words(
        "写姓名、拼音、首字母、完整的电话号码或社区名称。",
        "Give a name, pinyin, initials, a whole telephone number or a community.",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """Who was found, each as far as the reader may see; `is_more`: there are others, so that one more word helps."""

    cards: tuple[ElderCard, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class _Scope:
    """Who is looked among: whoever lives in one of these areas on a day."""

    prefixes: tuple[str, ...]
    on: date

    def homes(self) -> sa.ColumnElement[bool]:
        return sa.and_(
            Residence.kind == ResidenceKind.MAIN,
            in_force(Residence, self.on),
            sa.or_(sa.false(), *(is_under(Residence.area_code, each) for each in self.prefixes)),
            Elder.merged_into_id.is_(None),
            Elder.erased_at.is_(None),
        )


def search_elders(text: str, *, actor: Actor, on: date, ties: Ties, area_prefix: str = "", limit: int) -> Finding:
    """
    Find the elders of the operator's or officer's areas whom all words fit, whole names first.

    A word fits the beginning of a name, or of its given part, in characters, pinyin or initials, or the name of the
    area where an elder lives. A number is the elder's own or that of somebody to call for them.

    Raises
    ------
    UnreadableQuestionError
        Where there is neither a word nor a whole telephone number.

    """
    prefixes = [each for each in actor.area_prefixes(*DESK) if each.startswith(area_prefix)]
    prefixes += [area_prefix] if area_prefix and actor.covers_area(area_prefix, *DESK) else []
    found = _find(read_question(text), scope=_Scope(tuple(prefixes), on), limit=limit + 1)
    cards = load_cards(found[:limit], on=on)
    shown = [
        show_card(card, view=view)
        for each in found[:limit]
        if (card := cards.get(each)) is not None
        and (view := judge_view(actor, elder_id=each, area_code=card.area_code, ties=ties)) is not View.NONE
    ]
    return Finding(cards=tuple(shown), is_more=len(found) > limit)


def _find(question: Question, *, scope: _Scope, limit: int) -> list[UUID]:
    if question.phone is not None:
        return _find_by_phone(question.phone, scope=scope, limit=limit)
    if not question.words:
        raise UnreadableQuestionError
    ways: list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = [((), ())]
    for word in question.words:  # each word is of the name or, where there is such a place, of the place
        places = _find_places(word, scope=scope)
        ways = [
            way
            for names, within in ways
            for way in [((*names, word), within), *([(names, (*within, places))] if places else [])]
        ]
    found: dict[UUID, None] = {}
    for names, within in sorted(ways, key=lambda way: -len(way[0])):
        found |= dict.fromkeys(_find_by_words(names, within=within, scope=scope, limit=limit))
    return list(found)[:limit]


def _find_by_phone(said: str, *, scope: _Scope, limit: int) -> list[UUID]:
    phone = read_phone(said)
    if phone is None:
        raise UnreadableQuestionError
    relatives = sa.select(Contact.elder_id).where(Contact.phone_index == blind_index(phone, purpose=CONTACT_PHONE))
    own = sa.select(Elder.id).where(Elder.phone_index == blind_index(phone, purpose=PHONE))
    query = (
        sa.select(Elder.id)
        .join(Residence, Residence.elder_id == Elder.id)
        .where(Elder.id.in_(own.union(relatives)), scope.homes())
        .order_by(Elder.id)
    )
    return list(session().scalars(query.limit(limit)))


def _find_places(word: str, *, scope: _Scope) -> tuple[str, ...]:
    if word.isascii() or len(word) < SHORTEST_PLACE:
        return ()
    return tuple(each.code for each in areas.find_areas(query=word, prefixes=scope.prefixes, limit=PLACES_MAX))


def _find_by_words(
    names: tuple[str, ...], *, within: tuple[tuple[str, ...], ...], scope: _Scope, limit: int
) -> list[UUID]:
    places = [sa.or_(*(is_under(Residence.area_code, code) for code in codes)) for codes in within]
    if not names:
        query = sa.select(Elder.id).join(Residence, Residence.elder_id == Elder.id)
        return list(session().scalars(query.where(scope.homes(), *places).order_by(Elder.id).limit(limit)))
    first, *others = sorted(names, key=len, reverse=True)  # the longest fits the fewest
    fits = [
        sa.exists().where(another.elder_id == NameKey.elder_id, _begins(another.key, word))
        for word in others
        for another in [sa.orm.aliased(NameKey)]
    ]
    # a place has fewer people than a surname: nothing looks a text up that is put together, so the place goes first
    key = NameKey.key.concat("") if places else NameKey.key
    query = (
        sa.select(NameKey.elder_id)
        .join(Elder, Elder.id == NameKey.elder_id)
        .join(Residence, Residence.elder_id == NameKey.elder_id)
        .where(_begins(key, first), scope.homes(), *places, *fits)
        .order_by(NameKey.key, NameKey.elder_id)
    )
    asked = limit * KEYS_EACH
    while True:  # in the order of the keys, so that the database stops early; one name may have several that fit
        rows = session().scalars(query.limit(asked)).all()
        found = list(dict.fromkeys(rows))
        if len(found) >= limit or len(rows) < asked:
            return found[:limit]
        asked *= 4


def _begins(key: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str], word: str) -> sa.ColumnElement[bool]:
    return sa.and_(key >= word, key < word + LAST)
