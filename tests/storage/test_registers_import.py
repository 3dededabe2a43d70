"""`dispatch areas import-compounds` and `dispatch directory import-beds`: good rows in, bad rows told."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from dispatch import areas, directory, journal, storage
from dispatch.actor import SYSTEM
from dispatch.cli import areas as areas_command
from dispatch.cli import directory as directory_command
from tests.factories.areas import COMMUNITY, DISTRICT
from tests.factories.directory import AT, bed_change, make_organization, make_site, put_base

COMPOUNDS = f"""所在社区代码,小区名称,小区类型,户数,居住人口,养老服务用房面积,养老服务用地面积,交付日期
{COMMUNITY},新苑,新建,900,2400,150,480,2025-06-30
{COMMUNITY},旧苑,已建成,900,,150,,
"""
BAD_COMPOUNDS = f"""area_code,name,stage,households,care_floor_area_m2
{COMMUNITY},甲,new,900,150
{COMMUNITY},甲,new,900,150
129998001001,乙,new,900,150
1201,丙,new,900,150
{COMMUNITY},丁,old,900,150
{COMMUNITY},戊,new,many,-1
{COMMUNITY},己,new,,
"""
BEDS = """机构编号,变动编号,床位类型,阶段,增减床位,变动日期,所属层级
s1,启用1,照护型,启用,850,2026-03-01,市级
s1,开工1,照护型,开工,850,2025-01-01,市级
s1,启用2,照护型,开工,-850,2026-03-01,市级
"""
BAD_BEDS = """site_ref,ref,bed_type,stage,delta,changed_on
s9,a,care,open,1,2026-01-01
s1,b,hammock,open,1,2026-01-01
s1,c,care,dreamt,1,2026-01-01
s1,d,care,open,0,2026-01-01
s1,e,care,open,-1,2025-12-31
s1,f,care,open,5,2026-01-01
s1,f,care,open,6,2026-01-02
"""


@pytest.fixture
def run(real_app, tmp_path):
    with real_app.app_context(), storage.transaction():
        put_base()
        make_organization()
        make_site(facility_type="residential_institution")

    def run_command(verb: str, text: str, *words: str):
        file = tmp_path / "rows.csv"
        if verb.startswith("import"):
            file.write_text(text, encoding="utf-8")
        group = (areas_command.areas_commands, directory_command.directory_commands)["beds" in verb]
        result = CliRunner().invoke(group, [verb, str(file), *words], obj=lambda **_: real_app, catch_exceptions=False)
        return json.loads(result.stdout) if "--json" in words else file.read_text(encoding="utf-8-sig")

    return run_command


def counts(report):
    return tuple(report[name] for name in ("created", "changed", "unchanged", "refused"))


@pytest.mark.feature("P3")
def test_compounds_come_in_and_again_nothing_changes_and_go_out_again(real_app, run):
    dry = run("import-compounds", COMPOUNDS, "--dry-run", "--json")
    first = run("import-compounds", COMPOUNDS, "--json")
    again = run("import-compounds", COMPOUNDS, "--json")
    changed = run("import-compounds", COMPOUNDS.replace(",150,480", ",180,480"), "--json")
    written = run("export-compounds", "", "--lang", "zh")

    assert [counts(each) for each in (dry, first, again, changed)] == [
        (2, 0, 0, 0),
        (2, 0, 0, 0),
        (0, 0, 2, 0),
        (0, 1, 1, 0),
    ]
    with real_app.app_context(), storage.reading():
        new = next(each for each in areas.find_compounds(DISTRICT) if each.stage == "new")
        assert (new.households, new.residents, new.care_floor_area_m2, new.care_land_area_m2, new.delivered_on) == (
            900,
            2400,
            180.0,
            480.0,
            date(2025, 6, 30),
        )
    assert written.splitlines()[0].split(",")[1:4] == ["小区名称", "新建或已建成", "户数"]
    assert counts(run("import-compounds", written, "--json", "--source", "rows")) == (0, 0, 2, 0)


def test_bad_rows_of_compounds_are_told_by_line_and_column(run):
    report = run("import-compounds", BAD_COMPOUNDS, "--json")

    assert counts(report) == (1, 0, 0, 6)
    assert [(each["row"], each["column"], each["code"]) for each in report["errors"]] == [
        (3, "name", "repeated_ref"),
        (4, "area_code", "unknown_area"),
        (5, "area_code", "invalid_area_code"),
        (6, "stage", "unknown_code"),
        (7, "households", "not_a_number"),
        (7, "care_floor_area_m2", "not_a_number"),
        (8, "households", "required"),
        (8, "care_floor_area_m2", "required"),
    ]


@pytest.mark.feature("P4")
def test_beds_come_in_whatever_the_order_of_rows_and_the_stock_is_their_sum(real_app, run):
    first = run("import-beds", BEDS, "--source", "test", "--json")
    again = run("import-beds", BEDS, "--source", "test", "--json")

    assert (counts(first), counts(again)) == ((3, 0, 0, 0), (0, 0, 3, 0))
    with real_app.app_context(), storage.reading():
        found = {
            on: [
                (each.stage.value, each.beds) for each in directory.find_bed_stock(DISTRICT, on=date.fromisoformat(on))
            ]
            for on in ("2024-12-31", "2025-01-01", "2026-02-28", "2026-03-01")
        }
        # 850 are begun on 1 January 2025 and open on 1 March 2026
        assert found == {
            "2024-12-31": [],
            "2025-01-01": [("under_construction", 850)],
            "2026-02-28": [("under_construction", 850)],
            "2026-03-01": [("open", 850)],
        }
        assert [entry.kind for entry in journal.find_entries("directory") if entry.kind == "beds.changed"] == [
            "beds.changed"
        ]


def test_bad_rows_of_beds_are_told_by_line_and_column(run):
    report = run("import-beds", BAD_BEDS, "--source", "test", "--json")

    assert counts(report) == (1, 0, 0, 6)
    assert [(each["row"], each["column"], each["code"]) for each in report["errors"]] == [
        (2, "site_ref", "unknown_record"),
        (3, "bed_type", "unknown_code"),
        (4, "stage", "unknown_code"),
        (5, "delta", "not_a_number"),
        (6, "delta", "not_a_number"),
        (8, "ref", "repeated_ref"),
    ]


def test_beds_of_a_site_that_was_merged_count_where_it_went(db):
    with storage.transaction():
        put_base()
        make_organization()
        kept = make_site("s1", facility_type="residential_institution")
        gone = make_site("s2", facility_type="residential_institution")
        directory.put_bed_changes([bed_change(site="s1"), bed_change(site="s2", delta=2)], actor=SYSTEM, at=AT)
        db.get_one(directory.Site, gone).merged_into_id = kept

    with storage.reading():
        found = directory.find_bed_stock(DISTRICT, on=date(2026, 1, 1))

    assert [(each.site_id, each.beds, each.tier, each.site_stage) for each in found] == [
        (kept, 42, "residential", directory.Stage.OPEN)
    ]
