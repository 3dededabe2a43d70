"""Erasing a person: what names or finds them goes, what is counted stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import accounts, elders, journal, storage
from dispatch.actor import Role
from dispatch.errors import ConflictError
from dispatch.privacy.operations.copying import COLUMN, ROOT
from dispatch.privacy.rules import ERASURE, Fate
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.privacy.values import ErasureBasis


class ErasureTooEarlyError(ConflictError):
    """Whoever still lives in the area is still in care."""

    slug = "erasure-too-early"
    title = Words("老人仍在册居住，不能清除", "The elder still lives here by the register")
    detail = Words(
        "先登记去世或迁出，次日起可以清除：POST /v1/elders/…/events",
        "Record the death or the move first and erase from the next day on: POST /v1/elders/…/events",
    )


def erase_elder(elder_id: UUID, *, basis: ErasureBasis, actor: Actor, at: datetime, on: date) -> dict[str, int]:
    """
    Erase what names or finds an elder who has left; counts of any past day stay as they are.

    Records that were merged into this one go with it. The accounts that spoke for the elder are unbound. Rows by table
    come back. Journal: elder.erased.
    Raises elders.ElderNotFoundError for who is no officer of the last home's area, and for who was erased before;
    ErasureTooEarlyError while a home is on record, elders.ElderMergedError for a part of somebody's record.
    """
    card = elders.get_elder(elder_id, actor=actor, on=on, ties=elders.Ties())
    if not actor.covers_area(card.area_code or "-", Role.DISTRICT_OFFICER):
        raise elders.ElderNotFoundError(elder_id=elder_id)
    elders.check_not_merged(elder_id)
    if elders.find_area_codes([elder_id], on=on):
        raise ErasureTooEarlyError
    touched = _erase(elder_id, basis=basis, actor=actor, at=at, on=on)
    for merged_id in sorted(elders.find_absorbed([elder_id])):
        for table, rows in _erase(merged_id, basis=basis, actor=actor, at=at, on=on).items():
            touched[table] = touched.get(table, 0) + rows
    return touched


def _erase(elder_id: UUID, *, basis: ErasureBasis, actor: Actor, at: datetime, on: date) -> dict[str, int]:
    for bound in accounts.find_bound(elder_id, on=on):
        accounts.unbind(bound.account_id, elder_id=elder_id, actor=actor, at=at, on=on)
    ids = storage.find_subject_rows(ROOT, subject_id=elder_id, column=COLUMN)
    touched = {}
    for table, keys in ids.items():
        fate = ERASURE[table]
        if isinstance(fate, dict):
            touched[table] = storage.change_rows(table, keys=keys, values=fate)
        elif fate is Fate.DELETED:
            touched[table] = storage.delete_rows(table, keys=keys)
    touched["idempotency_key"] = storage.forget_replies_about(elder_id)
    elders.mark_erased(elder_id, at=at)
    journal.append("elder.erased", actor=actor, at=at, subject_id=elder_id, basis=basis.value, rows=touched)
    return touched
