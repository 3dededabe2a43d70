"""Counting the monthly visit rate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import areas, elders
from dispatch.dates import month_span, service_date, start_of
from dispatch.visits.queries import find_counting_logs, find_responsible
from dispatch.visits.rules import DISTRICT_DIGITS, publish_rate, tally
from dispatch.visits.values import COUNTED_OUTCOMES, ModeRule, Rate, SetRule, Standing, VisitMode

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.elders import Member
    from dispatch.visits.models import Caseload
    from dispatch.visits.values import PublicRate

RATE_RULE = "visit-rate-2026-1"
VISITING_SET = "visit"  # the purpose of the category sets that the rate counts
MODES_KEY = "visit.modes"
DOOR_ONLY = ModeRule(area_code=None, modes=(VisitMode.DOOR.value,), valid_from=None, clause=None)
# a bath is no care visit: only logs of the visiting service are counted
COUNTED_SERVICES = ("visiting",)
DAY = timedelta(days=1)


def compute_rate(area_code: str, *, month: str, zone: ZoneInfo, known_at: datetime | None = None) -> Rate:
    """
    Count who was due for a visit in a month, and who was visited, before any exclusion.

    Due is who belonged to the area's set on at least one local day of the month; visited, who of them has at
    least one log of the visiting service that began on a local day of the month, with an outcome and by a mode
    that count in the area where the elder is counted, on that day, and that was not rejected. Each elder is
    counted once in a district, where they lived on their last day in the set (domain, section 5).

    Parameters
    ----------
    area_code : str
        A city, district, subdistrict or community.
    month : str
        Such as "2026-03".
    zone : ZoneInfo
        Whose local days count.
    known_at : datetime, optional
        Count what was known at that time: homes, categories, sets, logs and caseloads as they were on record then,
        whatever came or was corrected since. Rules of areas are those on record now.

    Raises
    ------
    AreaNotFoundError
        Where there is no such area.
    ValueError
        Where the text is no month.

    """
    areas.get_area(area_code)
    from_on, to_on = month_span(month)
    members = elders.find_members(area_code, purpose=VISITING_SET, from_on=from_on, to_on=to_on, known_at=known_at)
    elder_ids = {member.elder_id for member in members}
    modes = _Modes(from_on=from_on, last_on=to_on - DAY, known_at=known_at)
    begun: dict[UUID, list[tuple[VisitMode, date]]] = {}
    # a record that went into another is due up to the month before; from then on its logs are the other's
    absorbed = elders.find_absorbed(elder_ids, merged_before=start_of(to_on, zone), known_at=known_at)
    for logged_id, mode, started_at in find_counting_logs(
        elder_ids | absorbed.keys(),
        services=COUNTED_SERVICES,
        from_at=start_of(from_on, zone),
        to_at=start_of(to_on, zone),
        known_at=known_at,
    ):
        begun.setdefault(absorbed.get(logged_id, logged_id), []).append((mode, service_date(started_at, zone)))
    caseloads = find_responsible(elder_ids, from_on=from_on, to_on=to_on, known_at=known_at)
    standings = tuple(
        Standing(
            elder_id=member.elder_id,
            area_code=member.area_code,
            carer_id=_responsible(member, caseloads),
            categories=member.categories,
            is_visited=any(
                mode in modes.get(member.area_code, on=on).modes for mode, on in begun.get(member.elder_id, ())
            ),
        )
        for member in members
    )
    return Rate(
        area_code=area_code,
        month=month,
        period_from=from_on,
        period_to=to_on,
        rule_version=RATE_RULE,
        standings=standings,
        sets=_set_rules(members),
        modes=modes.used(members),
        services=COUNTED_SERVICES,
        outcomes=tuple(sorted(COUNTED_OUTCOMES)),
        **tally(standings, area_code=area_code)._asdict(),
    )


def compute_public_rate(area_code: str, *, month: str, zone: ZoneInfo, known_at: datetime | None = None) -> PublicRate:
    """
    Count as `compute_rate` does, with small counts hidden.

    What is hidden is decided over the whole district, so that asking for its parts one by one tells no more.
    """
    areas.get_area(area_code)
    return publish_rate(
        compute_rate(area_code[:DISTRICT_DIGITS], month=month, zone=zone, known_at=known_at), area_prefix=area_code
    )


class _Modes:
    """Which modes count where and when; each area is asked for once."""

    def __init__(self, *, from_on: date, last_on: date, known_at: datetime | None) -> None:
        self._from_on, self._last_on, self._known_at = from_on, last_on, known_at
        self._rules: dict[tuple[str, date], ModeRule] = {}
        self._is_constant: dict[str, bool] = {}

    def get(self, area_code: str, *, on: date) -> ModeRule:
        """Give the rule that decides in an area on a day of the month."""
        if area_code not in self._is_constant:
            # one rule on both ends is taken to hold between; one that begins and ends inside a month is not looked for
            self._is_constant[area_code] = self._find(area_code, self._from_on) == self._find(area_code, self._last_on)
        return self._find(area_code, self._from_on if self._is_constant[area_code] else on)

    def used(self, members: list[Member]) -> tuple[ModeRule, ...]:
        """List the rules that were in force where somebody was due, on the first and last day of the month."""
        codes = {member.area_code for member in members}
        found = {self._find(code, on) for code in codes for on in (self._from_on, self._last_on)}
        found |= set(self._rules.values())
        return tuple(sorted(found, key=lambda rule: (rule.area_code or "", str(rule.valid_from))))

    def _find(self, area_code: str, on: date) -> ModeRule:
        if (area_code, on) not in self._rules:
            rule = areas.find_rule(area_code, rule_key=MODES_KEY, on=on, known_at=self._known_at)
            self._rules[area_code, on] = (
                ModeRule(rule.area_code, tuple(rule.value), rule.valid_from, rule.clause) if rule else DOOR_ONLY
            )
        return self._rules[area_code, on]


def _responsible(member: Member, caseloads: dict[UUID, list[Caseload]]) -> UUID | None:
    return next(
        (
            each.carer_id
            for each in caseloads.get(member.elder_id, ())
            if each.valid_from <= member.last_on and (each.valid_to is None or member.last_on < each.valid_to)
        ),
        None,
    )


def _set_rules(members: list[Member]) -> tuple[SetRule, ...]:
    sets = {(member.category_set.area_code, member.category_set.valid_from): member.category_set for member in members}
    return tuple(
        SetRule(
            area_code=each.area_code,
            set_key=each.set_key,
            members=tuple(sorted(each.members)),
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            is_open=each.is_open,
            clause=each.clause,
        )
        for _, each in sorted(sets.items())
    )
