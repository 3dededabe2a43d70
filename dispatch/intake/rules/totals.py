"""Counting completed requests: what is paid for, what is disputed, and what stays hidden. No session, no clock."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatch import areas, suppression
from dispatch.intake.values import ConfirmedBy, DisputeOutcome, Money, NoMoney, Part, TotalsBy, TotalsRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIGITS: Final = tuple(sorted(areas.DIGITS.values()))


class Completed(NamedTuple):
    """One completed request, as it is counted; `cents` are gross, subsidy and own share, None without a quote."""

    key: str
    confirmed_by: str | None
    rating: int | None
    is_disputed: bool
    outcome: str | None
    cents: tuple[int, int, int] | None


class Served(NamedTuple):
    """Where one completed request belongs, for who sees counts only; `organization` is empty where it is not known."""

    area_code: str
    service_code: str
    organization: str


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


def publish_counts(
    served: Iterable[Served], *, root: str, area_code: str, by: TotalsBy
) -> tuple[TotalsRow, tuple[TotalsRow, ...]]:
    """
    Give what who sees counts only may see: how many were completed, small counts hidden so that none can be found.

    Every figure that such a reader can ask for of the area `root` and its month is in one table, so that no two answers
    tell by their difference what each of them hides. Everything else would tell more of the same few people.
    """
    table, leaves = _add_up(served, root=root)
    hidden = _hidden(table)

    def row(key: str | None, name: str) -> TotalsRow:
        nothing = Part(None, Money(unknown_because=NoMoney.COUNTS_ONLY))
        return TotalsRow(
            key,
            completed=None if name in hidden else table.counts.get(name, 0),
            paid=nothing,
            disputed=nothing,
            upheld=nothing,
            confirmed=None,
            confirmed_by_silence=None,
            rated=None,
            rating_mean=None,
        )

    within = area_code if by is TotalsBy.AREA else ""
    keys = sorted(key for kind, key in leaves if kind is by and key.startswith(within))
    return row(None, _name(TotalsBy.AREA, area_code)), tuple(row(key, leaves[by, key]) for key in keys)


def _add_up(served: Iterable[Served], *, root: str) -> tuple[suppression.Table, dict[tuple[TotalsBy, str], str]]:
    """Count by area at every level down from `root`, by service and by organization; by key, where it stands."""
    counts: Counter[str] = Counter()
    below: dict[str, set[str]] = {}
    leaves: dict[tuple[TotalsBy, str], str] = {}
    top = _name(TotalsBy.AREA, root)
    for each in served:
        chain = [each.area_code[:digits] for digits in DIGITS if len(root) <= digits <= len(each.area_code)]
        names = [_name(TotalsBy.AREA, code) for code in chain]
        names.append(f"{names[-1]}/itself")  # an area may have people of its own beside those of its parts
        leaves[TotalsBy.AREA, each.area_code] = names[-1]
        for above, name in itertools.pairwise(names):
            below.setdefault(above, set()).add(name)
        for kind, key in ((TotalsBy.SERVICE, each.service_code), (TotalsBy.ORGANIZATION, each.organization)):
            leaves[kind, key] = _name(kind, key)
            names.append(leaves[kind, key])
        counts.update(names)
    sums = [suppression.Sum(name, tuple(sorted(parts))) for name, parts in sorted(below.items())]
    for kind in (TotalsBy.SERVICE, TotalsBy.ORGANIZATION):
        parts = tuple(sorted(name for (of, _), name in leaves.items() if of is kind))
        sums += [suppression.Sum(top, parts)] if parts else []
    return suppression.Table(counts, tuple(sums)), leaves


def _name(kind: TotalsBy, key: str) -> str:
    return f"{kind.value}/{key}"


def _hidden(table: suppression.Table) -> frozenset[str]:
    small = suppression.find_small(table.counts)
    try:
        return suppression.suppress(table, small=small).hidden
    except suppression.UnprotectableError:
        return frozenset(table.counts)


def _part(requests: Sequence[Completed]) -> Part:
    known = [each.cents for each in requests if each.cents is not None]
    if len(known) < len(requests):
        return Part(len(requests), Money(unknown_because=NoMoney.NO_QUOTE))
    gross, subsidy, own = (sum(each[place] for each in known) for place in range(3))
    return Part(len(requests), Money(gross, subsidy, own))
