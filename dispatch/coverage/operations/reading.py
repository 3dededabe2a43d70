"""Reading stored runs as far as one may: outside one's area a run does not exist, and small counts are hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch import areas, directory
from dispatch.actor import Role
from dispatch.coverage import queries
from dispatch.coverage.rules import hiding
from dispatch.coverage.rules.comparing import compare
from dispatch.coverage.rules.figures import judge_state
from dispatch.coverage.values import Mode
from dispatch.errors import NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.queries import Box
    from dispatch.coverage.values import AreaRow, CategoryRow, CellRow, CircleRow, Comparison, Run

READERS = (Role.PLANNER, Role.DISTRICT_OFFICER)


class RunNotFoundError(NotFoundError):
    """No such run, or it is of an area outside the caller's own."""

    slug = "coverage-run-not-found"
    title = Words("没有这次覆盖计算，或者不归你管", "No such coverage run, or it is not yours")
    detail = Words(
        "先运行 dispatch coverage run，或 POST /v1/coverage/runs。",
        "Run `dispatch coverage run`, or POST /v1/coverage/runs, first.",
    )


def sees_small_counts(actor: Actor, area_code: str) -> bool:
    """Whether an actor sees counts of 1 to 4: an officer of the area does, a planner does not."""
    return actor.covers_area(area_code, Role.DISTRICT_OFFICER)


def service_code_of(text: str) -> str:
    """Give the code of a service by its code or label, or raise UnknownCodeError with the allowed ones."""
    known = directory.find_by_label("service", text=text)
    return known.code if known else directory.get_code("service", code=text, field="service").code


def category_of(text: str) -> str:
    """Give the code of a category by its code or label, or raise UnknownCodeError with the allowed ones."""
    known = directory.find_by_label("category", text=text)
    return known.code if known else directory.get_code("category", code=text, field="category").code


def get_run(run_id: UUID, *, actor: Actor) -> Run:
    """Give a run of the actor's area, or raise RunNotFoundError."""
    run = queries.find_run(run_id)
    if run is None or not actor.covers_area(run.area_code, *READERS):
        raise RunNotFoundError(run_id=run_id)
    return _run_for(actor, run)


def find_runs(
    actor: Actor,
    *,
    area_code: str | None = None,
    service_code: str | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Run]:
    """Find the actor's runs of a service (code or label), the newest first."""
    found = queries.find_runs(
        actor.area_prefixes(*READERS),
        area_code=area_code,
        service_code=None if service_code is None else service_code_of(service_code),
        skip=skip,
        limit=limit,
    )
    return [_run_for(actor, run) for run in found]


def latest_run(*, actor: Actor, area_code: str, service_code: str, mode: Mode = Mode.WALK) -> Run:
    """
    Give the newest run of a service (code or label) that covers an area: of the area itself or of one above it.

    Runs that ask for a moment or for places are found by their ids only: they answer another question.

    Raises RunNotFoundError where there is none, UnknownCodeError where there is no such service.
    """
    code = service_code_of(service_code)
    run = queries.find_latest(actor.area_prefixes(*READERS), area_code=area_code, service_code=code, mode=mode)
    if run is None:
        raise RunNotFoundError(area_code=area_code, service_code=code)
    return _run_for(actor, run)


def find_areas(
    run: Run, *, actor: Actor, area_code: str = "", level: str | None = None, box_ll: Box | None = None
) -> list[AreaRow]:
    """
    Find the figures of the areas of a run below a code, with their boundaries, in the order of codes.

    A box keeps the areas whose boundary's own box touches it.
    """
    return _rows_for(actor, run, queries.find_areas(run, area_code=area_code, level=level, box_ll=box_ll))


