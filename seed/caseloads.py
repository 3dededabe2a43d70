"""Which community worker answers for which elder, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from seed.areas import SECOND_DISTRICT
from seed.carers import REPLACED_CODE, Carer, workers_of
from seed.cases import E05_MOVED_ON
from seed.people import E05_BEFORE_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seed.people import Elder

BEGAN_ON = date(2026, 1, 1)
REPLACED_ON = date(2026, 3, 16)


@dataclass(frozen=True, slots=True)
class Caseload:
    """One worker for one elder; `valid_to` is excluded."""

    elder: Elder
    carer: Carer
    valid_from: date
    valid_to: date | None


def make_caseloads(people: Iterable[Elder], carers: list[Carer]) -> dict[str, list[Caseload]]:
    """Make the caseloads of everybody who is or was in the set, by elder."""
    return {elder.id: _of(elder, carers) for elder in people if elder.role not in (None, "not_in_the_five")}


def worker_on(caseloads: list[Caseload], on: date) -> Carer:
    """Give the worker who answers on a date."""
    return next(c.carer for c in caseloads if c.valid_from <= on and (c.valid_to is None or on < c.valid_to))


def caseload_records(caseloads: dict[str, list[Caseload]]) -> list[dict[str, Any]]:
    """List the caseloads."""
    return [
        {
            "elder_id": one.elder.id,
            "carer_id": one.carer.id,
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat() if one.valid_to else None,
        }
        for ones in caseloads.values()
        for one in ones
    ]


def _of(elder: Elder, carers: list[Carer]) -> list[Caseload]:
    begins = max(BEGAN_ON, elder.entered_on or BEGAN_ON)
    workers = _workers(elder, carers)
    if elder.key == "E05":
        before = next(c for c in carers if c.community and c.community.code == E05_BEFORE_CODE)
        return [
            Caseload(elder, before, begins, E05_MOVED_ON),
            Caseload(elder, workers[0], E05_MOVED_ON, elder.left_on),
        ]
    if elder.code == REPLACED_CODE:
        spans = [(workers[0], begins, REPLACED_ON), (workers[1], max(begins, REPLACED_ON), elder.left_on)]
        whole = [
            Caseload(elder, worker, start, end if elder.left_on is None or end is None else min(end, elder.left_on))
            for worker, start, end in spans
        ]
        return [one for one in whole if one.valid_to is None or one.valid_from < one.valid_to]
    return [Caseload(elder, workers[elder.number % len(workers)], begins, elder.left_on)]


def _workers(elder: Elder, carers: list[Carer]) -> list[Carer]:
    if elder.code.startswith(SECOND_DISTRICT):
        return [c for c in carers if c.community and c.community.subdistrict == elder.home.community.subdistrict]
    return workers_of(carers, elder.home.community)
