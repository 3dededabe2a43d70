"""Starts, finishes and attendances, as phones and coordinators tell them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import assignment, intake, storage, visits
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.carers.models import Carer
from tests.factories.accounts import make_account
from tests.factories.intake import ZONE

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


def start_wish(at: datetime, **fields) -> visits.StartWish:
    """Give a start that a phone tells at once."""
    return visits.StartWish(**({"start_id": storage.new_id(), "started_at": at, "device_at": at} | fields))


def finish_wish(at: datetime, **fields) -> visits.FinishWish:
    """Give an end at home that a phone tells at once: done."""
    made = {
        "log_id": storage.new_id(),
        "outcome": visits.VisitOutcome.DONE,
        "finished_at": at,
        "place": visits.Place.HOME,
        "device_at": at,
    }
    return visits.FinishWish(**(made | fields))


def start(visit_id: UUID, *, at: datetime, actor: Actor = SYSTEM, now: datetime | None = None, **fields):
    """Let a visit begin, told at once."""
    return assignment.start_visit(visit_id, wish=start_wish(at, **fields), actor=actor, now=now or at, zone=ZONE)


def finish(visit_id: UUID, *, at: datetime, actor: Actor = SYSTEM, now: datetime | None = None, **fields):
    """Let a visit end, told at once."""
    return intake.finish_visit(visit_id, wish=finish_wish(at, **fields), actor=actor, now=now or at, zone=ZONE)


def attend(request_id: UUID, *, at: datetime, actor: Actor = SYSTEM, minutes: int = 30, **fields):
    """Record a service at a site that began at an instant and ended minutes later, told then."""
    end_at = at + timedelta(minutes=minutes)
    made = {
        "attendance_id": storage.new_id(),
        "device_at": end_at,
        "started_at": at,
        "finished_at": end_at,
        "outcome": visits.VisitOutcome.DONE,
    }
    return intake.record_attendance(
        request_id, wish=intake.AttendanceWish(**(made | fields)), actor=actor, now=fields.get("now", end_at)
    )


def as_carer(app, town, name: str) -> Actor:
    """Give the carer of a name an account, as the actor that signs in with it."""
    account_id = make_account(app, role=Role.CARER)
    storage.session().execute(sa.update(Carer).where(Carer.id == town.carers[name]).values(account_id=account_id))
    return Actor(account_id, (Grant(Role.CARER, ScopeKind.OWN, str(account_id)),))


def as_coordinator(app, town, name: str) -> Actor:
    """Make an account that coordinates a provider of the town."""
    organization_id = town.organizations[name]
    account_id = make_account(app, role=Role.COORDINATOR, organization_id=organization_id)
    return Actor(account_id, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(organization_id)),))


def status_of(request_id: UUID) -> intake.RequestStatus:
    """Say where a request stands."""
    return intake.get_request(request_id, actor=SYSTEM).status
