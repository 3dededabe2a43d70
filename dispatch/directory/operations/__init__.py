"""Writes of the directory."""

from dispatch.directory.operations.changes import (
    OrganizationHasSitesError,
    OrganizationInUseError,
    RecordExistsError,
    change_site,
    create_offer,
    create_organization,
    create_service,
    create_site,
    delete_organization,
    locate_site,
)
from dispatch.directory.operations.codes import put_known_codes
from dispatch.directory.operations.importing import SheetOptions, SpreadsheetNotFoundError, import_sites
from dispatch.directory.operations.offers import (
    InvalidClosureError,
    InvalidCountError,
    UnknownUnitError,
    put_beds,
    put_closures,
    put_offers,
    put_site_hours,
)
from dispatch.directory.operations.records import (
    DeliveryNotAllowedError,
    InvalidStagesError,
    put_organizations,
    put_services,
    put_sites,
)
from dispatch.directory.operations.slots import FullError, give_back_place, take_place

__all__ = [
    "DeliveryNotAllowedError",
    "FullError",
    "InvalidClosureError",
    "InvalidCountError",
    "InvalidStagesError",
    "OrganizationHasSitesError",
    "OrganizationInUseError",
    "RecordExistsError",
    "SheetOptions",
    "SpreadsheetNotFoundError",
    "UnknownUnitError",
    "change_site",
    "create_offer",
    "create_organization",
    "create_service",
    "create_site",
    "delete_organization",
    "give_back_place",
    "import_sites",
    "locate_site",
    "put_beds",
    "put_closures",
    "put_known_codes",
    "put_offers",
    "put_organizations",
    "put_services",
    "put_site_hours",
    "put_sites",
    "take_place",
]
