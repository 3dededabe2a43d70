"""Reading a whole run for a report, as far as the reader may see it: by the same ways as anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import areas, coverage, directory
from dispatch.errors import InvalidError
from dispatch.reports.values import Reading
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage import Run, Siting


class ReportOfReachError(InvalidError):
    """The sentences of a report speak of walking to a site; a reach is another figure."""

    slug = "report-of-reach"
    title = Words("上门范围没有这种报告", "There is no such report of a reach")
    detail = Words(
        "报告只写老年人步行到站点的服务圈；上门范围的数字请看 GET /v1/coverage/runs/{run_id} 或导出 GeoPackage 文件。",
        "Reports are of circles, of elders who walk to a site; for whom carers reach see "
        "GET /v1/coverage/runs/{run_id}, or export a GeoPackage.",
    )


SITINGS_LOOKED_AT = 50  # the newest ones of the area and service


def read_report(run_id: UUID, *, actor: Actor) -> Reading:
    """
    Read a run of the actor's area with all that it found, small counts hidden where he may not see them.

    Raises RunNotFoundError, ReportOfReachError.
    """
    run = coverage.get_run(run_id, actor=actor)
    if run.mode != coverage.Mode.WALK:
        raise ReportOfReachError(run_id=run.id)
    rows = coverage.find_areas(run, actor=actor)
    service = directory.get_code("service", code=run.service_code)
    return Reading(
        run=run,
        service_zh=service.label_zh,
        service_en=service.label_en,
        areas=tuple(rows),
        gaps=tuple(coverage.find_gaps(run, actor=actor, level=areas.Level.COMMUNITY, limit=len(rows))),
        circles=tuple(coverage.find_circles(run, actor=actor)),
        cells=tuple(coverage.find_cells(run, actor=actor)),
        covered_ll=coverage.find_covered(run),
        siting=_siting_of(run, actor=actor),
        is_complete=coverage.sees_all_counts(run, actor=actor),
    )


def _siting_of(run: Run, *, actor: Actor) -> Siting | None:
    """
    Find the newest siting that asked the same, one that chose a site before one that did not.

    It is no part of a run, but begins with one like it.
    """
    if not run.assumptions.keys().isdisjoint(("at_local", "capacity", "scenario")):
        return None  # sitings ask of the register as it is, at any hour
    asked = ("as_of", "speed_mps", "limit_s", "network_id")
    found = coverage.find_sitings(
        actor, area_code=run.area_code, service_code=run.service_code, limit=SITINGS_LOOKED_AT
    )
    same = [one for one in found if all(getattr(one, name) == getattr(run, name) for name in asked)]
    return next((one for one in same if one.picks), next(iter(same), None))
