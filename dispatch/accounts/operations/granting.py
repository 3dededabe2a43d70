"""Rows of what somebody is granted, and what the journal is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import journal
from dispatch.accounts.models import RoleGrant

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from dispatch.actor import Actor


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


def tell_given(row: RoleGrant, *, actor: Actor, at: datetime) -> None:
    """Tell the journal of a grant. Journal: grant.given."""
    journal.append(
        "grant.given",
        actor=actor,
        at=at,
        subject_id=row.account_id,
        role=str(row.role),
        scope_kind=str(row.scope_kind),
        scope_ref=row.scope_ref,
    )
