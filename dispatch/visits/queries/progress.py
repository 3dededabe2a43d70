"""Reads for whoever watches a day: where visits stand, without their rows being loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.storage import session
from dispatch.visits.models import Visit, VisitLog, VisitStart
from dispatch.visits.queries.visits import IDLE, chunks, visit_facts
from dispatch.visits.values import Verdict, VisitStatus
from dispatch.visits.values.progress import VisitProgress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from dispatch.visits.values import VisitFacts

WAITING = (VisitStatus.PLANNED, VisitStatus.ASSIGNED, VisitStatus.PUBLISHED)  # still to be made
PROGRESS = sa.select(
    Visit.id,
    Visit.elder_id,
    Visit.service_code,
    Visit.window_from_at,
    Visit.window_to_at,
    Visit.visit_min,
    Visit.start_at,
    Visit.carer_id,
    Visit.pair_id,
    Visit.slot_no,
    Visit.status,
    Visit.outcome,
    Visit.version,
    VisitStart.started_at,
).join(VisitStart, VisitStart.visit_id == Visit.id, isouter=True)


def find_day_ids(*, from_at: datetime, to_at: datetime) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Find elder and carer of the visits whose window begins within a half-open span and that wait to be made."""
    query = sa.select(Visit.id, Visit.elder_id, Visit.carer_id).where(
        Visit.window_from_at >= from_at, Visit.window_from_at < to_at, Visit.status.in_(WAITING)
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


def find_progress(visit_ids: Iterable[UUID]) -> dict[UUID, VisitProgress]:
    """Find where visits stand, by id, without their rows being loaded: two queries for each 5,000."""
    found: dict[UUID, VisitProgress] = {}
    for ids in chunks(visit_ids):
        logs = session().execute(
            sa.select(VisitLog.visit_id, sa.func.max(VisitLog.finished_at))
            .where(VisitLog.visit_id.in_(ids), VisitLog.verdict != Verdict.REJECTED)
            .group_by(VisitLog.visit_id)
        )
        ends = {visit_id: finished_at for visit_id, finished_at in logs}  # noqa: C416 - rows are no pairs for mypy
        rows = session().execute(PROGRESS.where(Visit.id.in_(ids)))
        found |= {row[0]: VisitProgress._make([*row, ends.get(row[0])]) for row in rows}
    return found
