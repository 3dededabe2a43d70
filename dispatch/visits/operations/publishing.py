"""Publishing what a signed plan says: who makes each visit, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from dispatch import carers, journal
from dispatch.storage import check_version, session
from dispatch.visits.models import Visit
from dispatch.visits.operations.doing import illegal
from dispatch.visits.operations.missing import await_visits
from dispatch.visits.operations.planning import CarerBusyError
from dispatch.visits.queries import VisitNotFoundError, chunks, find_spans, visit_facts
from dispatch.visits.rules import CANCELABLE, find_clash, has_moved, is_told
from dispatch.visits.values import PublishedVisit, VisitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.visits.values import Placement

TABLE: Final[Any] = Visit.__table__
NOBODY: Final = (None, None)


def hold_visits(visit_ids: Iterable[UUID]) -> None:
    """Let nobody else change visits until the transaction ends; what is read of them after this stays so."""
    _hold(visit_ids)


def publish_visits(
    placements: Iterable[Placement],
    *,
    actor: Actor,
    at: datetime,
    carer_ids: Iterable[UUID] = (),
    but: Iterable[UUID] = (),
) -> list[PublishedVisit]:
    """
    Give visits that have not begun their carers and starts and publish them, in the order of their ids; all or none.

    Visits (those of `but` too) and then carers (`carer_ids` too) are held until the transaction ends. Visits of `but`
    take nobody's time: they are given up, or stand in the plan as they went. One that is published so already stays as
    it is, but for its pin. Journal: visit.published; visit.unassigned where another carer was to go; visit.moved where
    carer or start are not what had been promised.

    Raises
    ------
    VisitNotFoundError, IllegalVisitMoveError
        Where one does not exist, has begun or has ended.
    StaleVersionError
        Where one was changed since the plan read it.
    CarerBusyError
        Where a carer is, by now, with another elder at that time; with the visits that cannot be then.

    """
    wanted = {each.visit_id: each for each in placements}
    free = set(but)
    rows = _hold(wanted.keys() | free)
    changing, pinning = {}, {}
    for visit_id, placed in sorted(wanted.items()):
        row = rows.get(visit_id)
        if row is None:
            raise VisitNotFoundError(visit_id=visit_id)
        if row.status not in CANCELABLE:
            raise illegal(row)
        check_version(row.version, expected=placed.version)
        if not is_told(row.status, stands=(row.carer_id, row.start_at), placed=placed):
            changing[visit_id] = placed
        elif row.is_pinned != placed.is_pinned:
            pinning[visit_id] = placed
    carers.lock_carers({each.carer_id for each in wanted.values()} | set(carer_ids))
    _check_free(changing, rows=rows, but=free)
    # who has a carer but no start was promised nothing
    promised = {
        visit_id: (rows[visit_id].carer_id, rows[visit_id].start_at)
        if rows[visit_id].carer_id and rows[visit_id].start_at
        else NOBODY
        for visit_id in changing
    }
    _tell(changing, rows=rows, promised=promised, actor=actor, at=at)
    _put(changing | pinning)
    rows = _hold(changing.keys() | pinning.keys())  # as they were written
    await_visits((rows[visit_id] for visit_id in changing), at=at)
    return [PublishedVisit(visit_facts(rows[visit_id]), *before) for visit_id, before in promised.items()]


def _put(placements: Mapping[UUID, Placement]) -> None:
    """Write carers, starts and pins of visits that are held, with one statement for all."""
    if not placements:
        return
    statement = (
        sa.update(TABLE)
        .where(TABLE.c.id == sa.bindparam("of"))
        .values(
            carer_id=sa.bindparam("carer"),
            start_at=sa.bindparam("start"),
            is_pinned=sa.bindparam("pin"),
            status=str(VisitStatus.PUBLISHED),
            version=TABLE.c.version + 1,
        )
    )
    session().connection().execute(
        statement,
        [
            {"of": visit_id, "carer": each.carer_id, "start": each.start_at, "pin": each.is_pinned}
            for visit_id, each in placements.items()
        ],
    )


def _hold(visit_ids: Iterable[UUID]) -> dict[UUID, Visit]:
    """Load visits that nobody else changes until the transaction ends, always in the same order; see `FOR_CHANGE`."""
    return {
        row.id: row
        for ids in chunks(visit_ids)
        for row in session().scalars(
            sa.select(Visit)
            .where(Visit.id.in_(ids))
            .order_by(Visit.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    }


def _check_free(placements: Mapping[UUID, Placement], *, rows: Mapping[UUID, Visit], but: set[UUID]) -> None:
    if not placements:
        return
    wanted: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for visit_id, placed in placements.items():
        end_at = placed.start_at + timedelta(minutes=rows[visit_id].visit_min)
        wanted.setdefault(placed.carer_id, []).append((placed.start_at, end_at))
    spans = [span for each in wanted.values() for span in each]
    busy = find_spans(
        wanted,
        from_at=min(span[0] for span in spans),
        to_at=max(span[1] for span in spans),
        but=placements.keys() | but,
    )
    for carer_id, held in wanted.items():
        clash = find_clash(held, busy.get(carer_id, ()))
        if clash is not None:
            named = _touching(placements, rows=rows, carer_id=carer_id, span=clash)
            raise CarerBusyError(carer_id=carer_id, visit_ids=named)


def _touching(
    placements: Mapping[UUID, Placement],
    *,
    rows: Mapping[UUID, Visit],
    carer_id: UUID,
    span: tuple[datetime, datetime],
) -> list[str]:
    """Name the visits of a carer that touch a span."""
    return [
        str(visit_id)
        for visit_id, each in placements.items()
        if each.carer_id == carer_id
        and each.start_at < span[1]
        and each.start_at + timedelta(minutes=rows[visit_id].visit_min) > span[0]
    ]


def _tell(
    placements: Mapping[UUID, Placement],
    *,
    rows: Mapping[UUID, Visit],
    promised: Mapping[UUID, tuple[UUID | None, datetime | None]],
    actor: Actor,
    at: datetime,
) -> None:
    """Put on record who loses a visit, who has it and when, and whether that is not as it was promised."""
    lost, entries = [], []
    for visit_id, placed in placements.items():
        row, (carer_before, start_before) = rows[visit_id], promised[visit_id]
        elder = {"elder_id": str(row.elder_id)}
        if row.carer_id is not None and row.carer_id != placed.carer_id:
            lost.append(("visit.unassigned", visit_id, elder | {"carer_id": str(row.carer_id)}))
        told = elder | {"carer_id": str(placed.carer_id), "start_at": placed.start_at.isoformat()}
        entries.append(("visit.published", visit_id, told))
        after = (placed.carer_id, placed.start_at)
        if start_before is not None and has_moved((carer_before, start_before), after=after):
            before = {"carer_before": str(carer_before), "start_before": start_before.isoformat()}
            entries.append(("visit.moved", visit_id, before | told))
    journal.append_all(lost, actor=actor, at=at, reason="plan")
    journal.append_all(entries, actor=actor, at=at)
