"""The policy's own rates of an area: T001, T038, T039."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from dispatch import areas, coverage, directory
from dispatch.actor import SYSTEM
from dispatch.indicators.operations.runs import choose_reach, choose_run, missing_reach, missing_run, read_run
from dispatch.indicators.operations.scope import check_area, sees_small_counts
from dispatch.indicators.queries import find_targets
from dispatch.indicators.rules.hiding import hide_count
from dispatch.indicators.rules.rates import REACH_RULE, RULE_VERSION, RULES, choose_targets, give_forms
from dispatch.indicators.values import Count, Measure, Rate, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage import Run
    from dispatch.indicators.values import RateTarget

DAY_CARE = "day_care"
SERVICES = {
    Measure.HOME_CARE: coverage.HOME_CARE,
    Measure.DAY_CARE_URBAN: DAY_CARE,
    Measure.DAY_CARE_RURAL: DAY_CARE,
}
COUNTS = {Measure.DAY_CARE_URBAN: "counts_urban", Measure.DAY_CARE_RURAL: "counts_rural"}


def compute_rates(
    area_code: str, *, actor: Actor, run_id: UUID | None = None, home_run_id: UUID | None = None
) -> tuple[Rate, ...]:
    """
    Compute the three rates of an area, each in all its forms, from stored coverage runs.

    Parameters
    ----------
    area_code : str
        Within the actor's own.
    actor : Actor
        Planners see no counts of 1 to 4 people.
    run_id, home_run_id : UUID, optional
        The runs of day care and of home care to rest on; the newest ones where they are left out.

    Raises
    ------
    AreaNotFoundError, coverage.RunNotFoundError
        Not there, or not the actor's.
    RunOfAnotherQuestionError
        A named run is of another service or area, of a moment, or limited by places.

    """
    check_area(area_code, actor=actor)
    targets = find_targets(measures=SERVICES)
    runs = {
        service: choose_run(service, area_code=area_code, actor=actor, run_id=named)
        for service, named in ((DAY_CARE, run_id), (coverage.HOME_CARE, home_run_id))
    }
    return tuple(
        _rate(
            measure,
            run=runs[service],
            area_code=area_code,
            targets=choose_targets(targets, measure=measure, area_code=area_code),
            actor=actor,
        )
        for measure, service in SERVICES.items()
    )


def _rate(measure: Measure, *, run: Run | None, area_code: str, targets: tuple[RateTarget, ...], actor: Actor) -> Rate:
    reach = _reach(area_code, actor=actor) if measure is Measure.HOME_CARE else None
    if run is None:
        missing = missing_run(SERVICES[measure], area_code=area_code)
        return Rate(measure=measure, rule=RULES[measure], targets=targets, missing=missing, reach=reach)
    facts = read_run(run, area_code=area_code, own_sites=_own_sites(measure, area_code=area_code, on=run.as_of))
    forms = give_forms(
        measure,
        communities=facts.communities,
        everybody=facts.everybody,
        targets=targets,
        sees_small=sees_small_counts(actor, area_code=area_code),
    )
    return Rate(
        measure=measure,
        rule=RULES[measure],
        targets=targets,
        forms=forms,
        run=run,
        assumptions=describe_run(run) | {"rates_rule_version": RULE_VERSION},
        reach=reach,
    )


def _reach(area_code: str, *, actor: Actor) -> Reach:
    """Give whom carers reach by their own mode; it stands beside the circle."""
    run = choose_reach(coverage.HOME_CARE, area_code=area_code, actor=actor)
    if run is None:
        return Reach(None, None, rule=REACH_RULE, missing=missing_reach(coverage.HOME_CARE, area_code=area_code))
    [row] = coverage.find_areas(run, actor=SYSTEM, area_code=area_code, level=areas.get_area(area_code).level)
    count = Count(row.covered, row.elders)
    if not sees_small_counts(actor, area_code=area_code):
        count = hide_count(count)
    return Reach(count, describe_run(run), rule=REACH_RULE)


def describe_run(run: Run) -> dict[str, Any]:
    """Give what a figure that rests on a run assumes."""
    return dict(run.assumptions) | {"run_id": str(run.id), "as_of": run.as_of.isoformat()}


def _own_sites(measure: Measure, *, area_code: str, on: date) -> Mapping[str, int] | None:
    """Count the open facilities of the types that count, by community; None where those of the run count."""
    fact = COUNTS.get(measure)
    if fact is None:
        return None
    types = [code.code for code in directory.find_codes("facility_type") if code.facts.get(fact)]
    return Counter(code for _, code in directory.find_open_sites(area_code, on=on, facility_types=types))
