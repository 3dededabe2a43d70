"""One's own feed, and what one wants of short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import make_response

from dispatch import clock, journal, notices, storage
from dispatch.actor import Role
from dispatch.api.access import account_id, actor, log_access, open_to_every_account, settings
from dispatch.api.elders import present_ties, today
from dispatch.api.language import locale
from dispatch.api.paging import PageQuery, encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.notices import (
    FeedSchema,
    MessageSettingsPutSchema,
    MessageSettingsSchema,
    SeenSchema,
    UnseenSchema,
)

if TYPE_CHECKING:
    from flask import Response

    from dispatch.notices import FeedPage, MessageSettings

bp = Blueprint("feed", __name__, url_prefix="/v1", description="One's own feed and message settings")


@bp.get("/me/feed")
@open_to_every_account
@bp.arguments(PageQuery, location="query")
@bp.response(200, FeedSchema)
def show_feed(query: dict[str, Any]) -> Response:
    """Show what happened that concerns one's account, oldest first, from a cursor on."""
    with storage.transaction():
        page = notices.read_feed(
            account_id(),
            actor=actor(),
            ties=present_ties(today()),
            on=today(),
            after_no=int(query["cursor"][0]) if query["cursor"] else None,
            limit=query["limit"],
            locale=locale(),
            zone=settings().time_zone,
        )
        _leave_lines(page)
    reply = make_response(
        {
            "items": FeedSchema(only=["items"]).dump({"items": page.cards})["items"],
            "cursor": encode_cursor(page.last_no),
            "has_more": page.has_more,
            "has_gap": page.has_gap,
            "unseen": page.unseen,
        }
    )
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


@bp.post("/me/feed/seen")
@open_to_every_account
@bp.arguments(SeenSchema)
@bp.response(200, UnseenSchema)
def mark_seen(body: dict[str, Any]) -> dict[str, int]:
    """Say that one has seen one's feed up to a cursor; it never goes back."""
    with storage.transaction():
        unseen = notices.mark_seen(account_id(), actor=actor(), up_to_no=int(body["cursor"][0]), at=clock.utc_now())
    return {"unseen": unseen}


@bp.get("/me/message-settings")
@open_to_every_account
@bp.response(200, MessageSettingsSchema)
def show_settings() -> MessageSettings:
    """Show what one's account wants of short texts."""
    with storage.reading():
        return notices.get_wish(account_id())


@bp.put("/me/message-settings")
@open_to_every_account
@bp.arguments(MessageSettingsPutSchema)
@bp.response(200, MessageSettingsSchema)
def put_settings(body: dict[str, Any]) -> MessageSettings:
    """Switch short texts on or off, and say where to send them; emergencies come all the same."""
    code = body.get("wechat_code")
    openid = (
        notices.find_openid(code, choice=settings().notifier) if code else None
    )  # over the network: no transaction is open
    with storage.transaction():
        return notices.put_wish(
            actor=actor(),
            is_on=body["is_on"],
            at=clock.utc_now(),
            phone=body.get("phone"),
            forgets_phone="phone" in body and body["phone"] is None,
            openid=openid,
            forgets_wechat="wechat_code" in body and code is None,
        )


def _leave_lines(page: FeedPage) -> None:
    """Leave a line for each elder whom the page concerns, named or not."""
    bound = actor().elder_ids(Role.ELDER, Role.FAMILY)
    log_access(page.elder_ids & bound, purpose=journal.AccessPurpose.OWN)
    purposes = (
        (Role.CARER, journal.AccessPurpose.CARE),
        (Role.DISTRICT_OFFICER, journal.AccessPurpose.SUPERVISION),
    )
    why = next((purpose for role, purpose in purposes if actor().has_role(role)), journal.AccessPurpose.REQUEST)
    log_access(page.elder_ids - bound, purpose=why)
