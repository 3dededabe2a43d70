"""Who may give whom which role: rows of data that `queries.managing` turns into one condition."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from dispatch.actor import Role, ScopeKind

if TYPE_CHECKING:
    from dispatch.actor import Actor


class Reach(StrEnum):
    """How far a right to grant goes."""

    WITHIN = "within"  # the giver's own area and everything in it
    BELOW = "below"  # what lies in the giver's own area, never that area itself
    OVERSEEN = "overseen"  # organizations with a site in the giver's area
    OVERSEEN_OR_NEW = "overseen_or_new"  # the same, and those that have no site anywhere yet
    EMPLOYER = "employer"  # the giver's own organization
    ANY = "any"


class Delegation(NamedTuple):
    """Whoever holds `giver` may give each of `roles` for scopes of one kind, so far."""

    giver: Role
    roles: frozenset[Role]
    kind: ScopeKind
    reach: Reach


IN_AREAS = frozenset({Role.COMMUNITY_WORKER, Role.CARER, Role.PLANNER, Role.OPERATOR, Role.DISTRICT_OFFICER})
IN_HOUSES = frozenset({Role.COORDINATOR, Role.CARER})
MANAGERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER, Role.COORDINATOR)
DELEGATIONS = (
    Delegation(Role.ADMINISTRATOR, IN_AREAS | {Role.ADMINISTRATOR}, ScopeKind.AREA, Reach.WITHIN),
    Delegation(Role.ADMINISTRATOR, IN_HOUSES, ScopeKind.ORGANIZATION, Reach.OVERSEEN_OR_NEW),
    Delegation(Role.DISTRICT_OFFICER, IN_AREAS, ScopeKind.AREA, Reach.BELOW),
    Delegation(Role.DISTRICT_OFFICER, IN_HOUSES, ScopeKind.ORGANIZATION, Reach.OVERSEEN),
    Delegation(Role.COORDINATOR, frozenset({Role.CARER}), ScopeKind.ORGANIZATION, Reach.EMPLOYER),
    *(Delegation(each, frozenset({Role.CARER}), ScopeKind.OWN, Reach.ANY) for each in MANAGERS),
)
"""
The rights matrix of the domain ("accounts, grants"). Only an administrator gives a role as far as the own one reaches.

Elders and families are bound by a one-time code (`operations.codes`) that whoever has the elder in care hands out; no
right to grant replaces it. What an account holds for itself (`own`) shows nothing of other people.
"""


def find_rights(actor: Actor) -> list[Delegation]:
    """Give the rows that apply to an actor."""
    return [each for each in DELEGATIONS if actor.has_role(each.giver)]
