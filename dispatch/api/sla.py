"""Requests that were not accepted or not begun in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch import clock, dates, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.care_requests import log_looks
from dispatch.api.coverage import span_of
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.sla import BreachCountsQuery, BreachCountsSchema, BreachesQuery, BreachesSchema

bp = Blueprint("sla", __name__, url_prefix="/v1", description="Clocks of requests that ran past their limits")


@bp.get("/sla/breaches")
@open_to(Role.DISTRICT_OFFICER, Role.OPERATOR, Role.COORDINATOR)
@bp.arguments(BreachesQuery, location="query")
@bp.response(200, BreachesSchema)
def list_breaches(query: dict[str, Any]) -> dict[str, Any]:
    """List clocks of requests past their limits, the latest due first, as they stand now; leaves access lines."""
    wanted, _ = _wanted(query)
    place = query["cursor"]
    after = (datetime.fromisoformat(place[0]), UUID(place[1]), intake.Clock(place[2]), place[3]) if place else None
    with storage.transaction():
        page = intake.find_breaches(actor(), wanted=wanted, now=clock.utc_now(), limit=query["limit"], after=after)
        log_looks(page.breaches)
    end = page.next_place
    return {
        "items": page.breaches,
        "next_cursor": encode_cursor(end[0].isoformat(), str(end[1]), end[2].value, end[3]) if end else None,
    }


@bp.get("/sla/breach-counts")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.arguments(BreachCountsQuery, location="query")
@bp.response(200, BreachCountsSchema)
def count_breaches(query: dict[str, Any]) -> dict[str, Any]:
    """Count clocks that ran past their limits by area; planners ask for one month, and see no small counts."""
    now, zone = clock.utc_now(), settings().time_zone
    span = {name: query[name] for name in ("from_on", "to_on")}
    if not any(span.values()) and not actor().covers_area(query["area"], Role.DISTRICT_OFFICER):
        span = dict(zip(span, dates.month_span(f"{dates.service_date(now, zone):%Y-%m}"), strict=True))
    wanted, (from_on, to_on) = _wanted(query | span | {"area": None})
    with storage.reading():
        found = intake.count_breaches(
            query["area"], actor=actor(), level=query["level"], wanted=wanted, now=now, zone=zone
        )
    return {"items": found, "from_on": from_on, "to_on": to_on}


def _wanted(query: dict[str, Any]) -> tuple[intake.BreachFilter, tuple[Any, Any]]:
    from_on, to_on = span_of(query)
    zone = settings().time_zone
    wanted = intake.BreachFilter(
        area_code=query["area"],
        urgency=query.get("urgency"),
        clock=query.get("clock"),
        from_at=dates.start_of(from_on, zone),
        to_at=dates.start_of(to_on, zone),
        is_open=query.get("is_open"),
    )
    return wanted, (from_on, to_on)
