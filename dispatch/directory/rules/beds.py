"""What changes of beds add up to, and how a row of a file of them is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch.directory.values import MOST_BEDS, BedChangeRecord, BedStage, OwnerLevel
from dispatch.sheets import Column, Layout
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from dispatch.sheets import Row

NOTHING = Words("增减数不能是 0。", "A change cannot be 0.")
STAGES = {stage.value: stage.value for stage in BedStage} | {
    "立项": "planned",
    "开工": "under_construction",
    "在建": "under_construction",
    "启用": "open",
    "停用": "closed",
}
OWNERS = {level.value: level.value for level in OwnerLevel} | {"市级": "city", "区级": "district"}
BED_LAYOUT = Layout(
    columns=(
        Column("site_ref", ("站点编号", "机构编号"), is_needed=True),
        Column("ref", ("变动编号", "文号"), is_needed=True),
        Column("bed_type", ("床位类型",), is_needed=True),
        Column("stage", ("床位阶段", "阶段"), is_needed=True),
        Column("delta", ("增减床位", "增减数"), is_needed=True),
        Column("changed_on", ("变动日期", "日期"), is_needed=True),
        Column("owner_level", ("所属层级",)),
    ),
    page="docs/indicators.md",
    rows_max=100_000,
)


def first_shortfall(changes: Iterable[tuple[date, int]]) -> date | None:
    """Give the first date on which changes (date, delta) of one stock add up to less than nothing, or None."""
    by_date: dict[date, int] = {}
    for on, delta in changes:
        by_date[on] = by_date.get(on, 0) + delta
    stock = 0
    for on in sorted(by_date):
        stock += by_date[on]
        if stock < 0:
            return on
    return None


def judge_bed_row(row: Row, *, source: str, bed_types: Mapping[str, str]) -> BedChangeRecord | None:
    """Make a record of one row of a file of changes, or blame the row."""
    site_ref, ref = row.text("site_ref", is_needed=True), row.text("ref", is_needed=True)
    bed_type = row.choice("bed_type", known=bed_types, is_needed=True)
    stage = row.choice("stage", known=STAGES, is_needed=True)
    delta = row.whole("delta", low=-MOST_BEDS, high=MOST_BEDS, is_needed=True)
    if delta == 0:
        row.blame("delta", code="not_a_number", words=NOTHING)
    changed_on = row.day("changed_on", is_needed=True)
    owner_level = row.choice("owner_level", known=OWNERS)
    if row.faults or not site_ref or not ref or not bed_type or not stage or not delta or changed_on is None:
        return None
    return BedChangeRecord((source, site_ref), ref, bed_type, stage, delta, changed_on, owner_level)
