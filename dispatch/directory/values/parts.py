"""What is recorded of a site, or of a service at a site, from one date to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from dispatch.directory.values.lists import AgreementKind, PriceUnit, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRecord:
    """From a date up to, not including, another; None: open."""

    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord(PartRecord):
    """Where the site stands."""

    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRecord(PartRecord):
    """Who runs the site; the kinds are codes of the lists of their names."""

    organization_id: UUID
    operator_kind: str
    founder_kind: str
    run_mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionRecord(PartRecord):
    """A function that the site offers: a code of the list `function`."""

    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRecord(PartRecord):
    """What the site has agreed with another organization."""

    kind: AgreementKind
    partner_organization_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRecord(PartRecord):
    """What a service costs at a site."""

    unit: PriceUnit
    amount_cents: int
