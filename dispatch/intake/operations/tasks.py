"""Raising what a supervisor has to look at, and closing it when its cause is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.intake.models import SupervisorTask
from dispatch.intake.operations.scope import CareRequestNotFoundError
from dispatch.intake.queries import find_row
from dispatch.intake.values import TaskStatus
from dispatch.storage import among, new_id, savepoint, session

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.intake.values import CloseReason, TaskKind


def raise_task(request_id: UUID, *, kind: TaskKind, actor: Actor, at: datetime, reason: str | None = None) -> UUID:
    """
    Have a supervisor of the request's area look at it; gives the task's id.

    While a task of the same kind is open for the request it is that one, and nothing changes. `reason` is a code and
    never a text that a person wrote. Journal: supervisor_task.raised.

    Raises CareRequestNotFoundError where there is no such request.
    """
    request = find_row(request_id)
    if request is None:
        raise CareRequestNotFoundError(care_request_id=request_id)
    known = _find_open(request_id, kind=kind)
    if known is not None:
        return known
    row = SupervisorTask(
        id=new_id(),
        kind=kind.value,
        care_request_id=request_id,
        area_code=request.area_code,
        raised_at=at,
        reason=reason,
        status=TaskStatus.OPEN.value,
    )
    try:
        with savepoint():
            session().add(row)
            session().flush()  # the unique index decides who comes first
    except sa.exc.IntegrityError:
        known = _find_open(request_id, kind=kind)
        if known is None:
            raise
        return known
    journal.append(
        "supervisor_task.raised",
        actor=actor,
        at=at,
        subject_id=row.id,
        reason=reason,
        care_request_id=str(request_id),
        task_kind=kind.value,
        area_code=request.area_code,
    )
    return row.id


def close_tasks(
    request_id: UUID,
    *,
    reason: CloseReason,
    actor: Actor,
    at: datetime,
    kinds: Collection[TaskKind] | None = None,
) -> int:
    """Close the open tasks of one request; see `close_tasks_of`."""
    return close_tasks_of([request_id], reason=reason, actor=actor, at=at, kinds=kinds)


def close_tasks_of(
    request_ids: Collection[UUID],
    *,
    reason: CloseReason,
    actor: Actor,
    at: datetime,
    kinds: Collection[TaskKind] | None = None,
) -> int:
    """
    Close the open tasks of requests, of some kinds or all, because their cause is gone; gives how many.

    Journal: supervisor_task.closed for each.
    """
    wanted = sa.select(SupervisorTask).where(
        among(SupervisorTask.care_request_id, ids=request_ids), SupervisorTask.status == TaskStatus.OPEN.value
    )
    if kinds is not None:
        wanted = wanted.where(SupervisorTask.kind.in_(sorted(kind.value for kind in kinds)))
    locked = wanted.order_by(SupervisorTask.id).with_for_update().execution_options(populate_existing=True)
    rows = session().scalars(locked).all()
    if not rows:
        return 0
    session().execute(
        sa.update(SupervisorTask)
        .where(among(SupervisorTask.id, ids=[row.id for row in rows]))
        .values(_closed(reason=reason, actor=actor, at=at) | {"version": SupervisorTask.version + 1})
        .execution_options(synchronize_session=False)
    )
    entries = [("supervisor_task.closed", row.id, _tell(row)) for row in rows]
    for row in rows:
        session().expire(row)
    journal.append_all(entries, actor=actor, at=at, reason=reason.value)
    return len(rows)


def close(row: SupervisorTask, *, reason: CloseReason, actor: Actor, at: datetime) -> None:
    """Close one open task."""
    for name, value in _closed(reason=reason, actor=actor, at=at).items():
        setattr(row, name, value)
    journal.append("supervisor_task.closed", actor=actor, at=at, subject_id=row.id, reason=reason.value, **_tell(row))


def _closed(*, reason: CloseReason, actor: Actor, at: datetime) -> dict[str, object]:
    return {
        "status": TaskStatus.CLOSED.value,
        "closed_at": at,
        "closed_by": actor.account_id,
        "close_reason": reason.value,
    }


def _tell(row: SupervisorTask) -> dict[str, str]:
    return {"care_request_id": str(row.care_request_id), "task_kind": row.kind, "area_code": row.area_code}


def _find_open(request_id: UUID, *, kind: TaskKind) -> UUID | None:
    return session().scalar(
        sa.select(SupervisorTask.id).where(
            SupervisorTask.care_request_id == request_id,
            SupervisorTask.kind == kind.value,
            SupervisorTask.status == TaskStatus.OPEN.value,
        )
    )
