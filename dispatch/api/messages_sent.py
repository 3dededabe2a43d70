"""Short texts that left the house, or could not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import clock, notices, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.notices import ShortTextSchema, ShortTextsQuery, ShortTextsSchema

if TYPE_CHECKING:
    from dispatch.notices import TextCard

bp = Blueprint("messages_sent", __name__, url_prefix="/v1", description="Short texts and how far they are")


@bp.get("/short-texts")
@open_to(Role.DISTRICT_OFFICER, Role.ADMINISTRATOR)
@bp.arguments(ShortTextsQuery, location="query")
@bp.response(200, ShortTextsSchema)
def list_texts(query: dict[str, Any]) -> dict[str, Any]:
    """List the short texts of one's area, the newest first, with how many there are in each state."""
    limit = query["limit"]
    with storage.reading():
        found, counts = notices.list_texts(
            actor(),
            wanted=notices.TextFilter(query["status"], query["area"]),
            before=UUID(query["cursor"][0]) if query["cursor"] else None,
            limit=limit + 1,
        )
    page = found[:limit]
    return {
        "items": page,
        "counts": {status.value: count for status, count in counts.items()},
        "next_cursor": encode_cursor(str(page[-1].id)) if len(found) > limit else None,
    }


@bp.post("/short-texts/<uuid:text_id>/retry")
@open_to(Role.DISTRICT_OFFICER, Role.ADMINISTRATOR)
@bp.response(200, ShortTextSchema)
def retry(text_id: UUID) -> TextCard:
    """Send a short text again that has failed."""
    with storage.transaction():
        return notices.retry_text(text_id, actor=actor(), at=clock.utc_now())
