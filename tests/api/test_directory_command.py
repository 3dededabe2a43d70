"""`dispatch directory`: what it prints, and with which status it ends."""

import json

import pytest
from click.testing import CliRunner

from dispatch import directory, storage
from dispatch.actor import SYSTEM
from dispatch.cli.tree import main
from tests.factories.areas import AT, put_ground

ROWS = "id,name,address,province\n1,甲,天津市蓟县1号,天津市\n2,乙,河北省石家庄1号,天津市\n3,甲,天津市蓟县1号,天津市\n"


@pytest.fixture
def dispatch(real_app):
    with real_app.app_context(), storage.transaction():
        put_ground()
        directory.put_known_codes(actor=SYSTEM, at=AT)

    def run(*arguments: object):
        return CliRunner().invoke(main, [str(each) for each in arguments], obj=lambda **_: real_app)

    return run


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(ROWS.encode("gb18030"))
    return path


@pytest.mark.feature("D7")
def test_json_report_has_the_documented_form_and_status_0_with_bad_rows(dispatch, sheet):
    result = dispatch("directory", "import", sheet, "--json")

    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(report) == {
        "rows",
        "created",
        "changed",
        "unchanged",
        "refused",
        "error_count",
        "errors",
    }
    assert (report["rows"], report["created"], report["changed"]) == (3, 1, 0)
    assert [(fault["row"], fault["column"], fault["code"]) for fault in report["errors"]] == [
        (3, "address", "province_differs"),
        (4, "name", "duplicate_row"),
    ]
    assert report["errors"][0]["message"] == "地址在河北省，这一行却写的是天津市。"


@pytest.mark.feature("D7")
def test_dry_run_stores_nothing_and_repetition_changes_nothing(dispatch, sheet):
    dry = dispatch("directory", "import", sheet, "--dry-run")
    empty = json.loads(dispatch("directory", "unlocated", "--json").stdout)
    dispatch("directory", "import", sheet)
    again = dispatch("directory", "import", sheet, "--json")

    assert "试导入" in dry.stdout
    assert "第 2 行" in dry.stdout
    assert empty == []
    assert (json.loads(again.stdout)["created"], json.loads(again.stdout)["changed"]) == (0, 0)


def test_worklist_names_the_sites_without_a_point(dispatch, sheet):
    dispatch("directory", "import", sheet)

    (site,) = json.loads(dispatch("directory", "unlocated", "--json").stdout)
    table = dispatch("directory", "unlocated")

    assert (site["name"], site["area_code"], site["source"]) == ("甲", "120119", "list 1")
    assert "1 without a point" in table.stdout


@pytest.mark.feature("D7")
def test_file_that_cannot_be_read_ends_with_one_line_and_status_1(dispatch, tmp_path):
    wrong = {
        "header": b"name,color\n1,2\n",
        "excel": b"PK\x03\x04",
        "utf-16": "名称,地址".encode("utf-16"),
        "empty": b"",
    }
    for name, content in wrong.items():
        (tmp_path / f"{name}.csv").write_bytes(content)

    results = {name: dispatch("directory", "import", tmp_path / f"{name}.csv") for name in [*wrong, "missing"]}

    assert {result.exit_code for result in results.values()} == {1}
    assert {len(result.stderr.strip().splitlines()) for result in results.values()} == {1}
    says = {"header": "color", "excel": "damaged", "utf-16": "GB18030", "empty": "no rows", "missing": "no such file"}
    assert [name for name, words in says.items() if words not in results[name].stderr] == []
    assert json.loads(dispatch("directory", "unlocated", "--json").stdout) == []


def test_unknown_type_names_the_allowed_ones(dispatch, sheet):
    result = dispatch("directory", "import", sheet, "--facility-type", "castle")

    assert result.exit_code == 1
    assert "day_care_center" in result.stderr
