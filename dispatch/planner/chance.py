"""Random numbers that are the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dispatch.planner.compiled import part

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def rest(random: NDArray[np.uint64]) -> float:
    """Draw a number in [0, 1); SplitMix64 (Steele, Lea and Flood 2014)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return float(z >> np.uint64(11)) * 1.1102230246251565e-16


@part
def pick(random: NDArray[np.uint64], count: int) -> int:
    """Draw one of 0 .. count - 1."""
    return int(rest(random) * count)
