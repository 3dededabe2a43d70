"""Closed lists and values of privacy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from dispatch.words import Words


class ErasureBasis(StrEnum):
    """Why a person's record is erased (Personal Information Protection Law, article 47)."""

    OWN_REQUEST = "own_request"
    PERIOD_OVER = "period_over"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


@dataclass(frozen=True, slots=True)
class PersonCopy:
    """Everything that is kept of a person, row by row, by table."""

    elder_id: UUID
    made_at: datetime
    tables: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class RecordClass:
    """Records of one kind, and how long they are kept."""

    key: str
    name: Words
    kept_for: timedelta


@dataclass(frozen=True, slots=True)
class Retained:
    """How many records of a class are over their time; whether they were dealt with."""

    key: str
    before: datetime
    over: int
