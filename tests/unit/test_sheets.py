"""Files as they come: encodings, headers, lines, typed cells, and what cannot be read at all."""

# ruff: noqa: RUF001 - full-width signs are what these tests are about

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from dispatch import sheets
from dispatch.sheets import Column, Layout, Row

TEXT = "编号,姓名,电话\n1,张三,13800138000\n"
LAYOUT = Layout(
    columns=(
        Column("ref", ("id", "编号")),
        Column("name", ("姓名", "老人姓名"), is_needed=True),
        Column("phone", ("电话",)),
        Column("on", ("日期",)),
        Column("at", ("时间",)),
        Column("lon", ("经度",)),
        Column("lat", ("纬度",)),
    ),
    together=(("lon", "lat"),),
    rows_max=1_000,
)


def read(data: bytes, *, layout: Layout = LAYOUT) -> tuple[list[sheets.Line], dict[str, str]]:
    with sheets.open_sheet(io.BytesIO(data), layout=layout, file="a.csv") as sheet:
        return list(sheet.lines()), dict(sheet.titles)


def rows_of(data: bytes) -> list[Row]:
    lines, titles = read(data)
    return [Row(line, titles=titles) for line in lines]


def xlsx(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.feature("D7")
def test_encodings_that_spreadsheets_write_are_read_alike(encoding):
    lines, titles = read(TEXT.encode(encoding))

    assert dict(lines[0].cells) == {"ref": "1", "name": "张三", "phone": "13800138000"}
    assert titles["name"] == "姓名"


def test_rows_are_counted_as_lines_of_the_file():
    lines, _ = read(b'name,phone\r\n"a\nb",x\r\n\r\nc,y\r\n')

    assert [line.row for line in lines] == [2, 5]


def test_header_stands_below_a_heading_and_in_either_language():
    lines, titles = read("鹭洲区花名册,,\n2026年3月,,\n序, ,\nID,＊老人姓名 ,电 话\n7,李四,1\n".encode())

    assert titles == {"ref": "ID", "name": "＊老人姓名", "phone": "电 话"}
    assert [(line.row, dict(line.cells)) for line in lines] == [(5, {"ref": "7", "name": "李四", "phone": "1"})]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", sheets.EmptySheetError),
        (b"name,phone\n", sheets.EmptySheetError),
        (b"name,phone\n\n,\n", sheets.EmptySheetError),
        (b"name,phone,color\n1,2,3\n", sheets.SheetHeaderError),
        (b"phone\n1\n", sheets.SheetHeaderError),
        (b"name,name\n1,1\n", sheets.SheetHeaderError),
        (b"name,lon\n1,117.2\n", sheets.SheetHeaderError),
        (b"PK\x03\x04...", sheets.UnreadableSheetError),
        (TEXT.encode("utf-16"), sheets.SheetEncodingError),
        (b"name\n\xff\xff\xff\n", sheets.SheetEncodingError),
        (b"name\n\0\n", sheets.SheetEncodingError),
        (b'name\n"open\n', sheets.SheetEncodingError),
        (b"name\n" + b"x" * (1 << 20) + b"\n", sheets.SheetEncodingError),
        (xlsx(), sheets.EmptySheetError),
        (xlsx(["name"]), sheets.EmptySheetError),
        (xlsx(["name", "color"], [1, 2]), sheets.SheetHeaderError),
    ],
)
@pytest.mark.feature("D7")
def test_file_that_cannot_be_read_says_what_to_do(data, error):
    with pytest.raises(error) as caught:
        read(data)

    assert "a.csv" in str(caught.value)


def test_wrong_header_names_what_is_missing_unknown_and_twice_there():
    with pytest.raises(sheets.SheetHeaderError) as caught:
        read("电话,颜色,phone\n1,2,3\n".encode())

    assert caught.value.facts["missing"] == "name/姓名"
    assert caught.value.facts["unknown"] == "颜色"
    assert caught.value.facts["repeated"] == "phone = 电话"
    assert "ref/编号" in caught.value.facts["known"]


def test_typed_cells_of_a_workbook_are_read_as_people_see_them():
    table = xlsx(
        ["编号", "姓名", "电话", "日期", "时间", "经度", "纬度"],
        [7, "张三", 13800138000, datetime.fromisoformat("2026-03-01"), time(22, 0), 117.2, 39],
        [8.0, "李四", " 138 ", date(2026, 3, 1), "06：30", None, None],
        [],
        [9, "王五", None, "2026年3月1日", "24:00", None, None],
    )

    lines, titles = read(table)
    read_rows = [Row(line, titles=titles) for line in lines]

    assert [line.row for line in lines] == [2, 3, 5]
    assert [line.cells["ref"] for line in lines] == ["7", "8", "9"]
    assert lines[0].cells["phone"] == "13800138000"
    assert [row.day("on") for row in read_rows] == [date(2026, 3, 1)] * 3
    assert [row.clock("at") for row in read_rows] == [time(22, 0), time(6, 30), time(0, 0)]
    assert read_rows[0].number_of("lon", low=-180, high=180) == 117.2
    assert [row.faults for row in read_rows] == [[]] * 3


