"""
The bases of scenarios that a process keeps, so that a change is answered at once.

A base is good as long as nothing happened that could change it: every operation that changes a fact leaves a line in
the journal, and the journal is asked each time, in the reading that the answer rests on. What is not known to be
without meaning for homes, sites, areas and streets makes a base stale.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dispatch import journal
from dispatch.coverage.rules.effects import make_base

if TYPE_CHECKING:
    from dispatch.coverage.rules.effects import EffectBase
    from dispatch.coverage.values import RunInputs, RunWish
    from dispatch.journal import Cursor, News
    from dispatch.streets import Network

KEPT_BASES = 4
"""So many questions (area, service, date, speed, limit) a process keeps at once: some MB each."""

MOST_NEWS = 2_000
"""With more lines since it was last looked at, a base is read anew without looking at each."""

# what happens to these changes neither homes nor sites nor areas nor streets: the first word of the journal's kinds
WITHOUT_MEANING = frozenset(
    {
        *("access", "account", "assessment", "assignment", "care_request", "carer", "caseload", "category_set", "code"),
        *("coverage", "coverage_run", "deadline", "grant", "job", "key", "membership", "obligation", "preference"),
        *("quote", "roster", "scenario", "session", "subsidy_rule", "supervisor_task", "upload", "visit", "visit_log"),
        *("calendar_feed", "care_series", "offer", "webhook"),
    }
)
ADOPTED = "scenario.adopted"


@dataclass(frozen=True, slots=True)
class Mark:
    """How the journal stood: a place behind which all is looked at, the line there, and what mattered behind it."""

    end: Cursor
    line: News | None
    held: frozenset[Cursor]


@dataclass(frozen=True, slots=True)
class _Kept:
    base: EffectBase
    mark: Mark


_kept: OrderedDict[RunWish, _Kept] = OrderedDict()
_lock = threading.Lock()


def look_up(wish: RunWish, *, network: Network) -> EffectBase | None:
    """
    Give the base of a question if it is as good as a new one; call it inside a reading.

    None where there is none, where the streets were imported again, or where anything happened that might matter.
    """
    with _lock:
        kept = _kept.get(wish)
    if kept is None or kept.base.imported is not network:
        return None
    news = journal.find_news(kept.mark.end, limit=MOST_NEWS)
    if len(news) == MOST_NEWS or _line_at(kept.mark.end, news=news) != kept.mark.line:
        return None
    if _with_meaning(news, after=kept.mark.end) != kept.mark.held:
        return None
    with _lock:
        _kept[wish] = replace(kept, mark=mark_now())  # next time only what is new is looked at
        _kept.move_to_end(wish)
    return kept.base


def mark_now() -> Mark:
    """Say how the journal stands; call it inside the reading that a base's inputs come from."""
    end = journal.find_end()
    news = journal.find_news(end, limit=MOST_NEWS)
    return Mark(end, _line_at(end, news=news), _with_meaning(news, after=end))


def keep_base(inputs: RunInputs, *, mark: Mark, network: Network) -> EffectBase:
    """Compute the base of a question and keep it in the place of the one that was not asked for longest."""
    base = make_base(inputs, network=network)
    with _lock:
        _kept[inputs.wish] = _Kept(base, mark)
        _kept.move_to_end(inputs.wish)
        while len(_kept) > KEPT_BASES:
            _kept.popitem(last=False)
    return base


def forget_bases() -> None:
    """Let go of all: for tests, which take back what they wrote to the journal."""
    with _lock:
        _kept.clear()


def _line_at(place: Cursor, *, news: list[News]) -> News | None:
    return news[0] if news and news[0].cursor == place else None


def _with_meaning(news: list[News], *, after: Cursor) -> frozenset[Cursor]:
    return frozenset(
        one.cursor
        for one in news
        if one.cursor > after and (one.kind == ADOPTED or one.kind.partition(".")[0] not in WITHOUT_MEANING)
    )
