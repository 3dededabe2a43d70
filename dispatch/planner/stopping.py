"""When a search ends: the only place of the planner that looks at a timer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Stop(Protocol):
    """A rule that ends a search; each search asks a rule of its own, made by `started`."""

    def started(self) -> Running:
        """Begin to count or to time."""
        ...


class Running(Protocol):
    """A rule at work."""

    def share_done(self, iterations: int) -> float:
        """Return how much of what may be spent is spent, from 0 to 1; at 1 the search ends."""
        ...

    def next_steps(self, iterations: int, *, least: int) -> int:
        """Return how many moves to try before asking again."""
        ...

    def expected(self) -> float:
        """Return how many moves there will be in all, as far as is known yet."""
        ...


@dataclass(frozen=True, slots=True)
class MaxIterations:
    """End after so many moves tried: the same seed gives the same plan."""

    count: int

    def started(self) -> _Counting:
        """Begin to count."""
        return _Counting(max(0, self.count))


@dataclass(frozen=True, slots=True)
class MaxSeconds:
    """
    End after so many seconds, counted from the call of `solve`.

    `is_cpu` counts what the searching thread itself used of a processor: for measurements on a loaded machine.
    """

    seconds: float
    is_cpu: bool = False

    def started(self) -> _Timing:
        """Start the timer."""
        return _Timing(self.seconds, time.thread_time if self.is_cpu else time.perf_counter)


@dataclass(frozen=True, slots=True)
class Canceled:
    """End as another rule says, or as soon as `is_canceled` says so; what was found is kept."""

    rule: MaxIterations | MaxSeconds
    is_canceled: Callable[[], bool]

    def started(self) -> _Cancelable:
        """Begin to count or to time."""
        return _Cancelable(self.rule.started(), self.is_canceled)


PIECES = 400
"""Into so many pieces the way from warm to cool is cut; between two the rule is asked and progress told."""


@dataclass(slots=True)
class _Counting:
    count: int

    def share_done(self, iterations: int) -> float:
        return min(1.0, iterations / self.count) if self.count else 1.0

    def next_steps(self, iterations: int, *, least: int) -> int:
        del least
        return min(self.count - iterations, max(1, self.count // PIECES))

    def expected(self) -> float:
        return self.count


@dataclass(slots=True)
class _Timing:
    seconds: float
    timer: Callable[[], float]
    began_s: float = field(init=False)
    last: tuple[float, int] = field(init=False, default=(0.0, 0))
    rate: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.began_s = self.timer()

    def share_done(self, iterations: int) -> float:
        used_s = self.timer() - self.began_s
        since_s, steps = used_s - self.last[0], iterations - self.last[1]
        if steps and since_s > 0:
            self.rate = steps / since_s
        self.last = used_s, iterations
        return min(1.0, used_s / self.seconds) if self.seconds > 0 else 1.0

    def next_steps(self, iterations: int, *, least: int) -> int:
        del iterations
        left_s = self.seconds - (self.timer() - self.began_s)
        wanted_s = min(left_s, max(self.seconds / PIECES, 0.002))
        return max(1, int(self.rate * wanted_s)) if self.rate else least

    def expected(self) -> float:
        return self.rate * self.seconds


@dataclass(slots=True)
class _Cancelable:
    rule: _Counting | _Timing
    is_canceled: Callable[[], bool]

    def share_done(self, iterations: int) -> float:
        return 1.0 if self.is_canceled() else self.rule.share_done(iterations)

    def next_steps(self, iterations: int, *, least: int) -> int:
        return self.rule.next_steps(iterations, least=least)

    def expected(self) -> float:
        return self.rule.expected()
