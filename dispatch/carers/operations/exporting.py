"""Giving carers and rosters out as rows of the files that come in, as far as an account may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import directory, journal
from dispatch.carers.models import Carer, Qualification, Shift, ShiftException
from dispatch.carers.operations.records import shown
from dispatch.carers.queries import within_scope
from dispatch.carers.rules import single_day
from dispatch.carers.values import CarerStatus, CarerView
from dispatch.errors import NotAllowedError
from dispatch.phones import local_phone
from dispatch.storage import as_known, session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from dispatch import sheets
    from dispatch.actor import Actor

AT_ONCE = 500  # carers in one transaction
DAYS = "一二三四五六日"
KINDS = {"off": "休息", "sick": "病假", "extra": "加班"}


class CarerExportRefusedError(NotAllowedError):
    """The account may know of no carer."""

    slug = "carer-export-refused"
    title = Words("这个账号没有可导出的人员", "This account has no carers to export")
    detail = Words(
        "可以导出的人：机构调度员，和按地区授权的区工作人员。",
        "Coordinators of an organization and officers who are granted an area may export.",
    )


def export_carers(*, actor: Actor, unit: sheets.Unit, at: datetime) -> Iterator[dict[str, sheets.Cell]]:
    """
    Give the active carers within the actor's scope as rows of `CARER_LAYOUT`, sorted by id.

    Officers are given phones masked and no base. The journal says who exported.

    Raises
    ------
    CarerExportRefusedError
        Where the actor may know of no carer.

    """
    _enter("carer.exported", actor=actor, unit=unit, at=at)
    return _carer_rows(actor, unit=unit)


def export_rosters(*, actor: Actor, unit: sheets.Unit, at: datetime, on: date) -> Iterator[dict[str, sheets.Cell]]:
    """
    Give the hours of the active carers within the actor's scope as rows of `ROSTER_LAYOUT`: all that hold or will.

    Raises
    ------
    CarerExportRefusedError
        Where the actor may know of no carer.

    """
    _enter("roster.exported", actor=actor, unit=unit, at=at)
    return _roster_rows(actor, unit=unit, on=on)


def _enter(kind: str, *, actor: Actor, unit: sheets.Unit, at: datetime) -> None:
    with unit():
        if not _find(actor, after=None, limit=1):
            raise CarerExportRefusedError
        journal.append(kind, actor=actor, at=at, subject_id=actor.account_id or "system")


def _find(actor: Actor, *, after: UUID | None, limit: int = AT_ONCE) -> Sequence[Carer]:
    query = sa.select(Carer).where(within_scope(actor), Carer.status == CarerStatus.ACTIVE)
    if after is not None:
        query = query.where(Carer.id > after)
    return session().scalars(query.order_by(Carer.id).limit(limit)).all()


def _carer_rows(actor: Actor, *, unit: sheets.Unit) -> Iterator[dict[str, sheets.Cell]]:
    last: UUID | None = None
    while True:
        with unit():
            found = _find(actor, after=last)
            rows = _with_skills(found, actor=actor)
        yield from rows
        if len(found) < AT_ONCE:
            return
        last = found[-1].id


def _with_skills(found: Sequence[Carer], *, actor: Actor) -> list[dict[str, sheets.Cell]]:
    ids = [row.id for row in found]
    skills: dict[UUID, list[str]] = {}
    held = sa.select(Qualification).where(Qualification.carer_id.in_(ids), as_known(Qualification, None))
    for each in session().scalars(held.order_by(Qualification.skill, Qualification.valid_from)):
        skills.setdefault(each.carer_id, []).append(_skill(each))
    houses = {
        house.id: house
        for house in session().scalars(
            sa.select(directory.Organization).where(
                directory.Organization.id.in_({row.organization_id for row in found})
            )
        )
    }
    rows: list[dict[str, sheets.Cell]] = []
    for row in found:
        card, house = shown(row, actor=actor), houses[row.organization_id]
        is_full = card.view is CarerView.FULL
        raw = (row.source_raw or (None, None)) if is_full else (None, None)
        rows.append(
            {
                "source_ref": card.source_ref,
                "name": card.name,
                "organization": house.name,
                "uscc": house.uscc,
                "kind": card.kind,
                "sex": card.sex,
                "phone": local_phone(card.phone) if card.phone and is_full else card.phone,
                "travel_mode": card.travel_mode,
                "day_limit_min": card.day_limit_min,
                "lon": raw[0],
                "lat": raw[1],
                "crs": row.source_crs if is_full else None,
                "skills": "；".join(skills.get(row.id, ())),
            }
        )
    return rows


def _skill(row: Qualification) -> str:
    span = f"{row.valid_from}~{row.valid_to}" if row.valid_to else str(row.valid_from)
    level = f" {row.level}级" if row.level else ""
    return f"{row.skill}{level} {span}" + (f" 证号{row.certificate_no}" if row.certificate_no else "")


def _roster_rows(actor: Actor, *, unit: sheets.Unit, on: date) -> Iterator[dict[str, sheets.Cell]]:
    last: UUID | None = None
    while True:
        with unit():
            found = _find(actor, after=last)
            known = {row.id: {"carer_ref": row.source_ref, "carer_name": row.name} for row in found}
            rows: list[dict[str, sheets.Cell]] = [
                known[row.carer_id] | _shift(row)
                for row in session().scalars(
                    sa.select(Shift)
                    .where(
                        Shift.carer_id.in_(known),
                        as_known(Shift, None),
                        sa.or_(Shift.valid_to.is_(None), Shift.valid_to > on),
                    )
                    .order_by(Shift.carer_id, Shift.valid_from, Shift.weekday, Shift.from_time)
                )
            ]
            rows += [
                known[row.carer_id] | _exception(row)
                for row in session().scalars(
                    sa.select(ShiftException)
                    .where(
                        ShiftException.carer_id.in_(known),
                        as_known(ShiftException, None),
                        ShiftException.on_date >= on,
                    )
                    .order_by(ShiftException.carer_id, ShiftException.on_date, ShiftException.from_time)
                )
            ]
        yield from rows
        if len(found) < AT_ONCE:
            return
        last = found[-1].id


def _shift(row: Shift) -> dict[str, Any]:
    hours = {"kind": "班次", "from_time": row.from_time, "to_time": row.to_time, "break_min": row.break_min}
    if (row.valid_from, row.valid_to) == single_day(row.valid_from):
        return hours | {"on_date": row.valid_from}
    return hours | {"weekday": f"周{DAYS[row.weekday]}", "valid_from": row.valid_from, "valid_to": row.valid_to}


def _exception(row: ShiftException) -> dict[str, Any]:
    return {
        "kind": KINDS[row.kind],
        "on_date": row.on_date,
        "from_time": row.from_time,
        "to_time": row.to_time,
        "break_min": row.break_min,
    }
