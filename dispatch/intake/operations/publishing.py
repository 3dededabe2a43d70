"""A signed plan reaches the requests: their visits are published, and those with all carers are scheduled."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from dispatch import carers, visits
from dispatch.intake.operations.doing import UNDER_WAY, settle
from dispatch.intake.operations.moving import refuse_move, schedule_requests
from dispatch.intake.queries import find_request_ids, find_rows, find_visit_ids
from dispatch.intake.values import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from dispatch.actor import Actor

S = RequestStatus
CHUNK = 5_000  # ids in one IN list; SQLite takes 32,766 variables


def hold_visits(visit_ids: Iterable[UUID], *, carer_ids: Iterable[UUID]) -> None:
    """
    Hold the requests that visits serve, then the visits, then carers, each in the order of their ids.

    What is read of them after this stays so until the transaction ends.
    """
    wanted = sorted(set(visit_ids))
    find_rows(_find_served(wanted).values(), is_locked=True)
    visits.hold_visits(wanted)
    carers.lock_carers(carer_ids)


def publish_visits(
    placements: Iterable[visits.Placement],
    *,
    actor: Actor,
    now: datetime,
    plan_id: UUID,
    carer_ids: Iterable[UUID] = (),
    but: Iterable[UUID] = (),
) -> list[visits.PublishedVisit]:
    """
    Publish visits as `visits.publish_visits` does; requests whose visits then all have carers are scheduled.

    The requests are held before their visits, in the order of their ids, those of `but` too. Those that are scheduled
    name the plan. `carer_ids` are held besides those of the placements, and visits of `but` take nobody's time.
    Whether the actor may is the caller's to check. Journal: care_request.scheduled beside the visits' own entries.

    Raises
    ------
    IllegalMoveError
        Where a request is on hold or has ended.
    visits.VisitNotFoundError, visits.IllegalVisitMoveError, storage.StaleVersionError, visits.CarerBusyError
        See `visits.publish_visits`.

    """
    wanted = sorted(placements)
    free = set(but)
    placing = set(_find_served([each.visit_id for each in wanted]).values())
    waiting = []
    for row in find_rows(placing.union(_find_served(sorted(free)).values()), is_locked=True):
        if row.id not in placing:
            continue
        if row.status not in {S.ACCEPTED, *UNDER_WAY}:
            refuse_move(row, to=S.SCHEDULED)
        if row.status == S.ACCEPTED:
            waiting.append(row)
    published = visits.publish_visits(wanted, actor=actor, at=now, carer_ids=carer_ids, but=free)
    standing = _find_standing(row.id for row in waiting)
    filled = [row for row in waiting if all(each.carer_id for each in standing[row.id])]
    # a plan schedules, whoever signs it: an officer may not by hand
    schedule_requests(filled, now=now, told={"plan_id": str(plan_id)})
    for row in filled:
        if any(each.status.has_begun for each in standing[row.id]):
            settle(row, actor=actor, now=now)
    return published


def _find_standing(request_ids: Iterable[UUID]) -> dict[UUID, list[visits.VisitFacts]]:
    """Find the visits of requests that were not canceled."""
    linked = find_visit_ids(request_ids)
    found = {each.visit_id: each for each in visits.find_many(chain.from_iterable(linked.values()))}
    return {
        request_id: [found[each] for each in own if found[each].status is not visits.VisitStatus.CANCELED]
        for request_id, own in linked.items()
    }


def _find_served(visit_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for start in range(0, len(visit_ids), CHUNK):
        found |= find_request_ids(visit_ids[start : start + CHUNK])
    return found
