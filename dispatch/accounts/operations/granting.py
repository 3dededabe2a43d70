"""Rows of what somebody is granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.accounts.models import RoleGrant

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID


def grant_row(account_id: UUID, role: str, scope_kind: str, scope_ref: str, *, at: datetime, on: date) -> RoleGrant:
    """Make the row of a grant that holds from a date on."""
    return RoleGrant(
        account_id=account_id,
        role=role,
        scope_kind=scope_kind,
        scope_ref=scope_ref,
        valid_from=on,
        valid_to=None,
        recorded_at=at,
    )
