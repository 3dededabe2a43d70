"""Calendar feeds: secret addresses of one's own, and what a calendar program reads there without signing in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Response, g, request

from dispatch import calendars, clock, storage
from dispatch.actor import Role
from dispatch.api.access import account_id, actor, log_access, open_to, open_to_anyone, settings
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.calendars import CalendarFeedsSchema, CalendarFeedWishSchema, CalendarFeedWithPathSchema
from dispatch.journal import AccessPurpose

if TYPE_CHECKING:
    from uuid import UUID

HOLDERS = (Role.ELDER, Role.FAMILY, Role.CARER, Role.COMMUNITY_WORKER)
ICALENDAR = "text/calendar"
PURPOSES = {
    calendars.FeedKind.ELDER: AccessPurpose.OWN,
    calendars.FeedKind.CARER: AccessPurpose.VISIT,
}

bp = Blueprint("calendars", __name__, url_prefix="/v1", description="Visits and services in a calendar program")


@bp.get("/me/calendars")
@open_to(*HOLDERS)
@bp.response(200, CalendarFeedsSchema)
def list_own() -> dict[str, Any]:
    """List the calendar addresses of one's own; their secret parts are not kept."""
    with storage.reading():
        return {"items": calendars.find_feeds(account_id())}


@bp.post("/me/calendars")
@open_to(*HOLDERS)
@bp.arguments(CalendarFeedWishSchema)
@bp.response(201, CalendarFeedWithPathSchema)
def issue(wish: dict[str, Any]) -> dict[str, Any]:
    """Make a secret address for a calendar program: of one's own visits, or of an elder whom one is bound to."""
    with storage.transaction():
        made = calendars.issue_feed(**wish, actor=actor(), at=clock.utc_now())
    return asdict(made) | {"path": f"{bp.url_prefix}/calendars/{made.token}.ics"}


@bp.delete("/me/calendars/<uuid:calendar_id>")
@open_to(*HOLDERS)
@bp.response(204)
def revoke(calendar_id: UUID) -> None:
    """End a calendar address of one's own at once: a phone that was lost, say."""
    with storage.transaction():
        calendars.revoke_feed(calendar_id, actor=actor(), at=clock.utc_now())


@bp.get("/calendars/<string:token>.ics")
@open_to_anyone
@bp.response(200, {"type": "string"}, content_type=ICALENDAR)
@bp.doc(responses={"304": {"description": "Not modified: the program's copy (`If-None-Match`) is the present one"}})
def show(token: str) -> Response:
    """Give a calendar (RFC 5545): 30 days back and 60 ahead, with service and first character of the name only."""
    now, zone = clock.utc_now(), settings().time_zone
    with storage.transaction():
        feed, g.actor = calendars.read_feed(token, at=now, zone=zone)
        log_access(sorted(feed.elder_ids), purpose=PURPOSES[feed.kind])
    reply = Response(calendars.write_calendar(feed.entries, kind=feed.kind, zone=zone), content_type=ICALENDAR)
    reply.headers["Cache-Control"] = "private, no-cache"
    reply.headers["Content-Disposition"] = 'attachment; filename="dispatch.ics"'
    reply.add_etag()
    reply.make_conditional(request)
    return reply
