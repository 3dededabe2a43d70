"""The import of a file of elders: row by row, twice, dry, and what the register says against a row."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
import sqlalchemy as sa

from dispatch import elders, geo, journal, sheets, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.elders.models import Assessment, Contact, Elder, Membership, Residence, RiskLevel
from tests.factories.elders import elder_record, make_id_no, put_elders, put_places

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("db")
COMMUNITY, OTHER = "120198001001", "120198002001"
STUDY_AREA = geo.StudyArea(116.6, 38.5, 118.2, 40.3)
ON = date(2026, 3, 31)
AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
ROW = {
    "姓名": "张三丰",
    "身份证号码": make_id_no(),
    "联系电话": "138 0000 2345",
    "居住地区划代码": COMMUNITY,
    "居住地址": "测试路1号",
    "居住起始日期": "2020-01-01",
    "经度": "117.2",
    "纬度": "39.1",
    "坐标系": "wgs84",
    "人员类别": "独居 2024-05-01；失能 2023-05-01~2024-05-01",
    "风险等级": "重点",
    "风险原因": "近期跌倒",
    "风险起始日期": "2026-01-01",
    "能力等级": "中度失能",
    "评估日期": "2025-06-01",
    "评估有效期至": "2027-05-31",
    "联系人": "张小明",
    "联系人关系": "子女",
    "联系人电话": "13900002345",
}


@pytest.fixture(autouse=True)
def base(db):
    with storage.transaction():
        put_places(COMMUNITY, OTHER, "120197001001")
    return db


def write(folder: Path, *rows: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "elders.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def run(path: Path, *, dry_run: bool = False, source: str = "list", actor: Actor = SYSTEM, on: date = ON):
    return elders.import_elders(
        path,
        options=elders.ElderSheetOptions(source=source, study_area=STUDY_AREA),
        unit=storage.rehearsal if dry_run else storage.transaction,
        actor=actor,
        at=AT + (on - ON),
        on=on,
    )


def told(report: sheets.ImportReport) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in report.errors]


def counts(report: sheets.ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, report.refused


def standing(model) -> list:
    return list(
        storage.session().scalars(sa.select(model).where(model.superseded_at.is_(None)).order_by(model.valid_from))
    )


@pytest.mark.feature("V1")
@pytest.mark.feature("B3")
def test_row_becomes_an_elder_with_dated_home_categories_risk_grade_and_contact(tmp_path):
    report = run(write(tmp_path, ROW))

    [elder] = storage.session().scalars(sa.select(Elder))
    card = elders.get_elder(elder.id, actor=SYSTEM, on=ON, ties=elders.Ties())
    [risk], [contact] = standing(RiskLevel), elders.list_contacts(elder.id, actor=SYSTEM, on=ON, ties=elders.Ties())
    assert (counts(report), report.errors) == ((1, 0, 0, 0), ())
    assert (card.name, card.phone, card.born_on, card.sex) == ("张三丰", "+8613800002345", date(1944, 5, 6), "female")
    assert (card.area_code, card.address, card.lon, card.lat) == (COMMUNITY, "测试路1号", 117.2, 39.1)
    assert [(row.category, row.valid_from, row.valid_to) for row in standing(Membership)] == [
        ("functionally_disabled", date(2023, 5, 1), date(2024, 5, 1)),
        ("living_alone", date(2024, 5, 1), None),
    ]
    # valid until 31 May is: up to, not including, 1 June
    assert (card.assessment.grade, card.assessment.valid_to) == ("moderate", date(2027, 6, 1))
    assert (risk.level, risk.reason, risk.valid_from) == ("key", "近期跌倒", date(2026, 1, 1))
    assert (contact.name, contact.relation, contact.phone) == ("张小明", "child", "+8613900002345")
    entries = journal.find_entries(elder.id)
    assert [entry.kind for entry in entries] == ["elder.registered"]
    stored = str(storage.session().execute(sa.select(Elder.id_no_sealed, Elder.phone_sealed)).all())
    assert make_id_no() not in stored
    assert "13800002345" not in stored


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=40)])
def test_same_file_again_changes_nothing_on_that_day_and_on_a_later_one(tmp_path, later):
    bare = {"姓名": "王五", "身份证号码": make_id_no(number=7), "居住地区划代码": COMMUNITY, "人员类别": "独居"}
    path = write(tmp_path, ROW, dict.fromkeys(ROW, "") | bare)

    dry, first = run(path, dry_run=True), run(path)
    version = set(storage.session().scalars(sa.select(Elder.version)))
    again = run(path, on=ON + later)

    assert counts(dry) == counts(first) == (2, 0, 0, 0)
    assert counts(again) == (0, 0, 2, 0)
    assert version == set(storage.session().scalars(sa.select(Elder.version))) == {1}


def test_dry_run_stores_nothing(tmp_path):
    run(write(tmp_path, ROW), dry_run=True)

    assert storage.session().scalars(sa.select(Elder)).all() == []


@pytest.mark.feature("I4")
@pytest.mark.feature("V1")
def test_changed_row_supersedes_and_what_it_leaves_out_stays(tmp_path):
    run(write(tmp_path, ROW))
    moved = dict.fromkeys(ROW, "") | {
        "姓名": "张三丰",
        "身份证号码": make_id_no(),
        "居住地区划代码": OTHER,
        "居住地址": "新路2号",
        "居住起始日期": "2026-04-02",
        "人员类别": "独居 ~2026-04-01；空巢 2026-04-01",
        "风险等级": "high",
        "风险原因": "再次跌倒",
        "联系人": "张小明",
        "联系人关系": "监护人",
        "联系人电话": "13900002345",
    }

    report = run(write(tmp_path, moved), on=date(2026, 4, 10))

    [elder] = storage.session().scalars(sa.select(Elder))
    homes, risks = standing(Residence), standing(RiskLevel)
    assert (counts(report), report.errors) == ((0, 1, 0, 0), ())
    assert [(row.area_code, row.valid_from, row.valid_to, row.lon) for row in homes] == [
        (COMMUNITY, date(2020, 1, 1), date(2026, 4, 2), 117.2),
        (OTHER, date(2026, 4, 2), None, None),
    ]
    assert {(row.category, row.valid_from, row.valid_to) for row in standing(Membership)} == {
        ("functionally_disabled", date(2023, 5, 1), date(2024, 5, 1)),
        ("living_alone", date(2024, 5, 1), date(2026, 4, 1)),
        ("empty_nest", date(2026, 4, 1), None),
    }
    assert [(row.level, row.valid_from, row.valid_to) for row in risks] == [
        ("key", date(2026, 1, 1), date(2026, 4, 10)),
        ("high", date(2026, 4, 10), None),
    ]
    [contact] = storage.session().scalars(sa.select(Contact))
    [grade] = storage.session().scalars(sa.select(Assessment))
    assert (contact.relation, grade.grade, elder.version) == ("guardian", "moderate", 2)
    then = elders.get_elder(elder.id, actor=SYSTEM, on=date(2026, 4, 5), ties=elders.Ties(), known_at=AT)
    assert [each.category for each in then.memberships] == ["living_alone"]
    kinds = [entry.kind for entry in journal.find_entries(elder.id)]
    assert kinds == ["elder.registered", "elder.changed", "membership.changed", "risk_level.changed"]


def test_faults_are_told_by_line_column_code_in_both_languages_and_never_with_the_value(tmp_path):
    good = make_id_no(number=3)
    wrong_check = good[:-1] + ("0" if good[-1] != "0" else "1")
    rows = [
        ROW,
        ROW | {"姓名": ""},
        ROW | {"身份证号码": wrong_check},
        ROW | {"身份证号码": "1.20198E+17"},
        ROW | {"身份证号码": good, "出生日期": "2030-01-01", "性别": "女"},
        ROW | {"身份证号码": good, "出生日期": "1944-05-07", "性别": "女"},
        ROW | {"身份证号码": good, "出生日期": "1944-05-06", "性别": "男"},
        ROW | {"身份证号码": "", "出生日期": "1944-05-06", "性别": "女"},
        ROW,
        ROW | {"身份证号码": good, "联系电话": "12"},
        ROW | {"身份证号码": good, "居住地区划代码": "129999"},
        ROW | {"身份证号码": good, "坐标系": ""},
        ROW | {"身份证号码": good, "经度": "39.1", "纬度": "117.2"},
        ROW | {"身份证号码": good, "人员类别": "富裕"},
        ROW | {"身份证号码": good, "人员类别": "独居 2024年"},
        ROW | {"身份证号码": good, "人员类别": "独居 2025-01-01~2024-01-01"},
        ROW | {"身份证号码": good, "风险原因": ""},
        ROW | {"身份证号码": good, "联系人电话": ""},
        ROW | {"身份证号码": good, "姓名": "张**"},
        ROW | {"身份证号码": good, "居住起始日期": "2026-05-01"},
        ROW | {"身份证号码": good, "居住地区划代码": ""},
    ]
    columns = {**ROW, "出生日期": "", "性别": ""}

    report = run(write(tmp_path, *(dict.fromkeys(columns, "") | row for row in rows)))

    assert told(report) == [
        (3, "姓名", "required"),
        (4, "身份证号码", "id_check_digit"),
        (5, "身份证号码", "digits_lost"),
        (6, "出生日期", "born_in_future"),
        (6, "身份证号码", "id_born_else"),
        (7, "身份证号码", "id_born_else"),
        (8, "身份证号码", "id_sex_else"),
        (9, "身份证号码", "required"),
        (10, "身份证号码", "repeated_id_no"),
        (11, "联系电话", "phone_form"),
        (12, "居住地区划代码", "unknown_area"),
        (13, "坐标系", "crs_missing"),
        (14, "经度", "invalid_point"),
        (15, "人员类别", "unknown_code"),
        (16, "人员类别", "not_a_date"),
        (17, "人员类别", "dates_swapped"),
        (18, "风险原因", "required"),
        (19, "联系人电话", "required"),
        (20, "姓名", "masked"),
        (21, "居住起始日期", "still_to_come"),
        (22, "居住地区划代码", "required"),
    ]
    personal = ("张三丰", "张小明", good, wrong_check, "13800002345", "13900002345", "测试路")
    messages = [(fault.message.zh, fault.message.en) for fault in report.errors]
    assert all(zh and en for zh, en in messages)
    assert [each for pair in messages for text in pair for each in personal if each in text] == []
    assert counts(report) == (1, 0, 0, 20)


@pytest.mark.parametrize("area", ["120116", "120119", "120225"])
def test_id_numbers_of_new_districts_and_of_former_counties_are_good(tmp_path, area):
    report = run(write(tmp_path, ROW | {"身份证号码": make_id_no(area=area)}))

    assert (report.created, report.errors) == (1, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_spreadsheets_give_the_same_elder(tmp_path, encoding):
    report = run(write(tmp_path, ROW | {"姓名": "欧阳𠮷"}, encoding=encoding))

    assert (report.created, storage.session().scalar(sa.select(Elder.name))) == (1, "欧阳𠮷")


def test_xlsx_gives_the_same_elder_and_its_formulas_are_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(ROW))
    book.active.append([*ROW.values()])
    book.active.append(["=CONCAT(1,2)", *list(ROW.values())[1:]])
    path = tmp_path / "elders.xlsx"
    book.save(path)

    report = run(path)

    assert (report.created, told(report)) == (1, [(3, "姓名", "formula")])


def test_number_of_another_elder_is_refused_unless_name_or_reference_agree(tmp_path):
    run(write(tmp_path, {"编号": "7", **ROW}))

    other_name = run(write(tmp_path, {"编号": "8", **ROW, "姓名": "李四"}))
    renamed = run(write(tmp_path, {"编号": "7", **ROW, "姓名": "张三豐"}))

    assert told(other_name) == [(2, "身份证号码", "id_no_taken")]
    assert counts(renamed) == (0, 1, 0, 0)
    assert storage.session().scalars(sa.select(Elder.name)).all() == ["张三豐"]


def test_elder_without_id_number_is_known_by_the_reference_and_gets_the_number_later(tmp_path):
    bare = ROW | {"编号": "7", "出生日期": "1944-05-06", "性别": "女", "身份证号码": ""}
    run(write(tmp_path, bare))

    again = run(write(tmp_path, bare))
    numbered = run(write(tmp_path, bare | {"身份证号码": make_id_no()}))
    by_number = run(write(tmp_path, bare | {"编号": "", "身份证号码": make_id_no()}))
    elsewhere = run(write(tmp_path, bare | {"姓名": "李四", "出生日期": "1950-01-01"}))
    other_source = run(write(tmp_path, bare | {"姓名": "李四", "出生日期": "1950-01-01"}), source="other")

    assert [counts(each) for each in (again, numbered, by_number)] == [(0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 1, 0)]
    assert told(elsewhere) == [(2, "编号", "ref_taken")]
    assert counts(other_source) == (1, 0, 0, 0)


def test_dates_that_contradict_the_record_are_refused_and_nothing_of_the_row_is_stored(tmp_path):
    run(write(tmp_path, ROW))
    rows = [
        ROW | {"联系电话": "13700000001", "居住起始日期": "2019-01-01"},
        ROW | {"联系电话": "13700000001", "人员类别": "独居 2024-01-01"},
    ]

    reports = [run(write(tmp_path, row)) for row in rows]

    assert [told(each) for each in reports] == [
        [(2, "居住起始日期", "dates_overlap")],
        [(2, "人员类别", "dates_overlap")],
    ]
    elder_id = storage.session().scalar(sa.select(Elder.id))
    card = elders.get_elder(elder_id, actor=SYSTEM, on=ON, ties=elders.Ties())
    assert (card.phone, card.version) == ("+8613800002345", 1)


def test_elder_who_has_died_or_left_is_not_brought_back_by_an_old_file(tmp_path):
    undated = ROW | {"居住起始日期": "", "人员类别": "独居"}
    run(write(tmp_path, undated, undated | {"姓名": "王五", "身份证号码": make_id_no(number=9)}))
    ids = dict(storage.session().execute(sa.select(Elder.name, Elder.id)).all())
    with storage.transaction():
        for name, kind in (("张三丰", "died"), ("王五", "moved_out")):
            elders.record_event(
                ids[name],
                record=elders.EventRecord(kind=kind, on=ON + timedelta(days=2), to_area_code="13"),
                actor=SYSTEM,
                at=AT,
                on=ON + timedelta(days=2),
                ties=elders.Ties(),
            )

    report = run(
        write(tmp_path, undated, undated | {"姓名": "王五", "身份证号码": make_id_no(number=9)}),
        on=ON + timedelta(days=3),
    )

    assert told(report) == [(2, "身份证号码", "has_died"), (3, "居住起始日期", "date_needed")]


def test_grade_that_follows_from_scores_is_not_overwritten(tmp_path):
    run(write(tmp_path, ROW))
    elder_id = storage.session().scalar(sa.select(Elder.id))
    with storage.transaction():
        elders.add_assessment(
            elder_id,
            record=elders.NewAssessment(
                item_scores=dict(elders.ASSESSMENT_ITEMS), assessor="李评估", assessed_on=date(2026, 2, 1)
            ),
            actor=SYSTEM,
            at=AT,
            on=ON,
            ties=elders.Ties(),
        )

    report = run(write(tmp_path, ROW | {"评估日期": "2026-02-01"}))

    assert told(report) == [(2, "能力等级", "grade_by_scores")]


def test_officer_imports_into_the_own_areas_only_and_learns_nothing_of_others(tmp_path):
    officer = Actor(storage.new_id(), (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))
    with storage.transaction():
        put_elders(elder_record(area="120197001001", id_no=make_id_no(number=5)))
    rows = [
        ROW,
        ROW | {"身份证号码": make_id_no(number=6), "居住地区划代码": "120197001001"},
        ROW | {"身份证号码": make_id_no(number=5)},
    ]

    report = run(write(tmp_path, *rows), actor=officer)

    assert told(report) == [(3, "居住地区划代码", "not_yours"), (4, "身份证号码", "id_no_taken")]
    assert report.created == 1


def test_batch_takes_the_same_few_statements_however_many_elders_it_holds(tmp_path, db):
    def rows(count: int, start: int) -> list[dict[str, str]]:
        return [ROW | {"身份证号码": make_id_no(number=start + number)} for number in range(count)]

    def statements(path: Path) -> int:
        seen: list[str] = []
        connection = db.get_bind()
        listen = lambda *given: seen.append(given[2])  # noqa: E731
        sa.event.listen(connection, "before_cursor_execute", listen)
        run(path)
        sa.event.remove(connection, "before_cursor_execute", listen)
        return len(seen)

    few, many = (statements(write(tmp_path, *rows(count, start))) for count, start in ((2, 10), (60, 100)))

    assert 0 < many <= few + 4


def test_the_number_of_a_record_that_went_into_another_is_left_alone(tmp_path):
    first_row = ROW | {"性别": "女", "出生日期": "1944-05-06", "编号": "R1"}
    run(write(tmp_path, first_row, first_row | {"编号": "R2", "身份证号码": make_id_no(number=8)}))
    first, second = storage.session().scalars(sa.select(Elder.id).order_by(Elder.source_ref))
    with storage.transaction() as session:
        session.execute(sa.update(Elder).where(Elder.id == second).values(id_no_sealed=None, id_no_index=None))
        elders.merge_record(second, into_id=first, version=None, find_obstacles=tuple, actor=SYSTEM, at=AT, on=ON)
    report = run(write(tmp_path, first_row, first_row | {"编号": "R2", "身份证号码": "", "姓名": "改过的"}))
    assert counts(report) == (0, 0, 2, 0), told(report)
    assert len(standing(Residence)) == 2
