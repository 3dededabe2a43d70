"""Reading stored sitings as far as one may: outside one's area there are none, and small counts are hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.coverage import queries
from dispatch.coverage.operations.reading import READERS, sees_small_counts, service_code_of
from dispatch.coverage.rules.siting.hiding import hide_siting, hide_siting_area
from dispatch.errors import NotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import Siting, SitingArea


class SitingNotFoundError(NotFoundError):
    """No such siting, or it is of an area outside the caller's own."""

    slug = "siting-not-found"
    title = Words("没有这次选址，或者不归你管", "No such siting, or it is not yours")
    detail = Words(
        "先运行 dispatch coverage site，或 POST /v1/coverage/sitings。",
        "Run `dispatch coverage site`, or POST /v1/coverage/sitings, first.",
    )


def get_siting(siting_id: UUID, *, actor: Actor) -> Siting:
    """Give a siting of the actor's area with its picks and what was refused, or raise SitingNotFoundError."""
    found = queries.find_siting(siting_id)
    if found is None or not actor.covers_area(found.area_code, *READERS):
        raise SitingNotFoundError(siting_id=siting_id)
    return _for(actor, found)


def find_sitings(
    actor: Actor,
    *,
    area_code: str | None = None,
    service_code: str | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[Siting]:
    """Find the actor's sitings of a service (code or label), the newest first; `refused` comes with one alone."""
    found = queries.find_sitings(
        actor.area_prefixes(*READERS),
        area_code=area_code,
        service_code=None if service_code is None else service_code_of(service_code),
        skip=skip,
        limit=limit,
    )
    return [_for(actor, one) for one in found]


def find_siting_areas(
    siting: Siting, *, actor: Actor, level: str | None = None, skip: int = 0, limit: int | None = None
) -> list[SitingArea]:
    """Find the areas of a siting before and after, in the order of codes."""
    found = queries.find_siting_areas(siting.id, level=level, skip=skip, limit=limit)
    if sees_small_counts(actor, siting.area_code):
        return found
    is_telling = siting.objective is None  # hidden, and the areas add up to it
    return [hide_siting_area(row, is_telling=is_telling) for row in found]


def _for(actor: Actor, siting: Siting) -> Siting:
    return siting if sees_small_counts(actor, siting.area_code) else hide_siting(siting)
