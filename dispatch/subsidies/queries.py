"""Reads of the subsidy rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import areas
from dispatch.storage import as_known, in_force, session
from dispatch.subsidies.models import SubsidyRuleRow
from dispatch.subsidies.values import RuleStatus, SubsidyRule, SubsidyRuleRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from uuid import UUID


def find_rules(
    area_code: str = "",
    *,
    service_codes: Collection[str] | None = None,
    on: date | None = None,
    with_drafts: bool = True,
    known_at: datetime | None = None,
) -> list[SubsidyRule]:
    """
    Find the rules of an area and of those it lies in, by area, version and service; without an area all.

    Parameters
    ----------
    area_code : str
        The area.
    service_codes : collection of str, optional
        Only rules for exactly these services.
    on : date, optional
        Only those that hold on this date.
    with_drafts : bool
        Also drafts, which are never used.
    known_at : datetime, optional
        As they stood then, whatever was corrected since.

    """
    chosen = sa.select(SubsidyRuleRow).where(
        as_known(SubsidyRuleRow, known_at) if on is None else in_force(SubsidyRuleRow, on, known_at=known_at)
    )
    if area_code:
        chosen = chosen.where(SubsidyRuleRow.area_code.in_(areas.ancestor_codes(area_code)))
    if service_codes is not None:
        chosen = chosen.where(SubsidyRuleRow.service_code.in_(sorted(service_codes)))
    if not with_drafts:
        chosen = chosen.where(SubsidyRuleRow.status == RuleStatus.ADOPTED)
    order = (SubsidyRuleRow.area_code, SubsidyRuleRow.rule_version, SubsidyRuleRow.service_code)
    return [show_rule(row) for row in session().scalars(chosen.order_by(*order))]


def find_rules_by_id(rule_ids: Iterable[UUID]) -> dict[UUID, SubsidyRule]:
    """Find rules by the ids of their wordings, superseded ones too."""
    rows = session().scalars(sa.select(SubsidyRuleRow).where(SubsidyRuleRow.id.in_(sorted(set(rule_ids)))))
    return {row.id: show_rule(row) for row in rows}


def show_rule(row: SubsidyRuleRow) -> SubsidyRule:
    """Give a row as a value."""
    return SubsidyRule(
        id=row.id,
        record=SubsidyRuleRecord(
            rule_version=row.rule_version,
            area_code=row.area_code,
            service_code=row.service_code,
            amount_cents=row.amount_cents,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            minimum_age=row.minimum_age,
            categories=None if row.categories is None else tuple(row.categories),
            grades=None if row.grades is None else tuple(row.grades),
            weekly_limit=row.weekly_limit,
            status=row.status,
            clause=row.clause,
            is_example=row.is_example,
        ),
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
    )
