"""Reads of scenarios, and of how the register stands where they would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dispatch.coverage.models import Scenario as ScenarioRow
from dispatch.coverage.models import ScenarioChange as ChangeRow
from dispatch.coverage.models import ScenarioVersion
from dispatch.coverage.values.scenarios import ChangeKind, Scenario, ScenarioChange, ScenarioStatus
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


def find_scenario(scenario_id: UUID) -> Scenario | None:
    """Find a scenario with its changes."""
    row = session().get(ScenarioRow, scenario_id)
    if row is None:
        return None
    changes = tuple(
        ScenarioChange(
            id=one.id,
            position=one.position,
            kind=ChangeKind(one.kind),
            site_id=one.site_id,
            payload=one.payload,
            seen=one.seen,
            adopted_id=one.adopted_id,
        )
        for one in session().scalars(
            sa.select(ChangeRow).where(ChangeRow.scenario_id == scenario_id).order_by(ChangeRow.position)
        )
    )
    return _scenario(row, changes=changes, change_count=len(changes))


def find_scenarios(
    prefixes: Iterable[str],
    *,
    owner_id: UUID | None,
    draft_prefixes: Iterable[str],
    area_code: str | None = None,
    status: ScenarioStatus | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Scenario]:
    """
    Find scenarios of areas whose codes begin with one of the prefixes, the newest first, without their changes.

    Drafts are the owner's own; of areas with one of `draft_prefixes` all come.
    """
    count = (
        sa.select(sa.func.count())
        .select_from(ChangeRow)
        .where(ChangeRow.scenario_id == ScenarioRow.id)
        .scalar_subquery()
    )
    chosen = sa.select(ScenarioRow, count).where(
        _within(prefixes),
        sa.or_(
            ScenarioRow.status != ScenarioStatus.DRAFT.value, ScenarioRow.owner_id == owner_id, _within(draft_prefixes)
        ),
    )
    if area_code is not None:
        chosen = chosen.where(ScenarioRow.area_code == area_code)
    if status is not None:
        chosen = chosen.where(ScenarioRow.status == status.value)
    rows = session().execute(chosen.order_by(ScenarioRow.id.desc()).offset(skip).limit(limit))
    return [_scenario(row, changes=(), change_count=number) for row, number in rows]


def find_version(scenario_id: UUID, *, version: int) -> dict[str, Any] | None:
    """Find a version of a scenario as plain values, as it is shown to whoever edits an old one."""
    row = session().get(ScenarioVersion, (scenario_id, version))
    if row is None:
        return None
    return {
        "version": row.version,
        "name": row.name,
        "status": row.status,
        "changed_at": row.changed_at.isoformat(),
        "changed_by": None if row.changed_by is None else str(row.changed_by),
        "changes": row.changes,
    }


def _within(prefixes: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(ScenarioRow.area_code.startswith(one, autoescape=True) for one in prefixes))


def _scenario(row: ScenarioRow, *, changes: tuple[ScenarioChange, ...], change_count: int) -> Scenario:
    return Scenario(
        id=row.id,
        name=row.name,
        area_code=row.area_code,
        service_code=row.service_code,
        speed_mps=row.speed_mps,
        limit_min=row.limit_min,
        as_of=row.as_of,
        base_run_id=row.base_run_id,
        owner_id=row.owner_id,
        status=ScenarioStatus(row.status),
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        changes_hash=row.changes_hash,
        changes=changes,
        change_count=change_count,
    )
