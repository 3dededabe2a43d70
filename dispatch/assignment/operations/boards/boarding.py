"""The board: a day's tours with what has become of them, in a fixed number of queries however many carers there are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch import areas, carers, dates, directory, elders, intake, visits
from dispatch.actor import Role
from dispatch.assignment.models import Plan, Tour, TourPause, TourStop, Unplanned
from dispatch.assignment.operations.days.parts import count_parts
from dispatch.assignment.operations.days.scope import PlanNotFoundError, has_part
from dispatch.assignment.queries import find_houses, is_made_by
from dispatch.assignment.rules.watching import find_exceptions
from dispatch.assignment.values import (
    Board,
    BoardStop,
    BoardTour,
    BoardUnplanned,
    PauseCard,
    PauseKind,
    PlanStatus,
    PlanTrace,
    UnplannedCode,
)
from dispatch.errors import InvalidError
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor

SICK = carers.ExceptionKind.SICK
SIGNED = frozenset({PlanStatus.ACCEPTED, PlanStatus.SUPERSEDED})
UNBUILT = frozenset({PlanStatus.BUILDING, PlanStatus.FAILED})
ONE_DAY = timedelta(days=1)
TOURS = (
    *(Tour.id, Tour.carer_id, Tour.from_at, Tour.to_at),
    *(Tour.travel_min, Tour.worked_min, Tour.wait_min, Tour.back_at),
)
PLANS = (
    *(Plan.id, Plan.area_code, Plan.organization_id, Plan.status, Plan.version, Plan.made_at, Plan.built_at),
    *(Plan.decided_at, Plan.decided_by, Plan.based_on_id, Plan.job_id, Plan.figures),
)
STOP = TourStop.__table__  # its columns, not the class's: for thousands of rows the mapper costs most
STOPS = sa.select(
    *(STOP.c.tour_id, STOP.c.visit_id, STOP.c.seq, STOP.c.arrive_at, STOP.c.start_at, STOP.c.end_at),
    *(STOP.c.travel_min, STOP.c.wait_min, STOP.c.is_pinned, STOP.c.is_executed, STOP.c.is_outside),
).order_by(STOP.c.tour_id, STOP.c.seq)


class BoardScopeError(InvalidError):
    """It is not said whose day is wanted."""

    slug = "board-scope-wanted"
    title = Words("写明哪个区划或机构", "Say which area or organization")
    detail = Words(
        "加上 area_code 或 organization_id；调度员管多家机构时要写明是哪一家。",
        "Add area_code or organization_id; who coordinates several organizations says which.",
    )


def find_board(
    actor: Actor,
    *,
    on: date,
    area_code: str | None = None,
    organization_id: UUID | None = None,
    plan_id: UUID | None = None,
    now: datetime,
    zone: ZoneInfo,
) -> Board:
    """
    Give a day of an area or organization as it stands: tours, what has no place, what came since, what to look at.

    An officer sees the plans of their areas, a coordinator those of their organizations and, of a plan of the whole
    area, their own carers and visits. Shown is the plan that was signed or, before, the newest that was built and is
    not put away; or the one that is named. The access lines are the caller's to leave.

    Raises
    ------
    BoardScopeError
        Where neither is said and the actor has not one organization.
    areas.AreaNotFoundError, directory.OrganizationNotFoundError, PlanNotFoundError
        Where it lies outside the actor's scope.

    """
    area_code, organization_id, within = _scope(actor, area_code=area_code, organization_id=organization_id)
    plans = _plans(on, area_code=area_code, organization_id=organization_id, within=within)
    plan, proposal = _choose(plans, plan_id=plan_id)
    if plan and organization_id is not None and plan.organization_id != organization_id:
        figures = count_parts([plan.plan_id], houses={organization_id})[plan.plan_id] if plan.figures else None
        plan = plan._replace(figures=figures)
    tours = _tours(plan.plan_id, on=on, organization_id=organization_id) if plan else {}
    in_plan = sa.select(STOP.c.visit_id).where(STOP.c.plan_id == (plan.plan_id if plan else None))
    why = _unplanned(plan, on=on, organization_id=organization_id) if plan else {}
    waiting = find_waiting(
        on, within=(plan.area_code,) if plan else within, organization_id=organization_id, but=in_plan, zone=zone
    )
    is_built = plan is not None and plan.status not in UNBUILT
    arrived = [visit_id for visit_id in waiting if visit_id not in why] if is_built else []
    in_tours = in_plan if organization_id is None else in_plan.where(STOP.c.tour_id.in_(list(tours)))
    known = visits.find_progress({*why, *arrived}, on=on)
    if plan:
        _put_stops(tours, plan_id=plan.plan_id, known=visits.find_progress(in_tours, on=on))
    shown = tuple(sorted(tours.values(), key=lambda each: (each.carer_name, each.carer_id)))
    unplanned = _loose(why, known=known, why=why)
    return Board(
        on=on,
        area_code=area_code,
        organization_id=organization_id,
        plan=plan,
        proposal=proposal,
        plans=plans,
        tours=shown,
        unplanned=unplanned,
        arrived=_loose(arrived, known=known, why={}),
        waiting=0 if is_built else len(waiting),
        exceptions=tuple(
            find_exceptions(
                shown,
                problems=visits.find_problems(in_tours),
                before=_carers_before(plan.based_on_id) if plan and plan.based_on_id else {},
                unplanned={each.visit.pair_id for each in unplanned if each.visit.pair_id},
                now=now,
                is_signed=plan is not None and plan.status in SIGNED,
            )
        ),
    )


def find_waiting(
    on: date,
    *,
    within: tuple[str, ...],
    organization_id: UUID | None,
    but: sa.Select[tuple[UUID]],
    zone: ZoneInfo,
) -> frozenset[UUID]:
    """
    Find the visits of a day that want a carer's time, but for some: of an organization, and in areas.

    `within` holds the areas' codes; one that is empty is everywhere. Those of requests that are on hold or have ended
    are left out, as a plan leaves them out.
    """
    rest = visits.find_day_ids(from_at=dates.start_of(on, zone), to_at=dates.start_of(on + ONE_DAY, zone), but=but)
    served = intake.find_served_requests(rest)
    homes = elders.find_area_codes({rest[each][0] for each in rest if each not in served}, on=on)
    inside = {
        visit_id: row
        for visit_id, row in rest.items()
        if (visit_id not in served or served[visit_id].status.is_served)
        and (served[visit_id].area_code if visit_id in served else homes.get(row[0], "")).startswith(within)
    }
    if organization_id is None:
        return frozenset(inside)
    houses = find_houses(
        inside,
        offers={visit_id: served[visit_id].service_at_site_id for visit_id in inside if visit_id in served},
        workers=visits.find_workers({row[0] for row in inside.values()}, on=on),
    )
    return frozenset(visit_id for visit_id, house in houses.items() if house == organization_id)


def _scope(
    actor: Actor, *, area_code: str | None, organization_id: UUID | None
) -> tuple[str | None, UUID | None, tuple[str, ...]]:
    """Give whose day is shown, and within which areas; of one's own organization it is everywhere."""
    own = actor.organization_ids(Role.COORDINATOR)
    if area_code is None and organization_id is None:
        if len(own) != 1:
            raise BoardScopeError
        [organization_id] = own
    is_office = area_code is not None and actor.covers_area(area_code, Role.DISTRICT_OFFICER)
    if organization_id is not None and organization_id not in own and not is_office:
        prefixes = actor.area_prefixes(Role.DISTRICT_OFFICER)
        if area_code is not None or not prefixes:
            raise directory.OrganizationNotFoundError(organization_id=organization_id)
        directory.get_organization(organization_id)
        return None, organization_id, prefixes
    if organization_id is None and not is_office:
        raise areas.AreaNotFoundError(area_code=area_code)
    if area_code is not None:
        areas.get_area(area_code)
    return area_code, organization_id, (area_code or "",)


