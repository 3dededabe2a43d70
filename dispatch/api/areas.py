"""Districts, subdistricts and communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import areas, clock, dates, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone, settings
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.areas import (
    AreaCardQuery,
    AreaCardSchema,
    AreaPageSchema,
    AreaQuery,
    RuleListSchema,
    RuleSchema,
    RulesQuery,
    RuleWishSchema,
)

if TYPE_CHECKING:
    from dispatch.areas import Area

bp = Blueprint("areas", __name__, url_prefix="/v1", description="Areas and their rules")


@bp.get("/areas")
@open_to_anyone
@conditional
@bp.arguments(AreaQuery, location="query")
@bp.response(200, AreaPageSchema)
def list_areas(query: dict[str, Any]) -> dict[str, Any]:
    """List areas in the order of their codes."""
    limit = query["limit"]
    with storage.reading():
        if query["parent"] is not None:
            areas.get_area(query["parent"])
        found = areas.find_areas(
            parent=query["parent"],
            level=query["level"],
            query=query["q"],
            after=query["cursor"][0] if query["cursor"] else "",
            limit=limit + 1,
        )
        aliases = areas.find_aliases([area.code for area in found])
        items = [_area(area, aliases=aliases.get(area.code, [])) for area in found[:limit]]
    return {"items": items, "next_cursor": encode_cursor(items[-1]["code"]) if len(found) > limit else None}


@bp.get("/areas/<string:code>")
@open_to_anyone
@conditional
@bp.arguments(AreaCardQuery, location="query")
@bp.response(200, AreaCardSchema)
def get_area(query: dict[str, Any], code: str) -> dict[str, Any]:
    """Give one area with its other names and the rules in force today."""
    today = dates.service_date(clock.utc_now(), settings().time_zone)
    with storage.reading():
        area = areas.get_area(code)
        card = _area(area, aliases=areas.find_aliases([code]).get(code, []))
        card |= {"rules": areas.find_rules(code, on=today), "has_boundary": area.boundary_ll is not None}
        if query["geometry"] and area.boundary_ll is not None:
            card["boundary_ll"] = area.boundary_ll
    return card


@bp.get("/areas/<string:code>/rules")
@open_to_anyone
@bp.arguments(RulesQuery, location="query")
@bp.response(200, RuleListSchema)
def list_rules(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List the rules of an area and of those it lies in, drafts and ended ones too."""
    with storage.reading():
        return {"items": areas.list_rules(code, known_at=query["known_at"])}


@bp.put("/areas/<string:code>/rules/<string:rule_key>")
@open_to(Role.DISTRICT_OFFICER)
@bp.arguments(RuleWishSchema)
@bp.response(200, RuleSchema)
def put_rule(wish: dict[str, Any], code: str, rule_key: str) -> areas.RuleInForce:
    """Put a rule of an area in force from a day, or draft it; what stood before is superseded."""
    record = areas.RuleRecord(area_code=code, rule_key=rule_key, **wish | {"status": wish["status"].value})
    with storage.transaction():
        return areas.put_rule(record, actor=actor(), at=clock.utc_now())


def _area(area: Area, *, aliases: list[str]) -> dict[str, Any]:
    return {
        "code": area.code,
        "parent_code": area.parent_code,
        "level": area.level,
        "settlement": area.settlement,
        "village_class": area.village_class,
        "wing": area.wing,
        "name_zh": area.name_zh,
        "name_en": area.name_en,
        "residents": area.residents,
        "residents_60plus": area.residents_60plus,
        "source": area.source,
        "is_made_up": area.is_made_up,
        "aliases": aliases,
    }
