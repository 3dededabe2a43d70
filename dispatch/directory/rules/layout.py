"""The columns of a file of sites."""

from __future__ import annotations

from dispatch.sheets import Column, Layout

LAYOUT = Layout(
    columns=(
        Column("source_ref", ("source_row_id", "id", "编号", "序号", "机构编号")),
        Column("name", ("title", "名称", "机构名称", "站点名称"), is_needed=True),
        Column("address", ("地址", "详细地址", "机构地址"), is_needed=True),
        Column("province", ("province_as_given", "省份", "所在省")),
        Column("area_code", ("区划代码", "行政区划代码")),
        Column("area", ("district", "community", "区", "所在区", "社区", "所属社区", "村居")),
        Column("facility_type", ("设施类型", "机构类型", "类型")),
        Column("institution_class", ("机构分类",)),
        Column("organization", ("运营机构", "运营单位")),
        Column("operator_kind", ("运营主体", "运营主体类型")),
        Column("floor_area_m2", ("建筑面积", "建筑面积(平方米)")),
        Column("opened_on", ("开业日期", "启用日期")),
        Column("lon", ("lng", "longitude", "经度")),
        Column("lat", ("latitude", "纬度")),
        Column("crs", ("坐标系",)),
        Column("source_page_id", ("备注", "note"), is_kept=False),
    ),
    together=(("lon", "lat", "crs"),),
    rows_max=250_000,  # rows are compared with one another, so all of them are held
)
