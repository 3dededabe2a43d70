"""Beds of institutions: what was built, opened and closed, one change after the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.directory.values.lists import Stage
    from dispatch.directory.values.records import SourceKey

MOST_BEDS = 100_000
"""The most that one change adds or takes away; the whole city has 80,000 (000 三)."""


class BedStage(StrEnum):
    """Where beds stand: approved, being built, in use, out of use (000 附件 行12)."""

    PLANNED = "planned"
    UNDER_CONSTRUCTION = "under_construction"
    OPEN = "open"
    CLOSED = "closed"


class OwnerLevel(StrEnum):
    """Who owns public beds (000 附件 行12 counts those of the city apart)."""

    CITY = "city"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class BedChangeRecord:
    """
    One change of the beds of a type and stage at a site; `ref` names it at the site, so that it counts once.

    Beds that open leave one stage and enter another: two changes, -850 under construction and +850 open.
    """

    site: SourceKey
    ref: str
    bed_type: str
    stage: str
    delta: int
    changed_on: date
    owner_level: str | None = None


@dataclass(frozen=True, slots=True)
class NewBedChange:
    """The same as an officer tells it of one site; without `ref` it gets one of its own."""

    bed_type: str
    stage: str
    delta: int
    changed_on: date
    owner_level: str | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class BedCount:
    """How many beds of a type stand at a stage at a site on a date: the sum of the changes until then."""

    site_id: UUID
    facility_type: str
    tier: str
    area_code: str
    site_stage: Stage | None
    bed_type: str
    stage: BedStage
    beds: int
