"""Day plans of the world, for the walk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dispatch import assignment, storage
from dispatch.actor import SYSTEM, Role
from tests.factories.stored_plans import store_plan

if TYPE_CHECKING:
    from uuid import UUID

    from tests.walk.world import Caller, Known, World

PLAN_ON = date(2026, 5, 12)
OUTSIDE = "129998"  # a district that is on no record


def plan_of(world: World, known: Known) -> UUID:
    """Give a proposed plan of a side's organization, with an empty tour; made when it is first asked for."""
    side = world.sides[known.side]
    with storage.transaction():
        for found in assignment.find_plans(actor=SYSTEM, plan_on=PLAN_ON):
            if found.organization_id == side["organization_id"]:
                return found.plan_id
        return store_plan(
            PLAN_ON,
            area_code=world.district(known),
            organization_id=side["organization_id"],
            tours={side["visiting_carer"]: []},
        )


def board_query(world: World, known: Known | None, caller: Caller | None) -> dict[str, Any]:
    if caller and caller.role is Role.COORDINATOR:
        return {"organization_id": str(world.sides[known.side]["organization_id"] if known else uuid4())}
    return {"area_code": world.district(known) if known else OUTSIDE}
