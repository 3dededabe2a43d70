"""How often somebody may try a password or a code: after some free tries each failure doubles the wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)  # so that a name takes some 100 tries a day (NIST SP 800-63B, 5.2.2)
DOUBLINGS = 5  # 30 s doubled five times is more than the longest wait


class TriedBy(StrEnum):
    """What tries are counted by."""

    NAME = "name"
    ADDRESS = "address"


# how many failures cost nothing, and how long it takes to forget one; behind one address a whole office may sit
FREE_TRIES = {TriedBy.NAME: 5, TriedBy.ADDRESS: 100}
FORGETS_ONE_IN = {TriedBy.NAME: timedelta(hours=1), TriedBy.ADDRESS: timedelta(seconds=36)}


@dataclass(frozen=True, slots=True)
class Tries:
    """When the last try was, and when all of them will be forgotten: each try puts that off by its share."""

    last_at: datetime
    forgotten_at: datetime


def tries_held(tries: Tries, *, by: TriedBy) -> int:
    """Count the tries that were not forgotten yet when the last one was made."""
    return max(0, ceil((tries.forgotten_at - tries.last_at) / FORGETS_ONE_IN[by]))


def set_back(tries: Tries, *, now: datetime) -> Tries:
    """Move both instants back with a clock that was set back, or a name stays shut until the old hour comes again."""
    ahead = max(tries.last_at - now, timedelta())
    return Tries(last_at=tries.last_at - ahead, forgotten_at=tries.forgotten_at - ahead)


def opens_at(tries: Tries, *, by: TriedBy) -> datetime:
    """Give the instant from which the next try is let in: 30 s after the last free one, then twice as long each."""
    over = tries_held(tries, by=by) - FREE_TRIES[by]
    if over < 0:
        return tries.last_at
    wait: timedelta = FIRST_WAIT * 2 ** min(over, DOUBLINGS)
    return tries.last_at + min(wait, LONGEST_WAIT)


def after_try(tries: Tries, *, by: TriedBy, now: datetime) -> Tries:
    """Count one more."""
    return Tries(last_at=now, forgotten_at=max(tries.forgotten_at, now) + FORGETS_ONE_IN[by])


def take_back(tries: Tries, *, by: TriedBy) -> Tries:
    """Count one less."""
    return Tries(last_at=tries.last_at, forgotten_at=tries.forgotten_at - FORGETS_ONE_IN[by])
