"""
What is paid for each use of a service (domain.md section 5, Quote), and rows of a file of rules. No session, no clock.

The rule in force on a use's date decides: of the nearest area above that has one for the service. Of several whose
conditions the elder meets, the one that pays most; they never add up.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch.elders import Grade
from dispatch.subsidies.values import (
    INSURED_SERVICES,
    Line,
    Outcome,
    RuleStatus,
    SubsidyRuleRecord,
    Taken,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from dispatch.sheets import Row
    from dispatch.subsidies.values import ServiceRule, Use

MOST_CENTS, MOST_A_WEEK, OLDEST = 10_000_000, 70, 130  # P: what a typing error looks like
STATUSES = {"已生效": RuleStatus.ADOPTED, "草案": RuleStatus.DRAFT} | {str(each): each for each in RuleStatus}
VERSION = re.compile(r"[A-Za-z0-9._-]{1,40}\Z")
BETWEEN = re.compile(r"[;；、，,\s]+")
VERSION_WORDS = Words(
    "版本号用字母、数字、点和横线，最多 40 个字符，如 A-1。",
    "A version is made of letters, digits, dots and dashes, at most 40, such as A-1.",
)
NO_CODE = Words("没有这个代码，只能是：{allowed}。", "There is no such code; it must be one of: {allowed}.")
NO_SERVICE = Words("没有这项服务。", "There is no such service.")
ORDER = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")


def week_of(on: date) -> date:
    """Give the Monday of a date's week: weeks go from Monday to Sunday."""
    return on - timedelta(days=on.weekday())


def compute_lines(uses: Iterable[Use], *, rules: Sequence[ServiceRule], taken: Iterable[Taken]) -> list[Line]:
    """
    Give what each use costs and what is paid for it, in the order of their dates.

    Parameters
    ----------
    uses : iterable of Use
        What is to be paid for.
    rules : sequence of ServiceRule
        All adopted rules of the areas concerned; those in force on a use's date are looked at.
    taken : iterable of Taken
        What the elder already has in the weeks concerned; counts against a week's limit, as do the uses before.

    """
    counted = list(taken)
    lines = []
    for use in sorted(uses, key=lambda each: each.service_on):
        lines.append(_line(use, rules=rules, counted=counted))
        counted.append(Taken(use.service_on, use.service_code))
    return lines


def _line(use: Use, *, rules: Sequence[ServiceRule], counted: Collection[Taken]) -> Line:
    found, outcome = _decide(use, rules=rules, counted=counted)
    rule = found.rule if found else None
    if use.gross_cents is None:
        subsidy = own = None
        outcome = Outcome.NO_PRICE
    else:
        amount = rule.record.amount_cents if rule and outcome is Outcome.GRANTED else 0
        subsidy = min(amount, use.gross_cents)
        own = use.gross_cents - subsidy
    return Line(
        service_on=use.service_on,
        outcome=outcome,
        gross_cents=use.gross_cents,
        subsidy_cents=subsidy,
        own_share_cents=own,
        rule_id=rule.id if rule else None,
        rule_version=rule.record.rule_version if rule else None,
    )


def _decide(
    use: Use, *, rules: Sequence[ServiceRule], counted: Collection[Taken]
) -> tuple[ServiceRule | None, Outcome]:
    """Give the rule that decides, where there is one, and what comes of it."""
    if use.service_code in INSURED_SERVICES:
        return None, Outcome.INSURED
    near = _nearest([each for each in rules if _is_about(each, use=use)])
    if not near:
        return None, Outcome.NO_RULE
    fitting = [each for each in near if _is_met(each.rule.record, use=use)]
    if not fitting:
        return near[0], Outcome.NOT_ELIGIBLE
    for each in fitting:
        if _has_room(each, use=use, counted=counted):
            return each, Outcome.GRANTED
    return fitting[0], Outcome.WEEKLY_LIMIT


def _is_about(each: ServiceRule, *, use: Use) -> bool:
    record = each.rule.record
    return (
        record.status == RuleStatus.ADOPTED
        and use.service_code in each.service_codes
        and use.area_code.startswith(record.area_code)
        and record.valid_from <= use.service_on
        and (record.valid_to is None or use.service_on < record.valid_to)
    )


def _nearest(rules: Sequence[ServiceRule]) -> list[ServiceRule]:
    """Give the rules of the nearest area, what pays most first."""
    longest = max((len(each.rule.record.area_code) for each in rules), default=0)
    near = [each for each in rules if len(each.rule.record.area_code) == longest]
    return sorted(near, key=lambda each: (-each.rule.record.amount_cents, each.rule.record.rule_version))


def _is_met(record: SubsidyRuleRecord, *, use: Use) -> bool:
    """Say whether the elder meets every condition on the date; an expired grade is none."""
    facts = use.facts
    return (
        (record.minimum_age is None or facts.age >= record.minimum_age)
        and (record.categories is None or bool(facts.categories.intersection(record.categories)))
        and (record.grades is None or facts.grade in record.grades)
    )


def _has_room(each: ServiceRule, *, use: Use, counted: Collection[Taken]) -> bool:
    limit = each.rule.record.weekly_limit
    if limit is None:
        return True
    monday = week_of(use.service_on)
    had = sum(one.service_code in each.service_codes and week_of(one.service_on) == monday for one in counted)
    return had < limit


def judge_rule_row(
    row: Row, *, find_service: Callable[[str], str | None], find_category: Callable[[str], str | None]
) -> SubsidyRuleRecord | None:
    """Make a record of one row of a file of rules, or blame the row."""
    version, area_code = row.text("rule_version", is_needed=True), row.digits("area_code", is_needed=True)
    if version and not VERSION.match(version):
        row.blame("rule_version", code="invalid_version", words=VERSION_WORDS)
    service = row.text("service_code", is_needed=True)
    service_code = find_service(service) if service else None
    if service and service_code is None:
        row.blame("service_code", code="unknown_code", words=NO_SERVICE)
    amount = row.whole("amount_cents", low=0, high=MOST_CENTS, is_needed=True)
    valid_from, valid_to = row.day("valid_from", is_needed=True), row.day("valid_to")
    if valid_from and valid_to and valid_to <= valid_from:
        row.blame("valid_to", code="dates_swapped", words=ORDER)
    status = row.choice("status", known=STATUSES) or RuleStatus.ADOPTED
    categories = _codes(row, "categories", find=find_category, allowed="category")
    grades = _codes(row, "grades", find=lambda text: text if text in set(Grade) else None, allowed=", ".join(Grade))
    record = {
        "minimum_age": row.whole("minimum_age", low=0, high=OLDEST),
        "weekly_limit": row.whole("weekly_limit", low=1, high=MOST_A_WEEK),
        "clause": row.text("clause"),
        "is_example": row.flag("is_example") or False,
    }
    if row.faults or not version or not area_code or service_code is None or amount is None or valid_from is None:
        return None
    return SubsidyRuleRecord(
        rule_version=version,
        area_code=area_code,
        service_code=service_code,
        amount_cents=amount,
        valid_from=valid_from,
        valid_to=valid_to,
        categories=categories,
        grades=grades,
        status=str(status),
        **record,  # type: ignore[arg-type] # each name has the type of its column
    )


def _codes(row: Row, column: str, *, find: Callable[[str], str | None], allowed: str) -> tuple[str, ...] | None:
    text = row.text(column)
    if text is None:
        return None
    found = {find(each) for each in BETWEEN.split(text) if each}
    if None in found:
        row.blame(column, code="unknown_code", words=NO_CODE, allowed=allowed)
    return tuple(sorted(each for each in found if each)) or None
