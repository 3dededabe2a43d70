"""Recording whom an elder prefers or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import journal
from dispatch.assignment.models import Preference
from dispatch.assignment.queries import load_preferences
from dispatch.assignment.values import PreferenceKind, PreferenceRecord, PutCount
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor

CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables


def put_preferences(records: Iterable[PreferenceRecord], *, actor: Actor, at: datetime) -> PutCount:
    """Record elders' wishes about carers; repeated with the same content nothing changes. One entry for each change."""
    given = list(records)
    elder_ids = sorted({record.elder_id for record in given})
    present: dict[tuple[UUID, UUID, date], Preference] = {}
    for start in range(0, len(elder_ids), CHUNK):
        present.update(load_preferences(elder_ids[start : start + CHUNK]))
    created = changed = 0
    for record in given:
        key = (record.elder_id, record.carer_id, record.valid_from)
        row = present.get(key)
        if row is not None and (row.kind, row.valid_to) == (record.kind, record.valid_to):
            continue
        if row is None:
            row = Preference(elder_id=record.elder_id, carer_id=record.carer_id, valid_from=record.valid_from)
            present[key] = row
            session().add(row)
            created += 1
        else:
            changed += 1
        row.kind, row.valid_to, row.recorded_at = record.kind.value, record.valid_to, at
        journal.append(
            "preference.changed",
            actor=actor,
            at=at,
            subject_id=record.elder_id,
            carer_id=str(record.carer_id),
            preference=record.kind.value,
            valid_from=record.valid_from.isoformat(),
        )
    return PutCount(created, changed, len(given) - created - changed)


def copy_preferences(elder_id: UUID, *, into_id: UUID, actor: Actor, at: datetime, on: date) -> int:
    """Let a record have the wishes of one that went into it, about carers of whom it says nothing now."""
    present = load_preferences([elder_id, into_id])
    holds = {key: row for key, row in present.items() if row.valid_to is None or row.valid_to > on}
    known = {carer_id for owner, carer_id, _ in holds if owner == into_id}
    taken = [
        PreferenceRecord(
            into_id, row.carer_id, PreferenceKind(row.kind), valid_from=row.valid_from, valid_to=row.valid_to
        )
        for (owner, carer_id, _), row in holds.items()
        if owner == elder_id and carer_id not in known
    ]
    return put_preferences(taken, actor=actor, at=at).created
