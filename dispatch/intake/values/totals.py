"""What was completed in a month, what of it is paid for, and what is disputed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class TotalsBy(StrEnum):
    """By what the rows of totals are made."""

    AREA = "area"
    SERVICE = "service"
    ORGANIZATION = "organization"


class NoMoney(StrEnum):
    """Why there is no sum of money."""

    NO_QUOTE = "no_quote"  # one of the requests has no stored quote
    COUNTS_ONLY = "counts_only"  # the reader sees counts only


@dataclass(frozen=True, slots=True)
class Money:
    """What requests come to, in cents; null with the reason where it is not known."""

    gross_cents: int | None = None
    subsidy_cents: int | None = None
    own_share_cents: int | None = None
    unknown_because: NoMoney | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A number of requests and what they come to; None: a small count that is hidden."""

    requests: int | None
    money: Money


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """
    The completed requests of one area, service or organization; `key` None: all of them.

    `completed` = `paid` + `disputed` + `upheld`. Of those that are paid for some are confirmed by a person or by
    silence, and some wait for it. `rating_mean` is over those that were rated.
    """

    key: str | None
    completed: int | None
    paid: Part
    disputed: Part
    upheld: Part
    confirmed: int | None
    confirmed_by_silence: int | None
    rated: int | None
    rating_mean: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a month, by service day; `is_public`: small counts are hidden."""

    month: str
    period_from: date
    period_to: date
    by: TotalsBy
    is_public: bool
    whole: TotalsRow
    rows: tuple[TotalsRow, ...]
