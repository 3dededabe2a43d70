"""Taking in what was done on visits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from dispatch import carers, directory, elders, journal
from dispatch.actor import Role
from dispatch.dates import service_date, start_of
from dispatch.errors import ConflictError, InvalidError, NotAllowedError
from dispatch.storage import savepoint, session, withdraw_deadline
from dispatch.visits.models import VisitLog
from dispatch.visits.operations.missing import MISSED
from dispatch.visits.queries import (
    VisitNotFoundError,
    find_caseload,
    find_visited_on,
    load_logs,
    load_visits,
    log_facts,
)
from dispatch.visits.rules import FINISHABLE
from dispatch.visits.values import (
    CLOCK_TOLERANCE,
    EARLIEST_START,
    LogResult,
    LogStatus,
    Verdict,
    VisitPurpose,
    VisitStatus,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor
    from dispatch.errors import DispatchError
    from dispatch.visits.models import Visit
    from dispatch.visits.values import LogFacts, VisitLogEntry

DAY = timedelta(days=1)
BACKWARDS = Words("结束时间早于开始时间", "The visit ends before it starts")
AHEAD = Words("晚于现在；请先校准手机时间。", "Later than now; set the phone's clock first.")
NO_SUCH_CARER = Words("没有这名照护人员", "No such carer")


class LogIdReusedError(InvalidError):
    """The id of a log was used before, for another content."""

    slug = "log-id-reused"
    title = Words("这个探访记录编号已用于另一份内容", "This log id was used for another content")
    detail = Words(
        "换一个新的 log_id 再提交，或者原样重发第一次的内容。",
        "Send a new log_id, or repeat the first content unchanged.",
    )


class InvalidLogError(InvalidError):
    """What a log tells cannot be true."""

    slug = "invalid-visit-log"
    title = Words("探访记录填写有误", "The visit log is not valid")


class VisitTooEarlyError(ConflictError):
    """A service began so long before its window that it cannot be the one that was asked for."""

    slug = "visit-too-early"
    title = Words("离约定时间还早，不能开始", "Too early for this visit")
    detail = Words(
        "约定时段前 {early_min} 分钟起可以开始；要更早，请机构调度员改时间。",
        "It can begin {early_min} minutes before its window. To begin earlier, ask the coordinator to change the time.",
    )


class NotOwnLogError(NotAllowedError):
    """Somebody logs in another carer's name."""

    slug = "not-own-log"
    title = Words("只能记录自己做的探访", "Log only your own visits")


def record_visit_logs(
    entries: Iterable[VisitLogEntry], *, actor: Actor, received_at: datetime, zone: ZoneInfo
) -> list[LogResult]:
    """
    Keep what carers tell of their visits; one result for each entry, in the order given.

    An entry that was kept before is answered as before and changes nothing; one that is refused spoils no
    other. Each new log has one journal entry, and one more where it finishes a planned visit.

    Parameters
    ----------
    entries : iterable of VisitLogEntry
        As made on the phone; `log_id` decides what is a repetition.
    actor : Actor
        A carer or community worker logs own visits of elders within scope; the system any.
    received_at : datetime
        Our clock; the phone's is `device_at` of the entry.
    zone : ZoneInfo
        Of the local date that an entry's start lies on.

    """
    return keep_logs(entries, actor=actor, received_at=received_at, zone=zone, is_vouched=False)


def keep_logs(
    entries: Iterable[VisitLogEntry], *, actor: Actor, received_at: datetime, zone: ZoneInfo, is_vouched: bool
) -> list[LogResult]:
    """Keep logs; with `is_vouched` the caller has seen to it that the actor may tell them."""
    given = list(entries)
    judge = _Judge(given, actor=actor, received_at=received_at, zone=zone, is_vouched=is_vouched)
    try:
        with savepoint():
            return _record(given, judge=judge, actor=actor, received_at=received_at, zone=zone)
    except IntegrityError:
        # the same log came twice at once and the other was first: now it is there to be found
        return _record(given, judge=judge, actor=actor, received_at=received_at, zone=zone)


