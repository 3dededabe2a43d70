"""What the business does with areas: put them, their rules and compounds on record, import them from files."""

from dispatch.areas.operations.compounds import (
    CompoundExistsError,
    InvalidCompoundError,
    change_compound,
    create_compound,
    export_compounds,
    import_compounds,
    put_compounds,
)
from dispatch.areas.operations.importing import export_areas, import_areas
from dispatch.areas.operations.records import (
    UnknownAreaError,
    UnknownSettlementError,
    put_areas,
    put_known_areas,
    put_rules,
)
from dispatch.areas.operations.ruling import InvalidRuleError, list_rules, put_rule

__all__ = [
    "CompoundExistsError",
    "InvalidCompoundError",
    "InvalidRuleError",
    "UnknownAreaError",
    "UnknownSettlementError",
    "change_compound",
    "create_compound",
    "export_areas",
    "export_compounds",
    "import_areas",
    "import_compounds",
    "list_rules",
    "put_areas",
    "put_compounds",
    "put_known_areas",
    "put_rule",
    "put_rules",
]
