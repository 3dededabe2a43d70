"""Reads about carers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import directory
from dispatch.actor import Role
from dispatch.carers.models import Carer, Qualification, Shift, ShiftException
from dispatch.carers.values import (
    CarerFacts,
    CarerReach,
    CarerStatus,
    ExceptionKind,
    ExceptionRecord,
    ShiftRecord,
    TravelMode,
)
from dispatch.storage import Place, as_known, in_force, session, unseal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor

ONE_DAY = timedelta(days=1)
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
        .where(ShiftException.carer_id.in_(wanted), _matters_on(on), as_known(ShiftException, None))
        .order_by(ShiftException.on_date, ShiftException.kind, ShiftException.from_time)
    ):
        exceptions.setdefault(each.carer_id, []).append(
            ExceptionRecord(each.on_date, each.kind, each.from_time, each.to_time, each.break_min)
        )
    return [
        to_facts(
            row,
            on=on,
            skills=skills.get(row.id, {}),
            shifts=shifts.get(row.id, ()),
            exceptions=exceptions.get(row.id, ()),
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


def find_employer(account_id: UUID) -> UUID | None:
    """Find the organization of the active carer whom an account belongs to."""
    return session().scalar(
        sa.select(Carer.organization_id).where(Carer.account_id == account_id, Carer.status == CarerStatus.ACTIVE)
    )


def find_carer_names(carer_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Find the names of carers by id."""
    return {
        row.id: row.name
        for ids in chunks(carer_ids)
        for row in session().execute(sa.select(Carer.id, Carer.name).where(Carer.id.in_(ids)))
    }


def find_reach(carer_ids: Iterable[UUID]) -> dict[UUID, CarerReach]:
    """Find by which account and number active carers are told something."""
    return {
        row.id: CarerReach(
            row.organization_id,
            row.account_id,
            unseal(row.phone_sealed, place=Place("carer", "phone", row.id)) if row.phone_sealed else None,
        )
        for row in load_carers(carer_ids).values()
        if row.status == CarerStatus.ACTIVE
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


def find_days(row: Carer, *, from_on: date, to_on: date) -> list[CarerFacts]:
    """Give a carer's facts for each date from one up to another, which is left out; two queries."""
    shifts = [
        _shift(shift)
        for shift in session().scalars(
            sa.select(Shift)
            .where(
                Shift.carer_id == row.id,
                as_known(Shift, None),
                Shift.valid_from < to_on,
                sa.or_(Shift.valid_to.is_(None), Shift.valid_to > from_on),
            )
            .order_by(Shift.weekday, Shift.from_time)
        )
    ]
    exceptions: dict[date, list[ExceptionRecord]] = {}
    for each in session().scalars(
        sa.select(ShiftException)
        .where(
            ShiftException.carer_id == row.id,
            as_known(ShiftException, None),
            ShiftException.on_date >= from_on,
            ShiftException.on_date <= to_on,
        )
        .order_by(ShiftException.on_date, ShiftException.kind, ShiftException.from_time)
    ):
        exceptions.setdefault(each.on_date, []).append(
            ExceptionRecord(each.on_date, each.kind, each.from_time, each.to_time, each.break_min)
        )
    days = [from_on + timedelta(days=number) for number in range((to_on - from_on).days)]
    return [
        to_facts(
            row,
            on=on,
            skills={},
            shifts=[each for each in shifts if holds(each, on=on)],
            exceptions=[
                *exceptions.get(on, ()),
                *(each for each in exceptions.get(on + ONE_DAY, ()) if each.kind == ExceptionKind.SICK),
            ],
        )
        for on in days
    ]


def within_scope(actor: Actor) -> sa.ColumnElement[bool]:
    """
    Select the carers whom an actor may know of.

    Those of the organizations that they coordinate, of organizations with a site within their area as an officer,
    and themselves.
    """
    chosen: list[sa.ColumnElement[bool]] = [sa.true() if actor.is_system else sa.false()]
    houses = actor.organization_ids(Role.COORDINATOR)
    if houses:
        chosen.append(Carer.organization_id.in_(sorted(houses)))
    if actor.account_id is not None:
        chosen.append(Carer.account_id == actor.account_id)
    prefixes = actor.area_prefixes(Role.DISTRICT_OFFICER)
    if prefixes and not actor.is_system:
        sited = sa.select(directory.Site.organization_id).where(
            sa.or_(*(directory.Site.area_code.startswith(prefix, autoescape=True) for prefix in prefixes))
        )
        chosen.append(Carer.organization_id.in_(sited))
    return sa.or_(*chosen)


def has_site_within(organization_id: UUID, *, prefixes: Iterable[str]) -> bool:
    """Say whether an organization has a site within one of the areas."""
    within = [directory.Site.area_code.startswith(prefix, autoescape=True) for prefix in prefixes]
    if not within:
        return False
    wanted = sa.select(directory.Site.id).where(directory.Site.organization_id == organization_id, sa.or_(*within))
    return session().scalars(wanted.limit(1)).first() is not None


def holds(shift: ShiftRecord, *, on: date) -> bool:
    """Say whether weekly hours hold on a date."""
    return shift.valid_from <= on and (shift.valid_to is None or on < shift.valid_to)


def _matters_on(on: date) -> sa.ColumnElement[bool]:
    """Select the exceptions that change the work begun on a date: its own, and a sick day after a night."""
    next_sick = sa.and_(ShiftException.on_date == on + ONE_DAY, ShiftException.kind == ExceptionKind.SICK)
    return sa.or_(ShiftException.on_date == on, next_sick)


def to_facts(
    row: Carer | sa.Row[*tuple[Any, ...]],
    *,
    on: date,
    skills: dict[str, int | None],
    shifts: Iterable[ShiftRecord],
    exceptions: Iterable[ExceptionRecord],
) -> CarerFacts:
    """Give a row with what hangs on it as the facts of a date."""
    return CarerFacts(
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
        skills=skills,
        shifts=tuple(shifts),
        exceptions=tuple(exceptions),
    )


def _shift(row: Shift | sa.Row[*tuple[Any, ...]]) -> ShiftRecord:
    return ShiftRecord(row.weekday, row.from_time, row.to_time, row.break_min, row.valid_from, row.valid_to)


def find_same_people(carer_ids: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """
    Find who of these carers is also on record as another active carer, and as whom.

    Somebody who works for two organizations has a record in each; the phone number tells that it is one person. Those
    without a number, or with one record only, are left out.
    """
    known = set(carer_ids)
    other = sa.orm.aliased(Carer)
    found: dict[UUID, set[UUID]] = {}
    for ids in chunks(known):
        rows = session().execute(
            sa.select(Carer.id, other.id)
            .join(other, sa.and_(other.phone_index == Carer.phone_index, other.id != Carer.id))
            .where(Carer.id.in_(ids), other.status == CarerStatus.ACTIVE)
        )
        for carer_id, other_id in rows:
            found.setdefault(carer_id, set()).add(other_id)
    return {carer_id: frozenset(others) for carer_id, others in found.items()}


def find_employers(carer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Find the organizations of carers by id, also of those who left."""
    return {
        row.id: row.organization_id
        for ids in chunks(carer_ids)
        for row in session().execute(sa.select(Carer.id, Carer.organization_id).where(Carer.id.in_(ids)))
    }


def staff_of(organization_ids: Collection[UUID]) -> sa.Select[UUID]:
    """Select the ids of the carers of organizations, also of those who left."""
    return sa.select(Carer.id).where(Carer.organization_id.in_(sorted(organization_ids)))
