"""When sites are closed for a while, and which days are holidays or make-up workdays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from dispatch import clock, directory, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.problems import RequestError
from dispatch.api.schemas.hours import CalendarDaySchema, CalendarSchema, DayKindSchema, NewClosureSchema, YearQuery
from dispatch.api.schemas.sites import ClosureSchema

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.directory import Closure

bp = Blueprint("hours", __name__, url_prefix="/v1", description="Closures, holidays and make-up workdays")


@bp.post("/sites/<uuid:site_id>/closures")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER, Role.COORDINATOR)
@bp.arguments(NewClosureSchema)
@bp.response(201, ClosureSchema)
def close_site(wish: dict[str, Any], site_id: UUID) -> dict[str, Any]:
    """Close a site for a while; this wins over its weekly hours."""
    with storage.transaction():
        return closure_out(directory.close_site(site_id, **wish, actor=actor(), at=clock.utc_now()))


@bp.delete("/sites/<uuid:site_id>/closures/<uuid:closure_id>")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER, Role.COORDINATOR)
@bp.response(204)
def end_closure(site_id: UUID, closure_id: UUID) -> None:
    """End a closure now; one that has not begun is called off."""
    with storage.transaction():
        directory.end_closure(site_id, closure_id=closure_id, actor=actor(), at=clock.utc_now())


@bp.get("/calendar")
@open_to_anyone
@conditional
@bp.arguments(YearQuery, location="query")
@bp.response(200, CalendarSchema)
def show_calendar(query: dict[str, Any]) -> dict[str, Any]:
    """Show holidays and make-up workdays of a year; a year without notice is marked as estimated."""
    with storage.reading():
        return {"year": query["year"], "days": directory.read_calendar().days(query["year"])}


@bp.put("/calendar/<string:day>")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
@bp.arguments(DayKindSchema)
@bp.response(200, CalendarDaySchema)
def put_day(wish: dict[str, Any], day: str) -> dict[str, Any]:
    """Let a day (YYYY-MM-DD) count as holiday, workday or ordinary day; this wins over the built-in calendar."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise RequestError(404) from None
    with storage.transaction():
        directory.put_calendar_day(on, **wish, actor=actor(), at=clock.utc_now())
    return {"on": on, **wish, "is_estimated": False}


def closure_out(closure: Closure) -> dict[str, Any]:
    """Give the fields of a closure."""
    return {name: getattr(closure, name) for name in ClosureSchema().fields}
