"""Whom an elder prefers or refuses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class PreferenceKind(StrEnum):
    """What an elder wishes of a carer."""

    PREFERRED = "preferred"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PreferenceRecord:
    """An elder's wish about a carer, from a date up to, not including, another."""

    elder_id: UUID
    carer_id: UUID
    kind: PreferenceKind
    valid_from: date
    valid_to: date | None = None


class PutCount(NamedTuple):
    """What a bulk of records changed."""

    created: int
    changed: int
    unchanged: int
