"""The columns of a file of areas."""

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
    ),
    rows_max=50_000,
)
