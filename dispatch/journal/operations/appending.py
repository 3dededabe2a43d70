"""Adding to the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.actor import Role
from dispatch.journal.models import AccessLog, JournalEntry
from dispatch.journal.operations.chaining import note_lines
from dispatch.journal.rules import choose_reader
from dispatch.storage import insert_rows, session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from dispatch.actor import Actor
    from dispatch.journal.values import AccessPurpose

MANY = (
    100  # lines from which on PostgreSQL copies them: a statement with a parameter for each value takes thrice as long
)
TAKE_NUMBERS = sa.text(
    "SELECT nextval(pg_get_serial_sequence(:table_name, :column_name)) FROM generate_series(1, :count)"
)


def append(
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    subject_id: UUID | str,
    reason: str | None = None,
    **facts: Any,  # noqa: ANN401 - ids and plain values, kept as JSON
) -> None:
    """
    Append one entry in the present transaction.

    `facts` are ids, codes and plain values that JSON can hold; nothing personal.
    """
    current = session()
    current.add(
        JournalEntry(
            transaction_no=_transaction_no(current),
            kind=kind,
            at=at,
            actor_id=actor.account_id,
            subject_id=str(subject_id),
            reason=reason,
            facts=facts,
        )
    )


def append_all(
    entries: Iterable[tuple[str, UUID | str, dict[str, Any]]],
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """
    Append many entries at once, each with its kind, subject and facts; objects for each would take ten times as long.

    All have the same `reason`. Nothing personal stands in the facts.
    """
    current = session()
    number = _transaction_no(current)
    rows = [
        {
            "transaction_no": number,
            "kind": kind,
            "at": at,
            "actor_id": actor.account_id,
            "subject_id": str(subject_id),
            "reason": reason,
            "facts": facts,
        }
        for kind, subject_id, facts in entries
    ]
    _insert(JournalEntry, rows)


def log_access(
    elder_ids: Iterable[UUID],
    *,
    actor: Actor,
    at: datetime,
    purpose: AccessPurpose,
    route: str,
    area_codes: Mapping[UUID, str] | None = None,
    employer_id: UUID | None = None,
) -> None:
    """
    Append one access line for each elder whose record is shown.

    Parameters
    ----------
    elder_ids : iterable of UUID
        Whose record is shown.
    actor : Actor
        Who looks; in which role, follows from the purpose.
    at : datetime
        When.
    purpose : AccessPurpose
        Why.
    route : str
        Method and address, without ids.
    area_codes : mapping, optional
        Where the elders live: which of several grants of one role is the one that opens the record.
    employer_id : UUID, optional
        The organization that a carer works for.

    """
    codes = area_codes or {}
    rows = []
    for elder_id in elder_ids:
        reader = choose_reader(actor, elder_id=elder_id, purpose=purpose, area_code=codes.get(elder_id))
        rows.append(
            {
                "at": at,
                "account_id": actor.account_id,
                "elder_id": elder_id,
                "purpose": str(purpose),
                "route": route,
                "role": reader.role.value if reader.role else None,
                "area_code": reader.area_code,
                "organization_id": reader.organization_id or (employer_id if reader.role is Role.CARER else None),
            }
        )
    _insert(AccessLog, rows)


def _insert(model: type[JournalEntry | AccessLog], rows: list[dict[str, Any]]) -> None:
    """Insert lines together, and have them chained at the end of the transaction."""
    if not rows:
        return
    table: Any = model.__table__
    [number] = table.primary_key
    connection = session().connection()
    if len(rows) >= MANY and connection.dialect.name == "postgresql":
        given = {"table_name": table.name, "column_name": number.name, "count": len(rows)}
        numbers = connection.scalars(TAKE_NUMBERS, given).all()
        insert_rows(table, rows=[row | {number.name: taken} for row, taken in zip(rows, numbers, strict=True)])
    else:
        numbers = connection.scalars(sa.insert(table).returning(number), rows).all()
    note_lines(table.name, sorted(numbers))


def _transaction_no(current: Session) -> int:
    """Give the number of the present transaction: asked once for each, so that entries go in together."""
    if current.get_bind().dialect.name != "postgresql":
        return 0
    kept: tuple[object, int] | None = current.info.get("journal_transaction")
    if kept is None or kept[0] is not current.get_transaction():
        number = current.scalars(
            sa.select(sa.cast(sa.cast(sa.func.pg_current_xact_id(), sa.Text), sa.BigInteger))
        ).one()
        kept = current.info["journal_transaction"] = (current.get_transaction(), number)
    return kept[1]
