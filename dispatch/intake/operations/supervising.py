"""Reading and closing what waits for a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import areas
from dispatch.actor import Role
from dispatch.errors import ConflictError, InvalidError, NotFoundError
from dispatch.intake.operations.tasks import close
from dispatch.intake.queries import find_task, find_task_page, to_task_card
from dispatch.intake.values import OFFICERS_REASONS, TaskStatus
from dispatch.storage import check_version, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.intake.models import SupervisorTask
    from dispatch.intake.values import CloseReason, TaskCard, TaskFilter, TaskPage

READERS = (Role.DISTRICT_OFFICER, Role.OPERATOR)


class TaskNotFoundError(NotFoundError):
    """There is no such task, or it lies outside the reader's areas."""

    slug = "supervisor-task-not-found"
    title = Words("没有这项待办，或者不归你管", "No such task, or not in your area")


class TaskClosedError(ConflictError):
    """The task was closed already."""

    slug = "supervisor-task-closed"
    title = Words("这项待办已经办结", "The task is closed already")
    detail = Words(
        "{closed_at} 已办结；原因再次出现时，系统会另开一项。",
        "It was closed at {closed_at}; where its cause comes up again there will be another one.",
    )


class CloseReasonError(InvalidError):
    """The reason is one that only the system gives."""

    slug = "close-reason-invalid"
    title = Words("办结原因有误", "The reason for closing is not valid")


def find_tasks(
    actor: Actor, *, wanted: TaskFilter, limit: int = 50, after: tuple[datetime, UUID] | None = None
) -> TaskPage:
    """
    Find the tasks of the actor's areas, those raised last first.

    Raises AreaNotFoundError where the area that is wanted does not exist or is not the actor's.
    """
    check_area(wanted.area_code, actor=actor)
    return find_task_page(actor.area_prefixes(*READERS), wanted=wanted, limit=limit, after=after)


def get_task(task_id: UUID, *, actor: Actor) -> TaskCard:
    """Give one task; TaskNotFoundError where there is none in the actor's areas."""
    return to_task_card(_load(task_id, actor=actor))


def close_task(task_id: UUID, *, reason: CloseReason, expected_version: int, actor: Actor, now: datetime) -> TaskCard:
    """
    Close a task as an officer. Journal: supervisor_task.closed.

    Raises
    ------
    TaskNotFoundError
        Where there is none in the actor's areas.
    CloseReasonError
        Where the reason is one that only the system gives.
    TaskClosedError
        Where it is closed already.
    VersionConflictError
        Where it changed since it was read.

    """
    if reason not in OFFICERS_REASONS:
        listed = ", ".join(OFFICERS_REASONS)
        raise CloseReasonError(fields={"reason": [Words(f"只能是：{listed}。", f"One of: {listed}.")]})
    row = _load(task_id, actor=actor, is_locked=True)
    if row.status == TaskStatus.CLOSED.value:
        raise TaskClosedError(task_id=row.id, closed_at=row.closed_at.isoformat() if row.closed_at else "")
    check_version(row.version, expected=expected_version)
    close(row, reason=reason, actor=actor, at=now)
    session().flush()  # the version that the reply carries
    return to_task_card(row)


def check_area(area_code: str | None, *, actor: Actor) -> None:
    """Raise AreaNotFoundError where an area does not exist, or lies outside what the actor reads by area."""
    if area_code is None:
        return
    if actor.area_prefixes(*READERS) and not actor.covers_area(area_code, *READERS):
        raise areas.AreaNotFoundError(area_code=area_code)
    areas.get_area(area_code)


def _load(task_id: UUID, *, actor: Actor, is_locked: bool = False) -> SupervisorTask:
    row = find_task(task_id, is_locked=is_locked)
    if row is None or not actor.covers_area(row.area_code, *READERS):
        raise TaskNotFoundError(task_id=task_id)
    return row
