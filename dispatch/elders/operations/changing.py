"""Putting one elder on record and changing who they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch import journal
from dispatch.actor import Role
from dispatch.elders.operations.identifying import (
    check_identities,
    one_id_no_each,
    open_id_no,
    open_phone,
    seal_identity,
)
from dispatch.elders.operations.naming import keep_names
from dispatch.elders.operations.opening import ElderNotYoursError, open_elder
from dispatch.elders.operations.references import check_areas
from dispatch.elders.operations.registering import register_elders
from dispatch.elders.rules.changing import IDENTITY
from dispatch.elders.values import ElderRecord
from dispatch.storage import new_id, session

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.elders.models import Elder
    from dispatch.elders.values import ElderChange, Ties

PLAIN = ("name", "sex", "born_on", "registered_area_code", "has_lift_access")
SEALED = ("id_no", "phone")


def create_elder(record: ElderRecord, *, actor: Actor, at: datetime) -> UUID:
    """
    Put one elder on record who lives in the actor's area; the id comes back.

    Raises
    ------
    ElderNotYoursError
        Where a residence lies outside the areas of an officer or community worker.
    InvalidElderError, IdNumberTakenError, UnknownAreaError, UnknownCodeError
        As for `register_elders`.

    """
    check_areas(home.area_code for home in record.residences)
    if not all(
        actor.is_system or actor.covers_area(home.area_code, Role.DISTRICT_OFFICER, Role.COMMUNITY_WORKER)
        for home in record.residences
    ):
        raise ElderNotYoursError
    elder_id = new_id()
    register_elders([replace(record, id=elder_id)], actor=actor, at=at)
    return elder_id


def change_elder(
    elder_id: UUID, *, change: ElderChange, version: int | None, actor: Actor, at: datetime, on: date, ties: Ties
) -> None:
    """
    Change what identifies an elder: only the facts that are named.

    Raises
    ------
    ElderNotFoundError, ElderNotYoursError, StaleVersionError
        Where the actor may not, or read another version.
    InvalidElderError, IdNumberTakenError, UnknownAreaError
        Where the facts cannot be.

    """
    row = open_elder(elder_id, part=IDENTITY, is_new=False, actor=actor, on=on, ties=ties, version=version)
    facts = dict(change.facts)
    wanted = _whole(row) | facts
    check_areas(code for code in [wanted["registered_area_code"]] if code)
    identity = check_identities([(elder_id, ElderRecord(**wanted))], actor=actor, on=on)[elder_id]
    kept = {f"{name}_index": getattr(row, f"{name}_index") for name in SEALED}
    columns = {name: _plain(wanted[name]) for name in PLAIN} | seal_identity(identity, elder_id=elder_id, kept=kept)
    for name in SEALED:
        if name in facts and facts[name] is None:
            columns |= {f"{name}_sealed": None, f"{name}_index": None}
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, columns[name])
    with one_id_no_each():
        session().flush()  # a number that somebody has just been given is refused here
    if "name" in changed:
        keep_names({elder_id: row.name})
    if changed:
        journal.append("elder.changed", actor=actor, at=at, subject_id=elder_id, parts=["elder"])


def _whole(row: Elder) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PLAIN} | {"id_no": open_id_no(row), "phone": open_phone(row)}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column's value; enums are kept as text
    return str(value) if isinstance(value, str) else value
