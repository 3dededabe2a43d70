"""What the world's sites have beside their name: dated parts, places on a day, a closure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from dispatch import directory
from dispatch.actor import SYSTEM
from tests.factories.intake import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from tests.worlds.tiny_day import TinyDay


def put_site_parts(town: TinyDay, *, name: str) -> dict[str, UUID]:
    """Put an ended entry of each dated part of a site on record, and places on a day; the ids come back by part."""
    site_id, offer_id, organization_id = town.sites[name], town.offers[name], town.organizations[name]
    span = {"valid_from": date(2020, 1, 1), "valid_to": date(2021, 1, 1)}
    records = {
        "operations": directory.OperationRecord(
            organization_id=organization_id,
            operator_kind="company",
            founder_kind="social",
            run_mode="public",
            **span,
        ),
        "functions": directory.FunctionRecord(function="community_meals", **span),
        "agreements": directory.AgreementRecord(
            kind=next(iter(directory.AgreementKind)), partner_organization_id=organization_id, **span
        ),
        "prices": directory.PriceRecord(unit=next(iter(directory.PriceUnit)), amount_cents=100, **span),
    }
    found = {
        part: directory.add_site_part(
            site_id,
            part=directory.SitePart(part),
            record=record,
            service_at_site_id=offer_id if part == "prices" else None,
            actor=SYSTEM,
            at=NOW,
        ).id
        for part, record in records.items()
    }
    directory.plan_places(
        offer_id,
        site_id=site_id,
        service_on=date(2026, 10, 1),  # the day of rows.IDS
        period=directory.Period.NOON,
        maximum=2,
        actor=SYSTEM,
        at=NOW,
    )
    found["stages"] = directory.list_site_part(site_id, part=directory.SitePart.STAGES)[0].id
    return found


def close_site(site_id: UUID) -> UUID:
    from_at = NOW + timedelta(days=60)
    return directory.close_site(
        site_id, from_at=from_at, to_at=from_at + timedelta(days=1), reason="检修", actor=SYSTEM, at=NOW
    ).id
