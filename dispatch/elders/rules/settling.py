"""What a row of a file means for the dated entries that stand: a correction, a successor, something new."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from dispatch.elders.rules.ages import is_overlapping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from dispatch.elders.values import CategoryRow, ElderRow

    Entry = Mapping[str, Any]


class SettleFault(StrEnum):
    """Why a row does not fit what stands."""

    DATES_OVERLAP = "dates_overlap"
    DATE_NEEDED = "date_needed"


class Place(NamedTuple):
    """Where an entry goes: it corrects `kept`, or begins on `valid_from` when `ended` ends, or is simply new."""

    valid_from: date
    valid_to: date | None = None
    kept: Entry | None = None
    ended: Entry | None = None


def is_same_elder(row: ElderRow, *, kept: Entry, is_id_no_known: bool, is_id_no_same: bool, is_ref_same: bool) -> bool:
    """
    Say whether a row tells of the elder on record whose ID number or reference it names.

    One mark alone is not trusted, since numbers are mistyped and lists are numbered anew: an ID number needs the
    name or the reference beside it; a reference needs the name or, where no ID numbers differ, the birth date.
    """
    is_name_same = "".join(row.name.split()) == "".join(kept["name"].split())
    if is_id_no_same:
        return is_name_same or is_ref_same
    return is_name_same or (row.born_on == kept["born_on"] and not is_id_no_known)


def settle_single(entries: Sequence[Entry], *, since: date | None, on: date) -> Place | SettleFault:
    """
    Find the place of an entry of which one holds at a time: the main residence, the risk level.

    Parameters
    ----------
    entries : sequence of mappings
        What stands, with `valid_from` and `valid_to`, in order.
    since : date or None
        When it begins; None: nobody said, so it is about what holds on `on`, or begins then.
    on : date
        The day of the import.

    """
    if since is None:
        present = next((each for each in entries if _holds(each, on=on)), None)
        if present is not None:
            return Place(present["valid_from"], present["valid_to"], kept=present)
        if entries:  # it ended, or is still to begin: whether the file is older than that, nobody knows
            return SettleFault.DATE_NEEDED
        return Place(on)
    kept = next((each for each in entries if each["valid_from"] == since), None)
    if kept is not None:
        return Place(since, kept["valid_to"], kept=kept)
    if entries and entries[-1]["valid_to"] is None and entries[-1]["valid_from"] < since:
        return Place(since, ended=entries[-1])
    return SettleFault.DATES_OVERLAP if is_overlapping([*_spans(entries), (since, None)]) else Place(since)


def settle_category(row: CategoryRow, *, entries: Sequence[Entry], on: date) -> Place | SettleFault:
    """
    Find the place of a category, of which several spans may stand; what the row does not say of an end, stays.

    Parameters
    ----------
    row : CategoryRow
        What the file says.
    entries : sequence of mappings
        What stands of this category, in order.
    on : date
        The day of the import: where no day is said, the category begins then, or held already.

    """
    kept = _meant(row, entries=entries, on=on)
    valid_from = kept["valid_from"] if kept else (row.valid_from or on)
    valid_to = row.valid_to or (kept["valid_to"] if kept else None)
    others = [each for each in entries if each is not kept]
    if (valid_to and valid_to <= valid_from) or is_overlapping([*_spans(others), (valid_from, valid_to)]):
        return SettleFault.DATES_OVERLAP
    return Place(valid_from, valid_to, kept=kept)


def _meant(row: CategoryRow, *, entries: Sequence[Entry], on: date) -> Entry | None:
    """Find the entry that a row speaks of: by its first day, or its last where that alone is said, or today's."""
    if row.valid_from:
        return next((each for each in entries if each["valid_from"] == row.valid_from), None)
    ended = (each for each in entries if row.valid_to and each["valid_to"] == row.valid_to)
    return next(ended, None) or next((each for each in entries if _holds(each, on=on)), None)


def _holds(entry: Entry, *, on: date) -> bool:
    return bool(entry["valid_from"] <= on and (entry["valid_to"] is None or on < entry["valid_to"]))


def _spans(entries: Sequence[Entry]) -> list[tuple[date, date | None]]:
    return [(each["valid_from"], each["valid_to"]) for each in entries]
