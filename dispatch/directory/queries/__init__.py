"""Reads of the directory."""

from dispatch.directory.queries.beds import find_bed_stock, list_bed_changes
from dispatch.directory.queries.calendar import read_calendar
from dispatch.directory.queries.cards import Beds, OpenState, SiteCard, WhyClosed, get_site_card
from dispatch.directory.queries.codes import (
    CodeListNotFoundError,
    UnknownCodeError,
    check_codes,
    find_by_label,
    find_codes,
    get_code,
    list_code_lists,
    list_codes,
    service_needs,
    service_with_children,
)
from dispatch.directory.queries.keys import UnknownRecordError
from dispatch.directory.queries.layers import (
    SitePoint,
    SiteSpot,
    SiteWish,
    count_site_spots,
    find_site_extent,
    find_site_points,
    find_site_spots,
)
from dispatch.directory.queries.maps import MapCounts, MapPlace, count_map_places, find_map_places
from dispatch.directory.queries.nearby import find_nearby
from dispatch.directory.queries.offers import (
    ServiceAtSiteNotFoundError,
    find_offers,
    find_offers_near,
    find_slot,
    find_slots,
    list_slots,
)
from dispatch.directory.queries.organizations import (
    OrganizationNotFoundError,
    ServiceNotFoundError,
    StandingSite,
    find_organizations,
    find_services,
    find_standing_sites,
    get_organization,
    get_service,
)
from dispatch.directory.queries.parts import (
    list_site_part,
)
from dispatch.directory.queries.sites import (
    Freshness,
    SiteEntry,
    SiteFilter,
    SiteNotFoundError,
    find_open_sites,
    find_sites,
    find_sites_in_stage,
    get_site,
    stage_of,
)

__all__ = [
    "Beds",
    "CodeListNotFoundError",
    "Freshness",
    "MapCounts",
    "MapPlace",
    "OpenState",
    "OrganizationNotFoundError",
    "ServiceAtSiteNotFoundError",
    "ServiceNotFoundError",
    "SiteCard",
    "SiteEntry",
    "SiteFilter",
    "SiteNotFoundError",
    "SitePoint",
    "SiteSpot",
    "SiteWish",
    "StandingSite",
    "UnknownCodeError",
    "UnknownRecordError",
    "WhyClosed",
    "check_codes",
    "count_map_places",
    "count_site_spots",
    "find_bed_stock",
    "find_by_label",
    "find_codes",
    "find_map_places",
    "find_nearby",
    "find_offers",
    "find_offers_near",
    "find_open_sites",
    "find_organizations",
    "find_services",
    "find_site_extent",
    "find_site_points",
    "find_site_spots",
    "find_sites",
    "find_sites_in_stage",
    "find_slot",
    "find_slots",
    "find_standing_sites",
    "get_code",
    "get_organization",
    "get_service",
    "get_site",
    "get_site_card",
    "list_bed_changes",
    "list_code_lists",
    "list_codes",
    "list_site_part",
    "list_slots",
    "read_calendar",
    "service_needs",
    "service_with_children",
    "stage_of",
]
