"""The import of rosters: twice, dry, nights, full-width signs, and what the record says against a row."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import openpyxl
import pytest
import sqlalchemy as sa

from dispatch import carers, journal, sheets, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.carers.models import Carer, Shift
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import put_places
from tests.factories.files import codes, counts, write

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

pytestmark = pytest.mark.usefixtures("db")
ON = date(2026, 3, 30)  # a Monday
AT = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
FULL_WIDTH = "\uff12\uff12\uff1a\uff10\uff10\uff0d\uff10\uff16\uff1a\uff10\uff10"  # 22:00-06:00
NIGHT = {"工号": "A1", "类型": "班次", "星期": "周一", "时段": FULL_WIDTH, "休息(分钟)": "30"}


@pytest.fixture(autouse=True)
def carer_id(db) -> UUID:  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_places("120198001001")
        [made] = put_carers(carer_record(shifts=(), source="list", source_ref="A1", name="李四"))
    return made


def bring(path: Path, *, unit=storage.transaction, on: date = ON, register=None) -> sheets.ImportReport:
    return carers.import_rosters(path, register=register, unit=unit, actor=SYSTEM, at=AT, on=on)


def standing(model):
    return storage.session().scalars(sa.select(model).where(model.superseded_at.is_(None))).all()


def test_night_with_full_width_signs_is_kept_across_midnight(tmp_path, carer_id) -> None:
    report = bring(write(tmp_path, NIGHT))

    [shift] = standing(Shift)
    assert counts(report) == (1, 0, 0, 0), report.errors
    assert (shift.carer_id, shift.weekday, shift.from_time, shift.to_time) == (carer_id, 0, time(22), time(6))
    assert (shift.break_min, shift.valid_from, shift.valid_to) == (30, ON, None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_same_file_again_changes_nothing_on_any_day(tmp_path, carer_id, encoding) -> None:
    rows = [
        NIGHT | {"日期": ""},
        NIGHT | {"星期": "", "日期": "2026-04-02", "时段": "8:00-12:00"},
        NIGHT | {"星期": "", "日期": "2026-04-03", "类型": "休息", "时段": "", "休息(分钟)": ""},
        NIGHT | {"星期": "", "日期": "2026-04-03", "类型": "加班", "时段": "18:00-20:00", "休息(分钟)": ""},
    ]
    path = write(tmp_path, *rows, encoding=encoding)

    first, again, later = bring(path), bring(path), bring(path, on=date(2026, 4, 20))
    with storage.reading():
        kinds = [entry.kind for entry in journal.find_entries(carer_id)]

    assert counts(first) == (4, 0, 0, 0), first.errors
    assert counts(again) == counts(later) == (0, 0, 4, 0)
    assert kinds == ["carer.registered", "carer.changed"]


def test_dry_run_stores_nothing_and_reports_the_same(tmp_path) -> None:
    path = write(tmp_path, NIGHT)

    dry = bring(path, unit=storage.rehearsal)

    assert counts(dry) == (1, 0, 0, 0)
    assert standing(Shift) == []
    assert bring(path) == dry


def test_other_hours_supersede_and_what_was_stays_readable(tmp_path, carer_id) -> None:
    bring(write(tmp_path, NIGHT))

    report = bring(write(tmp_path, NIGHT | {"时段": "22:00-05:00"}), on=date(2026, 4, 6))

    before, after = sorted(standing(Shift), key=lambda row: row.valid_from)
    kept = storage.session().scalar(sa.select(sa.func.count()).where(Shift.superseded_at.is_not(None)))
    version = storage.session().scalar(sa.select(Carer.version).where(Carer.id == carer_id))
    assert counts(report) == (0, 1, 0, 0)
    assert (before.to_time, before.valid_to) == (time(6), date(2026, 4, 6))
    assert (after.to_time, after.valid_from, after.break_min) == (time(5), date(2026, 4, 6), 30)
    assert (kept, version) == (1, 3)  # registered, then changed by each file


def test_last_date_alone_ends_the_shift(tmp_path) -> None:
    bring(write(tmp_path, NIGHT))

    report = bring(write(tmp_path, NIGHT | {"失效日期": "2026-05-01"}), on=date(2026, 4, 6))

    [shift] = standing(Shift)
    assert counts(report) == (0, 1, 0, 0)
    assert (shift.valid_from, shift.valid_to) == (ON, date(2026, 5, 1))


def test_roster_of_the_file_is_what_the_carer_is_asked_to_work(tmp_path, carer_id) -> None:
    sick = NIGHT | {"类型": "病假", "星期": "", "日期": "2026-04-07", "时段": "", "休息(分钟)": ""}
    bring(write(tmp_path, NIGHT | {"日期": ""}, sick))

    with storage.reading():
        [facts] = carers.find_carers(on=date(2026, 4, 6))

    assert facts.carer_id == carer_id
    # the night of Monday, 6 April ends at midnight, since Tuesday is a sick day
    [exception] = facts.exceptions
    assert (exception.on_date, exception.kind) == (date(2026, 4, 7), "sick")
    assert [(each.weekday, each.from_time) for each in facts.shifts] == [(0, time(22))]


BAD = {
    "unknown_carer": {"工号": "Z9"},
    "name_else": {"姓名": "别人"},
    "day_needed": {"星期": ""},
    "weekday_else": {"日期": "2026-03-31"},
    "required": {"时段": ""},
    "not_a_time": {"时段": "22点到6点"},
    "same_time": {"时段": "08:00-08:00"},
    "long_break": {"时段": "08:00-08:30", "休息(分钟)": "30"},
    "not_a_number": {"休息(分钟)": "半小时"},
    "unknown_code": {"类型": "打卡"},
    "hours_taken": {"类型": "休息", "日期": "2026-03-30"},
    "dates_swapped": {"生效日期": "2026-05-01", "失效日期": "2026-05-01"},
    "date_needed": {"失效日期": "2026-01-01"},
    "hours_else": {"开始时间": "08:00", "结束时间": "12:00"},
    "not_a_date": {"生效日期": "下周"},
}


@pytest.mark.parametrize("code", BAD)
def test_bad_row_is_told_and_left_out_and_the_good_one_stored(tmp_path, code) -> None:
    empty = dict.fromkeys(key for row in BAD.values() for key in row)
    good = empty | NIGHT | {"星期": "周三", "时段": "08:00-12:00"}

    report = bring(write(tmp_path, empty | NIGHT | BAD[code], good))

    assert codes(report) == [(2, code)]
    assert counts(report) == (1, 0, 0, 1)
    assert all(fault.message.zh and fault.message.en for fault in report.errors)


def test_hours_that_overlap_are_refused_also_across_midnight_and_between_files(tmp_path) -> None:
    early = NIGHT | {"星期": "周二", "时段": "05:00-09:00"}  # the night of Monday ends on Tuesday at 06:00
    after = NIGHT | {"星期": "周二", "时段": "06:00-09:00"}
    on_date = NIGHT | {"星期": "", "日期": "2026-04-07", "时段": "08:00-10:00"}  # a Tuesday

    first = bring(write(tmp_path, NIGHT, early, after))
    second = bring(write(tmp_path, early | {"日期": ""}, on_date))

    assert codes(first) == [(3, "hours_overlap")]
    assert codes(second) == [(2, "hours_overlap"), (3, "hours_overlap")]
    assert counts(first) == (2, 0, 0, 1)


def test_same_hours_twice_in_a_file_are_refused(tmp_path) -> None:
    report = bring(write(tmp_path, NIGHT, NIGHT | {"时段": "22:00-05:00"}))

    assert codes(report) == [(3, "repeated_hours")]


def test_number_of_two_lists_needs_the_list(tmp_path) -> None:
    with storage.transaction():
        put_carers(carer_record(shifts=(), source="other", source_ref="A1"))
    path = write(tmp_path, NIGHT)

    assert codes(bring(path)) == [(2, "carer_unclear")]
    assert counts(bring(path, register="list")) == (1, 0, 0, 0)


def test_carers_of_another_house_and_those_who_left_get_no_shifts(tmp_path, carer_id) -> None:
    stranger = Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(storage.new_id())),))
    path = write(tmp_path, NIGHT)

    foreign = carers.import_rosters(path, unit=storage.transaction, actor=stranger, at=AT, on=ON)
    with storage.transaction():
        carers.end_carer(carer_id, version=None, actor=SYSTEM, at=AT, on=ON)

    assert codes(foreign) == [(2, "unknown_carer")]
    assert codes(bring(path)) == [(2, "has_left")]


def test_formula_is_not_computed(tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(NIGHT))
    book.active.append(["A1", "班次", "周一", "=B1", 30])
    path = tmp_path / "list.xlsx"
    book.save(path)

    assert codes(bring(path)) == [(2, "formula")]


def test_xlsx_with_its_own_times_and_dates_is_read(tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["工号", "日期", "开始时间", "结束时间"])
    book.active.append(["A1", datetime(2026, 4, 1), time(22), time(6)])  # noqa: DTZ001 - a spreadsheet knows no zone
    path = tmp_path / "list.xlsx"
    book.save(path)

    report = bring(path)

    [shift] = standing(Shift)
    assert counts(report) == (1, 0, 0, 0), report.errors
    assert (shift.weekday, shift.valid_from, shift.valid_to) == (2, date(2026, 4, 1), date(2026, 4, 2))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("工号,星期,时段\n", sheets.EmptySheetError),
        ("", sheets.EmptySheetError),
        ("工号,星期,时段,时段\nA1,周一,8:00-9:00,8:00-9:00\n", sheets.SheetHeaderError),
        ("工号,人员编号,时段\nA1,A1,8:00-9:00\n", sheets.SheetHeaderError),
        ("名称,地址\n甲,乙\n", sheets.SheetHeaderError),
    ],
)
def test_file_that_is_no_roster_stores_nothing(tmp_path, content, error) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(error) as caught:
        bring(path)

    assert "list.csv" in caught.value.detail.zh.format(**caught.value.facts)
    assert standing(Shift) == []


def test_million_rows_are_refused_before_any_is_stored(tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("工号,星期,时段\n" + "A1,周一,8:00-9:00\n" * 1_000_000, encoding="utf-8")

    with pytest.raises(sheets.SheetTooLargeError) as caught:
        bring(path)

    assert caught.value.facts["limit"] == 500_000
    assert standing(Shift) == []


def test_a_weekday_that_is_none_is_told_which_there_are(tmp_path) -> None:
    report = bring(write(tmp_path, NIGHT | {"星期": "周八"}))

    [fault] = report.errors
    assert "周一 1 mon" in fault.message.zh
    assert "周日 7 sun" in fault.message.en
    assert " 0" not in fault.message.zh
