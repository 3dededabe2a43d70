"""Reading scenarios as far as one may: a draft is its owner's and the officers', what is shared is the area's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch.actor import Role
from dispatch.coverage import queries
from dispatch.coverage.operations.reading import READERS
from dispatch.coverage.queries.scenarios import find_scenario
from dispatch.coverage.queries.scenarios import find_scenarios as find_rows
from dispatch.coverage.values import Mode
from dispatch.coverage.values.scenarios import ScenarioFacts, ScenarioStatus
from dispatch.errors import ConflictError, NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values.scenarios import Scenario


class ScenarioNotFoundError(NotFoundError):
    """No such scenario, or it is of an area outside the caller's own, or somebody else's draft."""

    slug = "scenario-not-found"
    title = Words("没有这个方案，或者不归你管", "No such scenario, or it is not yours")


class ScenarioBaseGoneError(ConflictError):
    """The run that the scenario rests on was deleted."""

    slug = "scenario-base-gone"
    title = Words("方案所依据的计算已经删除", "The run that the scenario rests on is gone")
    detail = Words(
        "计算 {run_id} 已经删除。修改方案时去掉原来的依据（drop_base），就按 {as_of} 的名录重新计算。",
        "Run {run_id} was deleted. Change the scenario with drop_base=true to rest it on the register of {as_of}.",
    )


def get_scenario(scenario_id: UUID, *, actor: Actor) -> Scenario:
    """Give a scenario of the actor's area with its changes, or raise ScenarioNotFoundError; drafts are the owner's."""
    found = find_scenario(scenario_id)
    if found is None or not actor.covers_area(found.area_code, *READERS):
        raise ScenarioNotFoundError(scenario_id=scenario_id)
    sees_draft = found.owner_id == actor.account_id or actor.covers_area(found.area_code, Role.DISTRICT_OFFICER)
    if found.status is ScenarioStatus.DRAFT and not sees_draft:
        raise ScenarioNotFoundError(scenario_id=scenario_id)
    return found


def find_scenarios(
    actor: Actor,
    *,
    area_code: str | None = None,
    status: ScenarioStatus | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Scenario]:
    """Find the scenarios that the actor may read, the newest first, without their changes."""
    return find_rows(
        actor.area_prefixes(*READERS),
        owner_id=actor.account_id,
        draft_prefixes=actor.area_prefixes(Role.DISTRICT_OFFICER),
        area_code=area_code,
        status=status,
        skip=skip,
        limit=limit,
    )


def fill_question(given: dict[str, Any], *, actor: Actor) -> dict[str, Any]:
    """Fill in what a wish leaves out of the question with its scenario's, or raise ScenarioNotFoundError."""
    found = get_scenario(given["scenario_id"], actor=actor)
    own: dict[str, Any] = {"area_code": found.area_code, "service_code": found.service_code, "as_of": found.as_of}
    if given.get("mode") in {None, Mode.WALK}:
        own |= {"speed_mps": found.speed_mps, "limit_min": found.limit_min}
    return given | {name: value for name, value in own.items() if given.get(name) is None}


def take_scenario(scenario_id: UUID, *, actor: Actor) -> ScenarioFacts:
    """Take a scenario's changes as they stand; ScenarioNotFoundError, ScenarioBaseGoneError."""
    found = get_scenario(scenario_id, actor=actor)
    check_base(found)
    return ScenarioFacts(found.id, found.name, found.version, found.changes_hash, found.changes)


def check_base(found: Scenario) -> None:
    """Raise ScenarioBaseGoneError where the run that a scenario rests on is not there any more."""
    if found.base_run_id is not None and queries.find_run(found.base_run_id) is None:
        raise ScenarioBaseGoneError(run_id=found.base_run_id, as_of=found.as_of)
