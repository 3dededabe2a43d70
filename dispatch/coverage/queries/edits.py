"""Reads of the named edits of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.coverage.models import NetworkEditRow
from dispatch.coverage.values import NetworkEdit, NetworkEditKind
from dispatch.storage import as_known, in_force, session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID


def find_edit_row(edit_id: UUID, *, is_held: bool = False) -> NetworkEditRow | None:
    """Find the entry of a named edit that stands; hold it until the transaction ends."""
    chosen = sa.select(NetworkEditRow).where(NetworkEditRow.edit_id == edit_id, NetworkEditRow.superseded_at.is_(None))
    if not is_held:
        return session().scalars(chosen).first()
    held = chosen.with_for_update()
    # whoever waited for an entry that was superseded meanwhile gets none at first, and then the one that stands now
    return session().scalars(held).first() or session().scalars(held).first()


def find_edits(
    prefixes: Iterable[str],
    *,
    area_code: str | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[NetworkEdit]:
    """Find the edits of areas whose codes begin with one of the prefixes, in the order in which they are made."""
    within = sa.or_(*(NetworkEditRow.area_code.startswith(prefix, autoescape=True) for prefix in prefixes))
    chosen = sa.select(NetworkEditRow).where(within, as_known(NetworkEditRow, known_at))
    if area_code is not None:
        chosen = chosen.where(NetworkEditRow.area_code.startswith(area_code, autoescape=True))
    if on is not None:
        chosen = chosen.where(in_force(NetworkEditRow, on, known_at=known_at))
    chosen = chosen.order_by(NetworkEditRow.valid_from, NetworkEditRow.edit_id).offset(skip).limit(limit)
    return [edit_of(row) for row in session().scalars(chosen)]


def find_edits_in_force(on: date) -> tuple[NetworkEdit, ...]:
    """
    Find all edits that hold on a date, of whatever area, in the order in which they are made.

    That is by their first day and, on one day, as they were first recorded; a correction does not change it.
    """
    chosen = sa.select(NetworkEditRow).where(in_force(NetworkEditRow, on))
    chosen = chosen.order_by(NetworkEditRow.valid_from, NetworkEditRow.edit_id)
    return tuple(edit_of(row) for row in session().scalars(chosen))


def count_standing() -> int:
    """Count the edits that stand, whatever their dates."""
    chosen = sa.select(sa.func.count()).select_from(NetworkEditRow).where(NetworkEditRow.superseded_at.is_(None))
    return session().scalar(chosen) or 0


def edit_of(row: NetworkEditRow) -> NetworkEdit:
    """Give a row as a value."""
    return NetworkEdit(
        edit_id=row.edit_id,
        version=row.version,
        area_code=row.area_code,
        name=row.name,
        kind=NetworkEditKind(row.kind),
        geometry_ll=row.geometry_ll,
        is_bridge=row.is_bridge,
        reason=row.reason,
        author_id=row.author_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        source_crs=row.source_crs,
        effect=row.effect,
        network_id=row.network_id,
    )
