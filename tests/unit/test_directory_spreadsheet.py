"""Spreadsheets as they come: encodings, headers, lines, and what cannot be read at all."""

import pytest

from dispatch import directory
from dispatch.directory.rules.rows import alike_key
from dispatch.directory.rules.spreadsheet import read_sheet

TEXT = "编号,名称,地址\n1,和平养老院,天津市和平区柳州路1号\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.feature("D7")
def test_encodings_that_spreadsheets_write_are_read_alike(encoding):
    sheet = read_sheet(TEXT.encode(encoding), file="a.csv")

    assert dict(sheet.lines[0].cells) == {"source_ref": "1", "name": "和平养老院", "address": "天津市和平区柳州路1号"}
    assert sheet.titles["name"] == "名称"


def test_rows_are_counted_as_lines_of_the_file():
    data = b'name,address\r\n"a\nb",x\r\n\r\nc,y\r\n'

    sheet = read_sheet(data, file="a.csv")

    assert [line.row for line in sheet.lines] == [2, 5]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", directory.EmptySpreadsheetError),
        (b"name,address\n", directory.EmptySpreadsheetError),
        (b"name,address,color\n1,2,3\n", directory.SpreadsheetHeaderError),
        (b"name\n1\n", directory.SpreadsheetHeaderError),
        (b"name,name,address\n1,1,2\n", directory.SpreadsheetHeaderError),
        (b"name,address,lon,lat\n1,2,117.2,39.1\n", directory.SpreadsheetHeaderError),
        (b"PK\x03\x04...", directory.SpreadsheetEncodingError),
        (TEXT.encode("utf-16"), directory.SpreadsheetEncodingError),
        (b"name,address\n\xff\xff\xff\n", directory.SpreadsheetEncodingError),
        (b'name,address\n"open,2\n', directory.SpreadsheetEncodingError),
    ],
)
@pytest.mark.feature("D7")
def test_file_that_cannot_be_read_says_what_to_do(data, error):
    with pytest.raises(error) as caught:
        read_sheet(data, file="a.csv")

    assert "a.csv" in str(caught.value)


def test_wrong_header_names_what_is_missing_and_what_is_unknown():
    with pytest.raises(directory.SpreadsheetHeaderError) as caught:
        read_sheet(b"name,color\n1,2\n", file="a.csv")

    assert caught.value.facts["missing"] == "address"
    assert caught.value.facts["unknown"] == "color"


def test_alike_means_the_same_words_whatever_the_signs():
    assert alike_key("鸿泰·乐尔之家（河东）", address="天津市河东区 1号") == alike_key(
        "鸿泰乐尔之家(河东)", address="河东区１号"
    )
    assert alike_key("鸿泰", address="河东区1号") != alike_key("鸿泰", address="河东区2号")