def _record(
    given: list[VisitLogEntry], *, judge: _Judge, actor: Actor, received_at: datetime, zone: ZoneInfo
) -> list[LogResult]:
    kept = load_logs(entry.log_id for entry in given)
    planned = load_visits(entry.visit_id for entry in given if entry.visit_id)
    results = []
    for entry in given:
        refusal = judge.find_refusal(entry, visit=planned.get(entry.visit_id) if entry.visit_id else None)
        body_sha256 = _hash(entry)
        row = kept.get(entry.log_id)
        if refusal is None and row is not None and row.body_sha256 != body_sha256:
            refusal = LogIdReusedError(log_id=entry.log_id)
        if refusal is not None:
            results.append(LogResult(entry.log_id, LogStatus.REFUSED, refusal=refusal))
            continue
        if row is not None:
            results.append(LogResult(entry.log_id, LogStatus.REPEATED, log=log_facts(row, zone=zone)))
            continue
        row = kept[entry.log_id] = _row(entry, received_at=received_at, body_sha256=body_sha256)
        session().add(row)
        log = log_facts(row, zone=zone)
        _tell(log, actor=actor)
        if entry.visit_id:
            _finish(planned[entry.visit_id], log=log, actor=actor)
        results.append(LogResult(entry.log_id, LogStatus.CREATED, log=log))
    session().flush()  # so that a log that came twice at once shows here, inside the savepoint
    return results


class _Judge:
    """Whether entries can be true and are the actor's to tell; everything that is needed is read at once."""

    def __init__(
        self, given: list[VisitLogEntry], *, actor: Actor, received_at: datetime, zone: ZoneInfo, is_vouched: bool
    ) -> None:
        self._actor = actor
        self._received_at = received_at
        self._is_trusted = is_vouched or actor.is_system
        self._zone = zone
        self._elders = elders.find_known({entry.elder_id for entry in given})
        self._carers = set(carers.find_carer_names({entry.carer_id for entry in given}))
        self._own_id = carers.find_carer_id(actor.account_id) if actor.account_id else None
        self._services: dict[str, InvalidError | None] = {}
        self._scopes: dict[date, frozenset[UUID]] = {}
        # phones that were offline meanwhile know a record that went into another by its old id: it is one person
        self._merged = elders.find_merged(self._elders)
        self._merged |= elders.find_absorbed({*self._elders, *self._merged.values()})
        self._old_areas = elders.find_last_areas(self._merged)

    def find_refusal(self, entry: VisitLogEntry, *, visit: Visit | None) -> DispatchError | None:
        """Find why an entry is refused, or None."""
        if not self._is_trusted and entry.carer_id != self._own_id:
            return NotOwnLogError()
        if entry.elder_id not in self._elders or not self._is_in_scope(entry):
            return elders.ElderNotFoundError(elder_id=entry.elder_id)
        if entry.carer_id not in self._carers:
            return InvalidLogError(fields={"carer_id": [NO_SUCH_CARER]})
        if entry.visit_id and not self._is_of(visit, entry=entry):
            return VisitNotFoundError(visit_id=entry.visit_id)
        return self._find_time_fault(entry, visit=visit) or self._find_service_fault(entry.service_code)

    def _find_time_fault(self, entry: VisitLogEntry, *, visit: Visit | None) -> DispatchError | None:
        if entry.finished_at < entry.started_at:
            return InvalidLogError(fields={"finished_at": [BACKWARDS]})
        if visit is None or visit.purpose != VisitPurpose.SERVICE:
            return None
        latest_at = max(entry.finished_at, entry.device_at)
        try:
            check_times(visit, started_at=entry.started_at, latest_at=latest_at, received_at=self._received_at)
        except (InvalidLogError, VisitTooEarlyError) as refusal:
            return refusal
        return None

    def _is_of(self, visit: Visit | None, *, entry: VisitLogEntry) -> bool:
        if visit is None or visit.carer_id != entry.carer_id:
            return False
        return self._name(visit.elder_id) == self._name(entry.elder_id)

    def _name(self, elder_id: UUID) -> UUID:
        """Give the record that stands for an elder now."""
        return self._merged.get(elder_id, elder_id)

    def _is_in_scope(self, entry: VisitLogEntry) -> bool:
        on = service_date(entry.started_at, self._zone)
        if self._is_trusted:
            return True
        if on not in self._scopes:
            self._scopes[on] = frozenset(map(self._name, self._own_elders(on)))
        person = self._name(entry.elder_id)
        if person in self._scopes[on]:
            return True
        # a community worker also steps in for others of the same area
        homes = {*elders.find_area_codes([person], on=on).values(), self._old_areas.get(entry.elder_id, "-")}
        return any(self._actor.covers_area(home, Role.COMMUNITY_WORKER) for home in homes)

    def _own_elders(self, on: date) -> frozenset[UUID]:
        if self._own_id is None:
            return frozenset()
        begin, end = start_of(on, self._zone), start_of(on + DAY, self._zone)
        visited = find_visited_on(self._own_id, from_at=begin, to_at=end)
        has_caseload = self._actor.has_role(Role.COMMUNITY_WORKER)
        return visited | find_caseload(self._own_id, on=on) if has_caseload else visited

    def _find_service_fault(self, service_code: str) -> InvalidError | None:
        if service_code not in self._services:
            try:
                directory.get_code("service", code=service_code, field="service_code")
                self._services[service_code] = None
            except InvalidError as fault:
                self._services[service_code] = fault
        return self._services[service_code]


