"""What a service costs: what a quote is asked with, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.subsidies import Outcome


class PriceBasis(StrEnum):
    """Whose price a quote rests on."""

    PROVIDER = "provider"
    AREA_REFERENCE = "area_reference"
    NONE = "none"


class NoPrice(StrEnum):
    """Why a quote says no amount; that is not 0."""

    NOT_STATED = "not_stated"
    BY_MONTH = "by_month"


class QuoteChange(StrEnum):
    """What is no longer as a quote says."""

    OVER = "over"
    SERVICE = "service"
    DATES = "dates"
    PRICE = "price"
    RULE = "rule"
    CONDITIONS = "conditions"


BASIS_WORDS = {
    PriceBasis.PROVIDER: Words("按所选服务点当日的价格", "the price of the chosen provider on the day"),
    PriceBasis.AREA_REFERENCE: Words(
        "还没有选定服务点：按本区同一服务已公布价格的中位数估算，以实际服务点的价格为准",
        "no provider is chosen yet: the median of the district's stated prices; the provider's own price will hold",
    ),
    PriceBasis.NONE: Words("没有可用的价格", "no price that could be used"),
}
NO_PRICE_WORDS = {
    NoPrice.NOT_STATED: Words(
        "没有公布价格；请服务机构或民政干部补上价格后再问",
        "No price is stated; the provider or an officer can state it",
    ),
    NoPrice.BY_MONTH: Words("按月收费，算不出单次的价格；请直接问服务机构", "It is charged by month; ask the provider"),
}
CHANGE_WORDS = {
    QuoteChange.OVER: Words("报价已过有效期", "the quote is over"),
    QuoteChange.SERVICE: Words("服务项目不同", "it is for another service"),
    QuoteChange.DATES: Words("服务日期不同", "it is for other dates"),
    QuoteChange.PRICE: Words("价格已变", "the price changed"),
    QuoteChange.RULE: Words("补贴规定已变", "the subsidy rule changed"),
    QuoteChange.CONDITIONS: Words(
        "补贴条件或本周次数已变", "the conditions, or the week's uses, are no longer the same"
    ),
}


@dataclass(frozen=True, slots=True)
class QuoteWish:
    """For which elder, service and dates the cost is asked; the provider where one is chosen."""

    elder_id: UUID
    service_code: str
    service_dates: tuple[date, ...]
    service_at_site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DayPrice:
    """The price in force on a date; `price_id` is its version, None where it is the area's reference."""

    basis: PriceBasis
    price_cents: int | None = None
    unit: str | None = None
    price_id: UUID | None = None
    gross_cents: int | None = None  # of one use
    reason: NoPrice | None = None


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One date of a quote: amounts, whose price, which rule and why."""

    service_on: date
    basis: PriceBasis
    price_cents: int | None
    price_unit: str | None
    price_id: UUID | None
    gross_cents: int | None
    subsidy_cents: int | None
    own_share_cents: int | None
    outcome: Outcome
    rule_id: UUID | None
    rule_version: str | None
    reason: NoPrice | None = None


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """
    A quote as it is shown, and as it was.

    `id` is None for one that was computed and not kept. The sums are None where a date has no price; `reason` says why.
    """

    id: UUID | None
    elder_id: UUID
    area_code: str
    service_code: str
    service_at_site_id: UUID | None
    basis: PriceBasis
    gross_cents: int | None
    subsidy_cents: int | None
    own_share_cents: int | None
    rule_version_ids: tuple[UUID, ...]
    rule_versions: tuple[str, ...]
    lines: tuple[QuoteLine, ...]
    reason: NoPrice | None
    made_at: datetime
    valid_until_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteStand:
    """The quote with which a request was asked, and the same computed again by the rules in force on its date."""

    elder_id: UUID
    area_code: str
    quote: QuoteCard | None
    recomputed: QuoteCard
