"""What the community workers logged in March 2026 and shortly before and after."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seed.areas import SECOND_DISTRICT
from seed.carers import SILENT_CODE
from seed.caseloads import Caseload, worker_on
from seed.cases import ENTERED, VISITED
from seed.homes import WorldError
from seed.ids import local_at, make_id, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed.carers import Carer
    from seed.people import Elder

FIRST_DAY, LAST_DAY = 2, 31  # the first of March 2026 is a Sunday
SILENT_AFTER_DAY = 24
SLOT_MIN = 30
SLOTS = 15  # from nine in the morning, half an hour each
STAY_MIN = 20
EVENING_HOUR = 20  # phones send what they hold at half past eight
LATE = 30  # received after March, of which
AFTER_CLOSING = 5  # received after the month was closed at the end of 5 April
LATE_FROM_DAY = 25
SECOND_VISITS = 60
BURST_DAY = 18
# the days of the worked example
CASE_DAYS = {"E01": 5, "E02": 10, "E03": 3, "E05": 4}


@dataclass(slots=True)
class Log:
    """One log while the world is made."""

    key: str
    elder: Elder
    carer: Carer
    started_at: datetime
    mode: str = "door"
    outcome: str = "done"
    service_code: str = "visiting"
    minutes: int = STAY_MIN
    received_at: datetime | None = None
    device_off: timedelta = timedelta(0)

    def record(self) -> dict[str, Any]:
        """Give the record; what is not said otherwise is received in the evening of the same day."""
        finished_at = self.started_at + timedelta(minutes=self.minutes)
        evening_at = local_at(self.started_at.date(), EVENING_HOUR, 30)
        received_at = self.received_at or max(evening_at, finished_at + timedelta(minutes=5))
        at_door = self.mode == "door" and self.elder.home.place is not None
        place = self.elder.home.place
        if self.elder.earlier_home and self.carer.community is self.elder.earlier_home.community:
            place = self.elder.earlier_home.place
        return {
            "log_id": make_id("log", self.key),
            "elder_id": self.elder.id,
            "carer_id": self.carer.id,
            "service_code": self.service_code,
            "mode": self.mode,
            "outcome": self.outcome,
            "started_at": text_at(self.started_at),
            "finished_at": text_at(finished_at),
            "place": {"door": "home", "site_meeting": "site"}.get(self.mode, "other"),
            "device_at": text_at(finished_at + self.device_off),
            "visit_id": None,
            "fix_ll": [round(degrees, 6) for degrees in place.lonlat] if at_door and place else None,
            "fix_accuracy_m": 12.0 if at_door else None,
            "checklist_version": "1",
            "answers": {"safe_at_home": self.outcome != "emergency_found"},
            "received_at": text_at(received_at),
        }


def make_logs(people: list[Elder], carers: list[Carer], caseloads: dict[str, list[Caseload]]) -> list[Log]:
    """Make all logs."""
    rng = random.Random("logs")
    days = _Days(caseloads, workers_of_silent(carers))
    logs = [days.visit(elder, rng) for elder in people if elder.role in VISITED and elder.key != "E09"]
    plain = [elder for elder in people if elder.role == "visited" and elder.key is None]
    logs += [days.visit(elder, rng, repeat=True) for elder in plain[:SECOND_VISITS]]
    _mark_outcomes(logs)
    _send_late(logs)
    people_by_key = {elder.key: elder for elder in people if elder.key}
    logs += _case_logs(people_by_key, caseloads)
    logs += _other_logs(people, caseloads)
    _burst(logs)
    _shift_clocks(logs)
    return logs


def workers_of_silent(carers: list[Carer]) -> Carer:
    """Give the worker who logged nothing in the last seven days of March."""
    return next(carer for carer in carers if carer.community and carer.community.code == SILENT_CODE)


def log_records(logs: Iterable[Log]) -> list[dict[str, Any]]:
    """List the logs in the order in which they were received."""
    records = [log.record() for log in logs]
    return sorted(records, key=lambda record: (record["received_at"], record["started_at"], record["log_id"]))


class _Days:
    """Hands out free half hours of each worker's days."""

    def __init__(self, caseloads: dict[str, list[Caseload]], silent: Carer) -> None:
        self._caseloads = caseloads
        self._silent = silent
        self._taken: defaultdict[tuple[str, int], int] = defaultdict(int)

    def visit(self, elder: Elder, rng: random.Random, *, repeat: bool = False) -> Log:
        """Log one visit on a day on which the elder is in the set."""
        first = FIRST_DAY
        if elder.role in ENTERED and elder.entered_on:
            first = elder.entered_on.day + 1
        for _ in range(500):
            day = CASE_DAYS.get(elder.key or "") or rng.randint(first, LAST_DAY)
            on = date(2026, 3, day)
            worker = worker_on(self._caseloads[elder.id], on)
            is_silent = worker is self._silent and day > SILENT_AFTER_DAY
            if on.weekday() == 6 or is_silent or self._taken[worker.ref, day] >= SLOTS:  # noqa: PLR2004 - Sunday
                continue
            slot = self._taken[worker.ref, day]
            self._taken[worker.ref, day] += 1
            at = local_at(on, 9) + timedelta(minutes=SLOT_MIN * slot)
            return Log(f"{elder.number}/{'again' if repeat else 'visit'}", elder, worker, at)
        raise WorldError(f"no free half hour for elder {elder.number}")


