"""What waits for a supervisor: requests that found nobody, that are late, that lost their carer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch import clock, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.care_requests import log_looks
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional, version_wanted, with_version
from dispatch.api.schemas.sla import (
    ClosingSchema,
    SupervisorTaskSchema,
    SupervisorTasksQuery,
    SupervisorTasksSchema,
)

bp = Blueprint("supervisor_tasks", __name__, url_prefix="/v1", description="What waits for a supervisor")


@bp.get("/supervisor-tasks")
@open_to(Role.DISTRICT_OFFICER, Role.OPERATOR)
@bp.arguments(SupervisorTasksQuery, location="query")
@bp.response(200, SupervisorTasksSchema)
def list_tasks(query: dict[str, Any]) -> dict[str, Any]:
    """List what waits for a supervisor in one's areas, those raised last first; leaves access lines."""
    wanted = intake.TaskFilter(area_code=query["area"], kind=query["kind"], status=query["status"])
    place = query["cursor"]
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    with storage.transaction():
        page = intake.find_tasks(actor(), wanted=wanted, limit=query["limit"], after=after)
        log_looks(page.tasks)
    end = page.next_place
    return {
        "items": page.tasks,
        "next_cursor": encode_cursor(end[0].isoformat(), str(end[1])) if end else None,
    }


@bp.get("/supervisor-tasks/<uuid:task_id>")
@open_to(Role.DISTRICT_OFFICER, Role.OPERATOR)
@conditional
@bp.response(200, SupervisorTaskSchema)
def show(task_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Show one task of one's areas; leaves an access line for the request's elder."""
    with storage.transaction():
        card = intake.get_task(task_id, actor=actor())
        log_looks([card])
    return with_version(card, card.version)


@bp.post("/supervisor-tasks/<uuid:task_id>/closing")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(ClosingSchema)
@bp.response(200, SupervisorTaskSchema)
def close(wish: dict[str, Any], task_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Close a task with a reason; the version read before goes into If-Match."""
    version = version_wanted()
    with storage.transaction():
        card = intake.close_task(
            task_id, reason=wish["reason"], expected_version=version, actor=actor(), now=clock.utc_now()
        )
        log_looks([card])
    return with_version(card, card.version)
