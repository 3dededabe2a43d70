"""The carers of organizations on some days: what a search for somebody to go reads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.carers.models import Carer, Qualification, Shift, ShiftException
from dispatch.carers.queries.carers import holds, to_facts
from dispatch.carers.values import CarerFacts, CarerStatus, ExceptionKind, ExceptionRecord, ShiftRecord
from dispatch.storage import as_known, session

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

ONE_DAY = timedelta(days=1)
CARER_COLUMNS = (
    Carer.id,
    Carer.organization_id,
    Carer.account_id,
    Carer.kind,
    Carer.name,
    Carer.sex,
    Carer.travel_mode,
    Carer.day_limit_min,
    Carer.base_lon,
    Carer.base_lat,
    Carer.base_site_id,
)
# what a search for carers reads; made once, since making statements takes longer than most of them run
_CHOSEN = (
    Carer.status == CarerStatus.ACTIVE,
    Carer.organization_id.in_(sa.bindparam("organization_ids", expanding=True)),
)
_WANTED = sa.select(Carer.id).where(*_CHOSEN)
_FIRST: sa.BindParameter[date] = sa.bindparam("first")
_LAST: sa.BindParameter[date] = sa.bindparam("last")
_WEEKDAY: sa.BindParameter[int] = sa.bindparam("first_weekday")
CARERS = sa.select(*CARER_COLUMNS).where(*_CHOSEN).order_by(Carer.id)
SKILLS = sa.select(
    Qualification.carer_id, Qualification.valid_from, Qualification.valid_to, Qualification.skill, Qualification.level
).where(
    Qualification.carer_id.in_(_WANTED),
    Qualification.skill.in_(sa.bindparam("skills", expanding=True)),
    Qualification.valid_from <= _LAST,
    sa.or_(Qualification.valid_to.is_(None), Qualification.valid_to > _FIRST),
    as_known(Qualification, None),
)
EXCEPTIONS = (
    sa.select(
        ShiftException.carer_id,
        ShiftException.on_date,
        ShiftException.kind,
        ShiftException.from_time,
        ShiftException.to_time,
        ShiftException.break_min,
    )
    .where(
        ShiftException.carer_id.in_(_WANTED),
        ShiftException.on_date.between(_FIRST, sa.bindparam("day_after")),
        as_known(ShiftException, None),
    )
    .order_by(ShiftException.on_date, ShiftException.kind, ShiftException.from_time)
)
_HOURS = (
    Shift.valid_from <= _LAST,
    sa.or_(Shift.valid_to.is_(None), Shift.valid_to > _FIRST),
    as_known(Shift, None),
)
_AT_NIGHT = sa.union(
    sa.select(Shift.carer_id).where(Shift.weekday == _WEEKDAY, Shift.to_time <= Shift.from_time, *_HOURS),
    sa.select(ShiftException.carer_id).where(
        ShiftException.on_date == _FIRST,
        ShiftException.to_time <= ShiftException.from_time,
        as_known(ShiftException, None),
    ),
)
SHIFTS = (
    sa.select(
        Shift.carer_id,
        Shift.weekday,
        Shift.from_time,
        Shift.to_time,
        Shift.break_min,
        Shift.valid_from,
        Shift.valid_to,
    )
    .where(
        Shift.carer_id.in_(_WANTED),
        sa.or_(
            Shift.weekday.in_(sa.bindparam("weekdays", expanding=True)),
            sa.and_(Shift.weekday == _WEEKDAY, Shift.carer_id.in_(_AT_NIGHT)),
        ),
        *_HOURS,
    )
    .order_by(Shift.weekday, Shift.from_time)
)


def find_carers_on(
    days: Collection[date], *, organization_ids: Collection[UUID], skills: Collection[str]
) -> dict[date, list[CarerFacts]]:
    """
    Find the active carers of organizations with their hours on each of some days; sorted by id.

    Of what they can do only these skills are told. Beside the days stands the evening before the first of them, with
    those alone whose night may reach into it. Four queries, however many carers and days there are, and no more rows
    than the days need.
    """
    evening, last = min(days) - ONE_DAY, max(days)
    asked = {
        "organization_ids": sorted(organization_ids),
        "skills": sorted(skills),
        "weekdays": sorted({on.weekday() for on in days}),
        "first": evening,
        "first_weekday": evening.weekday(),
        "last": last,
        "day_after": last + ONE_DAY,
    }
    rows = session().execute(CARERS, asked).all()
    held: dict[UUID, list[tuple[date, date | None, str, int | None]]] = {}
    for carer_id, from_on, to_on, skill, level in session().execute(SKILLS, asked):
        held.setdefault(carer_id, []).append((from_on, to_on, skill, level))
    exceptions: dict[UUID, list[ExceptionRecord]] = {}
    for carer_id, on_date, kind, from_time, to_time, break_min in session().execute(EXCEPTIONS, asked):
        exceptions.setdefault(carer_id, []).append(ExceptionRecord(on_date, kind, from_time, to_time, break_min))
    shifts: dict[UUID, list[ShiftRecord]] = {}
    for carer_id, *hours in session().execute(SHIFTS, asked):
        shifts.setdefault(carer_id, []).append(ShiftRecord._make(hours))

    def facts_on(row: sa.Row[*tuple[Any, ...]], on: date) -> CarerFacts:
        return to_facts(
            row,
            on=on,
            skills={
                skill: level
                for from_on, to_on, skill, level in held.get(row.id, ())
                if from_on <= on and (to_on is None or on < to_on)
            },
            shifts=[each for each in shifts.get(row.id, ()) if holds(each, on=on)],
            exceptions=[each for each in exceptions.get(row.id, ()) if _matters(each, on=on)],
        )

    found = {on: [facts_on(row, on) for row in rows] for on in days}
    at_night = {
        *(carer_id for carer_id, known in shifts.items() if any(_is_night(each, on=evening) for each in known)),
        *(
            carer_id
            for carer_id, known in exceptions.items()
            if any(_is_extra_night(each, on=evening) for each in known)
        ),
    }
    return {evening: [facts_on(row, evening) for row in rows if row.id in at_night]} | found


def _is_night(shift: ShiftRecord, *, on: date) -> bool:
    return shift.weekday == on.weekday() and shift.to_time <= shift.from_time and holds(shift, on=on)


def _is_extra_night(each: ExceptionRecord, *, on: date) -> bool:
    return (
        each.on_date == on
        and each.from_time is not None
        and each.to_time is not None
        and each.to_time <= each.from_time
    )


def _matters(each: ExceptionRecord, *, on: date) -> bool:
    """Whether an exception changes the work begun on a date: its own, and a sick day after a night."""
    return each.on_date == on or (each.on_date == on + ONE_DAY and each.kind == ExceptionKind.SICK)
