"""Taking turns, and comparing results before times."""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def take_turns(runs: dict[str, Callable[[], Any]], *, repeat: int) -> dict[str, list[float]]:
    """Give the milliseconds of each turn of each run; all ran once before, to be compared."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat):
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            taken[name].append((time.perf_counter() - began) * 1000)
    return taken


def summed_up(taken: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Give for each run the median, the least and the most milliseconds."""
    return {
        name: {
            "median": round(statistics.median(values), 4),
            "least": round(min(values), 4),
            "most": round(max(values), 4),
            "turns": len(values),
        }
        for name, values in taken.items()
    }


def ratio(taken: dict[str, list[float]], *, slow: str, quick: str) -> float:
    """Give how many times as long one takes as the other, by medians."""
    return round(statistics.median(taken[slow]) / statistics.median(taken[quick]), 2)


def demand(is_so: object, *, message: str) -> None:
    """End with a status that says failure unless results agree: times of wrong answers are not printed."""
    if not is_so:
        sys.exit(f"The results differ, no times are printed: {message}")
