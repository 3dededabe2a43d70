"""The policy's own rates, each in several forms side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dispatch.coverage import Run
    from dispatch.indicators.values.targets import Measure, TargetRecord
    from dispatch.words import Words

CENTRAL = "15"
SLOWER = "slower"
SENSITIVITY = ("12", "18", SLOWER)
"""Beside 15 minutes every figure is given at these (features G6): minutes, and 80 % of the speed."""


class Form(StrEnum):
    """What is counted; the documents do not say which, so all are given (domain: silent points), people first."""

    PEOPLE = "people"
    PEOPLE_OF_COMMUNITIES = "people_of_communities"
    COMMUNITIES = "communities"
    SUBDISTRICTS = "subdistricts"


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many; the share is None where there is nobody, and all is None where a reader may not see it."""

    numerator: int | None
    denominator: int | None
    is_suppressed: bool = False

    @property
    def share(self) -> float | None:
        """Give the share, 0 to 1."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class FormFigure:
    """
    One form of a rate.

    `at` gives the same at 12 and 18 minutes and for the slower walker, `meets` says by target whether it is met
    (None: no figure), `is_borderline` whether that would change there for a target in force. `left_out` are areas with
    nobody and no site.
    """

    form: Form
    count: Count
    at: dict[str, Count]
    meets: dict[str, bool | None]
    is_borderline: bool | None
    left_out: int
    rule: Words


@dataclass(frozen=True, slots=True)
class RateTarget:
    """A target of a rate; `applies` says whether its document holds in the area that was asked for."""

    target: TargetRecord
    applies: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate with the rule that it is counted by; without a run there are no forms, and `missing` says why."""

    measure: Measure
    rule: Words
    targets: tuple[RateTarget, ...]
    forms: tuple[FormFigure, ...] = ()
    run: Run | None = None
    assumptions: dict[str, Any] | None = None
    missing: Words | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom carers reach at home, beside the circle and never joined with it; `missing` says why there is no figure."""

    count: Count | None
    assumptions: dict[str, Any] | None
    rule: Words
    missing: Words | None = None
