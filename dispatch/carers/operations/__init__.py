"""What is done with carers: putting them on record, changing them, their parts and their rosters."""

from dispatch.carers.operations.exporting import CarerExportRefusedError, export_carers, export_rosters
from dispatch.carers.operations.importing_carers import CarerSheetOptions, import_carers
from dispatch.carers.operations.importing_rosters import import_rosters
from dispatch.carers.operations.parts import (
    CarerPartNotFoundError,
    CarerPartOverlapError,
    add_part,
    correct_part,
    list_part,
    withdraw_part,
)
from dispatch.carers.operations.records import (
    CarerLeftError,
    CarerNotFoundError,
    RosterSpanError,
    change_carer,
    create_carer,
    end_carer,
    find_cards,
    get_card,
    get_roster,
)
from dispatch.carers.operations.registering import InvalidCarerError, register_carers

__all__ = [
    "CarerExportRefusedError",
    "CarerLeftError",
    "CarerNotFoundError",
    "CarerPartNotFoundError",
    "CarerPartOverlapError",
    "CarerSheetOptions",
    "InvalidCarerError",
    "RosterSpanError",
    "add_part",
    "change_carer",
    "correct_part",
    "create_carer",
    "end_carer",
    "export_carers",
    "export_rosters",
    "find_cards",
    "get_card",
    "get_roster",
    "import_carers",
    "import_rosters",
    "list_part",
    "register_carers",
    "withdraw_part",
]
