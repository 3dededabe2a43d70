"""Places where services are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import url_for

from dispatch import areas, clock, dates, directory, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone, settings
from dispatch.api.hours import closure_out
from dispatch.api.organizations import organization_out
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import LOCATION_DOC, Blueprint, conditional, moved, version_wanted, with_version
from dispatch.api.schemas.geometry import PointSchema, point_out
from dispatch.api.schemas.sites import (
    AgreementOutSchema,
    CrsQuery,
    NewOfferSchema,
    NewSiteSchema,
    OfferSchema,
    OperationOutSchema,
    SiteCardSchema,
    SiteChangeSchema,
    SitePageSchema,
    SiteQuery,
)
from dispatch.api.services import offer_out, vacancy_out

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

WRITERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)

bp = Blueprint("sites", __name__, url_prefix="/v1", description="Sites and what is offered there")


@bp.get("/sites")
@open_to_anyone
@conditional
@bp.arguments(SiteQuery, location="query")
@bp.response(200, SitePageSchema)
def list_sites(query: dict[str, Any]) -> dict[str, Any]:
    """List sites; `located=false` is the worklist of those without a point, `stale=true` of those to look at again."""
    limit, cursor = query["limit"], query["cursor"]
    with storage.reading():
        found = directory.find_sites(
            _filter(query),
            now=clock.utc_now(),
            zone=settings().time_zone,
            after=UUID(cursor[0]) if cursor else None,
            limit=limit + 1,
        )
        items = [_site(entry, crs=query["crs"]) for entry in found[:limit]]
        is_estimated = _is_estimated(query["open_at"])
    cursor = encode_cursor(str(items[-1]["id"])) if len(found) > limit else None
    return {"items": items, "next_cursor": cursor, "is_calendar_estimated": is_estimated}


@bp.post("/sites")
@open_to(*WRITERS)
@bp.arguments(NewSiteSchema)
@bp.response(201, SiteCardSchema)
def create_site(wish: directory.NewSite) -> ResponseReturnValue:
    """Create a site; without a point it is unlocated."""
    now, zone = clock.utc_now(), settings().time_zone
    with storage.transaction():
        site = directory.create_site(wish, actor=actor(), at=now, zone=zone)
        card = _card(directory.get_site_card(site.id, now=now, zone=zone))
    return with_version(card, site.version, 201)


@bp.get("/sites/<uuid:site_id>")
@open_to_anyone
@bp.arguments(CrsQuery, location="query")
@bp.alt_response(301, description="It was merged into the site that `Location` names", headers=LOCATION_DOC)
@bp.response(200, SiteCardSchema)
def get_site(query: dict[str, Any], site_id: UUID) -> ResponseReturnValue:
    """Give one site: organization, tier, operator, beds by type, every service with hours and price."""
    with storage.reading():
        card = directory.get_site_card(site_id, now=clock.utc_now(), zone=settings().time_zone)
        merged_into_id = card.entry.site.merged_into_id
        if merged_into_id is not None:
            return moved(url_for("sites.get_site", site_id=merged_into_id))
        shown, version = _card(card, crs=query["crs"]), card.entry.site.version
    return with_version(shown, version)


@bp.put("/sites/<uuid:site_id>")
@open_to(*WRITERS)
@bp.arguments(SiteChangeSchema)
@bp.response(200, SiteCardSchema)
def change_site(change: directory.SiteChange, site_id: UUID) -> ResponseReturnValue:
    """Change a site; what is left out becomes empty. The point has an address of its own."""
    version, now, zone = version_wanted(), clock.utc_now(), settings().time_zone
    with storage.transaction():
        site = directory.change_site(site_id, change=change, version=version, actor=actor(), at=now)
        card = _card(directory.get_site_card(site.id, now=now, zone=zone))
    return with_version(card, site.version)


@bp.put("/sites/<uuid:site_id>/point")
@open_to(*WRITERS)
@bp.arguments(PointSchema)
@bp.response(200, SiteCardSchema)
def locate_site(point: areas.Point, site_id: UUID) -> ResponseReturnValue:
    """Give a site its point; what was sent is kept beside the WGS 84."""
    version, now, zone = version_wanted(), clock.utc_now(), settings().time_zone
    with storage.transaction():
        site = directory.locate_site(site_id, point=point, version=version, actor=actor(), at=now)
        card = _card(directory.get_site_card(site.id, now=now, zone=zone))
    return with_version(card, site.version)


@bp.post("/sites/<uuid:site_id>/services")
@open_to(*WRITERS)
@bp.arguments(NewOfferSchema)
@bp.response(201, OfferSchema)
def create_offer(wish: directory.NewOffer, site_id: UUID) -> dict[str, Any]:
    """Let a service be given at a site, with its hours, price, catchments and places."""
    with storage.transaction():
        offer = directory.create_offer(site_id, wish=wish, actor=actor(), at=clock.utc_now(), zone=settings().time_zone)
    return offer_out(offer)


def _filter(query: dict[str, Any]) -> directory.SiteFilter:
    if query["area"] is not None:
        areas.get_area(query["area"])
    directory.check_codes("facility_type", codes=[query["facility_type"]])
    return directory.SiteFilter(
        area=query["area"],
        facility_type=query["facility_type"],
        service_codes=directory.service_with_children(query["service"]) if query["service"] else None,
        bbox_ll=query["bbox"],
        is_located=query["located"],
        is_stale=query["stale"],
        open_at=query["open_at"],
        name=query["q"],
    )


def _is_estimated(at: datetime | None) -> bool | None:
    if at is None:
        return None
    return directory.read_calendar().is_estimated(dates.service_date(at, settings().time_zone))


def _site(entry: directory.SiteEntry, *, crs: str) -> dict[str, Any]:
    site = entry.site
    return {
        "id": site.id,
        "name": site.name,
        "facility_type": site.facility_type,
        "institution_class": site.institution_class,
        "area_code": site.area_code,
        "address": site.address,
        "point": point_out((site.lon, site.lat), crs=crs),
        "is_located": site.lon is not None,
        "floor_area_m2": site.floor_area_m2,
        "organization_id": site.organization_id,
        "organization_name": entry.organization_name,
        "stage": entry.stage,
        "freshness": entry.freshness,
        "source": site.source,
        "source_ref": site.source_ref,
        "collected_at": site.collected_at,
        "verified_at": site.verified_at,
        "verified_by": site.verified_by,
        "version": site.version,
    }


def _card(card: directory.SiteCard, *, crs: str = "wgs84") -> dict[str, Any]:
    site = card.entry.site
    return _site(card.entry, crs=crs) | {
        "organization": organization_out(card.organization),
        "tier": card.tier,
        "operator_kind": card.organization.operator_kind,
        "source_crs": site.source_crs,
        "source_raw": site.source_raw,
        "stages": [{"stage": row.stage, "valid_from": row.valid_from, "valid_to": row.valid_to} for row in card.stages],
        "hours": card.hours,
        "closures": [closure_out(row) for row in card.closures],
        "beds": [(vacancy_out(beds.vacancy) or {}) | {"bed_type": beds.bed_type} for beds in card.beds],
        "operation": card.operation and _fields(card.operation, OperationOutSchema),
        "functions": card.functions,
        "agreements": [_fields(each, AgreementOutSchema) for each in card.agreements],
        "services": [offer_out(offer) for offer in card.offers],
        "open_now": card.state.is_open,
        "why_closed": card.state.why_closed,
        "closure_reason": card.state.closure_reason,
        "is_calendar_estimated": card.state.is_calendar_estimated,
    }


def _fields(row: Any, schema: type[Schema]) -> dict[str, Any]:  # noqa: ANN401 - a row of a dated table
    return {name: getattr(row, name) for name in schema().fields}
