"""Who operates sites and services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import clock, dates, directory, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone, settings
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional, with_version
from dispatch.api.schemas.directory import (
    NewOrganizationSchema,
    OrganizationCardSchema,
    OrganizationPageSchema,
    OrganizationQuery,
    OrganizationSchema,
)
from dispatch.api.services import service_out

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from dispatch.directory import Organization

bp = Blueprint("organizations", __name__, url_prefix="/v1", description="Organizations")


@bp.get("/organizations")
@open_to_anyone
@conditional
@bp.arguments(OrganizationQuery, location="query")
@bp.response(200, OrganizationPageSchema)
def list_organizations(query: dict[str, Any]) -> dict[str, Any]:
    """List organizations, by a part of their name."""
    limit, cursor = query["limit"], query["cursor"]
    with storage.reading():
        found = directory.find_organizations(
            query=query["q"], after=UUID(cursor[0]) if cursor else None, limit=limit + 1
        )
        items = [organization_out(each) for each in found[:limit]]
    return {"items": items, "next_cursor": encode_cursor(str(items[-1]["id"])) if len(found) > limit else None}


@bp.post("/organizations")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
@bp.arguments(NewOrganizationSchema)
@bp.response(201, OrganizationSchema)
def create_organization(wish: directory.NewOrganization) -> ResponseReturnValue:
    """Create an organization."""
    with storage.transaction():
        made = directory.create_organization(wish, actor=actor(), at=clock.utc_now())
    return with_version(organization_out(made), made.version, 201)


@bp.get("/organizations/<uuid:organization_id>")
@open_to_anyone
@bp.response(200, OrganizationCardSchema)
def get_organization(organization_id: UUID) -> ResponseReturnValue:
    """Give one organization with its services and the sites that are not closed."""
    today = dates.service_date(clock.utc_now(), settings().time_zone)
    with storage.reading():
        organization = directory.get_organization(organization_id)
        card = organization_out(organization) | {
            "services": [service_out(each) for each in directory.find_services(organization_id)],
            "sites": directory.find_standing_sites(organization_id, on=today),
        }
        version = organization.version
    return with_version(card, version)


@bp.delete("/organizations/<uuid:organization_id>")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
@bp.response(204)
def delete_organization(organization_id: UUID) -> None:
    """Delete an organization; 409 names the sites that are not closed."""
    with storage.transaction():
        directory.delete_organization(organization_id, actor=actor(), at=clock.utc_now(), zone=settings().time_zone)


def organization_out(row: Organization) -> dict[str, Any]:
    """Give the fields of an organization."""
    return {name: getattr(row, name) for name in OrganizationSchema().fields}
