"""What the business does with areas: put them and their rules on record, import them from files."""

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
    "InvalidRuleError",
    "UnknownAreaError",
    "UnknownSettlementError",
    "export_areas",
    "import_areas",
    "list_rules",
    "put_areas",
    "put_known_areas",
    "put_rule",
    "put_rules",
]
