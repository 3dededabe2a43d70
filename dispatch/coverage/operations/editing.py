"""Adding, correcting and withdrawing named edits of the network; what was recorded before stays readable."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dispatch import areas, geo, journal
from dispatch.actor import Role
from dispatch.coverage import queries
from dispatch.coverage.models import NetworkEditRow
from dispatch.coverage.operations.reading import READERS
from dispatch.coverage.values import EDITS_MOST
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage import check_version, new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.coverage.values import CheckedEdit, NetworkEdit

WRITERS = (Role.PLANNER,)


class NetworkEditNotFoundError(NotFoundError):
    """No such edit, or it was withdrawn, or it is of an area outside the caller's own."""

    slug = "network-edit-not-found"
    title = Words("没有这项路网修改，或者不归你管", "No such edit of the network, or it is not yours")


class TooManyNetworkEditsError(ConflictError):
    """More edits than are made in a moment; the map should be imported anew."""

    slug = "too-many-network-edits"
    title = Words("路网修改太多", "There are too many edits of the network")
    detail = Words(
        "已有 {most} 项修改；撤回已写进地图的那些，或导入新的地图。",
        "{most} edits are on record; withdraw those that the map has now, or import a newer map.",
    )


def area_boundary(area_code: str, *, actor: Actor) -> geo.LonLatPolygon | None:
    """Give the boundary of an area that an actor plans, or raise AreaNotFoundError; None where it has none."""
    if not actor.covers_area(area_code, *WRITERS):
        raise areas.AreaNotFoundError(area_code=area_code)
    boundary_ll = areas.get_area(area_code).boundary_ll
    return None if boundary_ll is None else geo.read_polygon(boundary_ll)


def edits_in_force(on: date) -> tuple[NetworkEdit, ...]:
    """Give all edits that hold on a date, of whatever area, in the order in which they are made."""
    return queries.find_edits_in_force(on)


def find_network_edits(
    actor: Actor,
    *,
    area_code: str | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> list[NetworkEdit]:
    """Find the edits of the actor's areas, by first day; on a date, or as they were on record at a time."""
    prefixes = actor.area_prefixes(*READERS)
    return queries.find_edits(prefixes, area_code=area_code, on=on, known_at=known_at, skip=skip, limit=limit)


def get_network_edit(edit_id: UUID, *, actor: Actor) -> NetworkEdit:
    """Give an edit of the actor's areas as it stands, or raise NetworkEditNotFoundError."""
    row = queries.find_edit_row(edit_id)
    if row is None or not actor.covers_area(row.area_code, *READERS):
        raise NetworkEditNotFoundError(edit_id=edit_id)
    return queries.edit_of(row)


def add_network_edit(checked: CheckedEdit, *, actor: Actor, at: datetime) -> NetworkEdit:
    """
    Record a named edit that was checked (`check_edit`); call it inside a transaction.

    Raises AreaNotFoundError, TooManyNetworkEditsError. Journal: network_edit.added.
    """
    area_boundary(checked.wish.area_code, actor=actor)
    if queries.count_standing() >= EDITS_MOST:
        raise TooManyNetworkEditsError(most=EDITS_MOST)
    return _put(new_id(), version=1, checked=checked, actor=actor, at=at, change="added")


def correct_network_edit(
    edit_id: UUID, *, checked: CheckedEdit, version: int | None, actor: Actor, at: datetime
) -> NetworkEdit:
    """
    Put another entry in the place of one that stands, which stays readable as it was known until now.

    That is how an edit is ended: the same with a `valid_to`. Raises NetworkEditNotFoundError, StaleVersionError,
    AreaNotFoundError. Journal: network_edit.corrected.
    """
    row = _standing(edit_id, version=version, actor=actor)
    area_boundary(checked.wish.area_code, actor=actor)
    row.superseded_at = at
    session().flush()  # the old entry must not stand beside the new one
    return _put(edit_id, version=row.version + 1, checked=checked, actor=actor, at=at, change="corrected")


def withdraw_network_edit(edit_id: UUID, *, version: int | None, actor: Actor, at: datetime) -> None:
    """
    Take an edit back that should never have been made; it stays readable as it was known until now.

    Raises NetworkEditNotFoundError, StaleVersionError. Journal: network_edit.withdrawn.
    """
    row = _standing(edit_id, version=version, actor=actor)
    row.superseded_at = at
    journal.append("network_edit.withdrawn", actor=actor, at=at, subject_id=edit_id, area_code=row.area_code)


def _standing(edit_id: UUID, *, version: int | None, actor: Actor) -> NetworkEditRow:
    row = queries.find_edit_row(edit_id, is_held=True)
    if row is None or not actor.covers_area(row.area_code, *WRITERS):
        raise NetworkEditNotFoundError(edit_id=edit_id)
    check_version(row.version, expected=version)
    return row


def _put(edit_id: UUID, *, version: int, checked: CheckedEdit, actor: Actor, at: datetime, change: str) -> NetworkEdit:
    wish = checked.wish
    row = NetworkEditRow(
        id=new_id(),
        edit_id=edit_id,
        version=version,
        area_code=wish.area_code,
        name=wish.name.strip(),
        kind=wish.kind.value,
        geometry_ll=checked.geometry_ll,
        is_bridge=wish.is_bridge,
        reason=wish.reason.strip(),
        author_id=actor.account_id,
        source_crs=wish.crs,
        source_raw=wish.geometry,
        effect=asdict(checked.effect),
        network_id=checked.network_id,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        recorded_at=at,
        superseded_at=None,
    )
    session().add(row)
    session().flush()  # what the database refuses is told here
    journal.append(
        f"network_edit.{change}",
        actor=actor,
        at=at,
        subject_id=edit_id,
        area_code=wish.area_code,
        edit_kind=wish.kind.value,
        version=version,
        valid_from=wish.valid_from.isoformat(),
        valid_to=None if wish.valid_to is None else wish.valid_to.isoformat(),
    )
    return queries.edit_of(row)
