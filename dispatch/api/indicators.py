"""How well an area does: targets, the policy's own rates, land, equity, beds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import clock, dates, indicators, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone, settings
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.indicators import (
    EquitiesSchema,
    EquityQuery,
    PolicyRatesSchema,
    PolicyTargetsSchema,
    RatesQuery,
    TargetQuery,
)
from dispatch.api.schemas.planning import (
    BedReportSchema,
    BedsQuery,
    CompoundFigureSchema,
    LandQuery,
    LandReportSchema,
)

if TYPE_CHECKING:
    from datetime import date

    from dispatch.indicators import CompoundFigure, Ratio

READERS = (Role.PLANNER, Role.DISTRICT_OFFICER)

bp = Blueprint("indicators", __name__, url_prefix="/v1", description="How well an area does")


@bp.get("/indicators/targets")
@open_to_anyone
@conditional
@bp.arguments(TargetQuery, location="query")
@bp.response(200, PolicyTargetsSchema)
def list_targets(query: dict[str, Any]) -> dict[str, Any]:
    """List the targets of the policy documents, adopted and draft ones, and who says how far they are met."""
    measures = None if query["measure"] is None else [query["measure"]]
    with storage.reading():
        return {"items": indicators.find_targets(area_code=query["area"], status=query["status"], measures=measures)}


@bp.get("/indicators/rates")
@open_to(*READERS)
@conditional
@bp.arguments(RatesQuery, location="query")
@bp.response(200, PolicyRatesSchema)
def show_rates(query: dict[str, Any]) -> dict[str, Any]:
    """Give the policy's own rates by people, communities and subdistricts side by side, with the rule of each."""
    with storage.reading():
        rates = indicators.compute_rates(
            query["area"], actor=actor(), run_id=query["run"], home_run_id=query["home_run"]
        )
    return {"area_code": query["area"], "rates": rates}


@bp.get("/indicators/land")
@open_to(*READERS)
@conditional
@bp.arguments(LandQuery, location="query")
@bp.response(200, LandReportSchema)
def show_land(query: dict[str, Any]) -> dict[str, Any]:
    """Give land and floor of elder care in each compound against the standard of its kind, and their sums."""
    with storage.reading():
        report = indicators.compute_land(query["area"], actor=actor(), with_drafts=query["drafts"])
    found = list(report.compounds[place_of(query) :])
    return {
        "area_code": report.area_code,
        "with_drafts": report.with_drafts,
        "items": [_compound(each) for each in found[: query["limit"]]],
        "next_cursor": next_place(found, query=query),
        "sums": report.sums,
        "new_to_standard": report.new_to_standard,
        "targets": report.targets,
        "floor_rule": indicators.FLOOR_RULE,
        "land_rule": indicators.LAND_RULE,
        "assumptions": report.assumptions,
    }


@bp.get("/indicators/equity")
@open_to(*READERS)
@conditional
@bp.arguments(EquityQuery, location="query")
@bp.response(200, EquitiesSchema)
def show_equity(query: dict[str, Any]) -> dict[str, Any]:
    """Give how evenly coverage, floor, land and beds are spread: best and worst area, Gini, town, country, wings."""
    chosen = {} if query["service"] is None else {"services": (query["service"],)}
    run_ids = () if query["run"] is None else (query["run"],)
    with storage.reading():
        found = indicators.compute_equity(
            query["area"], actor=actor(), on=query["on"] or _today(), run_ids=run_ids, **chosen
        )
    return {"area_code": query["area"], "items": found}


@bp.get("/indicators/beds")
@open_to(*READERS)
@conditional
@bp.arguments(BedsQuery, location="query")
@bp.response(200, BedReportSchema)
def show_beds(query: dict[str, Any]) -> dict[str, Any]:
    """Give beds today, beds that ageing needs by type in years to come, and beds missing for each target."""
    years = indicators.PROJECTED_YEARS if query["year"] is None else (query["year"],)
    with storage.reading():
        report = indicators.compute_beds(
            query["area"],
            actor=actor(),
            on=query["on"] or _today(),
            years=years,
            entry_share=query["entry_share"],
            departure_share=query["departure_share"],
        )
    names = [name for name in BedReportSchema().fields if name != "assumptions"]
    return {name: getattr(report, name) for name in names} | {"assumptions": indicators.describe_beds(report)}


def _compound(row: CompoundFigure) -> dict[str, Any]:
    names = [name for name in CompoundFigureSchema().fields if name not in {"floor", "land"}]
    return {name: getattr(row, name) for name in names} | {"floor": _ratio(row.floor), "land": _ratio(row.land)}


def _ratio(ratio: Ratio) -> dict[str, Any]:
    standard = ratio.standard
    return {
        "value": ratio.value,
        "standard": standard and standard.least,
        "standard_most": standard and standard.most,
        "target_id": standard and standard.target.id,
        "target_status": standard and standard.target.status,
        "deficit_m2": ratio.deficit_m2,
        "verdict": ratio.verdict,
        "is_above_range": ratio.is_above_range,
    }


def _today() -> date:
    return dates.service_date(clock.utc_now(), settings().time_zone)
