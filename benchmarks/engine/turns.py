"""Taking turns, and comparing results before times."""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Stopwatch:
    """
    Times what runs, in seconds: the lesser of the clock's time and the process's own.

    On a busy machine a long run is interrupted again and again and a short one is not, so the clock alone would flatter
    whatever is short; where a library runs on several threads the process's own time is the longer one.
    """

    def __init__(self) -> None:
        self._clock, self._own = time.perf_counter(), time.process_time()

    def seconds(self) -> float:
        """Give the seconds since it was made."""
        own, clock = time.process_time() - self._own, time.perf_counter() - self._clock
        return min(own, clock)


def take_turns(runs: dict[str, Callable[[], Any]], *, repeat: int) -> dict[str, list[float]]:
    """Give the milliseconds of each turn of each run; all ran once before, to be compared."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat):
        for name, run in runs.items():
            watch = Stopwatch()
            run()
            taken[name].append(watch.seconds() * 1000)
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
