"""Organizations, sites, services and offers; each maker gives the id of what it stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from dispatch import directory
from dispatch.actor import SYSTEM
from tests.factories import areas as ground

if TYPE_CHECKING:
    from uuid import UUID

AT = datetime(2026, 1, 1, tzinfo=UTC)
SINCE = date(2020, 1, 1)
OPEN = (("open", SINCE, None),)


def put_base() -> None:
    """Store the code lists and some ground."""
    directory.put_known_codes(actor=SYSTEM, at=AT)
    ground.put_ground()


def make_organization(ref: str = "o1", **columns: Any) -> UUID:
    """Store an organization of the source "test"."""
    record = {"name": f"机构{ref}", "description": "测试机构", "operator_kind": "company"} | columns
    record = directory.OrganizationRecord(source="test", source_ref=ref, **record)
    directory.put_organizations([record], actor=SYSTEM, at=AT)
    return next(each.id for each in directory.find_organizations() if each.source_ref == ref)


def site_record(ref: str = "s1", *, organization: str = "o1", **columns: Any) -> directory.SiteRecord:
    """Make the record of an open day care center in the made-up community."""
    record = {
        "name": f"站点{ref}",
        "facility_type": "day_care_center",
        "area_code": ground.COMMUNITY,
        "address": f"测试路{ref}号",
        "collected_at": AT,
        "stages": OPEN,
    }
    return directory.SiteRecord(organization=("test", organization), source="test", source_ref=ref, **record | columns)


def make_site(ref: str = "s1", **columns: Any) -> UUID:
    """Store a site (see `site_record`); give `point=(lon, lat)` for a located one."""
    point = columns.pop("point", None)
    if point:
        columns |= {"lon": point[0], "lat": point[1], "crs": "wgs84"}
    directory.put_sites([site_record(ref, **columns)], actor=SYSTEM, at=AT)
    entries = directory.find_sites(now=AT, zone=UTC)
    return next(each.site.id for each in entries if each.site.source_ref == ref)


def make_service(ref: str = "v1", *, organization: str = "o1", **columns: Any) -> None:
    """Store a service of day care."""
    record = {"service_code": "day_care", "name": f"服务{ref}", "delivery": "site"} | columns
    record = directory.ServiceRecord(organization=("test", organization), source_ref=ref, **record)
    directory.put_services([record], actor=SYSTEM, at=AT)


def make_offer(site: str = "s1", *, service: str = "v1", organization: str = "o1", **columns: Any) -> UUID:
    """Let the service be given at the site."""
    record = directory.OfferRecord(
        site=("test", site),
        service=("test", organization, service),
        **{"hours_from": SINCE} | columns,
    )
    directory.put_offers([record], actor=SYSTEM, at=AT)
    offers = directory.find_offers(service_codes=None, on=AT.date())
    known = {each.site.id: each.site.source_ref for each in directory.find_sites(now=AT, zone=UTC)}
    return next(
        each.service_at_site_id
        for each in offers
        if known[each.site_id] == site and each.service_name == f"服务{service}"
    )


def bed_change(ref: str = "b1", *, site: str = "s1", **columns: Any) -> directory.BedChangeRecord:
    """Make the record of forty care beds that opened at a site of the source "test"."""
    record = {"bed_type": "care", "stage": "open", "delta": 40, "changed_on": date(2026, 1, 1)}
    return directory.BedChangeRecord(site=("test", site), ref=ref, **record | columns)
