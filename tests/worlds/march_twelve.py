"""The twelve elders E01-E12 of domain, section 5 (March 2026), small enough to check by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from dispatch import elders, visits
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import SINCE, elder_record, put_elders, put_places, put_set
from tests.factories.visits import local, log_entry, put_caseload, record_logs

if TYPE_CHECKING:
    from uuid import UUID

A, B = "120198001001", "120198002001"
ELSEWHERE = "120199001001"
SEVEN = (
    "no_family",
    "living_alone",
    "empty_nest",
    "left_behind",
    "functionally_disabled",
    "severe_disability",
    "family_planning_special",
)


@dataclass(frozen=True)
class MarchTwelve:
    """Ids by their names in the table, and the workers of the two communities."""

    ids: dict[str, UUID]
    worker_a: UUID
    worker_b: UUID

    def names(self, elder_ids) -> list[str]:
        back = {elder_id: name for name, elder_id in self.ids.items()}
        return sorted(back[elder_id] for elder_id in elder_ids)


def build() -> MarchTwelve:
    """Put the twelve on record, all in community A but for E05, who moves to B; E06 leaves the district."""
    put_places(A, B, ELSEWHERE)
    put_set(*SEVEN, area="120198", key="luzhou_visit", valid_from=date(2026, 1, 1))
    worker_a, worker_b = put_carers(carer_record(), carer_record())
    records = {
        "E01": _elder("living_alone"),
        "E02": _elder("empty_nest", "functionally_disabled", "severe_disability"),
        "E03": _elder("living_alone", until=date(2026, 3, 15)),
        "E04": _elder("living_alone", until=date(2026, 3, 9)),
        "E05": replace(_elder("living_alone"), residences=_stays(A, B, turn=date(2026, 3, 12))),
        "E06": replace(
            _elder("living_alone", until=date(2026, 3, 20)), residences=_stays(A, ELSEWHERE, turn=date(2026, 3, 20))
        ),
        "E07": _elder("empty_nest", until=date(2026, 3, 6)),
        "E08": _elder("left_behind"),
        "E09": _elder("no_family"),
        "E10": _elder("severe_disability"),
        "E11": _elder("family_planning_special"),
        "E12": _elder("functionally_disabled", since=date(2026, 3, 28)),
    }
    ids = dict(zip(records, put_elders(*records.values()), strict=True))
    put_caseload(worker_a, *(elder_id for name, elder_id in ids.items() if name != "E05"))
    put_caseload(worker_a, ids["E05"], until=date(2026, 3, 12))
    put_caseload(worker_b, ids["E05"], since=date(2026, 3, 12))
    for name, at, facts in LOGS:
        record_logs(log_entry(ids[name], carer_id=worker_a, started_at=local(at), **facts))
    late = log_entry(ids["E09"], carer_id=worker_a, started_at=local("2026-03-31 16:40"))
    record_logs(late, received_at=local("2026-04-02 09:00"))
    return MarchTwelve(ids, worker_a, worker_b)


LOGS = (
    ("E01", "2026-03-05 09:00", {}),
    ("E02", "2026-03-10 09:00", {}),
    ("E03", "2026-03-03 09:00", {}),
    ("E05", "2026-03-04 09:00", {}),
    ("E08", "2026-03-02 09:00", {"outcome": visits.VisitOutcome.REFUSED_AT_DOOR}),
    ("E10", "2026-03-11 09:00", {"outcome": visits.VisitOutcome.NOT_HOME}),
    ("E10", "2026-03-18 09:00", {"outcome": visits.VisitOutcome.NOT_HOME}),
    ("E10", "2026-04-01 07:30", {}),  # 2026-03-31T23:30Z
    ("E11", "2026-03-20 10:00", {"mode": visits.VisitMode.PHONE_CALL, "place": visits.Place.OTHER}),
)


def _elder(*categories: str, since: date = SINCE, until: date | None = None) -> elders.ElderRecord:
    memberships = tuple(elders.MembershipRecord(each, since, until, "test") for each in categories)
    return elder_record(area=A, memberships=memberships)


def _stays(before: str, after: str, *, turn: date) -> tuple[elders.ResidenceRecord, ...]:
    return (
        elders.ResidenceRecord("main", before, "旧址", SINCE, turn),
        elders.ResidenceRecord("main", after, "新址", turn),
    )
