"""Reports of coverage runs, to print or to go on working with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from dispatch import dates, reports, storage, streets
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.language import locale
from dispatch.api.networks import imported_network
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.schemas.reports import ReportQuery

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.reports import Report
    from dispatch.streets import Network

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE = {"type": "string", "format": "binary"}

bp = Blueprint("reports", __name__, url_prefix="/v1", description="Coverage on paper")


@bp.get("/coverage/runs/<uuid:run_id>/report")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(ReportQuery, location="query")
@bp.response(200, FILE, content_type=PDF, also=(XLSX,))
def get_report(query: dict[str, Any], run_id: UUID) -> Response:
    """Give the report of a run: map, tables, assumptions; the same run gives the same PDF."""
    with storage.reading():
        reading = reports.read_report(run_id, actor=actor())
    finished_at = reading.run.finished_at
    computed_on = dates.service_date(finished_at, settings().time_zone)
    wish = reports.Wish(query["lang"] or locale(), computed_on=computed_on, unit=query["unit"])
    made = reports.compose_report(reading, wish=wish)
    if query["format"] is reports.Format.PDF:
        return _file(made, content=reports.typeset_report(made, network=_streets()), kind=PDF)
    return _file(made, content=reports.tabulate_report(made, made_at=finished_at), kind=XLSX)


def _file(report: Report, *, content: bytes, kind: str) -> Response:
    ending = "pdf" if kind == PDF else "xlsx"
    name = f'attachment; filename="coverage-{report.run_id}-{report.locale.value}.{ending}"'
    return Response(content, mimetype=kind, headers={"Content-Disposition": name})


def _streets() -> Network | None:
    """Give the network whose streets are drawn where the run was computed on it; a report needs none."""
    try:
        return imported_network()
    except streets.NetworkNotFoundError:
        return None
