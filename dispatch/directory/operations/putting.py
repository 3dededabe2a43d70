"""Storing records so that the same ones again change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from dispatch import journal
from dispatch.areas import PutCount

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from dispatch.actor import Actor
    from dispatch.directory.models import Price
    from dispatch.storage import Base, Dated

DatedRow = TypeVar("DatedRow", bound="Dated")


class Tally:
    """Counts what became of each record, and tells the journal once."""

    def __init__(self) -> None:
        self.created = 0
        self.changed = 0
        self.unchanged = 0

    def add(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one record."""
        if is_new:
            self.created += 1
        elif is_changed:
            self.changed += 1
        else:
            self.unchanged += 1

    def close(self, kind: str, *, actor: Actor, at: datetime) -> PutCount:
        """Append one journal entry where anything changed, and give the counts."""
        if self.created or self.changed:
            journal.append(kind, actor=actor, at=at, subject_id="directory", created=self.created, changed=self.changed)
        return PutCount(self.created, self.changed, self.unchanged)


def apply_columns(row: Base | Dated, *, columns: dict[str, Any]) -> bool:
    """Set those columns of a row that differ, and say whether any did; None says nothing."""
    differing = {name: value for name, value in columns.items() if value is not None and getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def put_dated(
    rows: Sequence[DatedRow], *, columns: dict[str, Any], valid_from: date, make: Callable[..., DatedRow]
) -> DatedRow | None:
    """
    Let a value hold from a date on: what held before ends there, what begins later stays.

    Parameters
    ----------
    rows : sequence of dated rows
        All rows of one key.
    columns : dict
        The value.
    valid_from : date
        From when it holds.
    make : callable
        Makes a row of columns, `valid_from` and `valid_to`.

    Returns
    -------
    row or None
        What was changed or made; None where the value already held.

    """
    for row in rows:
        if row.valid_from == valid_from:
            return row if apply_columns(row, columns=columns) else None
    later = min((row.valid_from for row in rows if row.valid_from > valid_from), default=None)
    for row in rows:
        if row.valid_from < valid_from and (row.valid_to is None or row.valid_to > valid_from):
            if all(getattr(row, name) == value for name, value in columns.items()):
                return None
            row.valid_to = valid_from
    return make(**columns, valid_from=valid_from, valid_to=later)


def put_price(
    rows: Sequence[Price],
    *,
    columns: dict[str, Any],
    valid_from: date,
    at: datetime,
    make: Callable[..., Price],
) -> list[Price]:
    """
    Let a price hold from a date on, as `put_dated`, without overwriting: what it changes is superseded.

    Parameters
    ----------
    rows : sequence of Price
        All prices of one service at a site that stand.
    columns, valid_from
        The value, and from when it holds.
    at : datetime
        When this was learnt.
    make : callable
        Makes a row of columns, `valid_from` and `valid_to`.

    Returns
    -------
    list of Price
        New rows, to be added after the superseded ones are written; none where the value already held.

    """
    holding = next(
        (row for row in rows if row.valid_from <= valid_from and (row.valid_to is None or row.valid_to > valid_from)),
        None,
    )
    if holding is not None and all(getattr(holding, name) == value for name, value in columns.items()):
        return []
    later = min((row.valid_from for row in rows if row.valid_from > valid_from), default=None)
    made = []
    if holding is not None:
        holding.superseded_at = at
        if holding.valid_from < valid_from:
            kept = {name: getattr(holding, name) for name in columns}
            made.append(make(**kept, valid_from=holding.valid_from, valid_to=valid_from))
        elif holding.valid_to is not None:
            later = holding.valid_to if later is None else min(later, holding.valid_to)
    made.append(make(**columns, valid_from=valid_from, valid_to=later))
    return made
