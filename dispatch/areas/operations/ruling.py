"""Officers set the rules of their own areas, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.actor import Role
from dispatch.areas.models import AreaRule
from dispatch.areas.operations.records import put_rules
from dispatch.areas.queries import AreaNotFoundError, get_area, rule_facts
from dispatch.areas.values import RULE_KINDS, ancestor_codes
from dispatch.errors import InvalidError
from dispatch.storage import as_known, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.actor import Actor
    from dispatch.areas.values import RuleInForce, RuleRecord

NO_KEY = Words("没有这条规则；可以设的有：{known}。", "There is no such rule; there are: {known}.")
ENDS_EARLY = Words("结束日期应在开始日期之后。", "The end must be after the beginning.")


class InvalidRuleError(InvalidError):
    """The rule's key, value or dates cannot be; `fields` says which."""

    slug = "invalid-rule"
    title = Words("规则有误", "The rule is not valid")


def put_rule(record: RuleRecord, *, actor: Actor, at: datetime) -> RuleInForce:
    """
    Put one rule in force, or draft it, within an officer's own areas; what stood before is superseded.

    Raises
    ------
    AreaNotFoundError
        Where the area is not the actor's, or does not exist.
    InvalidRuleError
        Where the key is none, the value is none of the rule's, or the end is not after the beginning.

    """
    if not actor.is_system and not actor.covers_area(record.area_code, Role.DISTRICT_OFFICER):
        raise AreaNotFoundError(area_code=record.area_code)
    get_area(record.area_code)
    _check(record)
    if put_rules([record], actor=actor, at=at).unchanged == 0:
        journal.append(
            "area_rule.changed",
            actor=actor,
            at=at,
            subject_id=record.area_code,
            area_code=record.area_code,
            rule_key=record.rule_key,
            value=record.value,
            status=record.status,
            valid_from=record.valid_from.isoformat(),
        )
    stands = sa.select(AreaRule).where(
        AreaRule.area_code == record.area_code,
        AreaRule.rule_key == record.rule_key,
        AreaRule.status == record.status,
        AreaRule.valid_from == record.valid_from,
        as_known(AreaRule, None),
    )
    return rule_facts(session().scalars(stands).one())


def list_rules(area_code: str, *, known_at: datetime | None = None) -> list[RuleInForce]:
    """
    List all rules of an area and of those it lies in, drafts and ended ones too, as they stand or stood at a time.

    Raises
    ------
    AreaNotFoundError
        Where there is no such area.

    """
    get_area(area_code)
    rows = session().scalars(
        sa.select(AreaRule)
        .where(AreaRule.area_code.in_(ancestor_codes(area_code)), as_known(AreaRule, known_at))
        .order_by(AreaRule.rule_key, AreaRule.area_code, AreaRule.valid_from, AreaRule.status)
    )
    return [rule_facts(row) for row in rows]


def _check(record: RuleRecord) -> None:
    kind = RULE_KINDS.get(record.rule_key)
    if kind is None:
        known = ", ".join(RULE_KINDS)
        raise InvalidRuleError(
            fields={"rule_key": [Words(NO_KEY.zh.format(known=known), NO_KEY.en.format(known=known))]}
        )
    if not kind.accepts(record.value):
        choices = ", ".join(kind.choices)
        words = Words(kind.words.zh.format(choices=choices), kind.words.en.format(choices=choices))
        raise InvalidRuleError(fields={"value": [words]})
    if record.valid_to is not None and record.valid_to <= record.valid_from:
        raise InvalidRuleError(fields={"valid_to": [ENDS_EARLY]})
