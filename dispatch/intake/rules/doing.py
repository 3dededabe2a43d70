"""Decisions about service, proof and confirmation. No session, no clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dispatch import visits
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SILENCE: Final = "confirmation.silence"
"""The kind of deadline; its key is the request's id."""
# P: a week is long enough for a family to look, and short enough for a month's account to be closed
SILENCE_COUNTS_AFTER: Final = timedelta(days=7)
# P: a month is what a bill covers
DISPUTE_WITHIN: Final = timedelta(days=30)

ELEMENTS: Final = {
    "started_at": Words("没有开始时间。", "There is no start."),
    "finished_at": Words("没有结束时间。", "There is no end."),
    "place": Words("没有服务地点。", "There is no place."),
    "provider": Words("没有服务机构或人员。", "There is no provider."),
}


def find_missing_of_visits(facts: Sequence[visits.VisitFacts], *, proven: Iterable[object]) -> list[str]:
    """
    Name the elements of proof that visits lack: each needs a carer and a log, which holds all others.

    `proven` are the ids of visits of which a log is on record that was not rejected.
    """
    known = set(proven)
    missing: set[str] = set()
    for each in facts:
        if each.carer_id is None:
            missing.add("provider")
        if each.visit_id not in known:
            missing |= {"finished_at", "place"} | ({"started_at"} if not each.status.has_begun else set())
    return [name for name in ELEMENTS if name in missing]


EVERYTHING: Final = tuple(ELEMENTS)


def find_failure(outcomes: Iterable[visits.VisitOutcome | None]) -> visits.VisitOutcome | None:
    """Give the first outcome that is no service, or None where all are: then the request is completed."""
    return next((each for each in outcomes if each is not None and each not in visits.COUNTED_OUTCOMES), None)
