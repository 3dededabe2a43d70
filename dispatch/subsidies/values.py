"""Closed lists and values of the subsidies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.elders import ElderFacts


class RuleStatus(StrEnum):
    """A draft rule is never used."""

    ADOPTED = "adopted"
    DRAFT = "draft"


class Outcome(StrEnum):
    """Why one use of a service has the subsidy that it has."""

    GRANTED = "granted"
    NO_RULE = "no_rule"
    NOT_ELIGIBLE = "not_eligible"
    WEEKLY_LIMIT = "weekly_limit"
    INSURED = "insured"
    NO_PRICE = "no_price"


OUTCOME_WORDS: Mapping[Outcome, Words] = {
    Outcome.GRANTED: Words("按规定补贴", "Subsidized by the rule"),
    Outcome.NO_RULE: Words("当日本地没有这项服务的补贴规定", "No subsidy rule for this service there that day"),
    Outcome.NOT_ELIGIBLE: Words("当日不符合补贴条件", "The conditions of the rule are not met that day"),
    Outcome.WEEKLY_LIMIT: Words("本周补贴次数已用完", "The week's subsidized uses are spent"),
    Outcome.INSURED: Words("由长期护理保险支付，不再补贴", "Paid by long-term-care insurance, so not subsidized"),
    Outcome.NO_PRICE: Words("没有公布价格，无法计算", "No price is stated, so it cannot be computed"),
}
# what long-term-care insurance pays for is not subsidized as well (004 二(三)10: 衔接)
INSURED_SERVICES = frozenset({"ltci_nursing"})


class PutCount(NamedTuple):
    """What a bulk of rules came to: repeated with the same content it is all `unchanged`."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class SubsidyRuleRecord:
    """
    One rule as an officer or a file tells it; area, version and service together are its key.

    It holds from `valid_from` up to, not including, `valid_to` for the service and those below it, in the area and all
    below, for whoever meets every condition. `amount_cents` is for one use: a meal, a visit. `weekly_limit`: so many
    uses from Monday to Sunday. `is_example`: made up, to try things on.
    """

    rule_version: str
    area_code: str
    service_code: str
    amount_cents: int
    valid_from: date
    valid_to: date | None = None
    minimum_age: int | None = None
    categories: tuple[str, ...] | None = None
    grades: tuple[str, ...] | None = None
    weekly_limit: int | None = None
    status: str = RuleStatus.ADOPTED.value
    clause: str | None = None
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class SubsidyRule:
    """A rule on record, with the id of this wording of it: a correction has another."""

    id: UUID
    record: SubsidyRuleRecord
    recorded_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """A rule with the codes of its service and those below it."""

    rule: SubsidyRule
    service_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A use of a service that an elder already has: open, or completed."""

    service_on: date
    service_code: str


@dataclass(frozen=True, slots=True)
class Use:
    """A use that is to be paid for; `gross_cents` None: nobody states a price. The facts are those of its date."""

    service_on: date
    service_code: str
    area_code: str
    gross_cents: int | None
    facts: ElderFacts


@dataclass(frozen=True, slots=True)
class Line:
    """What one use costs, what is paid for it, and by which rule; own share = gross − subsidy, and never below 0."""

    service_on: date
    outcome: Outcome
    gross_cents: int | None
    subsidy_cents: int | None
    own_share_cents: int | None
    rule_id: UUID | None = None
    rule_version: str | None = None
