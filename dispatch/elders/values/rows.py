"""One elder as a row of a file tells of them: what it leaves out is None, and says nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from dispatch.elders.values.records import AssessmentRecord, ContactRecord


class PointCell(NamedTuple):
    """A point as the row has it, in the reference system that it names."""

    lon: float
    lat: float
    crs: str | None


@dataclass(frozen=True, slots=True)
class HomeRow:
    """Where the elder lives; `since` None: nobody said since when."""

    area_code: str | None
    address: str | None
    point: PointCell | None
    located_by: str | None
    since: date | None


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category from one date up to, not including, another; None: nobody said."""

    category: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class RiskRow:
    """How closely the elder is watched; `since` None: nobody said since when."""

    level: str
    reason: str
    since: date | None


@dataclass(frozen=True, slots=True)
class ElderRow:
    """An elder as a row tells of them; ID number and phones in the form in which they are kept."""

    name: str
    sex: str
    born_on: date
    source_ref: str | None
    id_no: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    registered_area_code: str | None
    has_lift_access: bool | None
    home: HomeRow | None
    categories: tuple[CategoryRow, ...]
    category_basis: str | None
    risk: RiskRow | None
    assessment: AssessmentRecord | None
    contacts: tuple[ContactRecord, ...]
