"""Reads of the assignment room's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.assignment.models import Preference
from dispatch.assignment.values import PreferenceKind
from dispatch.storage import in_force, session

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


def find_preferences(elder_id: UUID, *, on: date) -> dict[UUID, PreferenceKind]:
    """Find an elder's wishes about carers on a date; who is both preferred and refused is refused."""
    rows = session().execute(
        sa.select(Preference.carer_id, Preference.kind)
        .where(Preference.elder_id == elder_id, in_force(Preference, on))
        .order_by(Preference.kind)  # refused comes after preferred
    )
    return {carer_id: PreferenceKind(kind) for carer_id, kind in rows}


def load_preferences(elder_ids: list[UUID]) -> dict[tuple[UUID, UUID, date], Preference]:
    """Load the wishes of elders, by elder, carer and the date from which they hold."""
    rows = session().scalars(sa.select(Preference).where(Preference.elder_id.in_(elder_ids)))
    return {(row.elder_id, row.carer_id, row.valid_from): row for row in rows}
