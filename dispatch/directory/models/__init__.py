"""The directory's tables."""

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
from dispatch.directory.models.sites import Organization, Service, ServiceAtSite, Site, SiteStatus

__all__ = [
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
    "SiteStatus",
]
