"""Subsidy rules on record: put in force, corrected, told in a file and given out again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from dispatch import areas, directory, journal, sheets, storage, subsidies
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories.directory import put_base
from tests.factories.subsidies import AT, DISTRICT, facts, put_rules, rule_record, use, worked_rules
from tests.worlds.tiny_day import make_tiny_day

OFFICER = Actor(uuid4(), (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, DISTRICT),))
HEADER = (
    "规定版本,区划代码,服务项目,每次补贴（分）,每周次数上限,最低年龄,"
    "人员类别,能力等级,生效日期,失效日期,状态,依据,是否示例"
)


pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_base()
        make_tiny_day()
        yield


@pytest.mark.feature("R9")
def test_rules_on_record_give_the_worked_example():
    put_rules()
    days = ["2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04"]

    lines = subsidies.compute_subsidies([use(on) for on in days], taken=[])

    # domain.md section 5 (Quote): 2 × 300 + 3 × 400 + sixth 0 = 1,800 of 9,000
    assert [each.subsidy_cents for each in lines] == [300, 300, 400, 400, 400, 0]


@pytest.mark.feature("R9")
def test_a_correction_supersedes_and_what_stood_before_can_be_read():
    put_rules(rule_record())
    later = AT + timedelta(days=30)

    again = subsidies.put_rules([rule_record()], actor=SYSTEM, at=later)
    changed = subsidies.put_rule(rule_record(amount_cents=350), actor=OFFICER, at=later)

    assert again == (0, 0, 1)
    [stands] = subsidies.find_rules(DISTRICT)
    [before] = subsidies.find_rules(DISTRICT, known_at=later - timedelta(days=1))
    assert (stands, stands.record.amount_cents, before.record.amount_cents) == (changed, 350, 300)
    assert before.superseded_at == later
    assert subsidies.find_rules_by_id([before.id])[before.id] == before
    entries = journal.find_entries(changed.id)
    assert [(each.kind, each.facts["supersedes"]) for each in entries] == [("subsidy_rule.changed", str(before.id))]


def test_a_draft_is_listed_and_never_used():
    put_rules(rule_record(status="draft"))

    assert [each.record.status for each in subsidies.find_rules(DISTRICT)] == ["draft"]
    [line] = subsidies.compute_subsidies([use("2026-06-29")], taken=[])
    assert line.outcome is subsidies.Outcome.NO_RULE


def test_an_officer_rules_the_own_area_alone():
    with pytest.raises(areas.AreaNotFoundError):
        subsidies.put_rule(rule_record(area_code="120199"), actor=OFFICER, at=AT)
    with pytest.raises(areas.AreaNotFoundError):
        subsidies.put_rule(rule_record(area_code="12"), actor=OFFICER, at=AT)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"rule_version": "规定"}, "rule_version"),
        ({"amount_cents": -1}, "amount_cents"),
        ({"weekly_limit": 0}, "weekly_limit"),
        ({"valid_to": date(2026, 1, 1)}, "valid_to"),
    ],
)
def test_what_cannot_be_is_refused_by_field(columns, field):
    with pytest.raises(subsidies.InvalidSubsidyRuleError) as told:
        put_rules(replace(rule_record(), **columns))

    assert list(told.value.fields) == [field]


@pytest.mark.parametrize("columns", [{"service_code": "massage"}, {"categories": ("rich",)}, {"grades": ("well",)}])
def test_unknown_codes_are_named(columns):
    with pytest.raises(directory.UnknownCodeError):
        put_rules(rule_record(**columns))


def test_a_service_is_covered_by_a_rule_for_it_or_one_above_or_below():
    put_rules(rule_record(service_code="meal_delivery"))

    covered = {code: subsidies.is_covered(code, area_code=DISTRICT) for code in ("meals", "meal_delivery", "bathing")}

    assert covered == {"meals": True, "meal_delivery": True, "bathing": False}
    assert not subsidies.is_covered("meals", area_code="120199")


def test_a_file_comes_in_and_goes_out_the_same(tmp_path):
    rows = [
        "A-1,120198,助餐,300,5,80,独居、空巢,severe,2026-01-01,2026-07-01,已生效,某文件第三条,是",
        "A-2,120198,meals,400,5,80,,,2026-07-01,,草案,,",
        "A 3,120198,meals,400,,,,,2026-07-01,,,,",
        "A-4,999999,meals,400,,,,,2026-07-01,,,,",
        "A-5,120198,massage,x,,,rich,well,2026-07-01,2026-06-01,,,",
        "A-1,120198,meals,300,5,80,,,2026-01-01,,,,",
    ]
    file = tmp_path / "rules.csv"
    file.write_text("\n".join([HEADER, *rows]), encoding="utf-8")

    report = subsidies.import_rules(file, unit=storage.savepoint, actor=SYSTEM, at=AT)
    again = subsidies.import_rules(file, unit=storage.savepoint, actor=SYSTEM, at=AT)

    assert (report.rows, report.created, report.refused) == (6, 2, 4)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert {(each.row, each.code) for each in report.errors} == {
        (4, "invalid_version"),
        (5, "unknown_area"),
        (6, "not_a_number"),
        (6, "unknown_code"),  # the service, the category and the grade
        (6, "dates_swapped"),
        (7, "repeated_ref"),
    }
    first, second = subsidies.export_rules(DISTRICT)
    assert (first["categories"], first["grades"], first["is_example"]) == ("empty_nest、living_alone", "severe", True)
    assert (second["status"], second["valid_to"]) == ("draft", None)
    out = tmp_path / "out.csv"
    sheets.write_sheet(out, layout=subsidies.LAYOUT, rows=subsidies.export_rules(DISTRICT))
    back = subsidies.import_rules(out, unit=storage.savepoint, actor=SYSTEM, at=AT)
    assert (back.created, back.changed, back.unchanged) == (0, 0, 2)


def test_rules_of_one_use_are_those_of_the_elders_area_on_its_date():
    put_rules(
        *worked_rules(), rule_record("HERE", area_code="120198001", amount_cents=100, valid_from=date(2026, 7, 1))
    )
    uses = [use("2026-06-30"), use("2026-07-01"), use("2026-07-02", area_code="120198002001", facts=facts())]

    lines = subsidies.compute_subsidies(uses, taken=[])

    assert [(each.rule_version, each.subsidy_cents) for each in lines] == [("EX-1", 300), ("HERE", 100), ("EX-2", 400)]
