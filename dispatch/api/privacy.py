"""A person's own copy, and erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import clock, privacy, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.elders import get_record, log_cards, today
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.privacy import CopySchema, ErasedSchema, ErasureSchema

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.privacy import PersonCopy

bp = Blueprint("privacy", __name__, url_prefix="/v1", description="A person's own copy, and erasure")


@bp.get("/elders/<uuid:elder_id>/copy")
@open_to(Role.ELDER, Role.FAMILY, Role.DISTRICT_OFFICER)
@bp.response(200, CopySchema)
def give_copy(elder_id: UUID) -> PersonCopy:
    """Give everything that is kept of an elder, table by table; leaves an access line."""
    with storage.transaction():
        log_cards([get_record(elder_id, on=today())])
        return privacy.give_copy(elder_id, at=clock.utc_now())


@bp.post("/elders/<uuid:elder_id>/erasure")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(ErasureSchema)
@bp.response(201, ErasedSchema)
def erase(wish: dict[str, Any], elder_id: UUID) -> dict[str, Any]:
    """Erase what names or finds an elder who has died or moved away; past counts stay. It cannot be undone."""
    now = clock.utc_now()
    with storage.transaction():
        log_cards([get_record(elder_id, on=today())])
        rows = privacy.erase_elder(elder_id, **wish, actor=actor(), at=now, on=today())
    return {"elder_id": elder_id, "erased_at": now, "rows": rows}
