"""Elders on record who may be one person, for an officer to decide."""

from __future__ import annotations

from itertools import combinations, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.actor import Role
from dispatch.elders.models import Elder, Residence
from dispatch.elders.operations.reading import load_cards
from dispatch.elders.queries import is_under
from dispatch.elders.rules import Compared, judge_likeness, judge_view, name_sound, show_card
from dispatch.elders.values import DuplicatePair, Duplicates, ResidenceKind, Ties
from dispatch.storage import in_force, session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import Likeness

ROWS_AT_ONCE = 5_000
COMPARED = (
    *(Elder.id, Elder.name, Elder.sex, Elder.born_on, Elder.phone_index, Elder.id_no_index),
    *(Residence.area_code, Residence.address),
)


def find_duplicates(actor: Actor, *, on: date, area_prefix: str = "", limit: int = 50) -> Duplicates:
    """
    Find pairs of elders who may be one person, with what they have in common; those with most in common first.

    Two with one ID number cannot be: the register refuses the second. Compared are all whose main residence on the
    date lies in the area and in the actor's own areas as an officer.

    Parameters
    ----------
    actor : Actor
        An officer; others are given none.
    on : date
        The day whose residences count.
    area_prefix : str
        Only elders in this area.
    limit : int
        At most so many pairs; `total` says how many there are.

    """
    prefixes = actor.area_prefixes(Role.DISTRICT_OFFICER)
    if not prefixes:
        return Duplicates((), 0)
    found: dict[tuple[UUID, UUID], frozenset[Likeness]] = {}
    for key in (Elder.born_on, Elder.phone_index):
        for alike in _groups(key, on=on, area_prefix=area_prefix, prefixes=prefixes):
            for one, other in _pairs(alike):
                likeness = judge_likeness(alike[one], other=alike[other])
                if likeness:
                    found[one, other] = likeness
    best = sorted(found, key=lambda pair: (-len(found[pair]), pair))[:limit]
    cards = load_cards({elder_id for pair in best for elder_id in pair}, on=on)
    shown = {
        elder_id: show_card(card, view=judge_view(actor, elder_id=elder_id, area_code=card.area_code, ties=Ties()))
        for elder_id, card in cards.items()
    }
    pairs = tuple(DuplicatePair((shown[a], shown[b]), tuple(sorted(found[a, b]))) for a, b in best)
    return Duplicates(pairs, len(found))


def _groups(
    key: Any,  # noqa: ANN401 - a mapped column
    *,
    on: date,
    area_prefix: str,
    prefixes: tuple[str, ...],
) -> Iterator[dict[UUID, Compared]]:
    """Give all who share a birth date or a phone, a group at a time, so that memory does not grow with the register."""
    query = (
        sa.select(key, *COMPARED)
        .join(Residence, Residence.elder_id == Elder.id)
        .where(
            key.is_not(None),
            Residence.kind == ResidenceKind.MAIN,
            in_force(Residence, on),
            is_under(Residence.area_code, area_prefix),
            sa.or_(*(is_under(Residence.area_code, prefix) for prefix in prefixes)),
        )
        .order_by(key, Elder.id)
    )
    rows = session().execute(query.execution_options(yield_per=ROWS_AT_ONCE))
    for _, group in groupby(rows, key=itemgetter(0)):
        yield {
            elder_id: Compared(name, sex, born_on, phone, id_no is not None, area_code, address)
            for _, elder_id, name, sex, born_on, phone, id_no, area_code, address in group
        }


def _pairs(alike: Mapping[UUID, Compared]) -> Iterator[tuple[UUID, UUID]]:
    """Give the pairs of a group that share one thing more: hundreds of a large city share a birth date by chance."""
    if len(alike) == 1:
        return
    shared: dict[tuple[object, ...], list[UUID]] = {}
    for elder_id, one in alike.items():
        for key in ((name_sound(one.name),), (one.born_on, one.sex, one.area_code, one.address)):
            shared.setdefault(key, []).append(elder_id)
        if one.phone_index is not None:
            shared.setdefault((one.born_on, one.sex, one.phone_index), []).append(elder_id)
    yield from {pair for ids in shared.values() for pair in combinations(ids, 2)}
