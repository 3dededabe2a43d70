"""What keeps a visit from going as planned, told by whoever is on the way or at the door."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dispatch import journal
from dispatch.errors import InvalidError
from dispatch.storage import savepoint, session
from dispatch.visits.models import VisitProblem
from dispatch.visits.operations.doing import illegal, lock_visit
from dispatch.visits.queries import chunks
from dispatch.visits.rules import MOVES_ALLOWED
from dispatch.visits.values import CLOCK_TOLERANCE, VisitStatus
from dispatch.visits.values.problems import LATE_MAX_MIN, ProblemFacts, ProblemKind
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.visits.queries import Ids
    from dispatch.visits.values.problems import ProblemReport

LONG_NUMBER: Final = re.compile(r"\d(?:[\s-]?\d){6,}")
"""Seven digits and more are a telephone's or an identity card's."""

MINUTES_WANTED = Words(f"写明要晚到几分钟（1 到 {LATE_MAX_MIN}）。", f"Say how many minutes late, 1 to {LATE_MAX_MIN}.")
NO_MINUTES = Words("只有“要晚到”才写分钟数。", "Minutes go with running late only.")
NOTE_WANTED = Words("用一句话写明是什么问题。", "Say in a sentence what it is.")
NO_NUMBERS = Words("不要写电话、证件号等号码。", "Leave out telephone and identity numbers.")
BEFORE: Final = timedelta(days=1)
"""P: a phone may tell late what kept a visit, and a day ahead what will; further apart it is another visit's."""
LONG_AGO = Words("太早，不会是这次上门的事；请核对时间。", "Too long ago to be about this visit; check the time.")
AHEAD = Words("晚于现在；请先校准手机时间。", "Later than now; set the phone's clock first.")


class InvalidProblemError(InvalidError):
    """What a report tells cannot be true or is not enough."""

    slug = "invalid-visit-problem"
    title = Words("上报的问题填写有误", "The report is not valid")


class ProblemIdReusedError(InvalidError):
    """The id of a report was used before, for another one."""

    slug = "problem-id-reused"
    title = Words("这个上报编号已用于另一个问题", "This problem id was used for another report")
    detail = Words(
        "换一个新的 problem_id 再上报，或者原样重发第一次的内容。",
        "Send a new problem_id, or repeat the first report unchanged.",
    )


def report_problem(visit_id: UUID, *, report: ProblemReport, actor: Actor, received_at: datetime) -> ProblemFacts:
    """
    Keep that something keeps a visit from going as planned; the same id again is the same report.

    The visit itself does not change. Whether the actor may is the caller's to check. Journal: visit.problem_reported,
    without the note.

    Raises
    ------
    VisitNotFoundError, ProblemIdReusedError
        Where there is no such visit; where the id was used for another report.
    IllegalVisitMoveError
        Where the visit has ended or was canceled.
    InvalidProblemError
        Where minutes or note are missing or out of place, or the time cannot be.

    """
    row = lock_visit(visit_id)
    kept = session().get(VisitProblem, report.problem_id)
    if kept is not None:
        told = (kept.visit_id, kept.kind, kept.late_min, kept.happened_at, kept.device_at)
        if told != (visit_id, report.kind.value, report.late_min, report.happened_at, report.device_at):
            raise ProblemIdReusedError(problem_id=report.problem_id)
        return problem_facts(kept, is_repeated=True)
    _check(report, earliest_at=min(row.window_from_at, received_at) - BEFORE, received_at=received_at)
    if not MOVES_ALLOWED[VisitStatus(row.status)]:
        raise illegal(row)
    made = VisitProblem(
        id=report.problem_id,
        visit_id=visit_id,
        elder_id=row.elder_id,
        carer_id=row.carer_id,
        kind=report.kind.value,
        late_min=report.late_min,
        note=report.note,
        told_by=actor.account_id,
        happened_at=report.happened_at.astimezone(UTC),
        device_at=report.device_at.astimezone(UTC),
        received_at=received_at,
    )
    try:
        with savepoint():
            session().add(made)
            session().flush()  # an id that was used for another visit at the same moment shows here
    except IntegrityError:
        raise ProblemIdReusedError(problem_id=report.problem_id) from None
    journal.append(
        "visit.problem_reported",
        actor=actor,
        at=received_at,
        subject_id=visit_id,
        reason=report.kind.value,
        elder_id=str(row.elder_id),
        carer_id=str(row.carer_id) if row.carer_id else None,
        problem_id=str(report.problem_id),
        late_min=report.late_min,
    )
    return problem_facts(made)


def find_problems(visit_ids: Ids) -> dict[UUID, list[ProblemFacts]]:
    """Find what was reported of visits (ids, or the query that finds them), by visit and as it was received."""
    found: dict[UUID, list[ProblemFacts]] = {}
    for ids in chunks(visit_ids):
        query = sa.select(VisitProblem).where(VisitProblem.visit_id.in_(ids))
        for row in session().scalars(query.order_by(VisitProblem.received_at, VisitProblem.id)):
            found.setdefault(row.visit_id, []).append(problem_facts(row))
    return found


def problem_facts(row: VisitProblem, *, is_repeated: bool = False) -> ProblemFacts:
    """Give a row as a value."""
    return ProblemFacts(
        problem_id=row.id,
        visit_id=row.visit_id,
        elder_id=row.elder_id,
        carer_id=row.carer_id,
        kind=ProblemKind(row.kind),
        late_min=row.late_min,
        note=row.note,
        told_by=row.told_by,
        happened_at=row.happened_at,
        device_at=row.device_at,
        received_at=row.received_at,
        is_repeated=is_repeated,
    )


def _check(report: ProblemReport, *, earliest_at: datetime, received_at: datetime) -> None:
    faults: dict[str, list[Words | str]] = {}
    if report.kind is ProblemKind.RUNNING_LATE and report.late_min is None:
        faults["late_min"] = [MINUTES_WANTED]
    if report.kind is not ProblemKind.RUNNING_LATE and report.late_min is not None:
        faults["late_min"] = [NO_MINUTES]
    if report.kind is ProblemKind.OTHER and not report.note:
        faults["note"] = [NOTE_WANTED]
    if report.note and LONG_NUMBER.search(report.note):
        faults["note"] = [NO_NUMBERS]
    if report.happened_at > received_at + CLOCK_TOLERANCE:
        faults["happened_at"] = [AHEAD]
    if report.happened_at < earliest_at:
        faults["happened_at"] = [LONG_AGO]
    if faults:
        raise InvalidProblemError(fields=faults)
