"""Turning kernels into machine code, with their Python types kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

_Kernel = TypeVar("_Kernel", bound="Callable[..., object]")


def compiled(kernel: _Kernel) -> _Kernel:
    """
    Compile a kernel on its first call, keep it in NUMBA_CACHE_DIR, and let go of the interpreter's lock in it.

    Only what Python calls is compiled so; see `part`.
    """
    return cast("_Kernel", numba.njit(cache=True, nogil=True)(kernel))


def part(kernel: _Kernel) -> _Kernel:
    """
    Compile a kernel that other kernels call and Python does not.

    It has no way in from Python, which halves the time to compile; and it counts no references to arrays, which
    costs more than a whole move where many are passed. So it must not make arrays.
    """
    plain: Any = numba.njit
    return cast("_Kernel", plain(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)(kernel))
