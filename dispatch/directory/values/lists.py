"""Closed lists of the directory; lists that may grow are rows of `code`."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a site stands; only an open one serves."""

    PLANNED = "planned"
    UNDER_CONSTRUCTION = "under_construction"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Delivery(StrEnum):
    """Where a service is given."""

    SITE = "site"
    HOME = "home"
    REMOTE = "remote"


class ServiceStatus(StrEnum):
    """HSDS's four."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class PriceUnit(StrEnum):
    """What a price is for."""

    MEAL = "meal"
    VISIT = "visit"
    HOUR = "hour"
    MONTH = "month"


class CapacityUnit(StrEnum):
    """What is counted."""

    BED = "bed"
    PLACE = "place"
    MEAL = "meal"
    VISIT = "visit"


class AgreementKind(StrEnum):
    """What a site has agreed with a partner."""

    MEDICAL_CONTRACT = "medical_contract"
    COMMERCE_LINK = "commerce_link"
    LTCI_DESIGNATED = "ltci_designated"


class SitePart(StrEnum):
    """What is known of a site, or of a service at a site, from one date to another."""

    STAGES = "stages"
    OPERATIONS = "operations"
    FUNCTIONS = "functions"
    AGREEMENTS = "agreements"
    PRICES = "prices"


class Period(StrEnum):
    """The part of a day for which places are counted."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