# an ID number typed into a numeric cell keeps 15 of its 18 digits; as text in a CSV it shows in powers of ten
@pytest.mark.parametrize(
    "data",
    [
        xlsx(["name", "phone"], ["a", 120101194001010017]),
        xlsx(["name", "phone"], ["a", 1.20101194001010e17]),
        b"name,phone\na,1.2E+17\n",
        "name,phone\na,１.20101E+17\n".encode(),
    ],
)
def test_number_that_lost_its_digits_is_refused_and_not_repeated(data):
    (row,) = rows_of(data)

    assert row.digits("phone") is None
    assert [(fault.row, fault.column, fault.code) for fault in row.faults] == [(2, "phone", "digits_lost")]
    assert "120101" not in row.faults[0].message.zh + row.faults[0].message.en


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (xlsx(["name", "phone"], ["a", "=1+1"]), "formula"),
        (xlsx(["name", "phone"], ["a", "=HYPERLINK(1)"]), "formula"),
        (b"name,phone\na,=1+1\n", "formula"),
        (xlsx(["name", "phone"], ["a", "#N/A"]), "cell_error"),
    ],
)
def test_formulas_and_errors_in_cells_are_faults_of_the_row(data, code):
    (row,) = rows_of(data)

    assert [(fault.column, fault.code) for fault in row.faults] == [("phone", code)]


def test_cells_too_many_and_too_few_are_faults_of_a_csv_row():
    rows = rows_of(b"name,phone\na,1,2\nb\nc,3\n")

    assert [[fault.code for fault in row.faults] for row in rows] == [["cells_differ"], ["cells_differ"], []]


def test_every_fault_has_both_languages_and_no_value():
    (row,) = rows_of("姓名,电话,日期,时间,经度,纬度\n张秘密,1,秘密,秘密,秘密,400\n".encode())
    row.text("name", longest=2)
    row.day("on")
    row.clock("at")
    row.whole("lon", low=1, high=5)
    row.number_of("lat", low=-90, high=90)
    row.choice("phone", known={"女": "female"})
    row.text("ref", is_needed=True)

    assert [fault.code for fault in row.faults] == [
        "too_long",
        "not_a_date",
        "not_a_time",
        "not_a_number",
        "not_a_number",
        "unknown_code",
        "required",
    ]
    assert all(fault.message.zh and fault.message.en for fault in row.faults)
    assert not any("秘密" in fault.message.zh + fault.message.en for fault in row.faults)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8:00", time(8)),
        ("08：00", time(8)),
        ("２２：３０", time(22, 30)),
        ("次日06:00", time(6)),
        ("24:00", time(0)),
        ("24:01", None),
        ("25:00", None),
        ("8.30", None),
        ("08:60", None),
    ],
)
def test_times_of_day_with_full_width_signs(text, found):
    (row,) = rows_of(f"姓名,时间\n张三,{text}\n".encode())

    assert row.clock("at") == found
    assert bool(row.faults) == (found is None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-3-1", date(2026, 3, 1)),
        ("2026/03/01", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)),
        ("２０２６．３．１", date(2026, 3, 1)),
        ("2026-02-29", None),
        ("1.3.2026", None),
    ],
)
def test_dates_as_they_are_written_here(text, found):
    (row,) = rows_of(f"姓名,日期\n张三,{text}\n".encode())

    assert row.day("on") == found


class TestTooLarge:
    def test_a_million_rows_are_refused_at_once_and_in_little_memory(self, tmp_path):
        path = tmp_path / "million.csv"
        with path.open("wb") as file:
            file.write(b"name,phone\n")
            for _ in range(1_000):
                file.write(b"abcdefgh,13800138000\n" * 1_000)
        tracemalloc.start()

        with pytest.raises(sheets.SheetTooLargeError) as caught, sheets.open_sheet(path, layout=LAYOUT):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert "1,000" in str(caught.value)
        assert peak < 8_000_000  # the file has 21 MB

    def test_a_million_rows_in_a_workbook_are_refused_at_once(self):
        row = "<row><c><v>1</v></c></row>"
        table = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        data = _with_table(table + row * 1_000_000 + "</sheetData></worksheet>")

        with pytest.raises(sheets.SheetTooLargeError):
            read(data)

    def test_what_unpacks_to_more_than_it_may_is_refused_before_it_is_unpacked(self):
        data = _with_part("xl/styles.xml", b" " * (9 << 20))
        words = _with_part("xl/sharedStrings.xml", b" " * (129 << 20))
        assert len(data) < 100_000

        tracemalloc.start()
        for each in (data, words):
            with pytest.raises(sheets.SheetTooLargeError) as caught:
                read(each)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert caught.value.facts["limit_mib"] == 128
        assert peak < 4_000_000

    @pytest.mark.parametrize(
        "table",
        [
            "<worksheet><sheetData><row r='2000000000'><c><v>1</v></c></row></sheetData></worksheet>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>",
            "<worksheet><sheetData><row><c><v>1</v></c>",
        ],
    )
    def test_xml_that_no_spreadsheet_program_writes_is_damaged(self, table):
        name = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"

        with pytest.raises(sheets.UnreadableSheetError):
            read(_with_table(table.replace("<worksheet", f"<worksheet {name}")))


def _with_table(table: str) -> bytes:
    return _with_part("xl/worksheets/sheet1.xml", table.encode())


def _with_part(name: str, content: bytes) -> bytes:
    """A workbook with one part replaced."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(["name"], ["a"]))) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return kept.getvalue()
