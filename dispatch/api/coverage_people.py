"""Coverage by the people's categories, and what was asked for and not given; counts only."""

from __future__ import annotations

from typing import Any

from dispatch import coverage, intake, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.coverage import run_of, span_of
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.coverage_people import (
    CoverageCategoriesQuery,
    CoverageCategoriesSchema,
    CoverageUnmetQuery,
    CoverageUnmetSchema,
)

bp = Blueprint("coverage_people", __name__, url_prefix="/v1", description="Who cannot be reached, by category")


@bp.get("/coverage/categories")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(CoverageCategoriesQuery, location="query")
@bp.response(200, CoverageCategoriesSchema)
def list_categories(query: dict[str, Any]) -> dict[str, Any]:
    """List elders, covered and uncovered, of each category in the areas of a run."""
    with storage.reading():
        run = run_of(query)
        found = coverage.find_categories(
            run,
            actor=actor(),
            level=query["level"],
            area_code=query["area"] or "",
            category=query["category"],
            skip=place_of(query),
            limit=query["limit"] + 1,
        )
    return {
        "run_id": run.id,
        "assumptions": run.assumptions,
        "items": found[: query["limit"]],
        "next_cursor": next_place(found, query=query),
    }


@bp.get("/coverage/unmet")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.arguments(CoverageUnmetQuery, location="query")
@bp.response(200, CoverageUnmetSchema)
def list_unmet(query: dict[str, Any]) -> dict[str, Any]:
    """List areas in which requests found nobody, those with most first."""
    # what found nobody for next week is unmet today
    from_on, to_on = span_of(query, ahead=intake.FARTHEST_AHEAD)
    with storage.reading():
        found = coverage.find_unmet(
            query["service"],
            actor=actor(),
            area_code=query["area"],
            level=query["level"],
            from_on=from_on,
            to_on=to_on,
        )
    first = place_of(query)
    page = found[first : first + query["limit"] + 1]
    shown = [row.unmet for row in found]
    return {
        "items": page[: query["limit"]],
        "next_cursor": next_place(page, query=query),
        "total": None if None in shown else sum(count or 0 for count in shown),
        "from_on": from_on,
        "to_on": to_on,
        "assumptions": {
            "rule_version": coverage.UNMET_RULE_VERSION,
            "count_rule_zh": coverage.UNMET_RULE.zh,
            "count_rule_en": coverage.UNMET_RULE.en,
            "sources": ["care_requests", "unmet_demand"],
        },
    }
