"""Firing a deadline in two steps: what takes long is read first, and no write transaction spans it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from dispatch.config import Settings
    from dispatch.storage import DeadlineView


@dataclass(frozen=True, slots=True)
class TwoStep:
    """
    How a deadline fires whose effect rests on a computation.

    `prepare` reads and computes, in readings of its own; `hold` takes the row that the effect is about, before the
    deadline's own is taken, as everybody does who changes that row and moves its deadlines; `fire` holds what was found
    against the present state and makes the effect, in one transaction with the deadline.
    """

    prepare: Callable[[DeadlineView, datetime, Settings], Any]
    hold: Callable[[DeadlineView], None]
    fire: Callable[[DeadlineView, datetime, Any], None]
