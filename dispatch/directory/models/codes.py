"""Code lists that may grow: facility types, services, categories, skills and the rest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.storage import Base, Json


class Code(Base):
    """One code of one list, with the clause it comes from; `parent` is a code of the same list."""

    __tablename__ = "code"

    list_name: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None]
    position: Mapped[int] = mapped_column(sa.Integer)
    label_zh: Mapped[str]
    label_en: Mapped[str]
    source_file: Mapped[str | None]
    clause: Mapped[str | None]
    # what the code needs to be used: delivery, carers and skills of a service, tier of a facility type
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
