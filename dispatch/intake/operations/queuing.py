"""Asking for the search for providers of a request: a deadline that the background fires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import storage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

OFFERING = "request.offering"
"""A deadline, by the request's id: the next provider is looked for and asked."""


def queue_offering(request_id: UUID, *, due_at: datetime, at: datetime) -> None:
    """Have the next provider asked at a time; again where that was done before."""
    storage.set_deadline(OFFERING, key=str(request_id), due_at=due_at, at=at, again=True)


def unqueue_offering(request_id: UUID, *, at: datetime) -> None:
    """Have nobody asked any more, until it is queued again."""
    unqueue_offerings([request_id], at=at)


def unqueue_offerings(request_ids: Iterable[UUID], *, at: datetime) -> None:
    """Have nobody asked any more for many requests, until they are queued again."""
    storage.withdraw_deadlines(OFFERING, keys=map(str, request_ids), at=at)
