"""Files on their way out: nothing runs in a spreadsheet, templates are kept byte for byte, rows come back."""

from __future__ import annotations

import stat
from datetime import date, time

import openpyxl
import pytest

from dispatch import sheets
from dispatch.sheets import Column, Layout
from dispatch.words import Locale

LAYOUT = Layout(
    columns=(
        Column("ref", ("编号",)),
        Column("name", ("姓名",)),
        Column("on", ("日期",)),
        Column("at", ("时间",)),
        Column("lon", ("经度",)),
        Column("note", ("备注",), is_kept=False),
    )
)
RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]
ROW = {"ref": "007", "name": "张三", "on": date(2026, 3, 1), "at": time(22), "lon": -117.25}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_text_that_a_spreadsheet_would_run_is_neutral_and_comes_back(tmp_path, kind):
    path = tmp_path / f"out.{kind}"

    count = sheets.write_sheet(path, layout=LAYOUT, rows=({"ref": "1", "name": text} for text in RISKY))
    with sheets.open_sheet(path, layout=LAYOUT) as sheet:
        lines = list(sheet.lines())

    assert count == len(RISKY)
    if kind == "xlsx":
        cells = [row[1] for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.value.startswith("'") for cell in cells)
    else:
        assert all(f"'{text}" in path.read_bytes().decode("utf-8-sig") for text in RISKY)
    assert [line.spoiled for line in lines] == [{}] * len(RISKY)
    assert [line.cells["name"].replace("\n", "\r") for line in lines] == RISKY  # XML knows one line end


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_back_the_same(tmp_path, kind):
    path = tmp_path / f"out.{kind}"

    sheets.write_sheet(path, layout=LAYOUT, rows=[ROW])
    with sheets.open_sheet(path, layout=LAYOUT) as sheet:
        (line,) = sheet.lines()

    assert dict(line.cells) == {
        "ref": "007",
        "name": "张三",
        "on": "2026-03-01",
        "at": "22:00",
        "lon": "-117.25",
    }
    assert dict(sheet.titles) == {"ref": "编号", "name": "姓名", "on": "日期", "at": "时间", "lon": "经度"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_english_titles_are_our_names(tmp_path):
    path = tmp_path / "out.csv"

    sheets.write_sheet(path, layout=LAYOUT, rows=[ROW], locale=Locale.EN)

    assert path.read_bytes().startswith(b"\xef\xbb\xbfref,name,on,at,lon\r\n")


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("\ufeff“姓名”".replace("“姓名”", '"姓名", 编号 ,日期\r\n'), "utf-8"),
        ("鹭洲区上报表,,\r\n姓名,编号,日期\r\n", "gb18030"),
        ("姓名,编号,日期\n", "utf-8"),
    ],
)
@pytest.mark.feature("I8")
def test_template_header_is_repeated_byte_for_byte(tmp_path, head, encoding):
    template, path = tmp_path / "template.csv", tmp_path / "out.csv"
    template.write_bytes(head.encode(encoding))

    sheets.write_sheet(path, layout=LAYOUT, rows=[ROW], template=sheets.read_template(template, layout=LAYOUT))

    end = "\r\n" if head.endswith("\r\n") else "\n"
    assert path.read_bytes() == head.encode(encoding) + f"张三,007,2026-03-01{end}".encode(encoding)


@pytest.mark.feature("I8")
def test_template_without_line_end_or_with_rows_gives_its_header_only(tmp_path):
    template = tmp_path / "template.csv"
    template.write_bytes("姓名,编号".encode())
    bare = sheets.read_template(template, layout=LAYOUT)
    template.write_bytes("姓名,编号\r\n张三,1\r\n".encode())
    filled = sheets.read_template(template, layout=LAYOUT)

    assert bare.head == filled.head == "姓名,编号\r\n".encode()


@pytest.mark.parametrize("head", ["姓名,颜色\n", "姓名,name\n", "颜色\n"])
@pytest.mark.feature("I8")
def test_template_with_columns_that_are_not_ours_is_an_error_that_names_them(tmp_path, head):
    template = tmp_path / "template.csv"
    template.write_bytes(head.encode())

    with pytest.raises(sheets.SheetTemplateError) as caught:
        sheets.read_template(template, layout=LAYOUT)

    assert ("颜色" in head) == ("颜色" in caught.value.facts["unknown"])
    assert ("name" in head) == ("name" in caught.value.facts["repeated"])


def test_a_fault_under_way_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows():
        yield ROW
        raise RuntimeError

    with pytest.raises(RuntimeError):
        sheets.write_sheet(path, layout=LAYOUT, rows=rows())

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("out.csv", "old")]


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(sheets.SheetFormatError):
        sheets.write_sheet(tmp_path / "out.ods", layout=LAYOUT, rows=[ROW])
