"""`dispatch elders`: what it prints, what it writes, and with which status it ends."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dispatch import journal, storage
from dispatch.actor import Role
from dispatch.cli.tree import main
from tests.factories.accounts import make_account
from tests.factories.elders import make_id_no, put_places

AREA = "120198001001"
HEADER = "姓名,身份证号码,居住地区划代码,居住地址,人员类别"


@pytest.fixture
def dispatch(real_app):
    with real_app.app_context(), storage.transaction():
        put_places(AREA)

    def run(*arguments: object):
        return CliRunner().invoke(main, [str(each) for each in arguments], obj=lambda **_: real_app)

    return run


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "list.csv"
    good, bad = make_id_no(), make_id_no(number=2)[:-1] + "?"
    path.write_bytes(
        f"{HEADER}\n张三,{good},{AREA},=1号,独居\n李四,{bad},{AREA},2号,独居\n王五,{make_id_no(number=3)},{AREA},3号,空巢\n".encode(
            "gb18030"
        )
    )
    return path


def test_import_reports_progress_faults_in_both_languages_and_status_0(dispatch, sheet):
    dry = dispatch("elders", "import", sheet, "--dry-run", "--json")
    real = dispatch("elders", "import", sheet)
    again = dispatch("elders", "import", sheet, "--json")

    report = json.loads(dry.stdout)
    assert (dry.exit_code, report["created"], report["refused"]) == (0, 1, 2)
    assert [(fault["row"], fault["code"]) for fault in report["errors"]] == [(2, "formula"), (3, "id_form")]
    assert report["errors"][1]["message"].startswith("身份证号码应为")
    assert report["errors"][1]["message_en"].startswith("An ID number has")
    assert "3/3" in real.stderr
    assert "新增 1" in real.stdout
    assert "1 created" in real.stdout
    assert (json.loads(again.stdout)["created"], json.loads(again.stdout)["unchanged"]) == (0, 1)


@pytest.mark.feature("I8")
def test_export_repeats_the_header_of_a_template_byte_for_byte(dispatch, sheet, tmp_path, real_app):
    dispatch("elders", "import", sheet)
    make_account(real_app, role=Role.DISTRICT_OFFICER, area="120198", username="officer1")
    template, out = tmp_path / "template.csv", tmp_path / "out.csv"
    head = "附件3：老人名册\r\n*姓 名,居住地址,身份证号,人员类别\r\n".encode("gb18030")
    template.write_bytes(head)

    result = dispatch(
        "elders", "export", out, "--as", "officer1", "--reason", "上报，按上级要求逐人核对身份", "--template", template
    )

    assert result.exit_code == 0, result.stderr
    data = out.read_bytes()
    assert data.startswith(head)
    assert data[len(head) :].decode("gb18030").startswith(f"王五,3号,{make_id_no(number=3)},empty_nest ")


def test_export_under_an_unknown_account_or_one_without_elders_writes_no_file(dispatch, sheet, tmp_path, real_app):
    dispatch("elders", "import", sheet)
    make_account(real_app, role=Role.PLANNER, area="120198", username="planner1")
    out = tmp_path / "out.csv"

    unknown, planner = (dispatch("elders", "export", out, "--as", name) for name in ("nobody", "planner1"))

    assert (unknown.exit_code, planner.exit_code, out.exists()) == (1, 1, False)
    assert "Officers, community workers and operators" in planner.stderr


def test_column_twice_and_a_million_rows_are_refused_before_anything_is_stored(dispatch, tmp_path):
    twice, huge = tmp_path / "twice.csv", tmp_path / "huge.csv"
    twice.write_text(f"姓名,老人姓名,身份证号码\n张三,张三,{make_id_no()}\n", encoding="utf-8")
    with huge.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        line = f"张三,{make_id_no()},{AREA},1号,独居\n"
        file.writelines(line for _ in range(1_000_000))

    refused = {path.stem: dispatch("elders", "import", path) for path in (twice, huge)}

    assert {name: result.exit_code for name, result in refused.items()} == {"twice": 1, "huge": 1}
    assert "repeated: 老人姓名" in refused["twice"].stderr
    assert "500,000" in refused["huge"].stderr
    assert "/" not in refused["huge"].stdout  # no batch was begun


def test_export_that_cannot_be_is_one_line_and_leaves_no_entry(dispatch, sheet, tmp_path, real_app):
    dispatch("elders", "import", sheet)
    account_id = make_account(real_app, role=Role.DISTRICT_OFFICER, area="120198", username="officer1")

    nowhere = dispatch("elders", "export", tmp_path / "no" / "out.csv", "--as", "officer1")
    no_area = dispatch("elders", "export", tmp_path / "out.csv", "--as", "officer1", "--area", "129999")
    no_reason = dispatch("elders", "export", tmp_path / "out.csv", "--as", "officer1", "--reason", "x")

    for result, word in ((nowhere, "no"), (no_area, "129999"), (no_reason, "--reason")):
        assert (result.exit_code, len(result.output.strip().splitlines())) == (1, 1), result.output
        assert word in result.output
    with real_app.app_context(), storage.reading():
        assert [entry for entry in journal.find_entries(account_id) if entry.kind == "elder.exported"] == []
