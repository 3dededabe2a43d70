"""Putting category sets in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import journal
from dispatch.elders.models import CategorySet
from dispatch.elders.operations.references import check_areas, check_categories
from dispatch.elders.rules import is_overlapping
from dispatch.elders.values import PutCount
from dispatch.errors import InvalidError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from dispatch.actor import Actor
    from dispatch.elders.values import CategorySetRecord


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
        for row in session().scalars(sa.select(CategorySet).where(CategorySet.area_code.in_(codes)))
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
        if row is None:
            row = CategorySet(
                area_code=key[0], purpose=key[1], status=key[2], valid_from=key[3], recorded_at=at, **facts
            )
            session().add(row)
            rows[key] = row
            created += 1
        elif _update(row, facts):
            row.recorded_at = at
            changed += 1
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


def _update(row: CategorySet, facts: dict[str, Any]) -> bool:
    different = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
