"""People by category: who is in two categories counts in both, so categories do not add up; areas do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dispatch.coverage.values import CategoryFigures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from dispatch.coverage.values import AreaFacts, HomeFacts


def count_categories(
    homes: Sequence[HomeFacts], *, is_covered: NDArray[np.bool_], areas: Iterable[AreaFacts]
) -> tuple[CategoryFigures, ...]:
    """
    Count the people of each category in each area, and the covered ones; by area and category.

    Parameters
    ----------
    homes : sequence of HomeFacts
        n of them.
    is_covered : ndarray of bool, shape (n,)
        Who is covered.
    areas : iterable of AreaFacts
        A code holds all that begin with it. An area without people of a category has no row for it.

    """
    codes = {area.code for area in areas}
    lengths = sorted({len(code) for code in codes})
    everybody: Counter[tuple[str, str]] = Counter()
    covered: Counter[tuple[str, str]] = Counter()
    for home, is_in in zip(homes, is_covered.tolist(), strict=True):
        for category in home.categories:
            for length in lengths:
                if len(home.area_code) >= length and home.area_code[:length] in codes:
                    everybody[home.area_code[:length], category] += 1
                    covered[home.area_code[:length], category] += is_in
    return tuple(
        CategoryFigures(area_code=code, category=category, elders=count, covered=covered[code, category])
        for (code, category), count in sorted(everybody.items())
    )
