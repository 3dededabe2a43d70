"""Writes of the directory."""

from dispatch.directory.operations.beds import (
    BedChangeTakenError,
    BedsShortError,
    InvalidBedChangeError,
    import_bed_changes,
    put_bed_changes,
    record_bed_change,
)
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
from dispatch.directory.operations.closing import (
    ClosureNotFoundError,
    close_site,
    end_closure,
    put_calendar_day,
)
from dispatch.directory.operations.codes import put_known_codes
from dispatch.directory.operations.importing import SheetOptions, export_sites, import_sites
from dispatch.directory.operations.merging import MergeImpossibleError, find_alike_sites, merge_site
from dispatch.directory.operations.offers import (
    InvalidClosureError,
    InvalidCountError,
    UnknownUnitError,
    put_beds,
    put_closures,
    put_offers,
    put_site_hours,
)
from dispatch.directory.operations.parts import (
    InvalidSpanError,
    SitePartNotFoundError,
    SitePartOverlapError,
    add_site_part,
    correct_site_part,
)
from dispatch.directory.operations.records import (
    DeliveryNotAllowedError,
    InvalidStagesError,
    put_organizations,
    put_services,
    put_sites,
)
from dispatch.directory.operations.searching import (
    rebuild_search,
)
from dispatch.directory.operations.slots import (
    FullError,
    NoPlacesPlannedError,
    PlacesTakenError,
    book_place,
    give_back_place,
    plan_places,
    release_place,
    take_place,
)
from dispatch.directory.operations.vacancies import (
    tell_beds,
    tell_vacancy,
)

__all__ = [
    "BedChangeTakenError",
    "BedsShortError",
    "ClosureNotFoundError",
    "DeliveryNotAllowedError",
    "FullError",
    "InvalidBedChangeError",
    "InvalidClosureError",
    "InvalidCountError",
    "InvalidSpanError",
    "InvalidStagesError",
    "MergeImpossibleError",
    "NoPlacesPlannedError",
    "OrganizationHasSitesError",
    "OrganizationInUseError",
    "PlacesTakenError",
    "RecordExistsError",
    "SheetOptions",
    "SitePartNotFoundError",
    "SitePartOverlapError",
    "UnknownUnitError",
    "add_site_part",
    "book_place",
    "change_site",
    "close_site",
    "correct_site_part",
    "create_offer",
    "create_organization",
    "create_service",
    "create_site",
    "delete_organization",
    "end_closure",
    "export_sites",
    "find_alike_sites",
    "give_back_place",
    "import_bed_changes",
    "import_sites",
    "locate_site",
    "merge_site",
    "plan_places",
    "put_bed_changes",
    "put_beds",
    "put_calendar_day",
    "put_closures",
    "put_known_codes",
    "put_offers",
    "put_organizations",
    "put_services",
    "put_site_hours",
    "put_sites",
    "rebuild_search",
    "record_bed_change",
    "release_place",
    "take_place",
    "tell_beds",
    "tell_vacancy",
]
