"""What areas pay for services: the rules on record, and putting one in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify

from dispatch import clock, storage, subsidies
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.plumbing import Blueprint
from dispatch.api.schemas.subsidies import (
    SubsidyRuleSchema,
    SubsidyRulesQuery,
    SubsidyRulesSchema,
    SubsidyRuleWishSchema,
)

if TYPE_CHECKING:
    from flask import Response

bp = Blueprint("subsidies", __name__, url_prefix="/v1", description="What areas pay for services")

# whoever is shown a quote may look up the rule that it names
READERS = (
    Role.ELDER,
    Role.FAMILY,
    Role.COMMUNITY_WORKER,
    Role.COORDINATOR,
    Role.OPERATOR,
    Role.PLANNER,
    Role.DISTRICT_OFFICER,
)


@bp.get("/subsidy-rules")
@open_to(*READERS)
@bp.arguments(SubsidyRulesQuery, location="query")
@bp.response(200, SubsidyRulesSchema)
def list_rules(query: dict[str, Any]) -> dict[str, Any]:
    """List subsidy rules of an area and of those it lies in, drafts and ended ones too; examples are marked."""
    with storage.reading():
        found = subsidies.find_rules(
            query["area"],
            service_codes=[query["service"]] if query["service"] else None,
            on=query["on"],
            known_at=query["known_at"],
        )
    return {"items": found}


@bp.post("/subsidy-rules")
@open_to(Role.DISTRICT_OFFICER)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(SubsidyRuleWishSchema)
@bp.response(201, SubsidyRuleSchema)
def put_rule(record: subsidies.SubsidyRuleRecord) -> tuple[Response, int]:
    """Put a rule in force, or draft one; what stood under the same area, version and service is superseded."""

    def put() -> subsidies.SubsidyRule:
        return subsidies.put_rule(record, actor=actor(), at=clock.utc_now())

    with storage.transaction():
        reply, status = once(put, schema=SubsidyRuleSchema(), status=201)
    return jsonify(reply), status
