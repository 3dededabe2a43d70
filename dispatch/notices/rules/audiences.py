"""
Who is told of which kind of entry, as data; a kind that is not here tells nobody.

docs/notices.md has the same as a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.intake import RequestStatus
from dispatch.notices.values import Audience, Template

if TYPE_CHECKING:
    from collections.abc import Mapping

SPEAKERS, REQUESTER, PROVIDER = Audience.SPEAKERS, Audience.REQUESTER, Audience.PROVIDER
CARERS, OFFICERS = Audience.CARERS, Audience.OFFICERS
ASKERS = frozenset({SPEAKERS, REQUESTER})
ALL_BUT_CARERS = ASKERS | {PROVIDER}  # carers are told of their visits

TOLD: Mapping[str, frozenset[Audience]] = {
    "care_request.submitted": ASKERS,
    "care_request.accepted": ALL_BUT_CARERS,
    "care_request.scheduled": ALL_BUT_CARERS,
    "care_request.unscheduled": ALL_BUT_CARERS,
    "care_request.started": ALL_BUT_CARERS,
    "care_request.completed": ALL_BUT_CARERS,
    "care_request.failed": ASKERS | {PROVIDER, OFFICERS},
    "care_request.unmatched": ASKERS | {OFFICERS},
    "care_request.held": ALL_BUT_CARERS | {CARERS},
    "care_request.resumed": ALL_BUT_CARERS | {CARERS},
    "care_request.reopened": ALL_BUT_CARERS,
    "care_request.canceled": ALL_BUT_CARERS,
    "care_request.voided": ALL_BUT_CARERS,
    "care_request.breached": frozenset({REQUESTER, PROVIDER, OFFICERS}),
    "care_request.confirmed": ASKERS | {PROVIDER, CARERS},
    "care_request.disputed": ASKERS | {PROVIDER, OFFICERS},
    "care_request.dispute_closed": ASKERS | {PROVIDER},
    "offer.made": frozenset({PROVIDER}),
    "offer.accepted": frozenset({PROVIDER}),
    "offer.declined": frozenset({PROVIDER}),
    "offer.expired": frozenset({PROVIDER}),
    "offer.withdrawn": frozenset({PROVIDER}),
    "visit.assigned": frozenset({CARERS}),
    "visit.published": frozenset({CARERS}),
    "visit.moved": frozenset({SPEAKERS}),
    "visit.canceled": frozenset({CARERS}),
    "visit.unassigned": frozenset({CARERS}),
    "visit.problem_reported": frozenset({PROVIDER}),
    "visit.missed": frozenset({SPEAKERS, PROVIDER, CARERS}),
    "supervisor_task.raised": frozenset({OFFICERS}),
}

# kind of entry -> which short texts go to whom
TEXTED: Mapping[str, tuple[tuple[Audience, Template], ...]] = {
    "care_request.accepted": ((SPEAKERS, Template.ACCEPTED),),
    "care_request.unscheduled": ((SPEAKERS, Template.REARRANGED),),
    "care_request.reopened": ((SPEAKERS, Template.REARRANGED),),
    "care_request.canceled": ((SPEAKERS, Template.CANCELED),),
    "care_request.unmatched": ((SPEAKERS, Template.UNMATCHED), (OFFICERS, Template.ALARM)),
    "care_request.failed": ((SPEAKERS, Template.FAILED),),
    "care_request.breached": ((OFFICERS, Template.ALARM),),
    "offer.made": ((PROVIDER, Template.OFFERED),),
    "visit.assigned": ((CARERS, Template.VISIT_PLANNED),),
    "visit.moved": ((SPEAKERS, Template.MOVED), (CARERS, Template.VISIT_PLANNED)),
    "visit.canceled": ((CARERS, Template.VISIT_CANCELED),),
    "visit.unassigned": ((CARERS, Template.VISIT_CANCELED),),
}
EMERGENCIES_ONLY = frozenset({Template.ALARM})
# said of what is still to come: of no use to anybody once it has begun
BEFORE_THE_START = frozenset(
    {Template.ACCEPTED, Template.REARRANGED, Template.MOVED, Template.OFFERED, Template.VISIT_PLANNED}
)
# the states of a request in which a text still holds; it is dropped in any other
HOLDS_WHILE: Mapping[Template, frozenset[RequestStatus]] = {
    Template.ACCEPTED: frozenset({RequestStatus.ACCEPTED, RequestStatus.SCHEDULED}),
    Template.MOVED: frozenset({RequestStatus.ACCEPTED, RequestStatus.SCHEDULED}),
    Template.VISIT_PLANNED: frozenset({RequestStatus.ACCEPTED, RequestStatus.SCHEDULED}),
    Template.REARRANGED: frozenset({RequestStatus.SUBMITTED, RequestStatus.OFFERED, RequestStatus.ACCEPTED}),
    Template.UNMATCHED: frozenset({RequestStatus.UNMATCHED}),
    Template.OFFERED: frozenset({RequestStatus.OFFERED}),
}
