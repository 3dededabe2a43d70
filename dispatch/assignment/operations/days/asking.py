"""Asking for a plan of a day, and looking at plans."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from dispatch import areas, carers, dates, directory, planner
from dispatch.assignment.models import Plan, Unplanned
from dispatch.assignment.operations.days.parts import show_cards
from dispatch.assignment.operations.days.scope import (
    PlanNotYoursError,
    load_own_plan,
    load_plan,
    may_plan,
    own_houses,
    visible_plans,
)
from dispatch.assignment.queries import (
    find_plan_row,
    find_plan_rows,
    find_tours,
    find_unplanned,
    has_accepted_tours,
    is_made_by,
    plan_card,
)
from dispatch.assignment.values import MOST_SECONDS, PLAN_RULE, PlanKind, PlanStatus, PlanView
from dispatch.errors import InvalidError
from dispatch.storage import new_id, request_job, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.assignment.values import PlanCard, PlanWish

DAY_PLAN: Final = "day_plan"
"""The name of the job."""
DISTRICT_DIGITS: Final = 6


class InvalidPlanError(InvalidError):
    """A plan cannot be asked for, or decided on, like that; the fields say what is wrong."""

    slug = "invalid-plan"
    title = Words("计划的内容有误", "The plan cannot be like that")


NOT_PAST: Final = Words("日期已过，请选今天或以后。", "This day is over: choose today or later.")
ONE_DISTRICT: Final = Words("请选一个区或区内的街镇、社区。", "Choose a district, or a part of one.")
SECONDS_RANGE: Final = Words(f"应为1到{MOST_SECONDS}秒。", f"Must be 1 to {MOST_SECONDS} seconds.")


def request_plan(wish: PlanWish, *, actor: Actor, now: datetime, zone: ZoneInfo) -> PlanCard:
    """
    Ask for a plan of a day; a job builds it.

    Raises
    ------
    PlanNotYoursError
        Where the area or the organization is not the actor's to plan.
    areas.AreaNotFoundError, directory.OrganizationNotFoundError
    InvalidPlanError
        Where the day is over, the area is no district or part of one, or the seconds are out of range.

    """
    areas.get_area(wish.area_code)
    if wish.organization_id is not None:
        directory.get_organization(wish.organization_id)
    if not may_plan(actor, area_code=wish.area_code, organization_id=wish.organization_id):
        raise PlanNotYoursError(area_code=wish.area_code)
    faults: dict[str, list[Words | str]] = {}
    if wish.plan_on < dates.service_date(now, zone):
        faults["on"] = [NOT_PAST]
    if len(wish.area_code) < DISTRICT_DIGITS:
        faults["area_code"] = [ONE_DISTRICT]
    if not 1 <= wish.seconds <= MOST_SECONDS:
        faults["seconds"] = [SECONDS_RANGE]
    if faults:
        raise InvalidPlanError(fields=faults)
    row = Plan(
        id=new_id(),
        kind=PlanKind.DAY.value,
        area_code=wish.area_code,
        organization_id=wish.organization_id,
        plan_on=wish.plan_on,
        status=PlanStatus.BUILDING.value,
        seed=wish.seed,
        stop_s=wish.seconds,
        rule_version=PLAN_RULE,
        weights=asdict(planner.Weights()),
        made_by=actor.account_id,
        made_at=now,
    )
    session().add(row)
    session().flush()  # the job's row comes after the plan's
    job = request_job(
        DAY_PLAN,
        key=f"{DAY_PLAN}:{row.id}",
        args={"plan_id": str(row.id)},
        actor=actor,
        at=now,
        area_code=wish.area_code if wish.organization_id is None else None,
    )
    row.job_id = job.id
    session().flush()  # the version that the answer carries
    return plan_card(row)


def use_best(plan_id: UUID, *, actor: Actor, now: datetime) -> PlanCard:
    """
    Have enough: the search of a plan that is being built ends with the best that it has; else nothing changes.

    Raises
    ------
    PlanNotFoundError, PlanNotYoursError

    """
    row = load_own_plan(plan_id, actor=actor)
    if row.status == PlanStatus.BUILDING and row.enough_at is None:
        row.enough_at = now
        session().flush()  # the version that the answer carries
    return plan_card(row)


def is_enough(plan_id: UUID) -> bool:
    """Say whether the search of a plan may end: somebody has enough, or it is not being built any more."""
    row = find_plan_row(plan_id)
    return row is None or row.enough_at is not None or row.status != PlanStatus.BUILDING


def get_plan(plan_id: UUID, *, actor: Actor) -> PlanCard:
    """Give a plan without its tours; PlanNotFoundError where there is none within the actor's scope."""
    [card] = show_cards([load_plan(plan_id, actor=actor)], actor=actor)
    return card


def find_plans(
    *,
    actor: Actor,
    plan_on: date | None = None,
    status: PlanStatus | None = None,
    before_id: UUID | None = None,
    limit: int = 50,
) -> list[PlanCard]:
    """Find the plans that an actor may see, the newest first; `before_id` reads on."""
    rows = find_plan_rows(visible_plans(actor), plan_on=plan_on, status=status, before_id=before_id, limit=limit)
    return show_cards(rows, actor=actor)


def read_plan(plan_id: UUID, *, actor: Actor) -> PlanView:
    """
    Give a plan with its tours and what has no place; of everybody's plan a coordinator sees the own carers' part.

    Raises
    ------
    PlanNotFoundError

    """
    row = load_plan(plan_id, actor=actor)
    houses = own_houses(actor, plan=row)
    tours, condition = find_tours(plan_id), None
    if houses is not None:
        employers = carers.find_employers(tour.carer_id for tour in tours)
        tours = [tour for tour in tours if employers.get(tour.carer_id) in houses]
        condition = is_made_by(Unplanned.visit_id, houses=houses, on=row.plan_on)
    unplanned = find_unplanned(plan_id, condition=condition)
    [card] = show_cards([row], actor=actor)
    return PlanView(card, tours=tuple(tours), unplanned=tuple(unplanned))


def is_day_signed(carer_id: UUID, *, on: date) -> bool:
    """Say whether somebody signed a plan of a date with carers of a carer's organization, whoever has a tour in it."""
    house = carers.find_employers([carer_id]).get(carer_id)
    staff = carers.find_carers(on=on, organization_ids={house}) if house else []
    return has_accepted_tours({each.carer_id for each in staff} | {carer_id}, on=on)
