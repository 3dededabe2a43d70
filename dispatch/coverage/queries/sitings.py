"""Reads of stored sitings, complete: `operations` decides who sees how much of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from dispatch import areas
from dispatch.coverage.models import SitingPick, SitingRun, SitingRunArea
from dispatch.coverage.values import Pick, Refusal, RefusedCandidate, Siting, SitingArea
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable


def find_siting(siting_id: UUID) -> Siting | None:
    """Find a siting by its id, with its picks and what was refused."""
    row = session().get(SitingRun, siting_id)
    if row is None:
        return None
    [found] = _sitings([row])
    return found


def find_sitings(
    prefixes: Iterable[str],
    *,
    area_code: str | None = None,
    service_code: str | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Siting]:
    """Find the sitings of areas whose codes begin with one of the prefixes, the newest first; `refused` is left out."""
    chosen = sa.select(SitingRun).where(
        sa.or_(sa.false(), *(SitingRun.area_code.startswith(one, autoescape=True) for one in prefixes))
    )
    if area_code is not None:
        chosen = chosen.where(SitingRun.area_code == area_code)
    if service_code is not None:
        chosen = chosen.where(SitingRun.service_code == service_code)
    rows = session().scalars(chosen.order_by(SitingRun.id.desc()).offset(skip).limit(limit)).all()
    return _sitings(rows, with_refused=False)


def find_siting_areas(
    siting_id: UUID, *, level: str | None = None, skip: int = 0, limit: int | None = None
) -> list[SitingArea]:
    """Find the areas of a siting before and after, in the order of codes."""
    chosen = _area_rows([siting_id]).order_by(SitingRunArea.area_code).offset(skip).limit(limit)
    if level is not None:
        chosen = chosen.where(SitingRunArea.level == level)
    return [_area(row, name_zh=zh, name_en=en) for row, zh, en in session().execute(chosen)]


def _area_rows(siting_ids: Iterable[UUID]) -> sa.Select[SitingRunArea, str, str | None]:
    return (
        sa.select(SitingRunArea, areas.Area.name_zh, areas.Area.name_en)
        .join(areas.Area, areas.Area.code == SitingRunArea.area_code)
        .where(SitingRunArea.siting_run_id.in_(siting_ids))
    )


def _sitings(rows: Iterable[SitingRun], *, with_refused: bool = True) -> list[Siting]:
    found = {row.id: row for row in rows}
    if not found:
        return []
    whole = _area_rows(found).join(SitingRun, SitingRun.id == SitingRunArea.siting_run_id)
    totals = {
        row.siting_run_id: _area(row, name_zh=zh, name_en=en)
        for row, zh, en in session().execute(whole.where(SitingRun.area_code == SitingRunArea.area_code))
    }
    picks: dict[UUID, list[Pick]] = {siting_id: [] for siting_id in found}
    chosen = sa.select(SitingPick).where(SitingPick.siting_run_id.in_(found))
    for row in session().scalars(chosen.order_by(SitingPick.siting_run_id, SitingPick.rank)):
        picks[row.siting_run_id].append(_pick(row))
    return [
        Siting(
            id=row.id,
            area_code=row.area_code,
            service_code=row.service_code,
            as_of=row.as_of,
            speed_mps=row.speed_mps,
            limit_s=row.limit_s,
            network_id=row.network_id,
            network_at=row.network_date,
            rule_version=row.rule_version,
            inputs_hash=row.inputs_hash,
            assumptions=row.assumptions,
            wish=row.wish,
            objective=row.objective,
            best_bound=row.best_bound,
            guaranteed_share=row.guaranteed_share,
            end=row.ended,
            proof=row.proof,
            considered=row.considered,
            refusals=row.refusals,
            status=row.status,
            started_at=row.started_at,
            finished_at=row.finished_at,
            total=totals[row.id],
            picks=tuple(picks[row.id]),
            refused=tuple(_refused(one) for one in row.refused) if with_refused else (),
        )
        for row in found.values()
    ]


def _pick(row: SitingPick) -> Pick:
    return Pick(
        rank=row.rank,
        point_ll=(row.lon, row.lat),
        label=row.label,
        site_id=row.site_id,
        capacity=row.capacity,
        cost=row.cost,
        gain=row.gain,
        snap_m=row.snap_m,
    )


def _refused(kept: list[object]) -> RefusedCandidate:
    number, label, site_id, reason = kept
    return RefusedCandidate(
        int(str(number)), str(label), None if site_id is None else UUID(str(site_id)), Refusal(str(reason))
    )


def _area(row: SitingRunArea, *, name_zh: str, name_en: str | None) -> SitingArea:
    return SitingArea(
        area_code=row.area_code,
        level=row.level,
        name_zh=name_zh,
        name_en=name_en,
        elders=row.elders,
        covered_before=row.covered_before,
        covered_after=row.covered_after,
        gained=row.gained,
        kept=row.kept,
        lost=row.lost,
        outside=row.outside,
        weight=row.weight,
        weight_before=row.weight_before,
        weight_after=row.weight_after,
        with_way_before=row.with_way_before,
        with_way_after=row.with_way_after,
        mean_walk_s_before=row.mean_walk_s_before,
        mean_walk_s_after=row.mean_walk_s_after,
    )
