"""Subsidy rules: the two of the worked example, and the elder whom they are for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from dispatch import elders, subsidies
from dispatch.actor import SYSTEM

AT = datetime(2026, 1, 1, tzinfo=UTC)
DISTRICT = "120198"


def rule_record(rule_version: str = "EX-1", **columns: Any) -> subsidies.SubsidyRuleRecord:
    """Make the record of the first rule of domain.md section 5: 300 cents a meal, 80 and older, five a week."""
    made: dict[str, Any] = {
        "area_code": DISTRICT,
        "service_code": "meals",
        "amount_cents": 300,
        "valid_from": date(2026, 1, 1),
        "minimum_age": 80,
        "weekly_limit": 5,
        "is_example": True,
    }
    return subsidies.SubsidyRuleRecord(rule_version=rule_version, **(made | columns))


def worked_rules() -> list[subsidies.SubsidyRuleRecord]:
    """Make both rules of domain.md section 5 (Quote): EX-1 until 2026-07-01, EX-2 with 400 cents from then on."""
    changes_on = date(2026, 7, 1)
    return [
        rule_record("EX-1", valid_to=changes_on),
        rule_record("EX-2", amount_cents=400, valid_from=changes_on),
    ]


def put_rules(*records: subsidies.SubsidyRuleRecord, at: datetime = AT) -> None:
    """Put rules on record; the two of the worked example where none is given."""
    subsidies.put_rules(records or worked_rules(), actor=SYSTEM, at=at)


def service_rule(record: subsidies.SubsidyRuleRecord, *, below: tuple[str, ...] = ()) -> subsidies.ServiceRule:
    """Make what the pure rule is told of a rule: with the services below its own."""
    rule = subsidies.SubsidyRule(uuid4(), record, AT, None)
    return subsidies.ServiceRule(rule, frozenset({record.service_code, *below}))


def facts(*, age: int = 82, categories: frozenset[str] = frozenset(), grade: str | None = None) -> elders.ElderFacts:
    """Make what is known of an elder on a date."""
    return elders.ElderFacts(
        elder_id=uuid4(),
        on=date(2026, 6, 29),
        born_on=date(2026 - age, 1, 1),
        age=age,
        sex=elders.Sex.FEMALE,
        registered_area_code=None,
        has_lift_access=None,
        home=None,
        categories=categories,
        grade=elders.Grade(grade) if grade else None,
        has_expired_grade=False,
    )


def use(on: str, *, gross_cents: int | None = 1500, service_code: str = "meal_dine_in", **fields: Any) -> subsidies.Use:
    """Make one use of a service by a woman of 82 in the first district: a meal of 1,500 cents."""
    area_code = fields.pop("area_code", "120198001001")
    return subsidies.Use(date.fromisoformat(on), service_code, area_code, gross_cents, fields.pop("facts", facts()))