def check_times(visit: Visit, *, started_at: datetime, latest_at: datetime, received_at: datetime) -> None:
    """
    Refuse a service that began too long before its window, or of which the phone tells what has not happened yet.

    Raises VisitTooEarlyError and InvalidLogError.
    """
    check_span(visit.window_from_at, started_at=started_at, latest_at=latest_at, received_at=received_at)


def check_span(window_from_at: datetime, *, started_at: datetime, latest_at: datetime, received_at: datetime) -> None:
    """Refuse what `check_times` refuses, for a service that is asked for from an instant on."""
    earliest_at = window_from_at - EARLIEST_START
    if started_at < earliest_at:
        early_min = int(EARLIEST_START.total_seconds()) // 60
        raise VisitTooEarlyError(earliest_at=earliest_at.isoformat(), early_min=early_min)
    if latest_at > received_at + CLOCK_TOLERANCE:
        late = "started_at" if latest_at == started_at else "finished_at"
        raise InvalidLogError(fields={late: [AHEAD]})


def _row(entry: VisitLogEntry, *, received_at: datetime, body_sha256: str) -> VisitLog:
    return VisitLog(
        id=entry.log_id,
        visit_id=entry.visit_id,
        elder_id=entry.elder_id,
        carer_id=entry.carer_id,
        service_code=entry.service_code,
        mode=str(entry.mode),
        outcome=str(entry.outcome),
        started_at=entry.started_at.astimezone(UTC),
        finished_at=entry.finished_at.astimezone(UTC),
        place=str(entry.place),
        device_at=entry.device_at.astimezone(UTC),
        received_at=received_at.astimezone(UTC),
        fix_lon=entry.fix_ll[0] if entry.fix_ll else None,
        fix_lat=entry.fix_ll[1] if entry.fix_ll else None,
        fix_accuracy_m=entry.fix_accuracy_m,
        checklist_version=entry.checklist_version,
        answers=entry.answers,
        verdict=str(_verdict(entry, received_at=received_at)),
        body_sha256=body_sha256,
    )


def _verdict(entry: VisitLogEntry, *, received_at: datetime) -> Verdict:
    is_early = max(entry.finished_at, entry.device_at) > received_at + CLOCK_TOLERANCE
    return Verdict.NEEDS_REVIEW if is_early else Verdict.ACCEPTED


def _tell(log: LogFacts, *, actor: Actor) -> None:
    journal.append(
        "visit_log.received",
        actor=actor,
        at=log.received_at,
        subject_id=log.log_id,
        elder_id=str(log.elder_id),
        carer_id=str(log.carer_id),
        visit_id=str(log.visit_id) if log.visit_id else None,
        service_code=log.service_code,
        mode=str(log.mode),
        outcome=str(log.outcome),
        started_at=log.started_at.isoformat(),
    )


def _finish(visit: Visit, *, log: LogFacts, actor: Actor) -> None:
    """Finish the planned visit; one that was canceled or finished before stays as it is, the log stands beside it."""
    if visit.status not in FINISHABLE:
        return
    visit.status, visit.outcome = str(VisitStatus.FINISHED), str(log.outcome)
    withdraw_deadline(MISSED, key=str(visit.id), at=log.received_at)
    journal.append(
        "visit.finished",
        actor=actor,
        at=log.received_at,
        subject_id=visit.id,
        elder_id=str(log.elder_id),
        log_id=str(log.log_id),
        outcome=str(log.outcome),
    )


def _hash(entry: VisitLogEntry) -> str:
    """Give the same text for the same content, however its instants were written."""
    content = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()
        content[field.name] = str(value) if isinstance(value, UUID) else value
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
