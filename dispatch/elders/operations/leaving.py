"""Elders who have left, and those of whom nothing but what is counted is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.elders.models import Elder, Residence
from dispatch.elders.values import ResidenceKind
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID


def find_departed(*, before: date, limit: int) -> list[UUID]:
    """Find elders whose last main residence ended before a date and who were not erased, in the order of ids."""
    homes = sa.and_(
        Residence.elder_id == Elder.id, Residence.kind == ResidenceKind.MAIN, Residence.superseded_at.is_(None)
    )
    stays = sa.or_(Residence.valid_to.is_(None), Residence.valid_to >= before)
    gone = (
        sa.select(Elder.id)
        .where(
            Elder.erased_at.is_(None),
            Elder.merged_into_id.is_(None),  # goes with the record that it went into
            sa.exists().where(homes),
            ~sa.exists().where(homes, stays),
        )
        .order_by(Elder.id)
        .limit(limit)
    )
    return list(session().scalars(gone))


def mark_erased(elder_id: UUID, *, at: datetime) -> None:
    """Say that an elder was erased: from now on nobody is shown the record."""
    session().execute(sa.update(Elder).where(Elder.id == elder_id).values(erased_at=at, version=Elder.version + 1))
    session().expire_all()
