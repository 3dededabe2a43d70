"""Turning kernels into machine code, with their Python types kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_Kernel = TypeVar("_Kernel", bound="Callable[..., object]")
_Number = TypeVar("_Number", np.int32, np.int64)


def compiled(kernel: _Kernel) -> _Kernel:
    """
    Compile a kernel on its first call and keep the result in NUMBA_CACHE_DIR.

    Never parallel: after a fork numba's thread layers abort. Threads of the caller run kernels side by
    side, since the interpreter's lock is let go.
    """
    return cast("_Kernel", numba.njit(cache=True, nogil=True)(kernel))


def compiled_loosely(kernel: _Kernel) -> _Kernel:
    """Compile likewise, with sums in any order and numbers only, so that many are worked on at once."""
    rules = {"nnan", "ninf", "nsz", "arcp", "contract", "reassoc"}
    return cast("_Kernel", numba.njit(cache=True, nogil=True, fastmath=rules)(kernel))


# The two below are written out, since numba compiles numpy's own for seconds, error texts included.


@compiled
def grown(queue: NDArray[_Number]) -> NDArray[_Number]:
    """Give a queue with twice the room, what it holds kept."""
    larger = np.empty(2 * len(queue), queue.dtype)
    for i in range(len(queue)):
        larger[i] = queue[i]
    return larger


@compiled
def first_place(rising: NDArray[np.int32], number: int) -> int:
    """Give the first place in a rising array whose entry is not below a number."""
    first, after = 0, len(rising)
    while first < after:
        middle = (first + after) >> 1
        if rising[middle] < number:
            first = middle + 1
        else:
            after = middle
    return first
