"""Two records of one person become one, in every room that knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import accounts, assignment, elders, intake, journal, visits
from dispatch.elders import MergeObstacle

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor


def merge_elder(
    elder_id: UUID, *, into_id: UUID, version: int | None, actor: Actor, at: datetime, on: date
) -> dict[str, int]:
    """
    Let one record of a person go into another; the counts of what came over come back, by part.

    What the one that stays lacks comes over: numbers, categories, needs, absences, consents, risk, grade, contacts, the
    worker who answers, wishes about carers, active series, the accounts of the family. The other ends from the first of
    this month, so that the person is due once from then on; earlier months stay as they were counted. Logs of the old
    record count for the one that stays. Journal: elder.merged.

    Raises
    ------
    elders.ElderNotFoundError, elders.ElderNotYoursError, storage.StaleVersionError, elders.ElderMergeImpossibleError

    """

    def find_obstacles() -> set[MergeObstacle]:
        there = {
            MergeObstacle.OPEN_REQUESTS: intake.count_open(elder_id),
            MergeObstacle.PLANNED_VISITS: visits.count_ahead(elder_id, now=at),
        }
        return {each for each, count in there.items() if count}

    taken = elders.merge_record(
        elder_id, into_id=into_id, version=version, find_obstacles=find_obstacles, actor=actor, at=at, on=on
    )
    taken["caseload"] = visits.hand_over_caseload(elder_id, into_id=into_id, actor=actor, at=at, on=on)
    taken["preferences"] = assignment.copy_preferences(elder_id, into_id=into_id, actor=actor, at=at, on=on)
    taken["accounts"] = accounts.rebind(elder_id, into_id=into_id, actor=actor, at=at, on=on)
    taken["care_series"] = intake.hand_over_series(elder_id, into_id=into_id, actor=actor, at=at, on=on)
    taken = {part: count for part, count in taken.items() if count}
    journal.append("elder.merged", actor=actor, at=at, subject_id=elder_id, into_id=str(into_id), taken=taken)
    return taken