def find_gaps(
    run: Run,
    *,
    actor: Actor,
    level: str,
    area_code: str = "",
    box_ll: Box | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[AreaRow]:
    """
    Find areas with elders or ground outside, those with most elders outside first (then by code).

    A box keeps the areas whose gap touches it; areas without a boundary have none. A run never changes,
    so `skip` reads on without losing a row. Whoever may not see a count gets an order in which it counts as none:
    between two that are shown its place would tell it.
    """
    if sees_small_counts(actor, run.area_code):
        found = queries.find_gaps(run, level=level, area_code=area_code, box_ll=box_ll, skip=skip, limit=limit)
        return judge_rows(run, rows=found)
    found = _rows_for(actor, run, queries.find_gaps(run, level=level, area_code=area_code, box_ll=box_ll, limit=None))
    return sorted(found, key=lambda row: (-(row.uncovered or 0), row.area_code))[skip : skip + limit]


def find_circles(
    run: Run, *, actor: Actor, box_ll: Box | None = None, skip: int = 0, limit: int | None = None
) -> list[CircleRow]:
    """Find the sites of a run with their circles, in the order of ids; a box keeps the sites that stand in it."""
    found = queries.find_circles(run, box_ll=box_ll, skip=skip, limit=limit)
    return found if sees_small_counts(actor, run.area_code) else [hiding.hide_circle(row) for row in found]


def find_categories(
    run: Run,
    *,
    actor: Actor,
    area_code: str = "",
    level: str | None = None,
    category: str | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[CategoryRow]:
    """
    Find the people of each category in the areas of a run below a code (G2), by area and category.

    Who is in two categories counts in both. Areas in which nobody is in a category have no row for it.
    """
    found = queries.find_categories(run, area_code=area_code, level=level, category=category, skip=skip, limit=limit)
    if sees_small_counts(actor, run.area_code):
        return found
    return [hiding.hide_category(row, is_supposed=run.scenario_id is not None) for row in found]


def find_cells(
    run: Run, *, actor: Actor, box_ll: Box | None = None, skip: int = 0, limit: int | None = None
) -> list[CellRow]:
    """Find the H3 cells of a run, in rising order; a box keeps those whose middle lies in it."""
    found = queries.find_cells(run, box_ll=box_ll, skip=skip, limit=limit)
    if sees_small_counts(actor, run.area_code):
        return found
    return [hiding.hide_cell(row, is_supposed=run.scenario_id is not None) for row in found]


def find_covered(run: Run) -> dict[str, Any] | None:
    """Give the ground within the limit of any site of a run that was read, as GeoJSON; None where there is none."""
    return queries.find_covered(run)


def sees_all_counts(run: Run, *, actor: Actor) -> bool:
    """Whether an actor reads the small counts of a run too, so that what is made of it is not for everybody."""
    return sees_small_counts(actor, run.area_code)


def compare_runs(before_id: UUID, *, after_id: UUID, actor: Actor) -> Comparison:
    """
    Compare two runs of one area (G8): communities and people that gained and lost; both add up to the difference.

    The two may differ in anything else: date, hours, places, speed, network. Raises RunNotFoundError,
    RunsNotComparableError, CircleAgainstReachError.
    """
    before, after = get_run(before_id, actor=actor), get_run(after_id, actor=actor)
    rows_before, rows_after = (
        judge_rows(run, rows=queries.find_areas(run, with_boundaries=False)) for run in (before, after)
    )
    found = replace(
        compare(before, after, rows_before=rows_before, rows_after=rows_after),
        people_gained=queries.count_newly_covered(after, before=before),
        people_lost=queries.count_newly_covered(before, before=after),
    )
    if sees_small_counts(actor, before.area_code):
        return found
    hidden = {row.area_code for row in (*rows_before, *rows_after) if hiding.is_state_hidden(row)}
    telling = {row.area_code for row in (*rows_before, *rows_after) if hiding.hide_area(row).covered is None}
    return hiding.hide_comparison(found, hidden=hidden, telling=telling)


def _run_for(actor: Actor, run: Run) -> Run:
    if sees_small_counts(actor, run.area_code):
        return run
    return replace(run, totals=hiding.hide_totals(run.totals))


def _rows_for(actor: Actor, run: Run, rows: list[AreaRow]) -> list[AreaRow]:
    judged = judge_rows(run, rows=rows)
    return judged if sees_small_counts(actor, run.area_code) else [hiding.hide_area(row) for row in judged]


def judge_rows(run: Run, *, rows: list[AreaRow]) -> list[AreaRow]:
    """Say of each area of a run whether it counts as covered."""
    return [_judged(row, is_circle=run.mode == Mode.WALK) for row in rows]


def _judged(row: AreaRow, *, is_circle: bool) -> AreaRow:
    """Say whether an area counts as covered: a community by its sites or elders, a subdistrict by its elders."""
    is_community = row.level == areas.Level.COMMUNITY
    if not is_community and row.level != areas.Level.SUBDISTRICT:
        return row
    own_sites = row.sites if is_community and is_circle else 0
    return replace(row, state=judge_state(elders=row.elders or 0, covered=row.covered or 0, own_sites=own_sites))
