"""Who acts: the roles, what they are granted for, and the questions every room asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable


class Role(StrEnum):
    """The role codes; `ELDER` and `FAMILY` have the same rights."""

    ELDER = "elder"
    FAMILY = "family"
    COMMUNITY_WORKER = "community_worker"
    COORDINATOR = "coordinator"
    CARER = "carer"
    PLANNER = "planner"
    DISTRICT_OFFICER = "district_officer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """What a grant is bound to."""

    AREA = "area"
    ORGANIZATION = "organization"
    ELDER = "elder"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role within one scope: an area prefix, an organization's, an elder's or the account's own id."""

    role: Role
    scope_kind: ScopeKind
    scope_ref: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks for something; `account_id` is None for the system itself."""

    account_id: UUID | None
    grants: tuple[Grant, ...] = ()
    is_system: bool = False
    session_id: UUID | None = None  # the device that asks

    def has_role(self, *roles: Role) -> bool:
        """Say whether one of the roles is held, anywhere."""
        return self.is_system or any(grant.role in roles for grant in self.grants)

    def area_prefixes(self, *roles: Role) -> tuple[str, ...]:
        """List the area codes for which one of the roles (or any, without roles) is held; the system holds all."""
        if self.is_system:
            return ("",)
        return tuple(sorted(set(self._scopes(ScopeKind.AREA, roles))))

    def organization_ids(self, *roles: Role) -> frozenset[UUID]:
        """List the organizations for which one of the roles is held."""
        return frozenset(UUID(ref) for ref in self._scopes(ScopeKind.ORGANIZATION, roles))

    def elder_ids(self, *roles: Role) -> frozenset[UUID]:
        """List the elders to whom the account is bound in one of the roles."""
        return frozenset(UUID(ref) for ref in self._scopes(ScopeKind.ELDER, roles))

    def covers_area(self, area_code: str, *roles: Role) -> bool:
        """Say whether the area lies within a grant of one of the roles."""
        return any(area_code.startswith(prefix) for prefix in self.area_prefixes(*roles))

    def _scopes(self, kind: ScopeKind, roles: Iterable[Role]) -> list[str]:
        wanted = tuple(roles)
        return [g.scope_ref for g in self.grants if g.scope_kind is kind and (not wanted or g.role in wanted)]


SYSTEM = Actor(account_id=None, is_system=True)
