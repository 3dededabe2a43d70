"""The import of spreadsheets: row by row, twice, dry, and real."""

import csv
import io
from datetime import UTC
from pathlib import Path

import pytest

from dispatch import areas, directory, geo, sheets, storage
from dispatch.actor import SYSTEM
from tests.factories.areas import AT, COMMUNITY, area_record, put_ground, square_ll

pytestmark = pytest.mark.usefixtures("db")
STUDY_AREA = geo.StudyArea(116.6, 38.5, 118.2, 40.3)


@pytest.fixture(autouse=True)
def base(db):
    with storage.transaction():
        put_ground()
        directory.put_known_codes(actor=SYSTEM, at=AT)
    return db


def run(path: Path, *, dry_run: bool = False, **options) -> sheets.ImportReport:
    chosen = {"source": "list", "facility_type": "residential_institution", "study_area": STUDY_AREA} | options
    unit = storage.rehearsal if dry_run else storage.transaction
    return directory.import_sites(
        path, options=directory.SheetOptions(**chosen), unit=unit, look=storage.reading, actor=SYSTEM, at=AT
    )


def write(folder: Path, rows: list[dict[str, str]], *, encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def sites() -> dict[str, directory.SiteEntry]:
    return {entry.site.source_ref: entry for entry in directory.find_sites(now=AT, zone=UTC)}


@pytest.mark.feature("D7")
def test_real_listing_is_sorted_into_good_rows_foreign_ones_and_a_duplicate(shared_data):
    path = shared_data / "tianjin" / "institutions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    # counted by this test itself: addresses that do not begin with 天津, and repeated pairs of name and address
    foreign = [line for line, row in enumerate(listed, start=2) if not row["address"].startswith("天津")]
    pairs = [(row["title"], row["address"]) for row in listed]
    repeated = [line for line, pair in enumerate(pairs, start=2) if pair in pairs[: line - 2]]

    dry = run(path, dry_run=True)
    nothing = sites()
    first, again = run(path), run(path)

    told = {code: [fault.row for fault in dry.errors if fault.code == code] for code in {f.code for f in dry.errors}}
    assert told == {"province_differs": foreign, "duplicate_row": repeated}
    assert (dry.rows, dry.created, nothing) == (79, 79 - len(foreign) - len(repeated), {})
    assert (first.created, first.changed, first.errors) == (dry.created, 0, dry.errors)
    assert (again.created, again.changed, again.unchanged) == (0, 0, first.created)
    stored = sites()
    assert all(entry.site.lon is None for entry in stored.values())
    assert stored["108"].site.area_code == "120119"
    assert {entry.site.area_code for entry in stored.values()} <= {area.code for area in areas.known_areas()}


@pytest.mark.feature("D7")
def test_faults_are_told_by_line_column_code_and_in_both_languages(tmp_path):
    good = {
        "编号": "1",
        "名称": "甲",
        "地址": "天津市和平区1号",
        "类型": "日间照料中心（站）",
        "经度": "117.2",
        "纬度": "39.1",
        "坐标系": "wgs84",
    }
    rows = [
        good,
        good | {"编号": "2", "名称": ""},
        good | {"编号": "3", "名称": "丙", "类型": "酒店"},
        good | {"编号": "4", "名称": "丁", "经度": "39.1", "纬度": "117.2"},
        good | {"编号": "5", "名称": "戊", "坐标系": ""},
        good | {"编号": "6", "名称": "己", "纬度": ""},
        good | {"编号": "7", "名称": "庚", "地址": "某处1号"},
        good | {"编号": "1", "名称": "辛"},
        good | {"编号": "9", "名称": " 甲 "},
        good | {"编号": "10", "名称": "壬", "经度": "一百"},
    ]

    report = run(write(tmp_path, rows))

    assert [(fault.row, fault.column, fault.code) for fault in report.errors] == [
        (3, "名称", "required"),
        (4, "类型", "unknown_code"),
        (5, "经度", "invalid_point"),
        (6, "坐标系", "crs_missing"),
        (7, "纬度", "invalid_point"),
        (8, "地址", "unknown_area"),
        (9, "编号", "repeated_ref"),
        (10, "名称", "duplicate_row"),
        (11, "经度", "not_a_number"),
    ]
    assert all(fault.message.zh and fault.message.en for fault in report.errors)
    assert "写反" in report.errors[2].message.zh
    assert "swapped" in report.errors[2].message.en
    assert list(sites()) == ["1"]
    assert sites()["1"].site.facility_type == "day_care_center"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.feature("D7")
def test_spreadsheets_encodings_give_the_same_rows(tmp_path, encoding):
    rows = [{"id": "1", "name": "和平养老院", "address": "天津市蓟县官庄镇１号"}]

    report = run(write(tmp_path, rows, encoding=encoding))

    assert (report.created, report.errors) == (1, ())
    assert sites()["1"].site.name == "和平养老院"
    assert sites()["1"].site.area_code == "120119"


@pytest.mark.feature("D7")
def test_second_import_reports_what_changed_and_dry_run_writes_nothing(tmp_path):
    row = {"id": "1", "name": "甲", "address": "天津市和平区1号", "floor_area_m2": "100"}
    run(write(tmp_path, [row]))
    changed = write(tmp_path, [row | {"floor_area_m2": "250"}, row | {"id": "2", "name": "乙"}])

    dry = run(changed, dry_run=True)
    area_m2 = sites()["1"].site.floor_area_m2
    real = run(changed)

    assert (dry.created, dry.changed, area_m2) == (1, 1, 100)
    assert (real.created, real.changed) == (1, 1)
    assert sites()["1"].site.floor_area_m2 == 250


@pytest.mark.feature("D7")
def test_place_that_another_source_told_of_is_a_duplicate(tmp_path):
    row = {"id": "1", "name": "甲（老年公寓）", "address": "天津市和平区1号"}
    run(write(tmp_path, [row]))

    report = run(write(tmp_path, [row | {"id": "77", "name": "甲(老年公寓)"}]), source="other")

    assert [(fault.code, fault.row) for fault in report.errors] == [("duplicate_site", 2)]
    assert "list" in report.errors[0].message.en


def test_located_site_stays_located_when_its_row_has_no_point(tmp_path):
    row = {"id": "1", "name": "甲", "address": "天津市和平区1号"}
    run(write(tmp_path, [row | {"lon": "117.2", "lat": "39.1", "crs": "gcj02"}]))

    report = run(write(tmp_path, [row]))

    assert report.changed == 0
    assert sites()["1"].site.lon is not None


@pytest.mark.feature("D11")
def test_batch_off_its_communities_is_flagged_and_its_points_are_not_kept(tmp_path):
    houses = [(117.2 + 0.01 * n, 39.1) for n in range(3)]
    codes = [f"12019800100{n}" for n in (2, 3, 4)]
    with storage.transaction():
        records = [
            area_record(code, boundary_ll=square_ll(lon - 0.001, lat - 0.001))
            for code, (lon, lat) in zip(codes, houses, strict=True)
        ]
        areas.put_areas(records, actor=SYSTEM, at=AT)
    shifted = [geo.from_wgs84(house, crs=geo.ReferenceSystem.GCJ02) for house in houses]

    def rows(crs: str) -> list[dict[str, str]]:
        return [
            {"id": code, "name": code, "address": "路1号", "area_code": code, "lon": lon, "lat": lat, "crs": crs}
            for code, (lon, lat) in zip(codes, shifted, strict=True)
        ]

    wrong = run(write(tmp_path, rows("wgs84")))
    unlocated = [entry.site.lon for entry in sites().values()]
    right = run(write(tmp_path, rows("gcj02")))

    assert [(fault.row, fault.column, fault.code) for fault in wrong.errors] == [(2, "crs", "crs_suspect")]
    assert "gcj02" in wrong.errors[0].message.zh
    assert (wrong.created, unlocated) == (3, [None] * 3)
    assert (right.errors, right.changed) == ((), 3)
    assert geo.distance_m((sites()[codes[0]].site.lon, sites()[codes[0]].site.lat), houses[0]) < 1


def test_unknown_type_for_rows_without_one_is_refused(tmp_path):
    path = write(tmp_path, [{"name": "甲", "address": "天津市和平区1号"}])

    with pytest.raises(directory.UnknownCodeError):
        run(path, facility_type="castle")


def test_file_that_is_not_there_is_said_to_be_so(tmp_path):
    with pytest.raises(sheets.SheetNotFoundError):
        run(tmp_path / "nothing.csv")


def test_unstated_operator_is_kept_as_not_stated(tmp_path):
    run(write(tmp_path, [{"name": "甲", "address": f"天津市和平区{COMMUNITY}号"}]))

    (entry,) = sites().values()
    assert directory.get_organization(entry.site.organization_id).operator_kind == "not_stated"
    assert len(entry.site.source_ref) == 16
