"""Reads about visits, logs and caseloads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from dispatch import elders
from dispatch.dates import service_date
from dispatch.errors import NotFoundError
from dispatch.storage import as_known, in_force, session
from dispatch.visits.models import Caseload, Visit, VisitLog
from dispatch.visits.values import (
    CLOCK_TOLERANCE,
    COUNTED_OUTCOMES,
    LogFacts,
    Place,
    Verdict,
    VisitFacts,
    VisitMode,
    VisitOutcome,
    VisitPurpose,
    VisitStatus,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

Ids: TypeAlias = "Iterable[UUID] | sa.Select[tuple[UUID]]"  # a query instead of thousands of ids costs no parameters
CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables
FOR_CHANGE: Final = {"key_share": True}
"""How a visit is held that is to change: rows that point at it (a plan's stops, starts) may go in meanwhile."""
LONGEST_VISIT = timedelta(hours=24)  # no visit lasts longer; bounds the search by start
LONG_VISIT = timedelta(hours=2)  # few last longer: of what began before, only those are read
ONE_MINUTE = timedelta(minutes=1)
IDLE = (VisitStatus.CANCELED, VisitStatus.MISSED)  # take nobody's time
BUSY = (
    sa.select(Visit.carer_id, Visit.start_at, Visit.visit_min)
    .where(
        Visit.carer_id.in_(sa.bindparam("carer_ids", expanding=True)),
        Visit.status.not_in(IDLE),
        Visit.start_at < sa.bindparam("to_at"),
        Visit.start_at > sa.bindparam("earliest"),
        sa.or_(Visit.start_at > sa.bindparam("early"), Visit.visit_min > LONG_VISIT // ONE_MINUTE),
    )
    .order_by(Visit.start_at)
)


class VisitNotFoundError(NotFoundError):
    """There is no such visit, or the reader may not know of it."""

    slug = "visit-not-found"
    title = Words("没有这次服务安排，或者不归你管", "No such visit, or outside your scope")


def get_visit(visit_id: UUID) -> VisitFacts:
    """
    Give a visit.

    Raises
    ------
    VisitNotFoundError
        Where there is none.

    """
    row = session().get(Visit, visit_id)
    if row is None:
        raise VisitNotFoundError(visit_id=visit_id)
    return visit_facts(row)


def find_visits(
    *,
    visit_ids: Collection[UUID] | None = None,
    carer_ids: Collection[UUID] | None = None,
    elder_id: UUID | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> list[VisitFacts]:
    """Find visits by id, carer, elder and by windows that touch a half-open span; sorted by window."""
    query = sa.select(Visit).order_by(Visit.window_from_at, Visit.id)
    if visit_ids is not None:
        query = query.where(Visit.id.in_(sorted(visit_ids)))
    if carer_ids is not None:
        query = query.where(Visit.carer_id.in_(sorted(carer_ids)))
    if elder_id is not None:
        query = query.where(Visit.elder_id == elder_id)
    if from_at is not None:
        query = query.where(Visit.window_to_at > from_at)
    if to_at is not None:
        query = query.where(Visit.window_from_at < to_at)
    return [visit_facts(row) for row in session().scalars(query)]


def count_ahead(elder_id: UUID, *, now: datetime) -> int:
    """Count the visits of an elder that are planned or under way and whose window has not passed."""
    query = sa.select(sa.func.count()).where(
        Visit.elder_id == elder_id,
        Visit.status.not_in((*IDLE, VisitStatus.FINISHED)),
        Visit.window_to_at > now,
    )
    return session().scalars(query).one()


def find_busy(
    carer_ids: Iterable[UUID], *, from_at: datetime, to_at: datetime
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """
    Find when carers are with elders, within a half-open span of instants.

    Every carer asked for is a key; the spans are in order and as long as the visits, also where these reach
    beyond the span asked for. Travel is not in them.
    """
    found: dict[UUID, list[tuple[datetime, datetime]]] = {carer_id: [] for carer_id in carer_ids}
    for ids in chunks(found):
        span = {"earliest": from_at - LONGEST_VISIT, "early": from_at - LONG_VISIT, "to_at": to_at}
        rows = session().execute(BUSY, {"carer_ids": ids} | span)
        for carer_id, start_at, visit_min in rows:
            if carer_id and start_at and (end_at := start_at + timedelta(minutes=visit_min)) > from_at:
                found[carer_id].append((start_at, end_at))
    return found


def count_visits(
    elder_id: UUID, *, carer_ids: Collection[UUID], since: datetime, until: datetime | None = None
) -> dict[UUID, int]:
    """Count for each carer the logs of an elder whose outcome is a visit and that were not rejected."""
    query = (
        sa.select(VisitLog.carer_id, sa.func.count())
        .where(
            VisitLog.elder_id.in_([elder_id, *elders.find_absorbed([elder_id])]),
            VisitLog.started_at >= since,
            VisitLog.outcome.in_(sorted(COUNTED_OUTCOMES)),
            VisitLog.verdict != Verdict.REJECTED,
        )
        .group_by(VisitLog.carer_id)
    )
    if until is not None:
        query = query.where(VisitLog.started_at < until)
    found = dict.fromkeys(carer_ids, 0)  # an elder knows few: naming those who are asked for would take longer
    return found | {carer_id: count for carer_id, count in session().execute(query) if carer_id in found}


def find_visited_on(carer_id: UUID, *, from_at: datetime, to_at: datetime) -> frozenset[UUID]:
    """Find the elders whom a carer visits within a span: by a plan that was not canceled."""
    return frozenset(
        session().scalars(
            sa.select(Visit.elder_id).where(
                Visit.carer_id == carer_id,
                Visit.status != VisitStatus.CANCELED,
                Visit.window_from_at < to_at,
                Visit.window_to_at > from_at,
            )
        )
    )


def find_caseload(carer_id: UUID, *, on: date) -> frozenset[UUID]:
    """Find the elders for whom a community worker answers on a date."""
    return frozenset(
        session().scalars(sa.select(Caseload.elder_id).where(Caseload.carer_id == carer_id, in_force(Caseload, on)))
    )


def find_responsible(
    elder_ids: Iterable[UUID], *, from_on: date, to_on: date, known_at: datetime | None = None
) -> dict[UUID, list[Caseload]]:
    """Find who answered for elders on any day of a span, for each elder in order."""
    found: dict[UUID, list[Caseload]] = {}
    for ids in chunks(elder_ids):
        rows = session().scalars(
            sa.select(Caseload)
            .where(
                Caseload.elder_id.in_(ids),
                as_known(Caseload, known_at),
                Caseload.valid_from < to_on,
                sa.or_(Caseload.valid_to.is_(None), Caseload.valid_to > from_on),
            )
            .order_by(Caseload.valid_from)
        )
        for row in rows:
            found.setdefault(row.elder_id, []).append(row)
    return found


def find_logs(
    *,
    zone: ZoneInfo,
    carer_id: UUID | None = None,
    elder_id: UUID | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[LogFacts]:
    """Find logs of a carer or of an elder, the latest first; `before` is start and id of the last one seen."""
    query = sa.select(VisitLog).order_by(VisitLog.started_at.desc(), VisitLog.id.desc()).limit(limit)
    if carer_id is not None:
        query = query.where(VisitLog.carer_id == carer_id)
    if elder_id is not None:
        query = query.where(VisitLog.elder_id.in_([elder_id, *elders.find_absorbed([elder_id])]))
    if before is not None:
        at, log_id = before
        query = query.where(sa.or_(VisitLog.started_at < at, sa.and_(VisitLog.started_at == at, VisitLog.id < log_id)))
    return [log_facts(row, zone=zone) for row in session().scalars(query)]


def find_proven(visit_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Find which of these visits have a log that was not rejected and waits for no review: the proof of service."""
    standing = (Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.UPHELD)
    return frozenset(
        row
        for ids in chunks(visit_ids)
        for row in session().scalars(
            sa.select(VisitLog.visit_id).where(VisitLog.visit_id.in_(ids), VisitLog.verdict.in_(standing))
        )
        if row is not None
    )


def find_counting_logs(
    elder_ids: Iterable[UUID],
    *,
    services: Collection[str],
    from_at: datetime,
    to_at: datetime,
    known_at: datetime | None = None,
) -> list[tuple[UUID, VisitMode, datetime]]:
    """Find elder, mode and start of the logs of a span that count but for their mode, in order; as known at a time."""
    found = [
        row
        for ids in chunks(elder_ids)
        for row in session().execute(
            sa.select(VisitLog.elder_id, VisitLog.mode, VisitLog.started_at, VisitLog.received_at).where(
                VisitLog.elder_id.in_(ids),
                VisitLog.started_at >= from_at,
                VisitLog.started_at < to_at,
                VisitLog.service_code.in_(sorted(services)),
                VisitLog.outcome.in_(sorted(COUNTED_OUTCOMES)),
                VisitLog.verdict != Verdict.REJECTED,
                sa.true() if known_at is None else VisitLog.received_at <= known_at,
            )
        )
    ]
    return sorted(
        (elder_id, VisitMode(mode), started_at)
        for elder_id, mode, started_at, received_at in found
        if started_at <= received_at + CLOCK_TOLERANCE
    )


def load_logs(log_ids: Iterable[UUID]) -> dict[UUID, VisitLog]:
    """Load log rows by id."""
    return {
        row.id: row
        for ids in chunks(log_ids)
        for row in session().scalars(sa.select(VisitLog).where(VisitLog.id.in_(ids)))
    }


def load_visits(visit_ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """Load visit rows by id."""
    return {
        row.id: row for ids in chunks(visit_ids) for row in session().scalars(sa.select(Visit).where(Visit.id.in_(ids)))
    }


def chunks(ids: Ids) -> list[Any]:
    """Cut ids into lists that one query takes; the query that finds them is taken as it is."""
    if isinstance(ids, sa.Select):
        return [ids]
    whole = sorted(set(ids))
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]


def visit_facts(row: Visit | sa.Row[Any]) -> VisitFacts:
    """Give a row, of the class or of its table, as a value."""
    return VisitFacts(
        visit_id=row.id,
        elder_id=row.elder_id,
        service_code=row.service_code,
        purpose=VisitPurpose(row.purpose),
        window_from_at=row.window_from_at,
        window_to_at=row.window_to_at,
        visit_min=row.visit_min,
        start_at=row.start_at,
        carer_id=row.carer_id,
        pair_id=row.pair_id,
        slot_no=row.slot_no,
        is_pinned=row.is_pinned,
        status=VisitStatus(row.status),
        outcome=VisitOutcome(row.outcome) if row.outcome else None,
        version=row.version,
    )


def log_facts(row: VisitLog, *, zone: ZoneInfo) -> LogFacts:
    """Give a row as a value."""
    return LogFacts(
        log_id=row.id,
        visit_id=row.visit_id,
        elder_id=row.elder_id,
        carer_id=row.carer_id,
        service_code=row.service_code,
        mode=VisitMode(row.mode),
        outcome=VisitOutcome(row.outcome),
        service_on=service_date(row.started_at, zone),
        started_at=row.started_at,
        finished_at=row.finished_at,
        place=Place(row.place),
        device_at=row.device_at,
        received_at=row.received_at,
        verdict=Verdict(row.verdict),
    )
