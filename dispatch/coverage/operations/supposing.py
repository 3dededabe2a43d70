"""The inputs of a run with the changes of a scenario taken as made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatch import directory
from dispatch.coverage.operations.providing import read_sites
from dispatch.coverage.operations.scenario_reading import take_scenario
from dispatch.coverage.rules.scenarios import apply_changes
from dispatch.coverage.values import CapacityRule
from dispatch.coverage.values.scenarios import ChangeKind

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import RunInputs, RunWish, SiteFacts
    from dispatch.coverage.values.scenarios import ScenarioChange


def suppose(inputs: RunInputs, *, actor: Actor) -> RunInputs:
    """
    Take the changes of the wish's scenario as made; call it inside the reading that the inputs come from.

    Raises ScenarioNotFoundError, ScenarioBaseGoneError.
    """
    wish = inputs.wish
    assert wish.scenario_id is not None  # noqa: S101 - asked by the caller
    scenario = take_scenario(wish.scenario_id, actor=actor)
    at_any_hour: dict[UUID, SiteFacts] = {}
    open_then: dict[UUID, bool | None] = {}
    if wish.at_local is not None:
        everyday, _ = read_sites(inputs.service_codes, wish=replace(wish, at_local=None))
        at_any_hour = {site.site_id: site for site in everyday}
        open_then = {
            one.id: _is_open(one, wish=wish)
            for one in scenario.changes
            if one.kind in {ChangeKind.OPEN, ChangeKind.HOURS}
        }
    sites, _ = apply_changes(
        inputs.sites,
        changes=scenario.changes,
        service_codes=inputs.service_codes,
        wish=wish,
        at_any_hour=at_any_hour,
        open_then=open_then,
        taken=_taken(inputs) if wish.capacity is CapacityRule.AVAILABLE else None,
    )
    return replace(inputs, sites=sites, base_sites=inputs.sites, scenario=scenario)


def _taken(inputs: RunInputs) -> dict[UUID, int]:
    """Give how many places of each site are taken: whoever has one keeps it when a site has more or fewer."""
    any_hour = replace(inputs.wish, at_local=None)
    free, _ = read_sites(inputs.service_codes, wish=any_hour)
    whole, _ = read_sites(inputs.service_codes, wish=replace(any_hour, capacity=CapacityRule.MAXIMUM))
    return {one.site_id: (one.places or 0) - (other.places or 0) for one, other in zip(whole, free, strict=True)}


def _is_open(change: ScenarioChange, *, wish: RunWish) -> bool | None:
    """Whether a site would be open at the moment by the hours of a change; closures of the site still hold."""
    at = wish.at_local
    assert at is not None  # noqa: S101 - asked by the caller
    closures: tuple[directory.Span, ...] = ()
    if change.site_id is not None:
        offers = directory.find_offers(service_codes=None, on=at.date(), site_ids=[change.site_id])
        closures = next((offer.closures for offer in offers), ())
    return directory.is_open(
        change.payload.get("hours"),
        closures=closures,
        at=at,
        zone=at.tzinfo,  # type: ignore[arg-type] # the wish carries the zone of the place
        calendar=directory.read_calendar(),
    )
