"""The columns of a file of areas, and of one of compounds."""

from __future__ import annotations

from dispatch.sheets import Column, Layout

LAYOUT = Layout(
    columns=(
        Column("code", ("区划代码", "行政区划代码"), is_needed=True),
        Column("name", ("名称", "区域名称"), is_needed=True),
        Column("name_en", ("英文名称",)),
        Column("settlement", ("城乡分类",)),
        Column("village_class", ("村庄分类",)),
        Column("aliases", ("别名", "曾用名")),
        Column("residents", ("常住人口",)),
        Column("residents_60plus", ("60岁以上人口",)),
        Column("wing", ("南北翼", "两翼")),
    ),
    rows_max=50_000,
)

COMPOUND_LAYOUT = Layout(
    columns=(
        Column("area_code", ("区划代码", "所在社区代码"), is_needed=True),
        Column("name", ("小区名称", "居住区名称"), is_needed=True),
        Column("stage", ("新建或已建成", "小区类型"), is_needed=True),
        Column("households", ("户数",), is_needed=True),
        Column("residents", ("居住人口",)),
        Column("care_floor_area_m2", ("养老服务用房平方米", "养老服务用房面积"), is_needed=True),
        Column("care_land_area_m2", ("养老服务用地平方米", "养老服务用地面积")),
        Column("delivered_on", ("交付日期",)),
    ),
    page="docs/indicators.md",
    rows_max=100_000,
)
