"""The effect of a scenario, at once: read inside `storage.reading()`, computed inside nothing, stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dispatch.coverage.operations import bases
from dispatch.coverage.operations.reading import sees_small_counts
from dispatch.coverage.operations.running import check_wish, prepare_run
from dispatch.coverage.operations.scenario_reading import check_base, get_scenario
from dispatch.coverage.rules.effects import compute_effect
from dispatch.coverage.rules.hiding_effects import hide_effect
from dispatch.coverage.values import RunWish
from dispatch.coverage.values.scenarios import ScenarioFacts

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.operations.bases import Mark
    from dispatch.coverage.rules.effects import EffectBase
    from dispatch.coverage.values import RunInputs
    from dispatch.coverage.values.scenarios import Effect
    from dispatch.streets import Network


@dataclass(frozen=True, slots=True)
class EffectAsked:
    """A scenario with the base that its effect is measured against, or with what the base is made of."""

    scenario: ScenarioFacts
    network: Network
    base: EffectBase | None
    inputs: RunInputs | None
    mark: Mark | None
    sees_small_counts: bool


def prepare_effect(scenario_id: UUID, *, network: Network, actor: Actor, today: date) -> EffectAsked:
    """
    Read a scenario and, where no base of its question is kept, homes and sites; call it inside a reading.

    Raises
    ------
    ScenarioNotFoundError
        It is not the actor's to read.
    ScenarioBaseGoneError
        The run that it rests on was deleted.
    NobodyToCoverError
        There are no elders in the area.

    """
    found = get_scenario(scenario_id, actor=actor)
    check_base(found)
    wish = RunWish(
        area_code=found.area_code,
        service_code=found.service_code,
        as_of=found.as_of or today,
        speed_mps=found.speed_mps,
        limit_min=found.limit_min,
    )
    check_wish(wish, actor=actor)
    base = bases.look_up(wish, network=network)
    return EffectAsked(
        scenario=ScenarioFacts(found.id, found.name, found.version, found.changes_hash, found.changes),
        network=network,
        base=base,
        inputs=None if base is not None else prepare_run(wish, actor=actor),
        mark=None if base is not None else bases.mark_now(),
        sees_small_counts=sees_small_counts(actor, found.area_code),
    )


def measure_effect(asked: EffectAsked) -> Effect:
    """
    Say what a scenario would mean against its base: people and communities gained, kept and lost.

    Small counts, and whatever would give them away, are hidden from who may not see them. Raises
    NetworkWithoutAreaError.
    """
    base = asked.base
    if base is None:
        if asked.inputs is None or asked.mark is None:
            msg = "An effect needs a base or what one is made of"
            raise ValueError(msg)
        base = bases.keep_base(asked.inputs, mark=asked.mark, network=asked.network)
    found = compute_effect(base, scenario=asked.scenario)
    return found if asked.sees_small_counts else hide_effect(found)
