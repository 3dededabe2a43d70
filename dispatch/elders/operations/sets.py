"""Putting category sets in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, journal
from dispatch.actor import Role
from dispatch.elders.models import CategorySet
from dispatch.elders.operations.references import check_areas, check_categories
from dispatch.elders.queries import set_facts
from dispatch.elders.rules import is_overlapping
from dispatch.elders.values import PutCount
from dispatch.errors import InvalidError
from dispatch.storage import as_known, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from dispatch.actor import Actor
    from dispatch.elders.values import CategorySetFacts, CategorySetRecord


class InvalidCategorySetError(InvalidError):
    """Two sets of one area, purpose and status would hold at once."""

    slug = "invalid-category-set"
    title = Words("同一地区同一用途的类别集合时间重叠", "Two sets of one area would hold at once")


def put_category_sets(records: Iterable[CategorySetRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Put category sets in force; one journal entry for the batch.

    Raises
    ------
    InvalidCategorySetError
        Where two sets of one area, purpose and status would hold at once.
    UnknownAreaError, UnknownCodeError
        Where an area or a category does not exist.

    """
    given = list(records)
    check_areas(record.area_code for record in given)
    check_categories(category for record in given for category in record.members)
    codes = sorted({record.area_code for record in given})
    rows = {
        (row.area_code, row.purpose, row.status, row.valid_from): row
        for row in session().scalars(
            sa.select(CategorySet).where(CategorySet.area_code.in_(codes), as_known(CategorySet, None))
        )
    }
    created = changed = 0
    for record in given:
        key = (record.area_code, record.purpose, str(record.status), record.valid_from)
        facts = {
            "set_key": record.set_key,
            "members": list(record.members),
            "valid_to": record.valid_to,
            "is_open": record.is_open,
            "clause": record.clause,
        }
        row = rows.get(key)
        if row is not None and all(getattr(row, name) == value for name, value in facts.items()):
            continue
        if row is None:
            created += 1
        else:
            changed += 1
            row.superseded_at = at
            session().flush()  # the unique index looks at the rows that stand
        rows[key] = CategorySet(
            area_code=key[0], purpose=key[1], status=key[2], valid_from=key[3], recorded_at=at, **facts
        )
        session().add(rows[key])
    spans: dict[tuple[str, str, str], list[tuple[date, date | None]]] = {}
    for row in rows.values():
        spans.setdefault((row.area_code, row.purpose, row.status), []).append((row.valid_from, row.valid_to))
    for (area_code, purpose, status), held in spans.items():
        if is_overlapping(held):
            raise InvalidCategorySetError(area_code=area_code, purpose=purpose, status=status)
    if created or changed:
        keys = sorted({record.set_key for record in given})
        journal.append("category_set.changed", actor=actor, at=at, subject_id="category_set", set_keys=keys)
    return PutCount(created, changed, len(given) - created - changed)


def put_category_set(record: CategorySetRecord, *, actor: Actor, at: datetime) -> CategorySetFacts:
    """
    Put one category set in force, or draft it, within an officer's own areas.

    What was in force before, and as which set a month was counted then, stays readable: a change supersedes.

    Raises
    ------
    AreaNotFoundError
        Where the area is not the actor's, or does not exist.
    InvalidCategorySetError, UnknownCodeError
        As for `put_category_sets`.

    """
    if not actor.is_system and not actor.covers_area(record.area_code, Role.DISTRICT_OFFICER):
        raise areas.AreaNotFoundError(area_code=record.area_code)
    areas.get_area(record.area_code)
    if record.valid_to is not None and record.valid_to <= record.valid_from:
        raise InvalidCategorySetError(area_code=record.area_code, purpose=record.purpose, status=record.status)
    put_category_sets([record], actor=actor, at=at)
    stands = sa.select(CategorySet).where(
        CategorySet.area_code == record.area_code,
        CategorySet.purpose == record.purpose,
        CategorySet.status == str(record.status),
        CategorySet.valid_from == record.valid_from,
        as_known(CategorySet, None),
    )
    return set_facts(session().scalars(stands).one())


def list_category_sets(area_code: str, *, known_at: datetime | None = None) -> list[CategorySetFacts]:
    """
    List the sets of an area and of those it lies in, drafts too, as they stand or stood at a time.

    Raises
    ------
    AreaNotFoundError
        Where there is no such area.

    """
    areas.get_area(area_code)
    above = [area_code[:length] for length in range(len(area_code) + 1)]
    rows = session().scalars(
        sa.select(CategorySet)
        .where(CategorySet.area_code.in_(above), as_known(CategorySet, known_at))
        .order_by(CategorySet.area_code, CategorySet.purpose, CategorySet.valid_from, CategorySet.status)
    )
    return [set_facts(row) for row in rows]
