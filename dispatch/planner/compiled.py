"""Turning kernels into machine code, with their Python types kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

_Kernel = TypeVar("_Kernel", bound="Callable[..., object]")


def compiled(kernel: _Kernel) -> _Kernel:
    """
    Compile a kernel that Python calls, keep it in NUMBA_CACHE_DIR, and let go of the interpreter's lock in it.

    No references to arrays are counted, which would cost more than a whole move where many arrays are passed on; so
    a kernel makes no arrays.
    """
    return cast("_Kernel", _njit(cache=True, nogil=True, _nrt=False)(kernel))


def part(kernel: _Kernel) -> _Kernel:
    """Compile a kernel that other kernels call and Python does not: without the way in from Python."""
    return cast("_Kernel", _njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)(kernel))


def compiled_with_arrays(kernel: _Kernel) -> _Kernel:
    """Compile a kernel like `compiled` that makes arrays of its own, or calls one that does."""
    return cast("_Kernel", _njit(cache=True, nogil=True)(kernel))


_njit: Any = numba.njit
