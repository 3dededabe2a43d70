"""
Districts, subdistricts and communities: codes, names old and new, boundaries, residents, dated rules.

Tianjin's sixteen districts come with the product. A rule holds for its area and all below, the nearest
area decides, and a draft is never used unless asked for. Points that arrive are checked here too.
"""

from dispatch.areas.models import Area
from dispatch.areas.operations import UnknownAreaError, UnknownSettlementError, put_areas, put_known_areas, put_rules
from dispatch.areas.queries import (
    AreaNotFoundError,
    children,
    district_names,
    find_aliases,
    find_area,
    find_areas,
    find_rule,
    find_rules,
    get_area,
    missing_codes,
)
from dispatch.areas.rules import (
    CRS_MISSING,
    InvalidAreaCodeError,
    InvalidPointError,
    known_areas,
    read_district,
    read_other_city,
    read_point,
    read_province,
)
from dispatch.areas.values import (
    AreaRecord,
    Level,
    Point,
    Province,
    PutCount,
    RuleInForce,
    RuleRecord,
    RuleStatus,
    Settlement,
    ancestor_codes,
    parent_code,
    plain_name,
)

__all__ = [
    "CRS_MISSING",
    "Area",
    "AreaNotFoundError",
    "AreaRecord",
    "InvalidAreaCodeError",
    "InvalidPointError",
    "Level",
    "Point",
    "Province",
    "PutCount",
    "RuleInForce",
    "RuleRecord",
    "RuleStatus",
    "Settlement",
    "UnknownAreaError",
    "UnknownSettlementError",
    "ancestor_codes",
    "children",
    "district_names",
    "find_aliases",
    "find_area",
    "find_areas",
    "find_rule",
    "find_rules",
    "get_area",
    "known_areas",
    "missing_codes",
    "parent_code",
    "plain_name",
    "put_areas",
    "put_known_areas",
    "put_rules",
    "read_district",
    "read_other_city",
    "read_point",
    "read_province",
]
