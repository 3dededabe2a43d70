"""Whether journal and access log are as they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import journal, storage
from dispatch.actor import Role
from dispatch.api.access import open_to, settings
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.audit import VerificationSchema

if TYPE_CHECKING:
    from dispatch.journal import Verification

bp = Blueprint("audit", __name__, url_prefix="/v1", description="Whether the records of who did what were changed")


@bp.get("/audit/verify")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
@bp.response(200, VerificationSchema)
def verify() -> Verification:
    """Go through the chain from its beginning and compare it with the anchors kept outside the database."""
    anchors = journal.read_anchors(settings().anchors_path)
    with storage.reading():
        return journal.verify_chain(anchors)