def _mark_outcomes(logs: list[Log]) -> None:
    """Let a few visits be partial, and one meet an emergency shortly after midnight of the first of March."""
    free = [log for log in logs if log.elder.key is None and log.elder.role == "visited"]
    for log in free[3:40:9]:
        log.outcome = "done_partly"
    night = next(
        log
        for log in free
        if log.key.endswith("visit")
        and log.elder.number % 7 == 0
        and log.minutes == STAY_MIN
        and not any(o is not log and o.elder is log.elder for o in logs)
    )
    night.started_at, night.outcome = local_at(date(2026, 3, 1), 0, 30), "emergency_found"


def _send_late(logs: list[Log]) -> None:
    """Let phones be offline: E09 is one of the thirty late ones."""
    once = defaultdict(list)
    for log in logs:
        once[log.elder.id].append(log)
    late = [
        ones[0]
        for ones in once.values()
        if len(ones) == 1 and ones[0].started_at.day >= LATE_FROM_DAY and ones[0].elder.code < SECOND_DISTRICT
    ]
    for number, log in enumerate(late[:: len(late) // LATE][: LATE - 1]):
        closing = number < AFTER_CLOSING
        log.received_at = local_at(date(2026, 4, 6 if closing else 1 + number % 5), 9 if closing else 12)


def _case_logs(people: dict[str, Elder], caseloads: dict[str, list[Caseload]]) -> list[Log]:
    """Log what the worked example says beyond plain visits."""

    def log(case: str, at: datetime, *, number: int = 1, mode: str = "door", outcome: str = "done") -> Log:
        elder = people[case]
        return Log(f"{case}/{number}", elder, worker_on(caseloads[elder.id], at.date()), at, mode, outcome)

    late = log("E09", local_at(date(2026, 3, 31), 16, 40))
    late.received_at = local_at(date(2026, 4, 2), 12)
    return [
        log("E08", local_at(date(2026, 3, 2), 16, 40), outcome="refused_at_door"),
        late,
        log("E10", local_at(date(2026, 3, 12), 16, 40), number=1, outcome="not_home"),
        log("E10", local_at(date(2026, 3, 19), 16, 40), number=2, outcome="not_home"),
        log("E10", local_at(date(2026, 4, 1), 7, 30), number=3),  # 23:30 of 31 March in UTC
        log("E11", local_at(date(2026, 3, 10), 16, 40), mode="phone_call"),
    ]


def _other_logs(people: list[Elder], caseloads: dict[str, list[Caseload]]) -> list[Log]:
    """Log what does not count in March: other ways to meet, other months, doors that stayed shut."""
    roles: defaultdict[str | None, list[Elder]] = defaultdict(list)
    for elder in people:
        if elder.key is None and elder.code < SECOND_DISTRICT:
            roles[elder.role].append(elder)
    rows: list[tuple[Elder, datetime, str, str]] = []
    unvisited = iter(roles["unvisited"])
    meeting = next(unvisited)
    rows.append((meeting, local_at(date(2026, 3, 11), 16, 40), "site_meeting", "done"))
    rows.append((meeting, local_at(date(2026, 4, 2), 16, 40), "site_meeting", "done"))  # counts from April on
    rows.append((next(unvisited), local_at(date(2026, 3, 12), 16, 40), "video", "done"))
    rows.append((next(unvisited), local_at(date(2026, 3, 13), 16, 40), "third_party", "done"))
    rows.append((next(unvisited), local_at(date(2026, 2, 28), 23, 30), "door", "emergency_found"))
    rows.append((next(unvisited), local_at(date(2026, 3, 13), 17, 10), "door", "not_home"))
    rows += [(elder, local_at(date(2026, 3, 3), 16, 40), "door", "refused_at_door") for elder in roles["refused"]]
    rows += [
        (elder, local_at(date(2026, 3, 4), 16, 40), "door", "in_hospital_found")
        for elder in roles["in_hospital_all_month"]
    ]
    for role, outcome in (("died", "died_found"), ("moved_out", "moved_found")):
        elder = roles[role][0]
        if elder.left_on is None:
            raise WorldError(f"{role} without a date")
        before = elder.left_on - timedelta(days=1)
        rows.append((elder, local_at(before, 17, 10), "door", outcome))
    second = [elder for elder in people if elder.role == "visited_by_phone"]
    rows += [(elder, local_at(date(2026, 3, 5), 16, 40), "phone_call", "done") for elder in second]
    return [
        Log(f"other/{number}", elder, worker_on(caseloads[elder.id], at.date()), at, mode, outcome, minutes=10)
        for number, (elder, at, mode, outcome) in enumerate(rows, start=1)
    ] + [_no_care_visit(next(unvisited), caseloads)]


def _no_care_visit(elder: Elder, caseloads: dict[str, list[Caseload]]) -> Log:
    """Log help at home that is no care visit: it does not count either."""
    at = local_at(date(2026, 3, 17), 16, 40)
    return Log("other/help", elder, worker_on(caseloads[elder.id], at.date()), at, service_code="escort_outing")


def _burst(logs: list[Log]) -> None:
    """Move five visits of one worker into ten minutes."""
    by_worker = defaultdict(list)
    for log in logs:
        if log.started_at.day == BURST_DAY and log.mode == "door" and log.elder.key is None and not log.received_at:
            by_worker[log.carer.ref].append(log)
    five = next(ones for _, ones in sorted(by_worker.items()) if len(ones) >= 5)[:5]  # noqa: PLR2004 - the five
    for number, log in enumerate(five):
        log.started_at, log.minutes = local_at(date(2026, 3, BURST_DAY), 14, 2 * number), 1


def _shift_clocks(logs: list[Log]) -> None:
    """Set two phones' clocks three days off, on second visits that decide nothing."""
    again = [log for log in logs if log.key.endswith("/again")]
    again[0].device_off, again[1].device_off = timedelta(days=3), timedelta(days=-3)
