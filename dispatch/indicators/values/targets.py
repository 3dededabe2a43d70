"""What a policy document asks for, by when, and whether it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a figure is held against a target; the upper end of a range is never a fault, a milestone has no number."""

    MILESTONE = "milestone"
    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="
    RANGE_MAX = "range_max"


class TargetStatus(StrEnum):
    """A draft is for comment: it is shown as one, and decides nothing unless it is asked for."""

    ADOPTED = "adopted"
    DRAFT = "draft"


class Measure(StrEnum):
    """Which figure a target is held against."""

    REPORTED = "reported"
    LATER = "later"
    HOME_CARE = "home_care"
    DAY_CARE_URBAN = "day_care_urban"
    DAY_CARE_RURAL = "day_care_rural"
    LAND_PER_PERSON = "land_per_person"
    LAND_PER_PERSON_NEW = "land_per_person_new"
    FLOOR_NEW = "floor_new"
    FLOOR_BUILT_UP = "floor_built_up"
    NEW_COMPOUNDS_TO_STANDARD = "new_compounds_to_standard"
    BEDS_TOTAL = "beds_total"
    NURSING_SHARE = "nursing_share"
    NURSING_SHARE_INSTITUTIONS = "nursing_share_institutions"


class ValueState(StrEnum):
    """Whether the product computes the figure, somebody reports it, or neither yet."""

    COMPUTED = "computed"
    NOT_COMPUTED = "not_computed"
    REPORTED = "reported"


STATES = {Measure.REPORTED: ValueState.REPORTED, Measure.LATER: ValueState.NOT_COMPUTED}


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """One target as its document tells it: `documents` and `clause` are where it stands, `quote` is its own words."""

    id: str
    documents: str
    clause: str
    indicator_zh: str
    indicator_en: str
    area_code: str
    year: str
    operator: Operator
    value: float | None
    unit_zh: str
    unit_en: str
    status: TargetStatus
    responsible_unit: str
    measure: Measure
    quote: str

    @property
    def due_year(self) -> int | None:
        """Give the last year that is named; None where the document names none."""
        last = self.year[-4:]
        return int(last) if last.isdigit() else None

    @property
    def state(self) -> ValueState:
        """Say where its figure comes from."""
        return STATES.get(self.measure, ValueState.COMPUTED)
