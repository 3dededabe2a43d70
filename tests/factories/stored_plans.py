"""Day plans as they are stored, made up without a search."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import storage
from dispatch.assignment.models import Plan, Tour, TourPause, TourStop, Unplanned
from dispatch.visits.models import Visit
from tests.factories.intake import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

MINUTE = timedelta(minutes=1)


def store_plan(
    on: date,
    *,
    area_code: str = "120198",
    organization_id: UUID | None = None,
    tours: Mapping[UUID, Iterable[tuple[UUID, datetime]]],
    unplanned: Mapping[UUID, str] | None = None,
    status: str = "proposed",
    made_at: datetime = NOW,
    pinned: Iterable[UUID] = (),
    **fields,
) -> UUID:
    """
    Store a plan by carers with visits and starts; an accepted one gives the visits to their carers, published.

    Ten minutes lie on the way to each visit. The plan's id comes back.
    """
    is_decided = status not in {"building", "proposed", "failed"}
    plan = Plan(
        kind="day",
        area_code=area_code,
        organization_id=organization_id,
        plan_on=on,
        status=status,
        seed=7,
        stop_s=1,
        rule_version="plan/1",
        weights={},
        inputs_hash="0" * 64,
        network="tiny",
        iterations=100,
        made_at=made_at,
        built_at=made_at,
        decided_at=made_at if is_decided else None,
        figures={"planned": sum(len(list(each)) for each in tours.values()), "unplanned": len(unplanned or {})},
        **fields,
    )
    storage.session().add(plan)
    storage.session().flush()
    for carer_id, stops in tours.items():
        _store_tour(plan, carer_id=carer_id, stops=list(stops), pinned=set(pinned))
    for visit_id, code in (unplanned or {}).items():
        storage.session().add(Unplanned(plan_id=plan.id, visit_id=visit_id, code=code, visit_version=1))
    storage.session().flush()
    return plan.id


def _store_tour(plan: Plan, *, carer_id: UUID, stops: list[tuple[UUID, datetime]], pinned: set[UUID]) -> None:
    session = storage.session()
    begin = min((at for _, at in stops), default=NOW) - 30 * MINUTE
    rows = {row.id: row for row in session.scalars(sa.select(Visit).where(Visit.id.in_([each for each, _ in stops])))}
    end = max((at + rows[each].visit_min * MINUTE for each, at in stops), default=begin + 60 * MINUTE)
    tour = Tour(
        plan_id=plan.id,
        carer_id=carer_id,
        plan_on=plan.plan_on,
        status=plan.status,
        from_at=begin,
        to_at=end + 60 * MINUTE,
        travel_min=10 * len(stops),
        worked_min=10 * len(stops) + sum(row.visit_min for row in rows.values()),
        wait_min=0,
        back_at=end + 10 * MINUTE if stops else None,
        roster_hash="0" * 16,
    )
    session.add(tour)
    session.flush()
    session.add(TourPause(tour_id=tour.id, pause_no=1, kind="rest", from_at=end + 15 * MINUTE, to_at=end + 45 * MINUTE))
    for seq, (visit_id, start_at) in enumerate(sorted(stops, key=lambda each: each[1]), start=1):
        row = rows[visit_id]
        if plan.status == "accepted":
            row.carer_id, row.start_at, row.status = carer_id, start_at, "published"
            session.flush()
        session.add(
            TourStop(
                plan_id=plan.id,
                tour_id=tour.id,
                visit_id=visit_id,
                seq=seq,
                arrive_at=start_at,
                start_at=start_at,
                end_at=start_at + row.visit_min * MINUTE,
                travel_min=10,
                wait_min=0,
                is_pinned=visit_id in pinned,
                is_executed=False,
                is_outside=False,
                visit_version=row.version,
                reasons=[],
            )
        )
