"""Reads about carers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.carers.models import Carer, Qualification, Shift, ShiftException
from dispatch.carers.values import CarerFacts, CarerStatus, ExceptionRecord, ShiftRecord, TravelMode
from dispatch.storage import in_force, session

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables


def find_carers(
    *, on: date, organization_ids: Collection[UUID] | None = None, carer_ids: Collection[UUID] | None = None
) -> list[CarerFacts]:
    """
    Find the active carers of organizations (None: of all), with their skills and hours on a date; sorted by id.

    Four queries, however many carers there are.
    """
    chosen = [Carer.status == CarerStatus.ACTIVE]
    if organization_ids is not None:
        chosen.append(Carer.organization_id.in_(sorted(organization_ids)))
    if carer_ids is not None:
        chosen.append(Carer.id.in_(sorted(carer_ids)))
    rows = session().scalars(sa.select(Carer).where(*chosen).order_by(Carer.id)).all()
    wanted = sa.select(Carer.id).where(*chosen)
    skills: dict[UUID, dict[str, int | None]] = {}
    for carer_id, skill, level in session().execute(
        sa.select(Qualification.carer_id, Qualification.skill, Qualification.level).where(
            Qualification.carer_id.in_(wanted), in_force(Qualification, on)
        )
    ):
        skills.setdefault(carer_id, {})[skill] = level
    shifts: dict[UUID, list[ShiftRecord]] = {}
    for shift in session().scalars(
        sa.select(Shift).where(Shift.carer_id.in_(wanted), in_force(Shift, on)).order_by(Shift.weekday, Shift.from_time)
    ):
        shifts.setdefault(shift.carer_id, []).append(_shift(shift))
    exceptions: dict[UUID, list[ExceptionRecord]] = {}
    for each in session().scalars(
        sa.select(ShiftException)
        .where(ShiftException.carer_id.in_(wanted), ShiftException.on_date == on)
        .order_by(ShiftException.kind)
    ):
        exceptions.setdefault(each.carer_id, []).append(
            ExceptionRecord(each.on_date, each.kind, each.from_time, each.to_time)
        )
    return [
        CarerFacts(
            carer_id=row.id,
            on=on,
            organization_id=row.organization_id,
            account_id=row.account_id,
            kind=row.kind,
            name=row.name,
            sex=row.sex,
            travel_mode=TravelMode(row.travel_mode),
            day_limit_min=row.day_limit_min,
            base_lon=row.base_lon,
            base_lat=row.base_lat,
            base_site_id=row.base_site_id,
            skills=skills.get(row.id, {}),
            shifts=tuple(shifts.get(row.id, ())),
            exceptions=tuple(exceptions.get(row.id, ())),
        )
        for row in rows
    ]


def find_carer_id(account_id: UUID) -> UUID | None:
    """Find which active carer an account belongs to."""
    return (
        session()
        .scalars(sa.select(Carer.id).where(Carer.account_id == account_id, Carer.status == CarerStatus.ACTIVE))
        .one_or_none()
    )


def find_carer_names(carer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Find the names of carers by id."""
    return {
        row.id: row.name
        for ids in chunks(carer_ids)
        for row in session().execute(sa.select(Carer.id, Carer.name).where(Carer.id.in_(ids)))
    }


def lock_carers(carer_ids: Iterable[UUID]) -> None:
    """
    Let no other transaction give these carers visits until this one has ended.

    SQLite has one writer at a time anyway and needs no lock of its own.
    """
    for ids in chunks(carer_ids):
        session().execute(sa.select(Carer.id).where(Carer.id.in_(ids)).order_by(Carer.id).with_for_update()).all()


def load_carers(carer_ids: Iterable[UUID]) -> dict[UUID, Carer]:
    """Load rows by id."""
    return {
        row.id: row for ids in chunks(carer_ids) for row in session().scalars(sa.select(Carer).where(Carer.id.in_(ids)))
    }


def chunks(ids: Iterable[UUID]) -> list[Sequence[UUID]]:
    """Cut ids into lists that one query takes."""
    whole = sorted(set(ids))
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]


def _shift(row: Shift) -> ShiftRecord:
    return ShiftRecord(row.weekday, row.from_time, row.to_time, row.break_min, row.valid_from, row.valid_to)
