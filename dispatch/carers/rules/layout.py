"""The columns of files of carers and of rosters."""

from __future__ import annotations

from dispatch.sheets import Column, Layout

CARER_LAYOUT = Layout(
    columns=(
        Column("row_no", ("序号", "no"), is_kept=False),
        Column("source_ref", ("工号", "人员编号", "编号"), is_needed=True),
        Column("name", ("姓名", "护理员姓名"), is_needed=True),
        Column("organization", ("所属机构", "机构", "机构名称")),
        Column("uscc", ("统一社会信用代码", "机构代码")),
        Column("kind", ("岗位", "人员类别")),
        Column("sex", ("性别",)),
        Column("phone", ("联系电话", "电话", "手机", "手机号码")),
        Column("travel_mode", ("出行方式",)),
        Column("day_limit_min", ("日工时上限(分钟)", "日工时上限")),
        Column("lon", ("经度", "lng", "longitude")),
        Column("lat", ("纬度", "latitude")),
        Column("crs", ("坐标系",)),
        Column("skills", ("资质", "技能", "skill")),
        Column("note", ("备注",), is_kept=False),
    ),
    together=(("lon", "lat", "crs"),),
)
ROSTER_LAYOUT = Layout(
    columns=(
        Column("row_no", ("序号", "no"), is_kept=False),
        Column("carer_ref", ("工号", "人员编号", "编号"), is_needed=True),
        Column("carer_name", ("姓名", "护理员姓名", "name")),
        Column("kind", ("类型", "班次类型")),
        Column("weekday", ("星期", "周几")),
        Column("on_date", ("日期", "date")),
        Column("hours", ("时段", "班次时间")),
        Column("from_time", ("开始时间", "上班时间", "from")),
        Column("to_time", ("结束时间", "下班时间", "to")),
        Column("break_min", ("休息(分钟)", "休息分钟", "break")),
        Column("valid_from", ("生效日期",)),
        Column("valid_to", ("失效日期",)),
        Column("note", ("备注",), is_kept=False),
    ),
)
