"""Explaining a search afterwards: as it was stored, by the rules of then."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from dispatch import intake
from dispatch.actor import Role
from dispatch.assignment.operations.matching import view_of
from dispatch.assignment.queries import find_stored
from dispatch.assignment.rules.recording import narrow_record
from dispatch.assignment.values import RunPage, StoredRun

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.actor import Actor
    from dispatch.assignment.models import MatchRun
    from dispatch.assignment.values import MatchView

ROWS = ("ranked", "rejected")


def find_runs(request_id: UUID, *, actor: Actor, limit: int, after: tuple[datetime, UUID] | None = None) -> RunPage:
    """
    Find the stored searches of a request, newest first, from behind the place `after` on.

    Each as it was found then, narrowed to what the actor sees of a search now; nothing is computed again.

    Raises
    ------
    CareRequestNotFoundError
        Where there is none in the actor's scope. A coordinator sees requests that nobody serves yet where one of
        their own providers was searched.

    """
    rows = find_stored(request_id, limit=limit + 1, after=after)
    searched = {
        UUID(each["service_at_site_id"])
        for row in rows
        for name in ROWS
        for each in row.result[name]
        if each["service_at_site_id"]
    }
    request = intake.get_request(request_id, actor=actor, offer_ids=searched)
    view = view_of(actor, request=request)
    shown = rows[:limit]
    return RunPage(
        elder_id=request.elder_id,
        area_code=request.area_code,
        runs=tuple(_stored(row, view=view, actor=actor) for row in shown),
        next_place=(shown[-1].at, shown[-1].id) if len(rows) > limit else None,
    )


def _stored(row: MatchRun, *, view: MatchView, actor: Actor) -> StoredRun:
    ranked, rejected = narrow_record(row.result, view=view, organization_ids=actor.organization_ids(Role.COORDINATOR))
    return StoredRun(
        run_id=row.id,
        care_request_id=row.care_request_id,
        at=row.at,
        rule_version=row.rule_version,
        inputs_hash=row.inputs_hash,
        view=view,
        ranked=ranked,
        rejected=rejected,
        rests_on={name: value for name, value in row.result.items() if name not in ROWS},
    )
