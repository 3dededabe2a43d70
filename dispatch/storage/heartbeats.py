"""A row that is written to know that the database can be written."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage.columns import Base, UtcDateTime
from dispatch.storage.current import session


class Heartbeat(Base):
    """When a machine's web processes last wrote."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def beat(name: str, *, at: datetime) -> None:
    """Write that somebody can write; call it inside a transaction."""
    changed = session().execute(sa.update(Heartbeat).where(Heartbeat.name == name).values(at=at))
    if not changed.rowcount:  # type: ignore[attr-defined] # an update has it
        session().add(Heartbeat(name=name, at=at))
