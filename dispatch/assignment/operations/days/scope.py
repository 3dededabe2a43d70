"""Who may see a day plan, and who may make and sign one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from dispatch import carers, dates
from dispatch.actor import Role
from dispatch.assignment.models import Plan, Tour, Unplanned
from dispatch.assignment.queries import find_plan_end, find_plan_row, is_made_by
from dispatch.errors import ConflictError, NotAllowedError, NotFoundError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor

ONE_DAY: Final = timedelta(days=1)


class PlanNotFoundError(NotFoundError):
    """There is no such plan, or the reader may not know of it."""

    slug = "plan-not-found"
    title = Words("没有这个计划，或者不归你管", "No such plan, or outside your scope")


class PlanNotYoursError(NotAllowedError):
    """The actor may not plan this area or organization."""

    slug = "plan-not-yours"
    title = Words("这个区域或机构的计划不归你编排", "You may not plan this area or organization")
    detail = Words(
        "干部编排自己的辖区，机构调度员编排自己的机构。",
        "Officers plan their own area, coordinators their own organization.",
    )


class PlanDayOverError(ConflictError):
    """The day of the plan is over: it stays as it was signed, or unsigned."""

    slug = "plan-day-over"
    title = Words("这份计划的日期已经过去", "The day of this plan is over")
    detail = Words(
        "{plan_on} 已经过去，计划不能再修改、确认或补救；漏报的上门请补记，没有做成的请编排到今天或以后。",
        "{plan_on} is over, and its plan cannot be changed, signed or repaired. Record visits that were made; plan the "
        "others for today or later.",
    )


def may_plan(actor: Actor, *, area_code: str, organization_id: UUID | None) -> bool:
    """Say whether an actor makes and signs plans of an area, or of an organization in it."""
    if actor.is_system or actor.covers_area(area_code, Role.DISTRICT_OFFICER):
        return True
    return organization_id is not None and organization_id in actor.organization_ids(Role.COORDINATOR)


def visible_plans(actor: Actor) -> sa.ColumnElement[bool]:
    """
    Select the plans that an actor may see.

    Officers and operators those of their area, coordinators those of their organization and those of everybody in
    which their organization has a part, of which they see no more than this.
    """
    if actor.is_system:
        return sa.true()
    chosen: list[sa.ColumnElement[bool]] = [sa.false()]
    chosen += [
        Plan.area_code.startswith(prefix, autoescape=True)
        for prefix in actor.area_prefixes(Role.DISTRICT_OFFICER, Role.OPERATOR)
    ]
    houses = actor.organization_ids(Role.COORDINATOR)
    if houses:
        of_all = sa.and_(Plan.organization_id.is_(None), has_part(houses))
        chosen += [Plan.organization_id.in_(sorted(houses)), of_all]
    return sa.or_(*chosen)


def has_part(houses: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Select the plans in which a carer of these organizations has a tour, or a visit of theirs has no place."""
    tour = sa.exists().where(Tour.plan_id == Plan.id, Tour.carer_id.in_(carers.staff_of(houses)))
    loose = sa.exists().where(
        Unplanned.plan_id == Plan.id, is_made_by(Unplanned.visit_id, houses=houses, on=Plan.plan_on)
    )
    return sa.or_(tour, loose)


def own_houses(actor: Actor, *, plan: Plan) -> frozenset[UUID] | None:
    """Give whose carers of a plan an actor may see; None: all of them."""
    if actor.is_system or actor.covers_area(plan.area_code, Role.DISTRICT_OFFICER, Role.OPERATOR):
        return None
    houses = actor.organization_ids(Role.COORDINATOR)
    return None if plan.organization_id in houses else houses


def load_plan(plan_id: UUID, *, actor: Actor, is_locked: bool = False) -> Plan:
    """
    Load a plan that the actor may see.

    Raises
    ------
    PlanNotFoundError
        No such plan, or outside the actor's scope.

    """
    row = find_plan_row(plan_id, is_locked=is_locked)
    if row is None or not _is_visible(row, actor=actor):
        raise PlanNotFoundError(plan_id=plan_id)
    return row


def load_for_questions(plan_id: UUID, *, actor: Actor) -> Plan:
    """
    Load a plan that the actor may ask about and change: answers tell of everybody's day in it.

    Raises
    ------
    PlanNotFoundError
        No such plan, or not the actor's to change.

    """
    row = load_plan(plan_id, actor=actor)
    if not may_plan(actor, area_code=row.area_code, organization_id=row.organization_id):
        raise PlanNotFoundError(plan_id=plan_id)
    return row


def load_own_plan(plan_id: UUID, *, actor: Actor) -> Plan:
    """
    Load a plan that the actor may change, held until the transaction ends.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError

    """
    row = load_plan(plan_id, actor=actor, is_locked=True)
    if not may_plan(actor, area_code=row.area_code, organization_id=row.organization_id):
        raise PlanNotYoursError(plan_id=plan_id)
    return row


def refuse_past(row: Plan, *, now: datetime, zone: ZoneInfo) -> None:
    """
    Raise PlanDayOverError where a plan's day is over: its date, and the last tour of a night that began on it.

    A night belongs to the day on which it begins.
    """
    midnight_at = dates.start_of(row.plan_on + ONE_DAY, zone)
    if now >= midnight_at and now >= (find_plan_end(row.id) or midnight_at):
        raise PlanDayOverError(plan_id=row.id, plan_on=row.plan_on.isoformat())


def _is_visible(row: Plan, *, actor: Actor) -> bool:
    if actor.is_system or actor.covers_area(row.area_code, Role.DISTRICT_OFFICER, Role.OPERATOR):
        return True
    houses = actor.organization_ids(Role.COORDINATOR)
    if not houses or row.organization_id is not None:
        return row.organization_id in houses
    return session().scalar(sa.select(Plan.id).where(Plan.id == row.id, has_part(houses))) is not None
