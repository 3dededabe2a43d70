"""Named edits of the street network: paths, gates and closures with author, reason and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - flask-smorest reads the views' types

from dispatch import clock, coverage, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.networks import network_on
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import Blueprint, conditional, version_wanted, with_version
from dispatch.api.schemas.geometry import study_area
from dispatch.api.schemas.network_edits import (
    NetworkEditQuery,
    NetworkEditSchema,
    NetworkEditsSchema,
    NetworkEditWishSchema,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

READERS = (Role.PLANNER, Role.DISTRICT_OFFICER)

bp = Blueprint("network_edits", __name__, url_prefix="/v1", description="Paths, gates and closures of the streets")


@bp.get("/coverage/network-edits")
@open_to(*READERS)
@conditional
@bp.arguments(NetworkEditQuery, location="query")
@bp.response(200, NetworkEditsSchema)
def list_edits(query: dict[str, Any]) -> dict[str, Any]:
    """List the edits of one's area in the order in which they are made; `on` gives those in force."""
    with storage.reading():
        found = coverage.find_network_edits(
            actor(),
            area_code=query["area"],
            on=query["on"],
            known_at=query["known_at"],
            skip=place_of(query),
            limit=query["limit"] + 1,
        )
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.get("/coverage/network-edits/<uuid:edit_id>")
@open_to(*READERS)
@conditional
@bp.response(200, NetworkEditSchema)
def get_edit(edit_id: UUID) -> ResponseReturnValue:
    """Give an edit as it stands."""
    with storage.reading():
        found = coverage.get_network_edit(edit_id, actor=actor())
    return with_version(found, found.version)


@bp.post("/coverage/network-edits")
@open_to(Role.PLANNER)
@bp.arguments(NetworkEditWishSchema)
@bp.response(201, NetworkEditSchema)
def add_edit(wish: coverage.NetworkEditWish) -> ResponseReturnValue:
    """Add a path or a gate, or close a place, from a date on; every later run and search walks accordingly."""
    checked = _checked(wish)
    with storage.transaction():
        made = coverage.add_network_edit(checked, actor=actor(), at=clock.utc_now())
    return with_version(made, made.version, 201)


@bp.put("/coverage/network-edits/<uuid:edit_id>")
@open_to(Role.PLANNER)
@bp.arguments(NetworkEditWishSchema)
@bp.response(200, NetworkEditSchema)
def correct_edit(wish: coverage.NetworkEditWish, edit_id: UUID) -> ResponseReturnValue:
    """Correct an edit, or end it with `valid_to`: the old entry is superseded and stays readable."""
    version = version_wanted()
    with storage.reading():
        stands = coverage.get_network_edit(edit_id, actor=actor())
    checked = _checked(wish, stands=stands)
    with storage.transaction():
        made = coverage.correct_network_edit(
            edit_id, checked=checked, version=version, actor=actor(), at=clock.utc_now()
        )
    return with_version(made, made.version)


@bp.delete("/coverage/network-edits/<uuid:edit_id>")
@open_to(Role.PLANNER)
@bp.response(204)
def withdraw_edit(edit_id: UUID) -> None:
    """Take back an edit that should never have been made; what was on record stays readable (`known_at`)."""
    version = version_wanted()
    with storage.transaction():
        coverage.withdraw_network_edit(edit_id, version=version, actor=actor(), at=clock.utc_now())


def _checked(wish: coverage.NetworkEditWish, *, stands: coverage.NetworkEdit | None = None) -> coverage.CheckedEdit:
    """Try an edit on the network of its first day, between transactions, since it takes a moment."""
    with storage.reading():
        boundary_ll = coverage.area_boundary(wish.area_code, actor=actor())
    network = network_on(wish.valid_from, without=None if stands is None else stands.edit_id)
    return coverage.check_edit(wish, network=network, boundary_ll=boundary_ll, study_area=study_area(), stands=stands)
