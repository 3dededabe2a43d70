"""The directory's tables."""

from dispatch.directory.models.beds import BedChange
from dispatch.directory.models.calendar import CalendarDay
from dispatch.directory.models.codes import Code
from dispatch.directory.models.offers import (
    Capacity,
    CapacitySlot,
    Catchment,
    Closure,
    OfferCell,
    OpeningHours,
    Price,
)
from dispatch.directory.models.sites import (
    Agreement,
    Organization,
    Service,
    ServiceAtSite,
    Site,
    SiteFunction,
    SiteOperation,
    SiteStatus,
)

__all__ = [
    "Agreement",
    "BedChange",
    "CalendarDay",
    "Capacity",
    "CapacitySlot",
    "Catchment",
    "Closure",
    "Code",
    "OfferCell",
    "OpeningHours",
    "Organization",
    "Price",
    "Service",
    "ServiceAtSite",
    "Site",
    "SiteFunction",
    "SiteOperation",
    "SiteStatus",
]
