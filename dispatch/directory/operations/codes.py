"""The code lists that come with the product, stored."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas, journal
from dispatch.directory.models import Code
from dispatch.directory.rules import known_codes
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.actor import Actor


def put_known_codes(*, actor: Actor, at: datetime) -> areas.PutCount:
    """Store the product's code lists; codes that a city added to a list stay."""
    present = {(row.list_name, row.code): row for row in session().scalars(sa.select(Code))}
    created = changed = 0
    for known in known_codes():
        columns = asdict(known)
        row = present.get((known.list_name, known.code))
        if row is None:
            session().add(Code(**columns))
            created += 1
            continue
        differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        changed += bool(differing)
    if created or changed:
        journal.append("codes.recorded", actor=actor, at=at, subject_id="codes", created=created, changed=changed)
    return areas.PutCount(created, changed, len(known_codes()) - created - changed)