def _plans(
    on: date, *, area_code: str | None, organization_id: UUID | None, within: tuple[str, ...]
) -> tuple[PlanTrace, ...]:
    """Find the plans of a day that show something of an area or an organization, the newest first."""
    is_within = sa.or_(*(Plan.area_code.startswith(prefix, autoescape=True) for prefix in within))
    query = sa.select(*PLANS).where(Plan.plan_on == on, is_within).order_by(Plan.made_at.desc(), Plan.id.desc())
    if area_code is not None:
        query = query.where(Plan.area_code == area_code)
    if organization_id is None:
        query = query.where(Plan.organization_id.is_(None))
    else:
        of_all = sa.and_(Plan.organization_id.is_(None), has_part({organization_id}))
        query = query.where(sa.or_(Plan.organization_id == organization_id, of_all))
    found = [PlanTrace(*row) for row in session().execute(query)]
    return tuple(each._replace(status=PlanStatus(each.status)) for each in found)


def _choose(plans: Sequence[PlanTrace], *, plan_id: UUID | None) -> tuple[PlanTrace | None, PlanTrace | None]:
    """Give the plan that is shown, and a newer one that waits for a signature or is being built."""
    if plan_id is not None:
        chosen = next((each for each in plans if each.plan_id == plan_id), None)
        if chosen is None:
            raise PlanNotFoundError(plan_id=plan_id)
        return chosen, None
    signed, proposed, building = (
        next((each for each in plans if each.status is status), None)
        for status in (PlanStatus.ACCEPTED, PlanStatus.PROPOSED, PlanStatus.BUILDING)
    )
    shown = signed or proposed or building
    if shown is None:
        return None, None
    newer = (each for each in (proposed, building) if each and each is not shown and each.made_at > shown.made_at)
    return shown, next(newer, None)


