"""Computing what is paid for uses of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import directory
from dispatch.subsidies.queries import find_rules
from dispatch.subsidies.rules import compute_lines
from dispatch.subsidies.values import ServiceRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dispatch.subsidies.values import Line, SubsidyRule, Taken, Use


def compute_subsidies(uses: Collection[Use], *, taken: Iterable[Taken]) -> list[Line]:
    """
    Give what each use costs and what is paid for it, each by the rule in force on its date, in order of dates.

    `taken` is what the elder already has in the weeks concerned. Rules are read as they stand now.
    """
    rules: dict[object, SubsidyRule] = {}
    for area_code in sorted({each.area_code for each in uses}):
        rules |= {each.id: each for each in find_rules(area_code, with_drafts=False)}
    below = directory.find_below({each.record.service_code for each in rules.values()})
    known = [ServiceRule(each, below[each.record.service_code]) for each in rules.values()]
    return compute_lines(uses, rules=known, taken=taken)


def is_covered(service_code: str, *, area_code: str) -> bool:
    """Say whether any adopted rule of an area, at whatever time, is for this service or one above or below it."""
    wanted = directory.service_with_children(service_code)
    codes = {each.record.service_code for each in find_rules(area_code, with_drafts=False)}
    return any(code in wanted or service_code in directory.service_with_children(code) for code in codes)
