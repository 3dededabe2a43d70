"""The made-up district: rates, land, equity and beds are exactly what they were made to be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dispatch import coverage, indicators, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind

DISTRICT, SECOND_DISTRICT = "120198", "120199"
LAST_OF_MARCH = date(2026, 3, 31)
NOW = datetime(2026, 4, 7, 2, 0, tzinfo=UTC)
PLANNER = Actor(account_id=storage.new_id(), grants=(Grant(Role.PLANNER, ScopeKind.AREA, DISTRICT),))


@pytest.fixture
def planned(seeded, network):
    """The application with runs of day care and home care, which are undone afterwards."""
    with seeded.app_context(), storage.rehearsal():
        for service in ("day_care", "home_care"):
            wish = coverage.RunWish(area_code=DISTRICT, service_code=service, as_of=LAST_OF_MARCH)
            coverage.run_coverage(wish, network=network, actor=SYSTEM, now=NOW)
        yield seeded


def counts(rate):
    return {each.form.value: (each.count.numerator, each.count.denominator) for each in rate.forms}


@pytest.mark.usefixtures("planned")
@pytest.mark.feature("G2")
def test_the_policys_own_rates_are_the_true_ones_in_every_form(truth):
    rates = {rate.measure.value: rate for rate in indicators.compute_rates(DISTRICT, actor=SYSTEM)}

    rows = truth["coverage"]["services"]["day_care"]["areas"]
    # domain.md section 6: urban 3,240/3,600 people and 12/14 communities, rural 420/1,400 people and 5/9 villages
    urban, rural = rates["day_care_urban"], rates["day_care_rural"]
    assert counts(urban)["people"] == (3240, 3600)
    assert counts(urban)["communities"] == (12, 14)
    assert [each.left_out for each in urban.forms if each.form is indicators.Form.COMMUNITIES] == [
        1
    ]  # nobody old there
    assert (counts(rural)["people"], counts(rural)["communities"]) == ((420, 1400), (5, 9))
    # 苇塘, 莲花, 柳堤, 枣林, 石桥 have one of their own: 200 + 180 + 170 + 150 + 160
    assert counts(rural)["people_of_communities"] == (860, 1400)
    # the two that do not count are 鹭北 (160 elders) and 岸中 (200)
    assert counts(urban)["people_of_communities"] == (3600 - 160 - 200, 3600)
    assert (counts(urban)["subdistricts"], counts(rural)["subdistricts"]) == ((3, 3), (1, 1))
    people = next(each for each in urban.forms if each.form is indicators.Form.PEOPLE)
    towns = [
        row for code, row in rows.items() if len(code) == 12 and code[:9] in {f"{DISTRICT}00{i}" for i in (1, 2, 3)}
    ]
    assert {name: count.numerator for name, count in people.at.items()} == {
        "12": sum(row["covered"]["720"] for row in towns),
        "18": sum(row["covered"]["1080"] for row in towns),
        "slower": sum(row["covered_900_s_at_0_8_mps"] for row in towns),
    }


@pytest.mark.usefixtures("planned")
def test_home_care_is_given_as_a_circle_with_the_reach_apart(truth):
    rate = next(rate for rate in indicators.compute_rates(DISTRICT, actor=SYSTEM) if rate.measure == "home_care")

    true = truth["home_care"]
    people = next(each for each in rate.forms if each.form is indicators.Form.PEOPLE)
    assert (people.count.numerator, people.count.denominator) == (
        sum(row["covered"]["900"] for row in true.values()),
        5000,
    )
    judged = {code: row["open_sites"] > 0 or 2 * row["covered"]["900"] >= row["elders"] for code, row in true.items()}
    lived_in = [code for code, row in true.items() if row["elders"] or row["open_sites"]]
    assert counts(rate)["communities"] == (sum(judged[code] for code in lived_in), len(lived_in))
    assert [(each.target.id, each.applies, each.target.status.value) for each in rate.targets] == [
        ("T001", True, "adopted")
    ]
    assert people.meets == {"T001": False}
    assert rate.reach is not None


@pytest.mark.usefixtures("planned")
def test_rates_are_held_against_own_targets_and_show_those_of_other_districts():
    urban = next(rate for rate in indicators.compute_rates(DISTRICT, actor=SYSTEM) if rate.measure == "day_care_urban")

    # the district's own asks 85 %: 90.0 % of people and 12/14 = 85.7 % of communities; Ninghe's 100 % is not its own
    assert [(each.target.id, each.applies) for each in urban.targets] == [("LZ01", True), ("T038", False)]
    assert {each.form.value: each.meets for each in urban.forms} == {
        "people": {"LZ01": True, "T038": False},
        "people_of_communities": {"LZ01": True, "T038": False},
        "communities": {"LZ01": True, "T038": False},
        "subdistricts": {"LZ01": True, "T038": True},
    }
    assumed = urban.assumptions
    assert (assumed["run_id"], assumed["speed_mps"], assumed["as_of"]) == (str(urban.run.id), 1.0, "2026-03-31")
    assert assumed["rates_rule_version"] == "policy-rates-2026-1"
    assert assumed["network_sha256"]


@pytest.mark.usefixtures("planned")
@pytest.mark.feature("P5")
def test_equity_of_day_care_is_the_true_one(truth):
    found = indicators.compute_equity(DISTRICT, actor=SYSTEM, on=LAST_OF_MARCH)

    true = truth["equity"]
    day_care = next(each for each in found if each.subject == "day_care")
    spread = next(each for each in day_care.spreads if each.level == "community")
    assert (spread.areas, spread.left_out, spread.hidden) == (true["communities"], 1, 0)
    assert (spread.best.area_code, spread.worst.area_code) == (true["best"], true["worst"])
    assert (spread.spread, spread.gini) == pytest.approx((true["spread"], true["gini"]), abs=1e-12)
    assert list(day_care.worst_tenth.area_codes) == true["worst_tenth"]
    groups = {"worst": day_care.worst_tenth, **day_care.settlements, **day_care.wings}
    expected = {"worst": true["worst_tenth_people"], **true["settlements"], **true["wings"]}
    assert {name: (group.value, group.weight) for name, group in groups.items()} == {
        name: (pytest.approx(covered / elders), elders) for name, (covered, elders) in expected.items()
    }
    assert (day_care.people.numerator, day_care.people.denominator) == (3660, 5000)
    beds = next(each for each in found if each.measure is indicators.EquityMeasure.BEDS)
    # 331 open beds for 5,000 elders, those of the home where nobody old lives among them
    assert (beds.whole.value, beds.spreads[0].left_out) == (pytest.approx(66.2), 1)


@pytest.mark.usefixtures("planned")
@pytest.mark.feature("P3")
def test_compounds_miss_what_they_were_made_to_miss(truth):
    report = indicators.compute_land(DISTRICT, actor=SYSTEM)

    true = truth["land"]
    assert {row.name: row.floor.deficit_m2 for row in report.compounds if row.floor.deficit_m2 is not None} == true[
        "floor_deficit_m2"
    ]
    assert {row.name: row.land.deficit_m2 for row in report.compounds if row.land.deficit_m2 is not None} == {
        name: pytest.approx(deficit) for name, deficit in true["land_deficit_m2"].items()
    }
    assert [report.new_to_standard.numerator, report.new_to_standard.denominator] == true["new_to_standard"]
    whole = next(each for each in report.sums if each.area_code == DISTRICT and each.stage is None)
    assert (whole.households, whole.care_floor_area_m2) == (true["households"], true["floor_m2"])
    assert whole.floor_deficit_m2 == sum(true["floor_deficit_m2"].values())
    named = next(row for row in report.compounds if row.name.startswith("鹭南新苑"))
    # domain.md section 6: 900 households and 150 m2 are 16.7, and 30 m2 are missing
    assert (round(named.floor.value, 1), named.floor.standard.least, named.floor.deficit_m2) == (16.7, 20, 30)


@pytest.mark.usefixtures("planned")
@pytest.mark.feature("P4")
def test_beds_and_those_missing_for_each_target_are_the_true_ones(truth):
    report = indicators.compute_beds(DISTRICT, actor=SYSTEM, on=LAST_OF_MARCH)

    true = truth["beds"]
    assert (report.today.opened, report.today.institutions, report.today.coming) == (
        true["2026-03-31"]["open"],
        true["2026-03-31"]["institutions"],
        true["2026-03-31"]["coming"],
    )
    assert report.today.day_places == 20
    for year in report.years:
        at_end = true[f"{year.year}-12-31"]
        assert (year.stock.opened, year.stock.coming) == (at_end["open"], at_end["coming"])
    gaps = {gap.target.id: gap for gap in report.gaps}
    # 381 beds in 2029: 400 asked, 19 missing, none once the 30 planned ones open; 500 asked in 2035, a draft
    assert [
        (gaps[name].missing, gaps[name].missing_if_built, gaps[name].target.status.value) for name in ("LZ08", "LZ09")
    ] == [
        (19, 0, "adopted"),
        (119, 89, "draft"),
    ]
    # 230 nursing and care beds of 375 in institutions: 65 % are 244 (243.75), 70 % are 263 (262.5)
    assert [gaps[name].missing for name in ("LZ10", "LZ11")] == [14, 33]
    assert gaps["LZ10"].value == pytest.approx(230 / 375)
    assert "T004" not in gaps  # the city's 80,000 are no district's


@pytest.mark.usefixtures("planned")
def test_a_planner_sees_no_counts_of_one_to_four_people_and_nothing_of_another_district():
    for rate in indicators.compute_rates(DISTRICT, actor=PLANNER):
        for each in rate.forms[:2]:
            for count in (each.count, *each.at.values()):
                assert count.numerator is None or not 0 < count.numerator < 5
                assert count.numerator is None or not 0 < count.denominator - count.numerator < 5
    equity = indicators.compute_equity(DISTRICT, actor=PLANNER, on=LAST_OF_MARCH)
    spread = equity[0].spreads[0]
    # 鹭南: 278 of 280, 鹭中: 296 of 300, 波南: 297 of 300, 岸桥: 226 of 230
    assert (spread.areas, spread.hidden) == (19, 4)
    run = coverage.latest_run(actor=SYSTEM, area_code=DISTRICT, service_code="home_care")
    with pytest.raises(indicators.RunOfAnotherQuestionError):
        indicators.compute_rates(DISTRICT, actor=PLANNER, run_id=run.id)


def test_without_a_run_the_rates_say_what_to_do(district):  # noqa: ARG001 - the database
    rates = indicators.compute_rates(SECOND_DISTRICT, actor=SYSTEM)

    assert all(rate.forms == () and "dispatch coverage run" in rate.missing.en for rate in rates)
    assert all("dispatch coverage run --area 120199" in rate.missing.zh for rate in rates)
