"""Reads of what is and was published of stored runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch.coverage.models import CoveragePublication, CoverageRun, RunArea
from dispatch.coverage.queries.runs import _run
from dispatch.coverage.values import Page, Publication
from dispatch.storage import session

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.coverage.values import Run

NETWORK_FACTS = ("network_sha256", "network_edits_sha256", "network_table")  # of old runs no edits are told
CONDITIONS = (*NETWORK_FACTS, "origin_rule", "rule_version", "as_of")


def find_page(run: Run) -> Page:
    """Read the counts of a run as a page that could be published."""
    chosen = sa.select(RunArea.area_code, RunArea.elders, RunArea.covered).where(RunArea.run_id == run.id)
    hashes, assumed = run.assumptions["hashes"], run.assumptions
    return Page(
        people=f"{hashes['elders']} {hashes['areas']}",
        question_hash=run.inputs_hash,
        service_codes=frozenset(assumed["service_codes"]),
        mode=run.mode,
        speed_mps=run.speed_mps,
        limit_s=run.limit_s,
        at_local=run.at_local,
        unknown_hours=run.unknown_hours,
        capacity=run.capacity,
        conditions=tuple(str(assumed.get(name)) for name in CONDITIONS),
        counts={
            area_code: {"elders": elders, "covered": covered, "uncovered": elders - covered}
            for area_code, elders, covered in session().execute(chosen)
        },
    )


def find_published_pages(area_code: str) -> list[Page]:
    """Read all pages that were ever published of an area, of areas above and of areas within, the oldest first."""
    above = [area_code[:length] for length in range(2, len(area_code))]
    chosen = (
        sa.select(CoveragePublication, CoverageRun)
        .join(CoverageRun, CoverageRun.id == CoveragePublication.run_id)
        .where(
            sa.or_(CoverageRun.area_code.startswith(area_code, autoescape=True), CoverageRun.area_code.in_(above)),
        )
        .order_by(CoveragePublication.number)
    )
    return [
        replace(find_page(_run(run)), hidden=frozenset((code, measure) for code, measure in row.hidden))
        for row, run in session().execute(chosen)
    ]


def count_publications() -> int:
    """Count all publications, withdrawn ones among them."""
    return session().scalar(sa.select(sa.func.count()).select_from(CoveragePublication)) or 0


def find_publications(
    *,
    publication_id: UUID | None = None,
    run_id: UUID | None = None,
    area_code: str | None = None,
    service_code: str | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[Publication]:
    """Find publications, the newest first, without their rows."""
    chosen = sa.select(CoveragePublication, CoverageRun).join(CoverageRun, CoverageRun.id == CoveragePublication.run_id)
    wanted = (
        (CoveragePublication.id, publication_id),
        (CoveragePublication.run_id, run_id),
        (CoverageRun.area_code, area_code),
        (CoverageRun.service_code, service_code),
    )
    for column, value in wanted:
        if value is not None:
            chosen = chosen.where(column == value)
    chosen = chosen.order_by(CoveragePublication.number.desc()).offset(skip).limit(limit)
    return [_publication(row, run=run) for row, run in session().execute(chosen)]


def _publication(row: CoveragePublication, *, run: CoverageRun) -> Publication:
    return Publication(
        id=row.id,
        run=_run(run),
        published_at=row.published_at,
        rule=row.rule,
        hidden=frozenset((code, measure) for code, measure in row.hidden),
        is_least=row.is_least,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
    )
