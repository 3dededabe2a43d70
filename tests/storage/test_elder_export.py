"""The export of elders: who is given how much, what it leaves behind, and that it comes back unchanged."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from dispatch import elders, geo, journal, sheets, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories.elders import elder_record, make_id_no, put_elders, put_places
from tests.storage.test_elder_import import ROW

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("db")
COMMUNITY, ELSEWHERE = "120198001001", "120197001001"
ON = date(2026, 3, 31)
AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def base(db):
    with storage.transaction():
        put_places(COMMUNITY, ELSEWHERE)
    return db


def whoever(role: Role, area: str = "120198") -> Actor:
    return Actor(storage.new_id(), (Grant(role, ScopeKind.AREA, area),))


def put(folder: Path, *rows: dict[str, str]) -> sheets.ImportReport:
    path = folder / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return bring(path)


def bring(path: Path) -> sheets.ImportReport:
    options = elders.ElderSheetOptions(source="list", study_area=geo.StudyArea(116.6, 38.5, 118.2, 40.3))
    return elders.import_elders(path, options=options, unit=storage.transaction, actor=SYSTEM, at=AT, on=ON)


def rows_for(actor: Actor, **options) -> list[dict[str, sheets.Cell]]:
    wanted = {"ties": elders.Ties()} | options
    return list(
        elders.export_elders(actor=actor, unit=storage.transaction, at=AT, on=ON, route="test export", **wanted)
    )


@pytest.mark.feature("I8")
def test_file_that_goes_out_comes_in_again_and_changes_nothing(tmp_path):
    second = {"姓名": "李四", "编号": "2", "身份证号码": make_id_no(number=2), "坐标系": "gcj02", "有无电梯": "否"}
    put(tmp_path, {"编号": "1", "有无电梯": "", **ROW}, ROW | second | {"联系电话": "022-23456789"})
    path = tmp_path / "out.csv"

    count = sheets.write_sheet(
        path,
        layout=elders.LAYOUT,
        rows=rows_for(whoever(Role.DISTRICT_OFFICER), reason="交区里核对，按上级要求逐人核对身份"),
    )
    report = bring(path)

    assert count == 2
    assert (report.created, report.changed, report.unchanged, report.errors) == (0, 0, 2, ())
    header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert header == [each.title for each in elders.LAYOUT.columns if each.is_kept]


@pytest.mark.feature("X3")
def test_each_elder_given_out_leaves_a_line_and_the_journal_says_why(tmp_path):
    put(tmp_path, ROW, ROW | {"姓名": "李四", "身份证号码": make_id_no(number=2)})
    with storage.transaction():
        [far] = put_elders(elder_record(area=ELSEWHERE))
    officer = whoever(Role.DISTRICT_OFFICER)

    given = rows_for(officer, reason="交区里核对，按上级要求逐人核对身份")

    seen = [home.elder_id for home in elders.find_homes("120198", on=ON)]
    lines = [line for elder_id in seen for line in journal.find_access_lines(elder_id)]
    assert len(given) == len(seen) == 2
    assert [(line.account_id, line.purpose, line.route) for line in lines] == [
        (officer.account_id, "supervision", "test export")
    ] * 2
    assert list(journal.find_access_lines(far)) == []
    [entry] = journal.find_entries(officer.account_id)
    assert (entry.kind, entry.reason) == ("elder.exported", "交区里核对，按上级要求逐人核对身份")


def test_officer_without_reason_is_given_no_whole_id_number(tmp_path):
    put(tmp_path, ROW)

    [row] = rows_for(whoever(Role.DISTRICT_OFFICER))

    assert (row["name"], row["phone"]) == ("张三丰", "13800002345")
    assert row["id_no"] == "1201**********" + make_id_no()[-4:]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.COMMUNITY_WORKER])
def test_who_may_not_see_identity_is_given_it_masked_whatever_reason_is_named(tmp_path, role):
    put(tmp_path, ROW | {"经度": "117.2004", "纬度": "39.1003"})

    [row] = rows_for(whoever(role), reason="想看一看，按上级要求逐人核对身份")

    assert {name: value for name, value in row.items() if value is not None} == {
        "name": "张**",
        "sex": "female",
        "phone": "138****2345",
        "area_code": COMMUNITY,
        "lon": row["lon"],
        "lat": row["lat"],
        "crs": "wgs84",
    }
    # the nearest crossing of the 100 m grid through 117.2, 39.1: 34.6 m and 33.3 m away
    assert (row["lon"], row["lat"]) == (117.2, 39.1)


def test_masked_rows_are_not_taken_in_again(tmp_path):
    put(tmp_path, ROW)
    path = tmp_path / "out.csv"
    sheets.write_sheet(path, layout=elders.LAYOUT, rows=rows_for(whoever(Role.OPERATOR)))

    report = bring(path)

    assert (report.created, report.changed, report.refused) == (0, 0, 1)
    assert "masked" in {fault.code for fault in report.errors}


def test_responsible_worker_is_given_the_own_caseload_in_full(tmp_path):
    put(tmp_path, ROW, ROW | {"姓名": "李四", "身份证号码": make_id_no(number=2)})
    own = elders.find_by_id_no([make_id_no()])[make_id_no()]

    names = {
        row["name"] for row in rows_for(whoever(Role.COMMUNITY_WORKER), ties=elders.Ties(caseload=frozenset({own})))
    }

    assert names == {"张三丰", "李**"}


def test_role_without_elders_and_area_outside_the_own_give_nothing(tmp_path):
    put(tmp_path, ROW)

    with pytest.raises(elders.ElderExportRefusedError):
        rows_for(whoever(Role.PLANNER))
    assert rows_for(whoever(Role.DISTRICT_OFFICER, "120197")) == []
    assert rows_for(whoever(Role.DISTRICT_OFFICER), area_prefix="120197") == []


def test_formulas_are_made_harmless_on_the_way_out(tmp_path):
    put(tmp_path, ROW | {"居住地址": "+1号楼"})
    path = tmp_path / "out.csv"

    sheets.write_sheet(path, layout=elders.LAYOUT, rows=rows_for(whoever(Role.DISTRICT_OFFICER)))

    assert "'+1号楼" in path.read_text(encoding="utf-8-sig")


def test_more_elders_than_fit_in_one_transaction_all_come_once(tmp_path, monkeypatch):
    monkeypatch.setattr("dispatch.elders.operations.exporting.AT_ONCE", 2)
    put(tmp_path, *(ROW | {"身份证号码": make_id_no(number=number)} for number in range(5)))

    given = rows_for(whoever(Role.DISTRICT_OFFICER), reason="核对，按上级要求逐人核对身份")

    assert sorted(str(row["id_no"]) for row in given) == sorted(make_id_no(number=number) for number in range(5))
