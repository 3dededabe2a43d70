"""`dispatch indicators`: what it prints, in both languages, and as JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dispatch import areas, coverage, directory, indicators, storage
from dispatch.actor import SYSTEM
from dispatch.cli import indicators as command
from tests.factories.areas import compound_record
from tests.factories.directory import bed_change
from tests.factories.indicators import target_record
from tests.worlds import long_street as world


@pytest.fixture
def run(real_app):
    with real_app.app_context(), storage.transaction():
        world.put_world()
        areas.put_known_areas(actor=SYSTEM, at=world.AT)
        indicators.put_known_targets(actor=SYSTEM, at=world.AT)
        own = target_record(), target_record("X2", measure=indicators.Measure.BEDS_TOTAL, year="2029", value=100.0)
        indicators.put_targets(own, actor=SYSTEM, at=world.AT)
        areas.put_compounds([compound_record("新苑", care_floor_area_m2=150.0)], actor=SYSTEM, at=world.AT)
        directory.put_bed_changes([bed_change(site="a")], actor=SYSTEM, at=world.AT)
        wish = coverage.RunWish(area_code=world.DISTRICT, service_code="day_care", as_of=world.AS_OF)
        coverage.run_coverage(wish, network=world.make_network(), actor=SYSTEM, now=world.AT)

    def run_command(*words: str):
        return CliRunner().invoke(
            command.indicators_commands,
            words,
            obj=lambda **_: real_app,
            catch_exceptions=False,
            env={"COLUMNS": "200"},
        )

    return run_command


def test_each_command_prints_its_figures_with_the_rule_in_both_languages(run):
    area = ("--area", world.DISTRICT)
    shown = {name: run(name, *area) for name in ("rates", "land", "equity", "beds", "targets")}

    assert {name: result.exit_code for name, result in shown.items()} == dict.fromkeys(shown, 0)
    text = {name: result.stdout for name, result in shown.items()}
    for wanted in (
        "2/7 = 28.57 %",
        "1/2 = 50.00 %",
        "T038",
        "城镇社区",
        "Urban communities",
        "coverage-2026",
        "home_care",
    ):
        assert wanted in text["rates"]
    for wanted in ("16.7", "20 (X1, adopted)", "30.0", "每百户用房", "Floor per 100 households"):
        assert wanted in text["land"]
    for wanted in ("0.5455", "day_care", "基尼", "worst tenth"):
        assert wanted in text["equity"]
    for wanted in ("X2", "adopted", "护理型 = 照护型", "census 2020"):
        assert wanted in text["beds"]
    assert "T001" in text["targets"]
    assert "T054" not in text["targets"]


def test_each_command_gives_json(run):
    area = ("--area", world.DISTRICT, "--json")

    found = {name: json.loads(run(name, *area).stdout) for name in ("rates", "land", "equity", "targets")}
    beds = json.loads(run("beds", *area, "--on", "2026-03-31", "--entry-share", "0", "--departure-share", "0").stdout)

    assert [rate["measure"] for rate in found["rates"]] == ["home_care", "day_care_urban", "day_care_rural"]
    assert found["land"]["compounds"][0]["floor"]["deficit_m2"] == 30
    assert found["equity"][0]["spreads"][0]["gini"] == pytest.approx(24 / 44)
    assert {each["state"] for each in found["targets"]} == {"computed", "not_computed", "reported"}
    assert [year["needed"] for year in beds["years"]] == [{"care": 40}, {"care": 40}]


def test_what_cannot_be_answered_ends_with_a_sentence_in_both_languages(run):
    unknown = run("rates", "--area", "129998")
    early = run("beds", "--area", world.DISTRICT, "--year", "1999")

    assert (unknown.exit_code, early.exit_code) == (1, 1)
    assert "129998" in unknown.stderr
    assert "超出范围" in early.stderr


@pytest.mark.usefixtures("db")
def test_the_targets_of_the_product_come_once_and_what_a_city_changed_stays():
    with storage.transaction():
        world.put_world()
        areas.put_known_areas(actor=SYSTEM, at=world.AT)
        first = indicators.put_known_targets(actor=SYSTEM, at=world.AT)
        changed = next(each for each in indicators.find_targets() if each.id == "T058")
        adopted = target_record("T058", area_code="120116", measure=changed.measure, value=0.2)
        indicators.put_targets([adopted], actor=SYSTEM, at=world.AT)
        again = indicators.put_known_targets(actor=SYSTEM, at=world.AT)

    assert (first.created, again) == (149, areas.PutCount(0, 0, 149))
    assert indicators.find_targets(area_code="120116", measures=[changed.measure]) == [adopted]
    with pytest.raises(indicators.TargetAreaUnknownError, match="129998"):
        indicators.put_targets([target_record(area_code="129998")], actor=SYSTEM, at=world.AT)
