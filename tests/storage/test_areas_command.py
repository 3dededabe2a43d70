"""`dispatch areas`: subdistricts and communities from a spreadsheet, and back into one."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dispatch import areas, storage
from dispatch.cli import areas as command
from tests.factories.elders import put_places

GOOD = """区划代码,名称,城乡分类,村庄分类,别名,常住人口,60岁以上人口
120198001001,桥东社区,城镇,,东桥、老桥东,3200,710
120198001,桥头街道,,,,,
120198001002,河湾村,乡村,特色保护,,900,300
"""


@pytest.fixture
def run(real_app, tmp_path):
    with real_app.app_context(), storage.transaction():
        put_places("120198")

    def run_command(verb: str, text: str | bytes = "", *words: str):
        file = tmp_path / "areas.csv"
        if verb == "import":
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return CliRunner().invoke(
            command.areas_commands, [verb, str(file), *words], obj=lambda **_: real_app, catch_exceptions=False
        )

    return run_command


def _report(result) -> dict:
    return json.loads(result.stdout)


def test_areas_come_in_whatever_their_order_and_again_nothing_changes(real_app, run):
    first = _report(run("import", GOOD, "--json"))
    again = _report(run("import", GOOD.encode("gb18030"), "--json"))

    assert (first["created"], first["error_count"]) == (3, 0)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 3)
    with real_app.app_context(), storage.reading():
        village = areas.get_area("120198001002")
        assert (village.level, village.settlement, village.village_class) == ("community", "rural", "protected")
        assert areas.find_area("老桥东").code == "120198001001"


def test_a_dry_run_stores_nothing(real_app, run):
    report = _report(run("import", GOOD, "--dry-run", "--json"))

    assert report["created"] == 3
    with real_app.app_context(), storage.reading():
        assert areas.missing_codes(["120198001"]) == ["120198001"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("12019800,少一位,,,,,", "invalid_area_code"),
        ("１２０１９８００１００９,全角数字,城镇,,,,", None),  # noqa: RUF001 - as people type them
        ("120198777001,没有街道,城镇,,,,", "unknown_area"),
        ("120198001001,又一个桥东,城镇,,,,", "repeated_ref"),
        ("120198001005,城里还是乡下,郊区,,,,", "unknown_code"),
        ("120198001006,老人太多,城镇,,,100,101", "not_a_number"),
        ("120198001007,,城镇,,,,", "required"),
        ("120198001008,少单元格", "cells_differ"),
    ],
)
def test_a_bad_row_is_told_and_left_out(run, row, code):
    report = _report(run("import", f"{GOOD}{row}\n", "--json"))

    assert [fault["code"] for fault in report["errors"]] == ([code] if code else [])
    assert report["created"] == (3 if code else 4)
    assert all(fault["message"] and fault["message_en"] for fault in report["errors"])


def test_what_goes_out_comes_in_again_unchanged(run, tmp_path):
    run("import", GOOD)
    run("export", "", "--area", "120198001")

    again = _report(run("import", (tmp_path / "areas.csv").read_bytes(), "--json"))

    assert (again["rows"], again["unchanged"]) == (3, 3)


def test_a_file_with_a_column_twice_is_refused(run):
    refused = run("import", "区划代码,名称,名称\n120198001,a,b\n")

    assert refused.exit_code == 1
    assert "名称" in refused.output
