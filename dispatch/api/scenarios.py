"""Scenarios: sets of changes that planners try, and that officers adopt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch import clock, coverage, dates, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.networks import current_network, imported_network
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import Blueprint, conditional, version_wanted, with_version
from dispatch.api.schemas.scenarios import (
    EffectSchema,
    ScenarioChangeWishSchema,
    ScenarioEditSchema,
    ScenarioQuery,
    ScenarioSchema,
    ScenariosSchema,
    ScenarioWishSchema,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from flask.typing import ResponseReturnValue

bp = Blueprint("scenarios", __name__, url_prefix="/v1", description="What changes of sites would mean")


@bp.post("/coverage/scenarios")
@open_to(Role.PLANNER)
@bp.arguments(ScenarioWishSchema)
@bp.response(201, ScenarioSchema)
def create_scenario(wish: coverage.ScenarioWish) -> ResponseReturnValue:
    """Create a scenario as a draft; nothing in the register changes."""
    now = clock.utc_now()
    network = current_network()
    with storage.reading():
        placed = coverage.prepare_scenario(wish, network=network, actor=actor(), today=_today(now))
    with storage.transaction():
        made = coverage.create_scenario(placed, actor=actor(), at=now)
    return with_version(made, made.version, 201)


@bp.get("/coverage/scenarios")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.arguments(ScenarioQuery, location="query")
@bp.response(200, ScenariosSchema)
def list_scenarios(query: dict[str, Any]) -> dict[str, Any]:
    """List the scenarios of one's area, the newest first; of drafts one's own, an officer all."""
    with storage.reading():
        found = coverage.find_scenarios(
            actor(), area_code=query["area"], status=query["status"], skip=place_of(query), limit=query["limit"] + 1
        )
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.get("/coverage/scenarios/<uuid:scenario_id>")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.response(200, ScenarioSchema)
def get_scenario(scenario_id: UUID) -> ResponseReturnValue:
    """Give one scenario with its changes; its ETag is what a change sends back."""
    with storage.reading():
        found = coverage.get_scenario(scenario_id, actor=actor())
    return with_version(found, found.version)


@bp.put("/coverage/scenarios/<uuid:scenario_id>")
@open_to(Role.PLANNER)
@bp.arguments(ScenarioEditSchema)
@bp.response(200, ScenarioSchema)
def put_changes(edit: dict[str, Any], scenario_id: UUID) -> ResponseReturnValue:
    """Let these be all changes of a scenario; 412 shows the version that one had and the one that stands."""
    version, now, network = version_wanted(), clock.utc_now(), current_network()
    with storage.reading():
        placed = coverage.prepare_changes(
            scenario_id, changes=edit["changes"], version=version, network=network, actor=actor(), today=_today(now)
        )
    with storage.transaction():
        made = coverage.put_changes(placed, name=edit["name"], drops_base=edit["drop_base"], actor=actor(), at=now)
    return with_version(made, made.version)


@bp.post("/coverage/scenarios/<uuid:scenario_id>/changes")
@open_to(Role.PLANNER)
@bp.arguments(ScenarioChangeWishSchema)
@bp.response(201, ScenarioSchema)
def add_change(change: coverage.ChangeWish, scenario_id: UUID) -> ResponseReturnValue:
    """Add one change at the end."""
    version, now, network = version_wanted(), clock.utc_now(), current_network()
    with storage.reading():
        placed = coverage.prepare_changes(
            scenario_id,
            changes=[change],
            adds=True,
            version=version,
            network=network,
            actor=actor(),
            today=_today(now),
        )
    with storage.transaction():
        made = coverage.put_changes(placed, actor=actor(), at=now)
    return with_version(made, made.version, 201)


@bp.delete("/coverage/scenarios/<uuid:scenario_id>/changes/<uuid:change_id>")
@open_to(Role.PLANNER)
@bp.response(200, ScenarioSchema)
def remove_change(scenario_id: UUID, change_id: UUID) -> ResponseReturnValue:
    """Take one change out."""
    version = version_wanted()
    with storage.transaction():
        made = coverage.remove_change(
            scenario_id, change_id=change_id, version=version, actor=actor(), at=clock.utc_now()
        )
    return with_version(made, made.version)


@bp.get("/coverage/scenarios/<uuid:scenario_id>/effect")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.response(200, EffectSchema)
def show_effect(scenario_id: UUID) -> coverage.Effect:
    """Say at once who would be gained, kept and lost against the base, by community; nothing is stored."""
    network = imported_network()
    with storage.reading():
        asked = coverage.prepare_effect(scenario_id, network=network, actor=actor(), today=_today(clock.utc_now()))
    return coverage.measure_effect(asked)


@bp.post("/coverage/scenarios/<uuid:scenario_id>/sharing")
@open_to(Role.PLANNER)
@bp.response(200, ScenarioSchema)
def share_scenario(scenario_id: UUID) -> ResponseReturnValue:
    """Show one's draft to all planners and officers of its area."""
    version = version_wanted()
    with storage.transaction():
        made = coverage.share_scenario(scenario_id, version=version, actor=actor(), at=clock.utc_now())
    return with_version(made, made.version)


@bp.post("/coverage/scenarios/<uuid:scenario_id>/archiving")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.response(200, ScenarioSchema)
def archive_scenario(scenario_id: UUID) -> ResponseReturnValue:
    """Put a scenario away; its owner may, and an officer of the area."""
    version = version_wanted()
    with storage.transaction():
        made = coverage.archive_scenario(scenario_id, version=version, actor=actor(), at=clock.utc_now())
    return with_version(made, made.version)


@bp.post("/coverage/scenarios/<uuid:scenario_id>/adoption")
@open_to(Role.DISTRICT_OFFICER)
@bp.response(200, ScenarioSchema)
def adopt_scenario(scenario_id: UUID) -> ResponseReturnValue:
    """Make a shared scenario's changes in the register, all or none; 409 gives every reason against."""
    version, now, network = version_wanted(), clock.utc_now(), current_network()
    with storage.transaction():
        made = coverage.adopt_scenario(
            scenario_id,
            version=version,
            network=network,
            actor=actor(),
            at=now,
            zone=settings().time_zone,
        )
    return with_version(made, made.version)


def _today(now: datetime) -> date:
    return dates.service_date(now, settings().time_zone)
