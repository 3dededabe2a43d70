"""Giving carers visits, and taking them away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import carers, journal
from dispatch.dates import free_spans
from dispatch.errors import ConflictError
from dispatch.storage import as_known, new_id, session
from dispatch.visits.models import Caseload, Visit
from dispatch.visits.operations.missing import await_visits
from dispatch.visits.queries import VisitNotFoundError, chunks, find_busy, load_visits, visit_facts
from dispatch.visits.rules import CANCELABLE, find_clash, is_overlapping
from dispatch.visits.values import VISIT_STATUS_WORDS, CaseloadRecord, PutCount, VisitStatus
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.visits.values import NewVisit, VisitFacts

NOTHING_MORE = Words("无，已经结束", "nothing, it has ended")


class CarerBusyError(ConflictError):
    """The carer was given another visit at that time."""

    slug = "carer-busy"
    title = Words("这名照护人员那时已有别的安排", "The carer has another visit at that time")
    detail = Words("重新查看可选的服务机构，再选一次。", "Ask for the candidates again and choose once more.")


class IllegalVisitMoveError(ConflictError):
    """A visit in this state cannot be moved so."""

    slug = "illegal-visit-move"
    title = Words("这次上门现在不能这样改", "The visit cannot be moved so")
    detail = Words(
        "这次上门现在是“{status}”，可以变为：{allowed}；漏报的补记开始和结束即可，其他的请找机构调度员。",
        'The visit is "{status}" and can become: {allowed}. One that was missed takes its start and end together; the '
        "coordinator can help with others.",
    )

    def text(self, locale: Locale) -> str:
        """Name the states in the reader's language; the facts have their codes."""
        names = [VISIT_STATUS_WORDS[VisitStatus(each)].text(locale) for each in self.facts["allowed"]]
        return self.detail.text(
            locale,
            status=VISIT_STATUS_WORDS[VisitStatus(self.facts["status"])].text(locale),
            allowed=("、" if locale is Locale.ZH else ", ").join(names) or NOTHING_MORE.text(locale),
        )


class CaseloadOverlapError(ConflictError):
    """Two workers would answer for one elder on the same day."""

    slug = "caseload-overlap"
    title = Words("同一位老人同一天有两名责任人", "Two workers would answer for one elder")


def plan_visits(wishes: Iterable[NewVisit], *, actor: Actor, at: datetime) -> list[VisitFacts]:
    """
    Put visits on record, in the order given; with a carer they are assigned, without one planned.

    The carers are held until the transaction ends, so that two who choose the same carer at once cannot
    both win. One journal entry for each visit.

    Raises
    ------
    CarerBusyError
        Where a carer is, by now, with another elder at that time.

    """
    given = [(wish.id or new_id(), wish) for wish in wishes]
    _check_free([wish for _, wish in given])
    rows = [
        Visit(
            id=visit_id,
            elder_id=wish.elder_id,
            service_code=wish.service_code,
            purpose=str(wish.purpose),
            window_from_at=wish.window_from_at,
            window_to_at=wish.window_to_at,
            visit_min=wish.visit_min,
            start_at=wish.start_at,
            carer_id=wish.carer_id,
            pair_id=wish.pair_id,
            slot_no=wish.slot_no,
            is_pinned=wish.is_pinned,
            status=str(VisitStatus.ASSIGNED if wish.carer_id else VisitStatus.PLANNED),
            outcome=None,
            version=1,
        )
        for visit_id, wish in given
    ]
    session().add_all(rows)
    session().flush()  # rows of the room above will point at these visits
    await_visits(rows, at=at)
    for row in rows:
        journal.append(
            f"visit.{row.status}",
            actor=actor,
            at=at,
            subject_id=row.id,
            elder_id=str(row.elder_id),
            carer_id=str(row.carer_id) if row.carer_id else None,
        )
    return [visit_facts(row) for row in rows]


def cancel_visits(visit_ids: Iterable[UUID], *, actor: Actor, at: datetime, reason: str) -> list[VisitFacts]:
    """
    Cancel visits that have not begun; those canceled already stay so. One journal entry for each.

    Raises
    ------
    VisitNotFoundError
        Where one does not exist.
    IllegalVisitMoveError
        Where one has begun or ended.

    """
    wanted = list(dict.fromkeys(visit_ids))
    rows = load_visits(wanted)
    for visit_id in wanted:
        row = rows.get(visit_id)
        if row is None:
            raise VisitNotFoundError(visit_id=visit_id)
        if row.status == VisitStatus.CANCELED:
            continue
        if row.status not in CANCELABLE:
            raise IllegalVisitMoveError(visit_id=visit_id, status=row.status, allowed=[])
        row.status = str(VisitStatus.CANCELED)
        journal.append(
            "visit.canceled", actor=actor, at=at, subject_id=visit_id, reason=reason, elder_id=str(row.elder_id)
        )
    return [visit_facts(rows[visit_id]) for visit_id in wanted]


