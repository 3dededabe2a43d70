"""Contended rows carry a version; a lost race is told, never overwritten in silence."""

from __future__ import annotations

from dispatch.errors import ConflictError
from dispatch.words import Words


class StaleVersionError(ConflictError):
    """The record was changed by somebody else since it was read."""

    slug = "stale-version"
    title = Words("这条记录刚被别人改过", "This record was changed by somebody else")
    detail = Words(
        "重新读取这条记录，再在新的内容上修改。",
        "Read the record again and make your change to its present content.",
    )


def check_version(present: int, *, expected: int | None) -> None:
    """Raise StaleVersionError unless the caller's version is the present one (None: the caller does not mind)."""
    if expected is not None and present != expected:
        raise StaleVersionError(version=present)
