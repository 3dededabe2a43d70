"""The import of carers, and both registers given out: what is sealed, what is left alone, who is given what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
import sqlalchemy as sa

from dispatch import carers, directory, geo, sheets, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.carers.models import Carer, Qualification
from tests.factories.carers import ORGANIZATION_ID, carer_record, put_carers, put_organization
from tests.factories.elders import put_places
from tests.factories.files import codes, counts, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("db")
STUDY_AREA = geo.StudyArea(116.6, 38.5, 118.2, 40.3)
ON = date(2026, 3, 30)  # a Monday
AT = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
NIGHT = {"工号": "A1", "类型": "班次", "星期": "周一", "时段": "22:00-06:00", "休息(分钟)": "30"}
CARER = {
    "工号": "B7",
    "姓名": "王护理",
    "所属机构": "测试机构",
    "岗位": "养老护理员",
    "性别": "女",
    "联系电话": "138 0000 2345",
    "出行方式": "电动车",
    "经度": "117.2",
    "纬度": "39.1",
    "坐标系": "wgs84",
    "资质": "助浴 3级 2024-05-01~2027-05-01 证号TJ01；lifting",
}


@pytest.fixture(autouse=True)
def house(db):
    with storage.transaction():
        put_places("120198001001")
        put_carers(carer_record(shifts=(), source="list", source_ref="A1", name="李四"))
    return db


def bring(path: Path, *, unit=storage.transaction, on: date = ON) -> sheets.ImportReport:
    return carers.import_rosters(path, unit=unit, actor=SYSTEM, at=AT, on=on)


def bring_carers(path: Path, *, unit=storage.transaction, on: date = ON) -> sheets.ImportReport:
    options = carers.CarerSheetOptions(source="staff", study_area=STUDY_AREA)
    return carers.import_carers(path, options=options, unit=unit, actor=SYSTEM, at=AT, on=on)


def standing(model):
    return storage.session().scalars(sa.select(model).where(model.superseded_at.is_(None))).all()


def test_carers_are_put_on_record_with_skills_and_sealed_phones(tmp_path) -> None:
    report = bring_carers(write(tmp_path, CARER))

    row = storage.session().scalars(sa.select(Carer).where(Carer.source == "staff")).one()
    skills = {each.skill: each for each in standing(Qualification) if each.carer_id == row.id}
    assert counts(report) == (1, 0, 0, 0), report.errors
    assert (row.organization_id, row.kind, row.sex, row.travel_mode) == (
        ORGANIZATION_ID,
        "care_worker",
        "female",
        "ebike",
    )
    assert (row.base_lon, row.base_lat, row.source_crs) == (117.2, 39.1, "wgs84")
    assert row.phone_sealed is not None
    assert b"13800002345" not in row.phone_sealed
    bathing, lifting = skills["bathing"], skills["lifting"]
    assert (bathing.level, bathing.valid_to, bathing.certificate_no) == (3, date(2027, 5, 1), "TJ01")
    assert lifting.valid_from == ON


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_same_carers_again_change_nothing_and_an_empty_cell_takes_nothing_away(tmp_path, encoding) -> None:
    first = bring_carers(write(tmp_path, CARER, encoding=encoding))

    again = bring_carers(write(tmp_path, CARER, encoding=encoding), on=date(2026, 5, 1))
    less = bring_carers(write(tmp_path, dict.fromkeys(CARER, "") | {"工号": "B7", "姓名": "王护理"}))
    more = bring_carers(write(tmp_path, CARER | {"联系电话": "13900002345"}))

    assert [counts(each) for each in (first, again, less, more)] == [
        (1, 0, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 1, 0),
        (0, 1, 0, 0),
    ]


BAD_CARER = {
    "unknown_organization": {"所属机构": "没有的机构"},
    "required": {"性别": ""},
    "unknown_code": {"岗位": "魔术师"},
    "phone_form": {"联系电话": "12"},
    "digits_lost": {"联系电话": "1.38E+10"},
    "masked": {"联系电话": "138****2345"},
    "not_a_date": {"资质": "助浴 去年"},
    "dates_swapped": {"资质": "助浴 2026-01-01~2025-01-01"},
    "dates_overlap": {"资质": "助浴；bathing"},
    "invalid_point": {"纬度": ""},
    "crs_missing": {"坐标系": ""},
}


@pytest.mark.parametrize("code", BAD_CARER)
def test_bad_carer_is_told_without_repeating_what_is_personal(tmp_path, code) -> None:
    report = bring_carers(write(tmp_path, CARER | BAD_CARER[code], CARER | {"工号": "B8", "姓名": "赵护理"}))

    assert codes(report) == [(2, code)]
    assert counts(report) == (1, 0, 0, 1)
    assert not any("2345" in f"{fault.message.zh}{fault.message.en}" for fault in report.errors)


def test_carer_of_another_name_or_twice_in_the_file_is_refused(tmp_path) -> None:
    bring_carers(write(tmp_path, CARER))

    report = bring_carers(write(tmp_path, CARER | {"姓名": "赵护理"}, CARER))

    assert codes(report) == [(2, "name_else"), (3, "repeated_ref")]


def test_coordinator_brings_in_only_the_own_house(tmp_path) -> None:
    path = write(tmp_path, CARER)
    own, other = (
        Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(house)),))
        for house in (ORGANIZATION_ID, storage.new_id())
    )
    options = carers.CarerSheetOptions(source="staff", study_area=STUDY_AREA)

    reports = [
        carers.import_carers(path, options=options, unit=storage.transaction, actor=actor, at=AT, on=ON)
        for actor in (other, own, other)
    ]

    assert [codes(report) for report in reports] == [[(2, "not_yours")], [], [(2, "not_yours")]]
    assert [counts(report) for report in reports] == [(0, 0, 0, 1), (1, 0, 0, 0), (0, 0, 0, 1)]


def test_export_comes_back_unchanged_and_runs_no_formula(tmp_path) -> None:
    put = write(tmp_path, CARER | {"姓名": "'=王护理"})
    bring_carers(put)
    bring(write(tmp_path, NIGHT | {"日期": ""}, NIGHT | {"星期": "", "日期": "2026-04-02", "时段": "8:00-12:00"}))
    house = Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(ORGANIZATION_ID)),))
    files = {name: tmp_path / f"{name}.xlsx" for name in ("carers", "rosters")}

    staff = [
        row for row in carers.export_carers(actor=house, unit=storage.transaction, at=AT) if row["source_ref"] == "B7"
    ]
    sheets.write_sheet(files["carers"], layout=carers.CARER_LAYOUT, rows=staff)
    rows = carers.export_rosters(actor=house, unit=storage.transaction, at=AT, on=ON)
    sheets.write_sheet(files["rosters"], layout=carers.ROSTER_LAYOUT, rows=rows)

    book = openpyxl.load_workbook(files["carers"]).active
    assert "'=王护理" in [cell.value for cell in book[2]]
    assert counts(bring_carers(files["carers"])) == (0, 0, 1, 0)
    assert counts(bring(files["rosters"])) == (0, 0, 2, 0)


def test_officers_export_masked_phones_and_strangers_nothing(tmp_path) -> None:
    bring_carers(write(tmp_path, CARER))
    officer = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))
    stranger = Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(storage.new_id())),))
    with storage.transaction():
        put_organization()
        put_site()

    rows = list(carers.export_carers(actor=officer, unit=storage.transaction, at=AT))

    assert {row["phone"] for row in rows} == {None, "138****2345"}
    assert {row["lon"] for row in rows} == {None}
    with pytest.raises(carers.CarerExportRefusedError):
        carers.export_carers(actor=stranger, unit=storage.transaction, at=AT)


def put_site() -> None:
    """Give the test organization a site in the district."""
    directory.put_sites(
        [
            directory.SiteRecord(
                source="test",
                source_ref="base",
                name="测试站",
                facility_type="day_care_center",
                area_code="120198001001",
                address="测试路1号",
                organization=("test", str(ORGANIZATION_ID)),
                collected_at=AT,
            )
        ],
        actor=SYSTEM,
        at=AT,
    )
