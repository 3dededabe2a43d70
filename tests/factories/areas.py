"""Areas: Tianjin as it comes with the product, and made-up ground below it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dispatch import areas
from dispatch.actor import SYSTEM

AT = datetime(2026, 1, 1, tzinfo=UTC)
DISTRICT, SUBDISTRICT, COMMUNITY = "120198", "120198001", "120198001001"
LEVELS = {2: "city", 6: "district", 9: "subdistrict", 12: "community"}


def area_record(code: str, *, name_zh: str | None = None, **columns) -> areas.AreaRecord:
    """Make the record of an area; the level follows from the code."""
    return areas.AreaRecord(
        code=code,
        level=LEVELS[len(code)],
        name_zh=name_zh or f"测试区域{code}",
        source="test",
        is_made_up=True,
        **columns,
    )


def square_ll(west: float, south: float, side: float = 0.002) -> dict:
    """Make a square as GeoJSON; 0.002 degrees are about 170 m by 220 m in Tianjin."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def put_ground() -> None:
    """Store Tianjin and one made-up district with a subdistrict and a community."""
    areas.put_known_areas(actor=SYSTEM, at=AT)
    areas.put_areas([area_record(code) for code in (DISTRICT, SUBDISTRICT, COMMUNITY)], actor=SYSTEM, at=AT)


def compound_record(name: str = "测试小区", **columns) -> areas.CompoundRecord:
    """Make the record of a new compound in the community, without elder-care floor."""
    record = {"area_code": COMMUNITY, "stage": "new", "households": 900, "care_floor_area_m2": 0.0, "source": "test"}
    return areas.CompoundRecord(name=name, **record | columns)


def put_rule(value: object, *, area_code: str, rule_key: str) -> None:
    """Put a rule in force from the beginning of 2026 on."""
    record = areas.RuleRecord(
        area_code=area_code,
        rule_key=rule_key,
        value=value,
        clause=None,
        status=areas.RuleStatus.ADOPTED,
        valid_from=date(2026, 1, 1),
        valid_to=None,
    )
    areas.put_rule(record, actor=SYSTEM, at=AT)
