"""Who may change what about an elder (domain, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.actor import Role
from dispatch.elders.values import Part

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.values import Ties

IDENTITY, CONTACTS, ASSESSMENTS, EVENTS = "identity", "contacts", "assessments", "events"
# officers change all of it; those who are bound to the elder, and operators who are on the telephone with them, this
OWN_PARTS = frozenset({CONTACTS, Part.CONSENTS})
OPERATOR_PARTS = frozenset({Part.CONSENTS})
# the responsible worker adds all of it, and corrects all but these
WORKER_ADDS_ONLY = frozenset({Part.MEMBERSHIPS, Part.RISK_LEVELS, ASSESSMENTS})


def judge_change(actor: Actor, *, elder_id: UUID, area_code: str | None, ties: Ties, part: str, is_new: bool) -> bool:
    """
    Say whether the actor may add to a part of an elder's record (`is_new`), or change what stands there.

    Parameters
    ----------
    actor : Actor
        Who wants it.
    elder_id : UUID
        Whose record it is.
    area_code : str or None
        Where the elder lives, or lived last.
    ties : Ties
        The elders to whom work ties the actor today.
    part : str
        A `Part`, or "identity", "contacts", "assessments", "events".
    is_new : bool
        Whether something is added.

    """
    area = area_code or "-"
    if actor.is_system or actor.covers_area(area, Role.DISTRICT_OFFICER):
        return True
    if actor.covers_area(area, Role.COMMUNITY_WORKER) and elder_id in ties.caseload:
        return is_new or part not in WORKER_ADDS_ONLY
    if elder_id in actor.elder_ids(Role.ELDER, Role.FAMILY):
        return part in OWN_PARTS
    return part in OPERATOR_PARTS and actor.covers_area(area, Role.OPERATOR)
