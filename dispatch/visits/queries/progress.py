"""Reads for whoever watches a day: where visits stand, without their rows being loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import elders
from dispatch.storage import session
from dispatch.visits.models import Visit, VisitLog, VisitStart
from dispatch.visits.queries.visits import IDLE, chunks, visit_facts
from dispatch.visits.values import Verdict, VisitStatus
from dispatch.visits.values.progress import VisitProgress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.visits.queries.visits import Ids
    from dispatch.visits.values import VisitFacts

WAITING = (VisitStatus.PLANNED, VisitStatus.ASSIGNED, VisitStatus.PUBLISHED)  # still to be made
# columns of tables, not of classes: for thousands of rows the mapper would cost more than the database
V, BEGUN = Visit.__table__, VisitStart.__table__


def find_day_ids(*, from_at: datetime, to_at: datetime, but: Ids = ()) -> dict[UUID, tuple[UUID, UUID | None]]:
    """
    Find elder and carer of the visits whose window begins within a half-open span and that wait to be made.

    Those in `but` are left out: ids, or the query that finds them.
    """
    query = sa.select(V.c.id, V.c.elder_id, V.c.carer_id).where(
        V.c.window_from_at >= from_at,
        V.c.window_from_at < to_at,
        V.c.status.in_(WAITING),
        *(V.c.id.not_in(ids) for ids in chunks(but)),
    )
    return {visit_id: (elder_id, carer_id) for visit_id, elder_id, carer_id in session().execute(query)}


def find_partners(pair_ids: Iterable[UUID]) -> list[VisitFacts]:
    """Find the visits of pairs that stand, sorted by pair and slot."""
    return [
        visit_facts(row)
        for ids in chunks(pair_ids)
        for row in session().scalars(
            sa.select(Visit)
            .where(Visit.pair_id.in_(ids), Visit.status.not_in(IDLE))
            .order_by(Visit.pair_id, Visit.slot_no)
        )
    ]


def find_progress(visit_ids: Ids, *, on: date) -> dict[UUID, VisitProgress]:
    """
    Find where visits stand, by id, and where the elder lives on a date.

    Two queries for each 5,000 ids, or two in all where the ids are a query.
    """
    home = elders.homes_on(on)
    query = sa.select(
        *(V.c.id, V.c.elder_id, home.c.area_code, V.c.service_code, V.c.pair_id, V.c.slot_no),
        *(V.c.window_from_at, V.c.window_to_at, V.c.visit_min, V.c.start_at, V.c.carer_id),
        *(V.c.status, V.c.outcome, BEGUN.c.started_at),
    ).select_from(
        V.join(BEGUN, BEGUN.c.visit_id == V.c.id, isouter=True).join(
            home, home.c.elder_id == V.c.elder_id, isouter=True
        )
    )
    found: dict[UUID, VisitProgress] = {}
    for ids in chunks(visit_ids):
        logs = session().execute(
            sa.select(VisitLog.visit_id, sa.func.max(VisitLog.finished_at))
            .where(VisitLog.visit_id.in_(ids), VisitLog.verdict != Verdict.REJECTED)
            .group_by(VisitLog.visit_id)
        )
        ends = {visit_id: finished_at for visit_id, finished_at in logs}  # noqa: C416 - rows are no pairs for mypy
        rows = session().execute(query.where(V.c.id.in_(ids)))
        found |= {row[0]: VisitProgress._make([*row, ends.get(row[0])]) for row in rows}
    return found
