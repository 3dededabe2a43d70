"""The columns of a file of subsidy rules."""

from __future__ import annotations

from dispatch.sheets import Column, Layout

LAYOUT = Layout(
    columns=(
        Column("rule_version", ("规定版本", "版本号"), is_needed=True),
        Column("area_code", ("区划代码",), is_needed=True),
        Column("service_code", ("服务项目", "服务代码"), is_needed=True),
        Column("amount_cents", ("每次补贴（分）",), is_needed=True),
        Column("weekly_limit", ("每周次数上限",)),
        Column("minimum_age", ("最低年龄",)),
        Column("categories", ("人员类别",)),
        Column("grades", ("能力等级",)),
        Column("valid_from", ("生效日期",), is_needed=True),
        Column("valid_to", ("失效日期",)),
        Column("status", ("状态",)),
        Column("clause", ("依据",)),
        Column("is_example", ("是否示例",)),
    ),
    rows_max=10_000,
)