def _tours(plan_id: UUID, *, on: date, organization_id: UUID | None) -> dict[UUID, BoardTour]:
    """Give the tours of a plan by id, with their pauses and who is ill."""
    rows = session().execute(sa.select(*TOURS).where(Tour.plan_id == plan_id)).all()
    ids = [row.carer_id for row in rows]
    facts = {each.carer_id: each for each in carers.find_carers(on=on, carer_ids=ids)}
    names = carers.find_carer_names([each for each in ids if each not in facts])
    pauses: dict[UUID, list[PauseCard]] = {}
    for tour_id, kind, from_at, to_at in session().execute(
        sa.select(TourPause.tour_id, TourPause.kind, TourPause.from_at, TourPause.to_at)
        .join(Tour, Tour.id == TourPause.tour_id)
        .where(Tour.plan_id == plan_id)
        .order_by(TourPause.from_at)
    ):
        pauses.setdefault(tour_id, []).append(PauseCard(PauseKind(kind), from_at, to_at))
    found = {}
    for row in rows:
        who = facts.get(row.carer_id)
        if organization_id is not None and (who is None or who.organization_id != organization_id):
            continue
        found[row.id] = BoardTour(
            tour_id=row.id,
            carer_id=row.carer_id,
            carer_name=who.name if who else names.get(row.carer_id, ""),
            organization_id=who.organization_id if who else None,
            from_at=row.from_at,
            to_at=row.to_at,
            travel_min=row.travel_min,
            worked_min=row.worked_min,
            wait_min=row.wait_min,
            back_at=row.back_at,
            is_ill=who is not None and any(each.kind == SICK and each.on_date == on for each in who.exceptions),
            pauses=pauses.get(row.id, []),
        )
    return found


def _put_stops(tours: Mapping[UUID, BoardTour], *, plan_id: UUID, known: Mapping[UUID, visits.VisitProgress]) -> None:
    """Put the stops of a plan into its tours, in order, each with where its visit stands."""
    for tour_id, *stop in session().execute(STOPS.where(STOP.c.plan_id == plan_id)).all():
        progress = known.get(stop[0])
        if tour_id in tours and progress is not None:
            tours[tour_id].stops.append(BoardStop._make([*stop, progress]))


def _unplanned(
    plan: PlanTrace, *, on: date, organization_id: UUID | None
) -> dict[UUID, tuple[UnplannedCode, dict[str, Any] | None]]:
    """Give what has no place in a plan, and why: all of an organization's own plan, its part of everybody's."""
    query = sa.select(Unplanned.visit_id, Unplanned.code, Unplanned.change).where(Unplanned.plan_id == plan.plan_id)
    if organization_id is not None and plan.organization_id != organization_id:
        query = query.where(is_made_by(Unplanned.visit_id, houses={organization_id}, on=on))
    return {visit_id: (UnplannedCode(code), change) for visit_id, code, change in session().execute(query)}


def _carers_before(plan_id: UUID) -> dict[UUID, UUID]:
    query = (
        sa.select(TourStop.visit_id, Tour.carer_id)
        .join(Tour, Tour.id == TourStop.tour_id)
        .where(TourStop.plan_id == plan_id)
    )
    return {visit_id: carer_id for visit_id, carer_id in session().execute(query)}  # noqa: C416 - rows are no pairs


def _loose(
    visit_ids: Iterable[UUID],
    *,
    known: Mapping[UUID, visits.VisitProgress],
    why: Mapping[UUID, tuple[UnplannedCode, dict[str, Any] | None]],
) -> tuple[BoardUnplanned, ...]:
    found = (BoardUnplanned(known[each], *why.get(each, (None, None))) for each in visit_ids if each in known)
    return tuple(sorted(found, key=lambda each: (each.visit.window_from_at, each.visit.visit_id)))