def put_caseloads(records: Iterable[CaseloadRecord], *, actor: Actor, at: datetime) -> PutCount:
    """
    Say who answers for which elder, from when to when; one journal entry for each change.

    Raises
    ------
    CaseloadOverlapError
        Where two would answer for one elder on the same day.

    """
    given = list(records)
    rows: dict[tuple[UUID, date], Caseload] = {}
    for ids in chunks(record.elder_id for record in given):
        for kept in session().scalars(sa.select(Caseload).where(Caseload.elder_id.in_(ids), as_known(Caseload, None))):
            rows[kept.elder_id, kept.valid_from] = kept
    created = changed = 0
    for record in given:
        row = rows.get((record.elder_id, record.valid_from))
        if row is not None and (row.carer_id, row.valid_to) == (record.carer_id, record.valid_to):
            continue
        if row is None:
            created += 1
        else:
            changed += 1
            row.superseded_at = at
            session().flush()  # the unique index looks at the rows that stand
        rows[record.elder_id, record.valid_from] = Caseload(
            elder_id=record.elder_id,
            carer_id=record.carer_id,
            valid_from=record.valid_from,
            valid_to=record.valid_to,
            recorded_at=at,
        )
        session().add(rows[record.elder_id, record.valid_from])
        journal.append(
            "caseload.changed",
            actor=actor,
            at=at,
            subject_id=record.elder_id,
            carer_id=str(record.carer_id),
            valid_from=record.valid_from.isoformat(),
        )
    spans: dict[UUID, list[tuple[date, date | None]]] = {}
    for (elder_id, valid_from), row in rows.items():
        spans.setdefault(elder_id, []).append((valid_from, row.valid_to))
    for elder_id, held in spans.items():
        if is_overlapping(held):
            raise CaseloadOverlapError(elder_id=elder_id)
    return PutCount(created, changed, len(given) - created - changed)


def hand_over_caseload(elder_id: UUID, *, into_id: UUID, actor: Actor, at: datetime, on: date) -> int:
    """
    Let nobody answer for a record that went into another; its worker answers for that one on days when nobody does.

    Journal: caseload.changed for each row. How many rows came over comes back.
    """
    stands = sa.select(Caseload).where(
        as_known(Caseload, None), sa.or_(Caseload.valid_to.is_(None), Caseload.valid_to > on)
    )
    own = [(row.valid_from, row.valid_to) for row in session().scalars(stands.where(Caseload.elder_id == into_id))]
    taken = []
    for row in session().scalars(stands.where(Caseload.elder_id == elder_id).order_by(Caseload.valid_from)).all():
        for start, end in free_spans((max(row.valid_from, on), row.valid_to), taken=own):
            taken.append(CaseloadRecord(into_id, row.carer_id, valid_from=start, valid_to=end))
        row.superseded_at = at
        session().flush()  # the unique index looks at the rows that stand
        if row.valid_from < on:
            session().add(
                Caseload(
                    elder_id=elder_id, carer_id=row.carer_id, valid_from=row.valid_from, valid_to=on, recorded_at=at
                )
            )
        journal.append(
            "caseload.changed",
            actor=actor,
            at=at,
            subject_id=elder_id,
            carer_id=str(row.carer_id),
            valid_from=row.valid_from.isoformat(),
        )
    put_caseloads(taken, actor=actor, at=at)
    return len(taken)


def _check_free(wishes: list[NewVisit]) -> None:
    wanted: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for wish in wishes:
        if wish.carer_id and wish.start_at:
            end_at = wish.start_at + timedelta(minutes=wish.visit_min)
            wanted.setdefault(wish.carer_id, []).append((wish.start_at, end_at))
    if not wanted:
        return
    carers.lock_carers(wanted)
    spans = [span for each in wanted.values() for span in each]
    busy = find_busy(wanted, from_at=min(span[0] for span in spans), to_at=max(span[1] for span in spans))
    for carer_id, held in wanted.items():
        if find_clash(held, busy[carer_id]):
            raise CarerBusyError(carer_id=carer_id)
