"""`dispatch subsidies`: rules from a file, shown, and back into a file."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dispatch import storage, subsidies
from dispatch.cli.subsidies import subsidies_commands
from tests.factories.directory import put_base
from tests.factories.subsidies import DISTRICT, put_rules
from tests.worlds.tiny_day import make_tiny_day


@pytest.fixture
def run(real_app):
    with real_app.app_context(), storage.transaction():
        put_base()
        make_tiny_day()
        put_rules()

    def invoke(*words: str) -> str:
        result = CliRunner().invoke(subsidies_commands, words, obj=lambda **_: real_app, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return invoke


@pytest.mark.feature("R9")
def test_rules_are_listed_with_their_dates_and_examples_are_marked(run):
    shown = json.loads(run("list", "--area", "120198001001", "--on", "2026-06-30", "--json"))

    assert [(each["record"]["rule_version"], each["record"]["is_example"]) for each in shown] == [("EX-1", True)]
    assert "EX-2" in run("list")


def test_what_goes_out_comes_in_unchanged(run, tmp_path):
    file = tmp_path / "rules.csv"

    run("export", str(file), "--area", DISTRICT)
    report = json.loads(run("import", str(file), "--json"))

    assert (report["rows"], report["unchanged"], report["error_count"]) == (2, 2, 0)


def test_a_dry_run_stores_nothing(real_app, run, tmp_path):
    file = tmp_path / "rules.csv"
    file.write_text(
        "rule_version,area_code,service_code,amount_cents,valid_from\nA-1,120198,助浴,500,2026-01-01\n",
        encoding="utf-8",
    )

    told = run("import", str(file), "--dry-run")

    assert "1 created" in told
    with real_app.app_context(), storage.reading():
        assert [each.record.rule_version for each in subsidies.find_rules()] == ["EX-1", "EX-2"]
