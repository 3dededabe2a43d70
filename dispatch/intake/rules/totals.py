"""Counting completed requests: what is paid for, what is disputed, and what stays hidden. No session, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from dispatch import suppression
from dispatch.intake.values import ConfirmedBy, DisputeOutcome, Money, NoMoney, Part, TotalsRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALL: Final = ""


class Completed(NamedTuple):
    """One completed request, as it is counted; `cents` are gross, subsidy and own share, None without a quote."""

    key: str
    confirmed_by: str | None
    rating: int | None
    is_disputed: bool
    outcome: str | None
    cents: tuple[int, int, int] | None


def count_row(key: str | None, *, requests: Sequence[Completed]) -> TotalsRow:
    """Count one row: a disputed request is left out of what is paid until an officer rejects the dispute."""
    disputed = [each for each in requests if each.is_disputed and each.outcome is None]
    upheld = [each for each in requests if each.outcome == DisputeOutcome.UPHELD]
    paid = [each for each in requests if not each.is_disputed or each.outcome == DisputeOutcome.REJECTED]
    ratings = [each.rating for each in requests if each.rating is not None]
    return TotalsRow(
        key=key,
        completed=len(requests),
        paid=_part(paid),
        disputed=_part(disputed),
        upheld=_part(upheld),
        confirmed=sum(each.confirmed_by is not None for each in paid),
        confirmed_by_silence=sum(each.confirmed_by == ConfirmedBy.SILENCE for each in paid),
        rated=len(ratings),
        rating_mean=sum(ratings) / len(ratings) if ratings else None,
    )


def publish_rows(whole: TotalsRow, *, rows: Iterable[TotalsRow]) -> tuple[TotalsRow, tuple[TotalsRow, ...]]:
    """
    Give what who sees counts only may see: how many were completed, small counts hidden so that none can be found.

    Everything else would tell more of the same few people, and is left out.
    """
    kept = tuple(rows)
    counts = {row.key or ALL: row.completed or 0 for row in (whole, *kept)}
    keys = tuple(row.key for row in kept if row.key)
    sums = (suppression.Sum(ALL, keys),) if keys else ()
    hidden: frozenset[str] | set[str]
    try:
        found = suppression.suppress(suppression.Table(counts, sums), small=suppression.find_small(counts))
        hidden = found.hidden
    except suppression.UnprotectableError:
        hidden = set(counts)
    return _public(whole, hidden=hidden), tuple(_public(row, hidden=hidden) for row in kept)


def _public(row: TotalsRow, *, hidden: Iterable[str]) -> TotalsRow:
    nothing = Part(None, Money(unknown_because=NoMoney.COUNTS_ONLY))
    completed = None if (row.key or ALL) in set(hidden) else row.completed
    return TotalsRow(
        row.key,
        completed=completed,
        paid=nothing,
        disputed=nothing,
        upheld=nothing,
        confirmed=None,
        confirmed_by_silence=None,
        rated=None,
        rating_mean=None,
    )


def _part(requests: Sequence[Completed]) -> Part:
    known = [each.cents for each in requests if each.cents is not None]
    if len(known) < len(requests):
        return Part(len(requests), Money(unknown_because=NoMoney.NO_QUOTE))
    gross, subsidy, own = (sum(each[place] for each in known) for place in range(3))
    return Part(len(requests), Money(gross, subsidy, own))
