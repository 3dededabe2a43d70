"""A report is one value made of a run: its sentences, its tables, what is not shown, and that it can be set."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
import typst

from dispatch import drawing, reports
from dispatch.reports.rules.typesetting import files_of
from dispatch.words import Locale
from tests.factories.reports import RUN_ID, area_row, make_reading

THREE = [(100, 80), (50, 20), (10, 10)]  # 160 elders, 110 of them covered, 20 and 30 not


def compose(reading: reports.Reading | None = None, *, locale: Locale = Locale.ZH, unit: str = "") -> reports.Report:
    wish = reports.Wish(locale, computed_on=date(2026, 4, 1), unit=unit)
    return reports.compose_report(reading or make_reading(THREE), wish=wish)


def said(report: reports.Report) -> dict:
    return json.loads(files_of(report)["data.json"])


def pages(report: reports.Report) -> int:
    made = typst.compile(
        files_of(report), font_paths=[drawing.chinese_folder()], ignore_system_fonts=True, format="png", ppi=40
    )
    return len(made)


def cells(report: reports.Report, key: str) -> list[list[str]]:
    [table] = [one for one in said(report)["tables"] if one["key"] == key]
    return [line["cells"] for line in table["lines"] if not line["heading"]]


def test_conclusion_is_three_sentences_with_the_number_the_places_and_how_firmly_it_stands():
    # 110 of 160 are 68.75 %; outside are 30 of the second community and 20 of the first
    report = compose()

    assert report.key_number == "68.8 %"
    assert report.sentences == (
        "鹭洲区有老年人 160 人，其中 110 人（68.8 %）步行 15 分钟内走得到“日间照料”站点，50 人走不到。",
        "走不到的人最多的社区是第1社区（30 人）、第0社区（20 人）。",
        "上限改为 10 分钟是 68.8 %，20 分钟是 68.8 %，步速慢 20 % 是 68.8 %；0 个社区处于临界。",
    )
    english = compose(locale=Locale.EN)
    assert english.sentences[0] == (
        "Of 160 elders of Luzhou District, 110 (68.8 %) are within 15 minutes' walk of Day care; 50 are not."
    )
    assert english.sentences[1] == "Most of those out of reach live in Community 1 (30), Community 0 (20)."


def test_all_covered_nothing_covered_and_nobody_are_said_in_words():
    assert compose(make_reading([(10, 10)])).sentences[1] == "每个社区的老年人都走得到。"
    none = make_reading([(10, 0)])
    none = replace(none, run=replace(none.run, totals=none.run.totals | {"sites": 0}))
    assert compose(none, locale=Locale.EN).sentences[1] == "No open site gives this service: nobody is covered."
    nobody = compose(make_reading([(0, 0)]))
    assert nobody.sentences == ("名册里鹭洲区没有老年人，因此没有覆盖率。",)
    assert nobody.key_number == "—"
    assert cells(nobody, "communities")[0][:4] == ["第0社区", "0", "0", "—"]


def test_gap_table_names_site_and_minutes_most_people_first():
    # 1070 s are 18 minutes begun, 170 s over: 3
    assert cells(compose(), "gaps") == [
        ["1", "第1社区", "白鹭街道", "30", "50", "40.0 %", "第一站点", "18", "3"],
        ["2", "第0社区", "白鹭街道", "20", "100", "80.0 %", "第一站点", "18", "3"],
    ]


def test_hidden_figures_print_as_small_and_unknown_ones_as_a_dash_with_a_note_under_every_table():
    hidden = area_row(
        "120198001001", level="community", elders=100, covered=97, covered_share=None, is_suppressed=True, state=None,
        is_borderline=None, nearest_s=None, nearest_site_name=None, band=dict.fromkeys(("10", "12", "15", "18", "20")),
    )  # fmt: skip
    hidden = replace(hidden, covered=None, uncovered=None)
    reading = make_reading(THREE, is_complete=False)
    reading = replace(reading, gaps=(hidden,), areas=(*(r for r in reading.areas if r.level != "community"), hidden))
    report = compose(reading)

    assert cells(report, "communities") == [
        ["第1社区", "100", "<5", "<5", "<5", "<5", "<5", "<5", "<5", "0", "1", "<5", "<5"]
    ]
    assert cells(report, "gaps") == [["1", "第1社区", "白鹭街道", "<5", "100", "<5", "<5", "<5", "<5"]]
    assert report.sentences[1] == "各社区走不到的人数都太小，不公布。"
    assert report.cover_note == "1 到 4 人的数字已隐去。"
    for table in (said(report)["figures"], *said(report)["tables"]):
        assert table["notes"][0].startswith("<5：1 到 4 人")
    assert "1–4 人等，不公布" in report.legend["small"]


def test_cover_says_area_dates_unit_status_and_run():
    cover = dict(compose(unit="示例区民政局").cover)

    assert cover["区域"] == "鹭洲区  120198"
    assert (cover["名册日期"], cover["计算日期"]) == ("2026-03-31", "2026-04-01")
    assert (cover["编制单位"], cover["状态"], cover["计算编号"]) == ("示例区民政局", "草案，未公布", str(RUN_ID))
    reading = make_reading(THREE)
    published = compose(replace(reading, run=replace(reading.run, status="published")), locale=Locale.EN)
    assert dict(published.cover)["Status"] == "Adopted and published"


def test_the_same_report_is_the_same_file_and_another_language_another():
    first, again = reports.typeset_report(compose()), reports.typeset_report(compose())

    assert first == again
    assert first.startswith(b"%PDF-")
    assert b"/CreationDate" not in first
    assert reports.typeset_report(compose(locale=Locale.EN)) != first


@pytest.mark.parametrize("locale", list(Locale))
def test_every_character_of_the_labels_is_in_the_font(locale: Locale):
    report = compose(make_reading([(0, 0), (10, 5)]), locale=locale, unit="")

    told = said(report)["methods"]
    assert not [name for name, _ in told if name in {"字体缺字", "Characters not in the font"}]


def test_a_character_that_the_font_lacks_is_replaced_and_told():
    report = compose(make_reading(THREE, name="\U00020bb7祥区\U0002a6df"))  # forms of 吉 and another rare character
    found = said(report)

    assert found["cover"][0] == ["区域", "〓祥区〓  120198"]
    assert found["methods"][-1] == ["字体缺字", "U+20BB7、U+2A6DF，印作〓。"]
    assert pages(report) > 5


def test_words_of_others_are_words_and_never_markup():
    report = compose(make_reading(THREE, name='#panic("x") $a$ *b* \\'), unit="=HYPERLINK(1)")

    assert pages(report) > 5
    book = openpyxl.load_workbook(
        io.BytesIO(reports.tabulate_report(report, made_at=make_reading(THREE).run.finished_at))
    )
    assert "'=HYPERLINK(1)" in [cell.value for row in book["说明"].iter_rows() for cell in row]


def test_500_communities_break_over_pages_and_all_of_them_are_in_it():
    counts = [(100 + i % 7, i % 5 * 20) for i in range(500)]
    report = compose(make_reading(counts), locale=Locale.EN)

    assert len(cells(report, "communities")) == 500
    assert pages(report) > 20


def test_workbook_has_the_same_tables_with_numbers_as_numbers():
    report = compose(make_reading([*THREE, (0, 0)]))
    book = openpyxl.load_workbook(
        io.BytesIO(reports.tabulate_report(report, made_at=make_reading(THREE).run.finished_at))
    )

    assert book.sheetnames == ["结论", "按街道", "空白社区", "推荐点位", "社区明细", "可复算", "说明"]
    rows = list(book["社区明细"].iter_rows(values_only=True))
    assert rows[0][:5] == ("街道", "社区", "老年人", "覆盖", "覆盖率")
    assert rows[1][:5] == ("白鹭街道  120198001", "第0社区", 100, 80, 0.8)
    assert rows[4][:5] == ("白鹭街道  120198001", "第3社区", 0, 0, "—")
    assert book["社区明细"]["E2"].number_format == "0.0%"
    assert list(book["按街道"].iter_rows(values_only=True))[1][:4] == ("白鹭街道", 160, 110, 110 / 160)


def test_the_same_workbook_is_the_same_file(monkeypatch: pytest.MonkeyPatch):
    made_at = make_reading(THREE).run.finished_at
    first = reports.tabulate_report(compose(), made_at=made_at)
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 5, 6, 7, 8, 9, 0, 0, 0))  # what a zip file's parts carry

    assert reports.tabulate_report(compose(), made_at=made_at) == first
    properties = openpyxl.load_workbook(io.BytesIO(first)).properties
    assert (properties.created, properties.modified) == (made_at.replace(tzinfo=None),) * 2


def test_what_a_run_asked_beside_walking_is_told_among_the_methods_and_in_the_command():
    reading = make_reading(THREE)
    asked = {
        "at_local": "2026-03-29T18:00",
        "unknown_hours": "exclude",
        "sites_closed_then": 2,
        "sites_without_hours": 3,
        "capacity": "maximum",
        "sites_without_capacity": 4,
        "network_edits": [{"name": "东门", "is_idle": False}, {"name": "旧桥", "is_idle": True}],
    }
    run = replace(reading.run, assumptions=reading.run.assumptions | asked)

    report = compose(replace(reading, run=run), locale=Locale.EN)

    told = dict(report.methods)
    assert told["Hours"] == (
        "Only sites open at 2026-03-29 18:00; those whose hours nobody knows (3) do not count, 2 closed then do not."
    )
    assert told["Capacity"].startswith("Asked: all places, whoever holds them now; 4 sites")
    assert told["Edits of the network"] == "1, not drawn on the map: 东门."
    assert not any("room" in one for one in report.silences)
    assert report.commands[0].endswith(" --at 2026-03-29T18:00 --unknown-hours exclude --capacity maximum")
    plain = compose(locale=Locale.EN)
    assert dict(plain.methods)["Edits of the network"] == "None."
    assert any("room" in one for one in plain.silences)
