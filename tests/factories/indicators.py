"""Targets of an area's own."""

from __future__ import annotations

from typing import Any

from dispatch import indicators
from tests.factories.areas import DISTRICT


def target_record(target_id: str = "X1", **columns: Any) -> indicators.TargetRecord:
    """Make the record of an adopted target of the made-up district: 20 m2 per 100 households in new compounds."""
    record = {
        "documents": "test",
        "clause": "P",
        "indicator_zh": "新建小区每百户用房",
        "indicator_en": "floor of new compounds",
        "area_code": DISTRICT,
        "year": "undated",
        "operator": indicators.Operator.AT_LEAST,
        "value": 20.0,
        "unit_zh": "平方米/百户",
        "unit_en": "m2 per 100 households",
        "status": indicators.TargetStatus.ADOPTED,
        "responsible_unit": "",
        "measure": indicators.Measure.FLOOR_NEW,
        "quote": "",
    }
    return indicators.TargetRecord(id=target_id, **record | columns)
