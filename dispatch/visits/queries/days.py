"""Reads for whoever plans a day: all visits of it at once, and what was before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import elders
from dispatch.storage import among, in_force, session
from dispatch.visits.models import Caseload, Visit, VisitLog, VisitStart
from dispatch.visits.queries.visits import IDLE, LONGEST_VISIT, chunks, visit_facts
from dispatch.visits.values import COUNTED_OUTCOMES, Verdict, VisitStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.visits.values import VisitFacts


def find_day(*, from_at: datetime, to_at: datetime) -> list[VisitFacts]:
    """
    Find the visits whose window begins within a half-open span, but for those canceled or missed; sorted by id.

    A night belongs to the day on which its window begins.
    """
    visit = Visit.__table__  # its rows, not the class's: for thousands the mapper costs most
    rows = session().execute(
        sa.select(visit)
        .where(visit.c.window_from_at >= from_at, visit.c.window_from_at < to_at, visit.c.status.not_in(IDLE))
        .order_by(visit.c.id)
    )
    return [visit_facts(row) for row in rows.all()]


def find_many(visit_ids: Iterable[UUID]) -> list[VisitFacts]:
    """Find any number of visits by id; unknown ones are left out."""
    return [
        visit_facts(row)
        for ids in chunks(visit_ids)
        for row in session().scalars(
            sa.select(Visit).where(Visit.id.in_(ids)).order_by(Visit.id).execution_options(populate_existing=True)
        )
    ]


def find_times(visit_ids: Iterable[UUID]) -> dict[UUID, tuple[datetime, datetime | None]]:
    """Find when visits began and, of those that have, when they ended; those not begun are left out."""
    found: dict[UUID, tuple[datetime, datetime | None]] = {}
    for ids in chunks(visit_ids):
        starts = sa.select(VisitStart).where(VisitStart.visit_id.in_(ids))
        found |= {row.visit_id: (row.started_at, None) for row in session().scalars(starts)}
        logs = (
            sa.select(VisitLog.visit_id, VisitLog.started_at, VisitLog.finished_at)
            .where(VisitLog.visit_id.in_(ids), VisitLog.verdict != Verdict.REJECTED)
            .order_by(VisitLog.received_at, VisitLog.id)
        )
        for visit_id, started_at, finished_at in session().execute(logs):
            if visit_id is not None:
                found[visit_id] = (started_at, finished_at)
    return found


def find_usual(elder_ids: Iterable[UUID], *, since: datetime, until: datetime) -> dict[UUID, frozenset[UUID]]:
    """
    Find who came to elders within a half-open span, by logs whose outcome is a visit and that were not rejected.

    What was logged for a record that went into another counts for that one.
    """
    known = set(elder_ids)
    absorbed = elders.find_absorbed(known)
    found: dict[UUID, set[UUID]] = {}
    for ids in chunks(known | absorbed.keys()):
        rows = session().execute(
            sa.select(VisitLog.elder_id, VisitLog.carer_id)
            .where(
                among(VisitLog.elder_id, ids=ids),
                VisitLog.started_at >= since,
                VisitLog.started_at < until,
                VisitLog.outcome.in_(sorted(COUNTED_OUTCOMES)),
                VisitLog.verdict != Verdict.REJECTED,
            )
            .distinct()
        )
        for elder_id, carer_id in rows:
            found.setdefault(absorbed.get(elder_id, elder_id), set()).add(carer_id)
    return {elder_id: frozenset(carer_ids) for elder_id, carer_ids in found.items()}


def find_workers(elder_ids: Iterable[UUID], *, on: date) -> dict[UUID, UUID]:
    """Find the community worker who answers for each of these elders on a date; those without one are left out."""
    return {
        elder_id: carer_id
        for ids in chunks(elder_ids)
        for elder_id, carer_id in session().execute(
            sa.select(Caseload.elder_id, Caseload.carer_id).where(
                among(Caseload.elder_id, ids=ids), in_force(Caseload, on)
            )
        )
    }


def find_begun(carer_ids: Iterable[UUID], *, since: datetime, until: datetime) -> list[tuple[UUID, datetime]]:
    """Find carer and window's begin of the visits that carers had within a half-open span."""
    return [
        (carer_id, from_at)
        for ids in chunks(carer_ids)
        for carer_id, from_at in session().execute(
            sa.select(Visit.carer_id, Visit.window_from_at).where(
                Visit.carer_id.in_(ids),
                Visit.window_from_at >= since,
                Visit.window_from_at < until,
                Visit.status.not_in(IDLE),
            )
        )
        if carer_id is not None
    ]


def find_spans(
    carer_ids: Iterable[UUID], *, from_at: datetime, to_at: datetime, but: Collection[UUID] = ()
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """
    Find when carers are with elders, within a half-open span, but for some visits; the spans are in order.

    A visit that has begun or ended counts as it went: from its start, until it ended or its length is over.
    """
    rows: list[tuple[UUID, UUID, datetime, int, str]] = []
    for ids in chunks(carer_ids):
        query = sa.select(Visit.id, Visit.carer_id, Visit.start_at, Visit.visit_min, Visit.status).where(
            Visit.carer_id.in_(ids),
            Visit.status.not_in(IDLE),
            Visit.start_at < to_at + LONGEST_VISIT,  # it may have begun long before it was to
            Visit.start_at > from_at - LONGEST_VISIT,
        )
        rows += [
            (visit_id, carer_id, start_at, visit_min, status)
            for visit_id, carer_id, start_at, visit_min, status in session().execute(query)
            if visit_id not in but and carer_id is not None and start_at is not None
        ]
    times = find_times(visit_id for visit_id, *_, status in rows if VisitStatus(status).has_begun)
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for visit_id, carer_id, start_at, visit_min, _ in rows:
        began_at, ended_at = times.get(visit_id, (start_at, None))
        end_at = ended_at or began_at + timedelta(minutes=visit_min)
        if began_at < to_at and end_at > from_at:
            found.setdefault(carer_id, []).append((began_at, end_at))
    return {carer_id: sorted(spans) for carer_id, spans in found.items()}


def is_held_by(
    visit_id: sa.SQLColumnExpression[UUID], *, carer_ids: sa.Select[UUID], on: date | sa.SQLColumnExpression[date]
) -> sa.ColumnElement[bool]:
    """Say of each row of a query whether its visit is one of these carers', or nobody's whose elder they answer for."""
    visit = sa.orm.aliased(Visit)  # the query's rows may be visits themselves
    answers = (
        sa.exists()
        .where(Caseload.elder_id == visit.elder_id, Caseload.carer_id.in_(carer_ids), in_force(Caseload, on))
        .correlate_except(Caseload)
    )
    theirs = sa.or_(visit.carer_id.in_(carer_ids), sa.and_(visit.carer_id.is_(None), answers))
    return sa.exists().where(visit.id == visit_id, theirs).correlate_except(visit)
