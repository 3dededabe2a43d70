"""`dispatch carers` and `dispatch rosters`: what they print, and with which status they end."""

import json

import pytest
from click.testing import CliRunner

from dispatch import storage
from dispatch.actor import Role
from dispatch.cli.tree import main
from tests.factories.accounts import make_account
from tests.factories.carers import ORGANIZATION_ID, put_organization
from tests.factories.elders import put_places

CARERS = "工号,姓名,所属机构,岗位,性别,联系电话,出行方式\nA1,李四,测试机构,养老护理员,女,13800002345,步行\n"
ROSTER = "工号,星期,时段\nA1,周一,22:00-06:00\nA1,周二,05:00-09:00\nZ9,周三,8:00-12:00\n"


@pytest.fixture
def dispatch(real_app):
    with real_app.app_context(), storage.transaction():
        put_places("120198001001")
        put_organization()
    make_account(real_app, role=Role.COORDINATOR, organization_id=ORGANIZATION_ID, username="house")

    def run(*arguments: object):
        return CliRunner().invoke(main, [str(each) for each in arguments], obj=lambda **_: real_app)

    return run


def test_district_brings_in_carers_and_rosters_and_takes_them_out_again(dispatch, tmp_path):
    staff, roster, out = tmp_path / "staff.csv", tmp_path / "roster.csv", tmp_path / "out.csv"
    staff.write_bytes(CARERS.encode("gb18030"))
    roster.write_bytes(ROSTER.encode("gb18030"))

    dry = dispatch("carers", "import", staff, "--dry-run")
    made = json.loads(dispatch("carers", "import", staff, "--json").stdout)
    first = dispatch("rosters", "import", roster, "--json")
    again = dispatch("rosters", "import", roster)
    taken = dispatch("rosters", "export", out, "--as", "house")
    people = dispatch("carers", "export", tmp_path / "people.csv", "--as", "house")

    report = json.loads(first.stdout)
    assert "试导入" in dry.stdout
    assert (made["created"], made["refused"]) == (1, 0)
    assert (first.exit_code, report["created"], report["refused"]) == (0, 1, 2)
    assert [(fault["row"], fault["code"]) for fault in report["errors"]] == [(3, "hours_overlap"), (4, "unknown_carer")]
    assert all(fault["message"] and fault["message_en"] for fault in report["errors"])
    assert "未变 1" in again.stdout
    assert "1 unchanged" in again.stdout
    assert "3/3" in again.stderr  # the progress
    assert (taken.exit_code, people.exit_code) == (0, 0)
    assert "周一,,,22:00,06:00" in out.read_text(encoding="utf-8-sig")
    assert "13800002345" in (tmp_path / "people.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("工号,星期,时段\n", "no rows"),
        ("工号,星期,时段,时段\nA1,周一,8:00-9:00,8:00-9:00\n", "repeated"),
        ("名称,地址\n甲,乙\n", "Missing: carer_ref"),
        ("工号,星期,时段\n" + "A1,周一,8:00-9:00\n" * 1_000_000, "500,000"),
    ],
)
def test_file_that_is_no_roster_ends_with_one_line_and_status_1(dispatch, tmp_path, content, says):
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")

    result = dispatch("rosters", "import", path)

    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert says in result.stderr


def test_account_without_carers_exports_nothing(dispatch, real_app, tmp_path):
    make_account(real_app, role=Role.PLANNER, username="planner")

    results = [
        dispatch(*wish, tmp_path / "x.csv", "--as", name)
        for wish in (("carers", "export"), ("rosters", "export"))
        for name in ("planner", "nobody")
    ]

    assert [result.exit_code for result in results] == [1, 1, 1, 1]
    assert not (tmp_path / "x.csv").exists()
