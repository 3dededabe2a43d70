"""The columns of a file of elders."""

from __future__ import annotations

from dispatch.sheets import Column, Layout

CONTACTS = 2  # a file has places for so many

LAYOUT = Layout(
    columns=(
        Column("row_no", ("序号", "no"), is_kept=False),
        Column("source_ref", ("编号", "登记编号", "档案编号", "老人编号")),
        Column("name", ("姓名", "老人姓名"), is_needed=True),
        Column("id_no", ("身份证号码", "身份证号", "公民身份号码", "身份证")),
        Column("sex", ("性别",)),
        Column("born_on", ("出生日期", "出生年月日")),
        Column("phone", ("联系电话", "电话", "手机", "手机号码")),
        Column("registered_area_code", ("户籍区划代码", "户籍地代码")),
        Column("area_code", ("居住地区划代码", "区划代码", "行政区划代码")),
        Column("area", ("居住社区", "community", "社区", "所属社区", "村居")),
        Column("address", ("居住地址", "地址", "详细地址", "现住址")),
        Column("lives_since", ("居住起始日期", "入住日期")),
        Column("lon", ("经度", "lng", "longitude")),
        Column("lat", ("纬度", "latitude")),
        Column("crs", ("坐标系",)),
        Column("located_by", ("定位方式",)),
        Column("has_lift_access", ("有无电梯", "电梯")),
        Column("categories", ("人员类别", "老人类别", "类别", "category")),
        Column("category_basis", ("类别依据", "认定依据")),
        Column("risk", ("风险等级",)),
        Column("risk_reason", ("风险原因",)),
        Column("risk_since", ("风险起始日期",)),
        Column("grade", ("能力等级", "评估等级")),
        Column("assessed_on", ("评估日期",)),
        Column("grade_last_on", ("评估有效期至",)),
        Column("contact_name", ("联系人", "紧急联系人")),
        Column("contact_relation", ("联系人关系", "与老人关系")),
        Column("contact_phone", ("联系人电话", "紧急联系电话")),
        Column("contact2_name", ("第二联系人",)),
        Column("contact2_relation", ("第二联系人关系",)),
        Column("contact2_phone", ("第二联系人电话",)),
        Column("note", ("备注",), is_kept=False),
    ),
    together=(("lon", "lat", "crs"), ("grade", "assessed_on", "grade_last_on")),
)
