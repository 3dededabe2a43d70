"""Closed lists, records that arrive, and answers of the directory."""

from dispatch.directory.values.hours import InvalidHoursError, Span, is_open, read_hours
from dispatch.directory.values.imports import ImportFault, ImportReport
from dispatch.directory.values.lists import CapacityUnit, Delivery, Period, PriceUnit, ServiceStatus, Stage
from dispatch.directory.values.offers import (
    CatchmentArea,
    NearbyAnswer,
    NearbyService,
    NearOffer,
    Offer,
    ServiceNeeds,
    Vacancy,
    WalkAssumptions,
)
from dispatch.directory.values.records import (
    BedRecord,
    ClosureRecord,
    OfferRecord,
    OrganizationRecord,
    ServiceKey,
    ServiceRecord,
    SiteHoursRecord,
    SiteRecord,
    SourceKey,
)
from dispatch.directory.values.wishes import NewOffer, NewOrganization, NewService, NewSite, SiteChange

__all__ = [
    "BedRecord",
    "CapacityUnit",
    "CatchmentArea",
    "ClosureRecord",
    "Delivery",
    "ImportFault",
    "ImportReport",
    "InvalidHoursError",
    "NearOffer",
    "NearbyAnswer",
    "NearbyService",
    "NewOffer",
    "NewOrganization",
    "NewService",
    "NewSite",
    "Offer",
    "OfferRecord",
    "OrganizationRecord",
    "Period",
    "PriceUnit",
    "ServiceKey",
    "ServiceNeeds",
    "ServiceRecord",
    "ServiceStatus",
    "SiteChange",
    "SiteHoursRecord",
    "SiteRecord",
    "SourceKey",
    "Span",
    "Stage",
    "Vacancy",
    "WalkAssumptions",
    "is_open",
    "read_hours",
]
