"""
Emergency access: somebody at the door, or on the line, sees one elder in full for half an hour, and is seen doing it.

The officers of the elder's area find it in their list at once, and acknowledge it. The reason stands there and nowhere
else, since it tells of a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import journal
from dispatch.accounts.models import EmergencyAccess
from dispatch.accounts.queries import find_emergencies
from dispatch.actor import Role
from dispatch.errors import NotFoundError
from dispatch.storage import new_id, session
from dispatch.words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from dispatch.accounts.values import EmergencyView
    from dispatch.actor import Actor

OPEN_FOR = timedelta(minutes=30)


class EmergencyNotFoundError(NotFoundError):
    """No such opening, or it is of an area outside the officer's own."""

    slug = "emergency-access-not-found"
    title = Words("没有这次紧急查看，或者不归你管", "No such emergency access, or it is not yours")


def open_emergency(elder_id: UUID, *, area_code: str | None, reason: str, actor: Actor, at: datetime) -> EmergencyView:
    """
    Open one elder's identity and place to the actor for 30 minutes; whether the actor may is the caller's to check.

    While one is open, asking again gives the same one. Journal: access.emergency_opened.
    """
    open_now = sa.select(EmergencyAccess.id).where(
        EmergencyAccess.account_id == actor.account_id,
        EmergencyAccess.elder_id == elder_id,
        EmergencyAccess.opened_at <= at,
        EmergencyAccess.closes_at > at,
    )
    emergency_id = session().scalar(open_now.limit(1))
    if emergency_id is None:
        emergency_id = new_id()
        session().add(
            EmergencyAccess(
                id=emergency_id,
                account_id=actor.account_id,
                elder_id=elder_id,
                area_code=area_code,
                reason=reason,
                opened_at=at,
                closes_at=at + OPEN_FOR,
            )
        )
        journal.append(
            "access.emergency_opened",
            actor=actor,
            at=at,
            subject_id=elder_id,
            emergency_id=str(emergency_id),
            area_code=area_code,
        )
        session().flush()
    return find_emergencies(emergency_id=emergency_id)[0]


def acknowledge_emergency(emergency_id: UUID, *, actor: Actor, at: datetime) -> EmergencyView:
    """
    Take note of an opening, as an officer of its area; once, and again changes nothing.

    Journal: access.emergency_acknowledged. Raises EmergencyNotFoundError.
    """
    row = session().get(EmergencyAccess, emergency_id, with_for_update=True)
    if row is None or not actor.covers_area(row.area_code or "-", Role.DISTRICT_OFFICER):
        raise EmergencyNotFoundError(emergency_id=emergency_id)
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = at, actor.account_id
        journal.append(
            "access.emergency_acknowledged", actor=actor, at=at, subject_id=row.elder_id, emergency_id=str(row.id)
        )
        session().flush()
    return find_emergencies(emergency_id=emergency_id)[0]
