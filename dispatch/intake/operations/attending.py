"""Services given at a site, where no carer is on the way: the coordinator of the site records who was there."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from dispatch import visits
from dispatch.actor import Role
from dispatch.errors import ConflictError, InvalidError
from dispatch.intake.models import Attendance
from dispatch.intake.operations.doing import UNDER_WAY, settle
from dispatch.intake.operations.moving import MoveNotAllowedError, refuse_move
from dispatch.intake.operations.proving import find_attendance, find_standing_visits
from dispatch.intake.operations.scope import load_visible
from dispatch.intake.values import AttendanceCard, RequestStatus
from dispatch.storage import session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.intake.models import CareRequest
    from dispatch.intake.values import AttendanceWish

NO_START = Words("要写明开始时间。", "Say when it began.")
NO_END = Words("要写明结束时间。", "Say when it ended.")
NO_OUTCOME = Words("要写明结果。", "Say what came of it.")
BACKWARDS = Words("结束时间早于开始时间。", "It ends before it starts.")
OTHER = Words("与已记录的不同。", "Another one is on record.")


class InvalidAttendanceError(InvalidError):
    """What is recorded of a service at a site cannot be, or lacks an element."""

    slug = "attendance-invalid"
    title = Words("到站服务记录填写有误", "The attendance is not valid")


class ServedByCarersError(ConflictError):
    """Carers go to this elder: their visits are the proof."""

    slug = "served-by-carers"
    title = Words("这项服务有人上门，不记到站", "Carers serve this request")
    detail = Words(
        "由上门人员或机构调度员记录每次上门：POST /v1/visits/…/start、POST /v1/visits/…/finish。",
        "The carer or the coordinator records each visit: POST /v1/visits/…/start and …/finish.",
    )


class AttendanceRecordedError(ConflictError):
    """Somebody recorded it before under another id."""

    slug = "attendance-recorded"
    title = Words("这次到站服务已有记录", "The attendance is on record already")
    detail = Words(
        "已有记录 {attendance_id}；要补记结束，用这个编号。", "It is {attendance_id}: send its end under this id."
    )


def record_attendance(request_id: UUID, *, wish: AttendanceWish, actor: Actor, now: datetime) -> AttendanceCard:
    """
    Record that a service at a site began, that it ended, or both; the end completes the request, or lets it fail.

    The same record again, whole or in parts, changes nothing. The provider and the place are the site that serves.

    Raises
    ------
    CareRequestNotFoundError, MoveNotAllowedError
        Where the request is outside the actor's scope, or the actor does not coordinate who serves it.
    ServedByCarersError
        Where carers go to the elder.
    AttendanceRecordedError
        Where another record is there.
    InvalidAttendanceError
        Where start, end or outcome is missing, is another than before, or the end is before the start.
    IllegalMoveError, visits.VisitTooEarlyError, visits.InvalidLogError
        Where the request is not scheduled, or the times cannot be.

    """
    row, roles = load_visible(request_id, actor=actor, is_locked=True)
    if roles is not None and Role.COORDINATOR not in roles:
        raise MoveNotAllowedError(care_request_id=row.id)
    if find_standing_visits(row.id):
        raise ServedByCarersError(care_request_id=row.id)
    kept = find_attendance(row.id, is_locked=True)
    if kept is not None and kept.id != wish.attendance_id:
        raise AttendanceRecordedError(attendance_id=kept.id)
    _check(wish, kept=kept)
    if kept is not None and (wish.finished_at is None or kept.finished_at is not None):
        return show_attendance(kept)
    if row.status not in UNDER_WAY or row.service_at_site_id is None:
        refuse_move(row, to=RequestStatus.COMPLETED if wish.finished_at else RequestStatus.IN_PROGRESS)
    if kept is None:
        kept = _begin(row, wish=wish, now=now)
    if wish.finished_at is not None:
        visits.check_span(
            row.window_from_at,
            started_at=kept.started_at,
            latest_at=max(wish.finished_at, wish.device_at),
            received_at=now,
        )
        kept.finished_at, kept.outcome = wish.finished_at.astimezone(UTC), str(wish.outcome)
        kept.finish_device_at, kept.finish_received_at = wish.device_at.astimezone(UTC), now
    settle(row, actor=actor, now=now)
    return show_attendance(kept)


def show_attendance(row: Attendance) -> AttendanceCard:
    """Give a row as a value."""
    return AttendanceCard(
        attendance_id=row.id,
        care_request_id=row.care_request_id,
        elder_id=row.elder_id,
        service_at_site_id=row.service_at_site_id,
        service_code=row.service_code,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=visits.VisitOutcome(row.outcome) if row.outcome else None,
        received_at=row.received_at,
        finish_received_at=row.finish_received_at,
    )


def _begin(row: CareRequest, *, wish: AttendanceWish, now: datetime) -> Attendance:
    if wish.started_at is None or row.service_at_site_id is None:
        raise InvalidAttendanceError(fields={"started_at": [NO_START]})
    visits.check_span(
        row.window_from_at,
        started_at=wish.started_at,
        latest_at=max(wish.started_at, wish.device_at),
        received_at=now,
    )
    made = Attendance(
        id=wish.attendance_id,
        care_request_id=row.id,
        elder_id=row.elder_id,
        service_at_site_id=row.service_at_site_id,
        service_code=row.service_code,
        started_at=wish.started_at.astimezone(UTC),
        device_at=wish.device_at.astimezone(UTC),
        received_at=now,
    )
    session().add(made)
    return made


def _check(wish: AttendanceWish, *, kept: Attendance | None) -> None:
    faults: dict[str, list[Words | str]] = {}
    started_at = kept.started_at if kept else wish.started_at
    if started_at is None:
        faults["started_at"] = [NO_START]
    elif wish.started_at not in {None, started_at}:
        faults["started_at"] = [OTHER]
    if wish.finished_at is None and wish.outcome is not None:
        faults["finished_at"] = [NO_END]
    elif wish.finished_at is not None and wish.outcome is None:
        faults["outcome"] = [NO_OUTCOME]
    elif wish.finished_at is not None and started_at is not None and wish.finished_at < started_at:
        faults["finished_at"] = [BACKWARDS]
    elif kept is not None and None not in {kept.finished_at, wish.finished_at} and _is_other(wish, kept=kept):
        faults["finished_at"] = [OTHER]
    if faults:
        raise InvalidAttendanceError(fields=faults)


def _is_other(wish: AttendanceWish, *, kept: Attendance) -> bool:
    return (wish.finished_at, str(wish.outcome)) != (kept.finished_at, kept.outcome)
