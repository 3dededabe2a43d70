"""Ending what is over its time, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import assignment, elders, journal, storage, visits
from dispatch.privacy.operations.erasing import erase_elder
from dispatch.privacy.rules import RETENTION
from dispatch.privacy.values import ErasureBasis, Retained

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from dispatch.actor import Actor

    End = Callable[..., int]  # takes `before` and `dry_run`; gives how many are over their time

ELDERS_AT_ONCE = 500


def apply_retention(*, actor: Actor, at: datetime, on: date, dry_run: bool, also: Mapping[str, End]) -> list[Retained]:
    """
    Count what is over its time, and end it unless it is a dry run: elders are erased, the rest loses rows or places.

    `also` ends, by class, what lives in rooms beside this one. Call it inside a transaction. At most 500 elders are
    erased at once; call it again for more.
    Journal: retention.applied, and elder.erased for each.
    """
    found = []
    for each in RETENTION:
        before = at - each.kept_for
        if each.key in also:
            over = also[each.key](before=before, dry_run=dry_run)
        else:
            over = _END[each.key](before, actor, at, on, dry_run)
        found.append(Retained(each.key, before, over))
    if not dry_run:
        counts = {one.key: one.over for one in found}
        journal.append("retention.applied", actor=actor, at=at, subject_id="retention", counts=counts)
    return found


def _end_elders(before: datetime, actor: Actor, at: datetime, on: date, dry_run: bool) -> int:  # noqa: FBT001 - one of a kind
    gone = elders.find_departed(before=before.date(), limit=ELDERS_AT_ONCE)
    if not dry_run:
        for elder_id in gone:
            erase_elder(elder_id, basis=ErasureBasis.PERIOD_OVER, actor=actor, at=at, on=on)
    return len(gone)


def _end_positions(before: datetime, _actor: Actor, _at: datetime, _on: date, dry_run: bool) -> int:  # noqa: FBT001 - as above
    return visits.forget_positions(before=before, dry_run=dry_run)


def _end_searches(before: datetime, _actor: Actor, _at: datetime, _on: date, dry_run: bool) -> int:  # noqa: FBT001 - as above
    return assignment.forget_searches(before=before, dry_run=dry_run)


def _end_replies(before: datetime, _actor: Actor, _at: datetime, _on: date, dry_run: bool) -> int:  # noqa: FBT001 - as above
    return storage.forget_replies(before=before, dry_run=dry_run)


def _end_access_lines(before: datetime, actor: Actor, at: datetime, _on: date, dry_run: bool) -> int:  # noqa: FBT001 - as above
    return journal.remove_access_lines(before=before, actor=actor, at=at, dry_run=dry_run)


_END = {
    "departed_elders": _end_elders,
    "positions": _end_positions,
    "searches": _end_searches,
    "replies": _end_replies,
    "access_lines": _end_access_lines,
}
