"""Who may ask for the indicators of an area, and how much of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import areas
from dispatch.actor import Role

if TYPE_CHECKING:
    from dispatch.actor import Actor

READERS = (Role.PLANNER, Role.DISTRICT_OFFICER)


def check_area(area_code: str, *, actor: Actor) -> areas.Area:
    """Give an area of the actor's own, or raise AreaNotFoundError."""
    if not actor.covers_area(area_code, *READERS):
        raise areas.AreaNotFoundError(area_code=area_code)
    return areas.get_area(area_code)


def sees_small_counts(actor: Actor, *, area_code: str) -> bool:
    """Say whether the actor sees counts of 1 to 4 people: an officer of the area does, a planner does not."""
    return actor.covers_area(area_code, Role.DISTRICT_OFFICER)
