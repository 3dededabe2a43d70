"""Carers one by one: list, read, put on record, change, leave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from dispatch import directory, journal
from dispatch.actor import Role
from dispatch.carers.models import Carer, Qualification, Shift
from dispatch.carers.operations.registering import open_phone, phone_columns, register_carers
from dispatch.carers.operations.tables import Changes
from dispatch.carers.queries import find_days, has_site_within, within_scope
from dispatch.carers.rules import judge_view, roster_day, show_card
from dispatch.carers.values import CarerCard, CarerRecord, CarerStatus, CarerView
from dispatch.errors import ConflictError, InvalidError, NotFoundError
from dispatch.storage import as_known, check_version, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.carers.values import CarerChange, RosterDay

LONGEST_ROSTER_DAYS = 92  # a quarter
MANAGERS = (Role.COORDINATOR, Role.DISTRICT_OFFICER)


class CarerNotFoundError(NotFoundError):
    """There is no such carer, or the reader may not know of them."""

    slug = "carer-not-found"
    title = Words("没有这位照护人员，或者不归你管", "No such carer, or outside your scope")


class CarerLeftError(ConflictError):
    """The carer has left, and the record is closed."""

    slug = "carer-left"
    title = Words("这位照护人员已离职", "This carer has left")
    detail = Words("重新入职时，另建一份档案。", "A carer who comes back is put on record anew.")


class RosterSpanError(InvalidError):
    """The roster ends before it begins, or is too long."""

    slug = "roster-span"
    title = Words("排班查询的日期不对", "The dates of the roster are wrong")
    detail = Words(
        "结束日期要晚于开始日期，最多相隔 {days} 天；结束当天不算在内。",
        "`to` must be later than `from`, by at most {days} days, and is not included.",
    )


def find_cards(
    actor: Actor,
    *,
    organization_id: UUID | None = None,
    kind: str | None = None,
    status: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[CarerCard]:
    """Find the carers whom the reader may know of, each as far as they may see; phones masked; sorted by id."""
    query = sa.select(Carer).where(within_scope(actor)).order_by(Carer.id).limit(limit)
    for column, wanted in ((Carer.organization_id, organization_id), (Carer.kind, kind), (Carer.status, status)):
        if wanted is not None:
            query = query.where(column == wanted)
    if after is not None:
        query = query.where(Carer.id > after)
    return [show_card(_card(row), view=CarerView.OVERSIGHT) for row in session().scalars(query)]


def get_card(carer_id: UUID, *, actor: Actor) -> CarerCard:
    """
    Give a carer's record, as far as the reader may see it.

    Raises
    ------
    CarerNotFoundError
        Where there is none, or it is outside the reader's scope.

    """
    return shown(find_row(carer_id, actor=actor), actor=actor)


def get_roster(carer_id: UUID, *, from_on: date, to_on: date, actor: Actor, zone: ZoneInfo) -> list[RosterDay]:
    """
    Say when a carer is on duty on each date from one up to another, which is left out, and why.

    Raises
    ------
    CarerNotFoundError
        Where there is none, or it is outside the reader's scope.
    RosterSpanError
        Where it does not end after it begins, or spans more than 92 days.

    """
    row = find_row(carer_id, actor=actor)
    if not 0 < (to_on - from_on).days <= LONGEST_ROSTER_DAYS:
        raise RosterSpanError(days=LONGEST_ROSTER_DAYS)
    return [roster_day(facts, zone=zone) for facts in find_days(row, from_on=from_on, to_on=to_on)]


def create_carer(record: CarerRecord, *, actor: Actor, at: datetime) -> CarerCard:
    """
    Put a carer on record, for an organization of the actor's.

    Raises
    ------
    OrganizationNotFoundError
        Where the organization is outside the actor's scope.
    SiteNotFoundError, UnknownCodeError, InvalidCarerError
        Where a fact cannot be.

    """
    is_of_house = record.organization_id in actor.organization_ids(Role.COORDINATOR)
    prefixes = actor.area_prefixes(Role.DISTRICT_OFFICER)
    if not (actor.is_system or is_of_house or has_site_within(record.organization_id, prefixes=prefixes)):
        raise directory.OrganizationNotFoundError
    directory.get_organization(record.organization_id)
    if record.base_site_id is not None:
        directory.get_site(record.base_site_id)
    carer_id = new_id()
    register_carers([replace(record, id=carer_id)], actor=actor, at=at)
    return get_card(carer_id, actor=actor)


def change_carer(carer_id: UUID, *, change: CarerChange, version: int | None, actor: Actor, at: datetime) -> CarerCard:
    """
    Change who a carer is: only the facts that are named.

    Raises
    ------
    CarerNotFoundError, CarerLeftError, StaleVersionError
        Where the actor may not, or read another version.
    SiteNotFoundError, UnknownCodeError, InvalidCarerError
        Where a fact cannot be.

    """
    row = open_carer(carer_id, version=version, actor=actor)
    facts = dict(change.facts)
    if "kind" in facts:
        directory.check_codes("carer_kind", codes=[facts["kind"]], field="kind")
    if facts.get("base_site_id") is not None:
        directory.get_site(facts["base_site_id"])
    if "phone" in facts:
        facts |= phone_columns(facts.pop("phone"), carer_id=carer_id, kept=row.phone_index)
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    session().flush()  # the version that the caller is told
    journal.append("carer.changed", actor=actor, at=at, subject_id=carer_id, parts=["carer"])
    return shown(row, actor=actor)


def end_carer(carer_id: UUID, *, version: int | None, actor: Actor, at: datetime, on: date) -> CarerCard:
    """
    Let a carer leave on a date: shifts and qualifications end on it, later ones are withdrawn, no visits are given.

    Raises
    ------
    CarerNotFoundError, CarerLeftError, StaleVersionError
        Where the actor may not, or read another version.

    """
    row = open_carer(carer_id, version=version, actor=actor)
    row.status = CarerStatus.LEFT.value
    for model in (Qualification, Shift):
        changes = Changes(model, at=at)
        columns: Any = model.__table__.c
        lasting = sa.select(*columns).where(
            columns.carer_id == carer_id,
            as_known(model, None),
            sa.or_(columns.valid_to.is_(None), columns.valid_to > on),
        )
        for kept in session().execute(lasting).mappings():
            changes.supersede(kept["id"])
            if kept["valid_from"] < on:
                changes.add({name: value for name, value in kept.items() if name != "id"} | {"valid_to": on})
        changes.write()
    session().flush()  # the version that the caller is told
    journal.append("carer.left", actor=actor, at=at, subject_id=carer_id)
    return shown(row, actor=actor)


def find_row(carer_id: UUID, *, actor: Actor) -> Carer:
    """Give the row of a carer whom the actor may know of; CarerNotFoundError."""
    row = session().scalars(sa.select(Carer).where(Carer.id == carer_id, within_scope(actor))).one_or_none()
    if row is None:
        raise CarerNotFoundError(carer_id=carer_id)
    return row


def open_carer(carer_id: UUID, *, version: int | None, actor: Actor) -> Carer:
    """
    Give the row of a carer whom the actor may change, held until the transaction ends; its version rises.

    Carers read their own record, and do not change it.
    """
    row = find_row(carer_id, actor=actor)
    is_of_house = row.organization_id in actor.organization_ids(Role.COORDINATOR)
    prefixes = actor.area_prefixes(Role.DISTRICT_OFFICER)
    if not (actor.is_system or is_of_house or has_site_within(row.organization_id, prefixes=prefixes)):
        raise CarerNotFoundError(carer_id=carer_id)
    row = session().get_one(Carer, carer_id, with_for_update=True, populate_existing=True)
    check_version(row.version, expected=version)
    if row.status == CarerStatus.LEFT:
        raise CarerLeftError(carer_id=carer_id)
    flag_modified(row, "name")
    return row


def shown(row: Carer, *, actor: Actor) -> CarerCard:
    """Give a row as far as the actor may see it."""
    view = judge_view(actor, organization_id=row.organization_id, account_id=row.account_id)
    return show_card(_card(row), view=view)


def _card(row: Carer) -> CarerCard:
    has_point = row.base_lon is not None and row.base_lat is not None
    return CarerCard(
        carer_id=row.id,
        view=CarerView.FULL,
        organization_id=row.organization_id,
        kind=row.kind,
        name=row.name,
        sex=row.sex,
        phone=open_phone(row),
        base_ll=(row.base_lon, row.base_lat) if has_point else None,  # type: ignore[arg-type] # it has a point
        is_rounded=False,
        base_site_id=row.base_site_id,
        travel_mode=row.travel_mode,
        day_limit_min=row.day_limit_min,
        status=row.status,
        source=row.source,
        source_ref=row.source_ref,
        version=row.version,
    )
