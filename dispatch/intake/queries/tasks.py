"""Reads of what waits for a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.intake.models import CareRequest, SupervisorTask
from dispatch.intake.values import (
    CloseReason,
    RequestStatus,
    TaskCard,
    TaskKind,
    TaskPage,
    TaskStatus,
    Urgency,
)
from dispatch.storage import session

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.intake.values import TaskFilter


def find_task(task_id: UUID, *, is_locked: bool = False) -> SupervisorTask | None:
    """Find a task's row; with `is_locked` nobody else changes it until this transaction ends."""
    query = sa.select(SupervisorTask).where(SupervisorTask.id == task_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def find_task_page(
    prefixes: tuple[str, ...], *, wanted: TaskFilter, limit: int, after: tuple[datetime, UUID] | None
) -> TaskPage:
    """Find one page of the tasks in areas, those that were raised last first."""
    row = SupervisorTask
    query = (
        sa.select(row, CareRequest)
        .join(CareRequest, CareRequest.id == row.care_request_id)
        .where(sa.or_(sa.false(), *(row.area_code.startswith(each, autoescape=True) for each in prefixes)))
    )
    if wanted.area_code:
        query = query.where(row.area_code.startswith(wanted.area_code, autoescape=True))
    if wanted.kind:
        query = query.where(row.kind == wanted.kind)
    if wanted.status:
        query = query.where(row.status == wanted.status)
    if after:
        raised_at, task_id = after
        query = query.where(sa.or_(row.raised_at < raised_at, sa.and_(row.raised_at == raised_at, row.id < task_id)))
    found = session().execute(query.order_by(row.raised_at.desc(), row.id.desc()).limit(limit + 1)).all()
    cards = [to_task_card(task, request=request) for task, request in found[:limit]]
    last = cards[-1] if len(found) > limit else None
    return TaskPage(tasks=cards, next_place=(last.raised_at, last.id) if last else None)


def to_task_card(row: SupervisorTask, *, request: CareRequest | None = None) -> TaskCard:
    """Show a task with its request's service and state."""
    about = request or session().get_one(CareRequest, row.care_request_id)
    return TaskCard(
        id=row.id,
        kind=TaskKind(row.kind),
        care_request_id=row.care_request_id,
        elder_id=about.elder_id,
        area_code=row.area_code,
        service_code=about.service_code,
        urgency=Urgency(about.urgency),
        request_status=RequestStatus(about.status),
        reason=row.reason,
        raised_at=row.raised_at,
        status=TaskStatus(row.status),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        close_reason=CloseReason(row.close_reason) if row.close_reason else None,
        version=row.version,
    )


def count_open_tasks() -> dict[str, int]:
    """Count the open tasks of the whole house by kind."""
    rows = session().execute(
        sa.select(SupervisorTask.kind, sa.func.count())
        .where(SupervisorTask.status == TaskStatus.OPEN.value)
        .group_by(SupervisorTask.kind)
    )
    return {kind: count for kind, count in rows}  # noqa: C416 - rows are no pairs to the type checker
