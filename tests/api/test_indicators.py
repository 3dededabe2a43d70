"""Targets, rates, land, equity and beds over HTTP: who may ask, what comes back (by hand, see the world), refusals."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from dispatch import areas, directory, indicators, storage, streets
from dispatch.actor import SYSTEM
from tests.factories.accounts import sign_in
from tests.factories.areas import compound_record
from tests.factories.directory import bed_change
from tests.factories.indicators import target_record
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

WISH = {"area_code": world.DISTRICT, "as_of": world.AS_OF.isoformat()}
AREA = f"area={world.DISTRICT}"
CLOSE = {"kind": "close", "site_id": str(world.SITE_A)}
ADDRESSES = ("rates", "land", "equity", "beds")


@pytest.fixture(scope="module", autouse=True)
def _network(app: Flask) -> Iterator[None]:
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    streets.save_network(world.make_network(), folder=folder)
    yield
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _world(db) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()
        areas.put_known_areas(actor=SYSTEM, at=world.AT)
        indicators.put_known_targets(actor=SYSTEM, at=world.AT)
        indicators.put_targets(
            [
                target_record("X1"),
                target_record("X2", operator=indicators.Operator.RANGE_MAX, value=30.0),
                target_record("X3", measure=indicators.Measure.FLOOR_BUILT_UP, value=15.0),
            ],
            actor=SYSTEM,
            at=world.AT,
        )


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area=world.DISTRICT)


@pytest.fixture
def planner(client):
    return sign_in(client, role="planner", area=world.DISTRICT)


def make_run(client, headers, service="day_care", **changes):
    reply = client.post("/v1/coverage/runs", json=WISH | {"service_code": service} | changes, headers=headers)
    assert reply.status_code == 201
    return reply.get_json()["id"]


def rates_of(client, headers, query=AREA):
    reply = client.get(f"/v1/indicators/rates?{query}", headers=headers)
    assert reply.status_code == 200
    return {rate["measure"]: rate for rate in reply.get_json()["rates"]}


def counts(rate):
    return {each["form"]: (each["count"]["numerator"], each["count"]["denominator"]) for each in rate["forms"]}


def test_anyone_reads_the_targets_and_whether_each_is_computed_or_reported(client):
    every = client.get("/v1/indicators/targets").get_json()["items"]
    binhai = client.get("/v1/indicators/targets?area=120116001&status=draft").get_json()["items"]
    shares = client.get("/v1/indicators/targets?measure=nursing_share").get_json()["items"]

    assert len(every) == 149 + 3
    by_id = {each["id"]: each for each in every}
    assert (by_id["T001"]["value"], by_id["T001"]["unit_zh"], by_id["T001"]["state"]) == (97, "%", "computed")
    assert (by_id["T009"]["state"], by_id["T034"]["state"]) == ("reported", "not_computed")
    assert (by_id["T123"]["operator"], by_id["T123"]["value"]) == ("milestone", None)
    assert {each["status"] for each in binhai} == {"draft"}
    assert len(binhai) == 16
    assert [each["id"] for each in shares] == ["T018"]
    etag = client.get("/v1/indicators/targets").headers["ETag"]
    assert client.get("/v1/indicators/targets", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.feature("G2")
def test_rates_come_by_people_communities_and_subdistricts_side_by_side(client, officer):
    run_id = make_run(client, officer)

    rates = rates_of(client, officer)

    # C1 has day care of its own and 2 of 5 elders within reach, C2 has neither and 2 elders: the subdistrict has 2 of 7
    urban = rates["day_care_urban"]
    assert counts(urban) == {
        "people": (2, 7),
        "people_of_communities": (5, 7),
        "communities": (1, 2),
        "subdistricts": (0, 1),
    }
    people = urban["forms"][0]
    # at 720 m one, at 1,080 m three of C1
    assert {name: at["numerator"] for name, at in people["at"].items()} == {"12": 1, "18": 3, "slower": 1}
    assert people["meets"] == {"T038": False}
    assert [(each["target"]["id"], each["applies"]) for each in urban["targets"]] == [("T038", False)]
    assert (urban["assumptions"]["run_id"], urban["assumptions"]["speed_mps"]) == (run_id, 1.0)
    assert "社区" in urban["rule_zh"]
    assert "communities" in urban["rule_en"]
    # three villages, of which none has one that is open; C4 has nobody and counts all the same
    assert counts(rates["day_care_rural"]) == {
        "people": (0, 4),
        "people_of_communities": (0, 4),
        "communities": (0, 3),
        "subdistricts": (0, 2),
    }
    # nobody computed home care yet
    home = rates["home_care"]
    assert (home["forms"], home["assumptions"]) == ([], None)
    assert "home_care" in home["missing_zh"]
    assert home["missing_en"].startswith("There is no coverage run")
    assert home["reach"]["rule_en"].startswith("Reach")
    assert (home["reach"]["count"], home["reach"]["missing_en"][:15]) == (None, "There is no run")


def test_home_care_counts_sites_where_carers_start_and_no_others(client, officer):
    with storage.transaction():
        world.put_site("h", area=world.C3, point_xy=(1100.0, 0.0), service_code="cleaning", delivery="home")
    make_run(client, officer, service="home_care")

    home = rates_of(client, officer)["home_care"]

    # within 900 m of x = 1100: 1050, 1070, 1300; 881 and 880 m of C1 (239 and 240 m)
    assert counts(home)["people"] == (5, 11)
    assert counts(home)["communities"] == (1, 4)  # C3 by its own; C1 with 2 of 5, C2, C5 not; C4 left out
    assert home["forms"][2]["left_out"] == 1


def test_a_run_at_another_speed_is_no_policy_figure_unless_it_is_named(client, officer):
    plain = make_run(client, officer)
    slow = make_run(client, officer, speed_mps=0.8)

    assert rates_of(client, officer)["day_care_urban"]["assumptions"]["run_id"] == plain
    named = rates_of(client, officer, query=f"{AREA}&run={slow}")["day_care_urban"]
    assert (named["assumptions"]["run_id"], named["assumptions"]["speed_mps"]) == (slow, 0.8)
    assert counts(named)["people"] == (1, 7)


def test_runs_that_answer_another_question_are_refused(client, officer, planner):
    run_id, timed = make_run(client, officer), make_run(client, officer, at_local="2026-03-31T10:00")
    wish = WISH | {"service_code": "day_care", "name": "关掉 A", "changes": [CLOSE]}
    scenario = client.post("/v1/coverage/scenarios", json=wish, headers=planner).get_json()
    reply = client.post("/v1/coverage/runs", json={"scenario_id": scenario["id"]}, headers=planner)
    supposed = reply.get_json()["id"]

    replies = [
        client.get(f"/v1/indicators/rates?{AREA}&{query}", headers=officer)
        for query in (f"home_run={run_id}", f"run={timed}", f"run={supposed}")
    ]

    assert [(each.status_code, each.get_json()["code"]) for each in replies] == [(422, "run-of-another-question")] * 3
    # nor is the newest one taken where none is named
    assert rates_of(client, officer)["day_care_urban"]["assumptions"]["run_id"] == run_id
    gone = client.get(f"/v1/indicators/rates?{AREA}&run={uuid4()}", headers=officer)
    assert (gone.status_code, gone.get_json()["code"]) == (404, "coverage-run-not-found")


def test_planners_see_no_small_counts(client, officer, planner):
    make_run(client, officer)

    urban = rates_of(client, planner)["day_care_urban"]
    equity = client.get(f"/v1/indicators/equity?{AREA}", headers=planner).get_json()["items"][0]

    # 2 of 7, and 5 of 7 leave 2; how many communities count tells of nobody
    assert counts(urban) == {
        "people": (None, 7),
        "people_of_communities": (None, 7),
        "communities": (1, 2),
        "subdistricts": (0, 1),
    }
    assert urban["forms"][0]["count"]["suppressed"] is True
    assert urban["forms"][0]["meets"] == {"T038": None}
    assert (equity["people"]["numerator"], equity["whole"]["value"]) == (None, None)
    assert (equity["spreads"][0]["areas"], equity["spreads"][0]["hidden"], equity["spreads"][0]["best"]) == (0, 4, None)


@pytest.mark.feature("P3")
def test_a_new_compound_of_900_households_with_150_m2_lacks_30(client, officer):
    with storage.transaction():
        records = [
            compound_record("新苑", care_floor_area_m2=150.0),
            compound_record("旧苑", care_floor_area_m2=150.0, stage="built_up"),
            compound_record("大院", care_floor_area_m2=900.0, residents=2_400, care_land_area_m2=200.0),
        ]
        areas.put_compounds(records, actor=SYSTEM, at=world.AT)

    found = client.get(f"/v1/indicators/land?{AREA}", headers=officer).get_json()

    floor = {each["name"]: each["floor"] for each in found["items"]}
    names = ("floor_m2_per_100_households", "standard", "deficit_m2", "verdict")
    assert [floor["新苑"][name] for name in names] == [16.7, 20, 30, "below"]
    assert [floor["旧苑"][name] for name in names] == [16.7, 15, 0, "meets"]
    assert [floor["大院"][name] for name in (*names, "is_above_range")] == [100, 20, 0, "meets", True]
    assert (floor["新苑"]["target_id"], floor["新苑"]["target_status"]) == ("X1", "adopted")
    land = {each["name"]: each["land"] for each in found["items"]}
    # 200 m2 for 2,400 residents: the city asks 0.1, which are 240 (T008)
    assert (land["大院"]["land_m2_per_person"], land["大院"]["deficit_m2"], land["大院"]["target_id"]) == (
        0.083,
        40,
        "T008",
    )
    assert land["新苑"]["verdict"] == "unknown"
    whole = next(each for each in found["sums"] if each["area_code"] == world.DISTRICT and each["stage"] is None)
    assert (whole["compounds"], whole["floor_deficit_m2"], whole["land_deficit_m2"]) == (3, 30, 40)
    assumptions = found["assumptions"]
    assert (assumptions["rule_version"], assumptions["compounds"], assumptions["with_drafts"]) == (
        "land-2026-1",
        3,
        False,
    )
    again = client.get(f"/v1/indicators/land?{AREA}", headers=officer).get_json()
    with_drafts = client.get(f"/v1/indicators/land?{AREA}&drafts=true", headers=officer).get_json()
    assert again["assumptions"] == assumptions
    assert with_drafts["assumptions"]["with_drafts"]
    assert (found["new_to_standard"]["numerator"], found["new_to_standard"]["denominator"]) == (1, 2)
    assert "每百户" in found["floor_rule_zh"]


def test_compounds_of_land_come_page_by_page_with_the_same_sums(client, planner):
    with storage.transaction():
        areas.put_compounds([compound_record(f"小区{n}") for n in range(5)], actor=SYSTEM, at=world.AT)

    first = client.get(f"/v1/indicators/land?{AREA}&limit=3", headers=planner).get_json()
    second = client.get(f"/v1/indicators/land?{AREA}&limit=3&cursor={first['next_cursor']}", headers=planner).get_json()

    assert [each["name"] for each in first["items"] + second["items"]] == [f"小区{n}" for n in range(5)]
    assert (first["sums"], second["next_cursor"]) == (second["sums"], None)


@pytest.mark.feature("P5")
def test_equity_gives_spread_and_gini_of_each_figure(client, officer):
    make_run(client, officer)
    with storage.transaction():
        rows = [
            compound_record(f"小区{n}", area_code=code, care_floor_area_m2=180.0)
            for n, code in enumerate((world.C1, world.C2))
        ]
        areas.put_compounds(rows, actor=SYSTEM, at=world.AT)

    items = client.get(f"/v1/indicators/equity?{AREA}", headers=officer).get_json()["items"]

    assert [(each["measure"], each["subject"]) for each in items] == [
        ("coverage", "day_care"),
        ("coverage", "home_care"),
        ("floor_m2_per_100_households", None),
        ("land_m2_per_person", None),
        ("beds_per_1000_elders", None),
    ]
    day_care, home_care, floor, land, beds = items
    assert {item["assumptions"]["equity_rule_version"] for item in (day_care, floor, land, beds)} == {"equity-2026-1"}
    assert len({item["assumptions"]["inputs_sha256"] for item in (floor, land, beds)}) == 3
    assert day_care["assumptions"]["run_id"]
    communities = day_care["spreads"][0]
    # C1 has 2 of 5, C2, C3 and C5 nobody of 2, 3 and 1: (2 x 5 x 6 x 0.4) / (2 x 11 x 2)
    assert (communities["best"]["area_code"], communities["best"]["value"]) == (world.C1, 0.4)
    assert (communities["worst"]["area_code"], communities["spread"], communities["left_out"]) == (world.C2, 0.4, 1)
    assert communities["gini"] == pytest.approx(24 / 44)
    assert day_care["worst_tenth"]["area_codes"] == [world.C2]
    assert {name: (group["value"], group["weight"]) for name, group in day_care["settlements"].items()} == {
        "urban": (pytest.approx(2 / 7), 7),
        "rural": (0, 4),
    }
    assert home_care["missing_en"].startswith("There is no coverage run")
    # both have 20 m2 for 100 households: equal areas give 0
    assert (floor["spreads"][0]["gini"], floor["spreads"][0]["spread"], floor["whole"]["value"]) == (0, 0, 20)
    assert (land["spreads"][0]["areas"], land["spreads"][0]["gini"], land["whole"]["value"]) == (0, None, None)


def test_equity_of_another_service_or_a_named_run(client, officer):
    run_id = make_run(client, officer, speed_mps=0.8)

    items = client.get(f"/v1/indicators/equity?{AREA}&service=助餐&run={run_id}", headers=officer).get_json()["items"]
    unknown = client.get(f"/v1/indicators/equity?{AREA}&service=nothing", headers=officer)

    assert [(each["subject"], each["missing_zh"] is None) for each in items[:2]] == [
        ("meals", False),
        ("day_care", True),
    ]
    assert (unknown.status_code, unknown.get_json()["code"]) == (422, "unknown-code")


@pytest.mark.feature("P4")
def test_zero_change_returns_todays_beds_and_each_target_says_what_is_missing(client, officer):
    with storage.transaction():
        directory.put_bed_changes(
            [bed_change(site="a"), bed_change("b2", site="a", stage="planned", delta=7)], actor=SYSTEM, at=world.AT
        )
        targets = [
            target_record("B1", measure=indicators.Measure.BEDS_TOTAL, year="2029", value=100.0),
            target_record(
                "B2",
                measure=indicators.Measure.BEDS_TOTAL,
                year="2035",
                value=200.0,
                status=indicators.TargetStatus.DRAFT,
            ),
        ]
        indicators.put_targets(targets, actor=SYSTEM, at=world.AT)

    query = f"{AREA}&on=2026-03-31&entry_share=0&departure_share=0"
    found = client.get(f"/v1/indicators/beds?{query}", headers=officer).get_json()

    assert (found["today"]["open"], found["today"]["to_come"]["planned"]) == ({"care": 40}, {"care": 7})
    assert [(each["year"], each["factor"], each["needed"]) for each in found["years"]] == [
        (2029, 1, {"care": 40}),
        (2035, 1, {"care": 40}),
    ]
    own = {gap["target"]["id"]: gap for gap in found["gaps"] if gap["target"]["id"].startswith("B")}
    names = ("year", "status", "beds_missing", "beds_missing_if_built", "is_met")
    assert [own["B1"][name] for name in names] == [2029, "adopted", 60, 53, False]
    assert [own["B2"][name] for name in names] == [2035, "draft", 160, 153, False]
    assert (found["assumptions"]["entry_share"], found["assumptions"]["rule_version"]) == (0, "beds-2026-1")
    assert "护理型 = 照护型" in found["assumptions"]["mapping_rule_zh"]
    grown = client.get(f"/v1/indicators/beds?{AREA}&on=2026-03-31&year=2030", headers=officer).get_json()
    assert [each["year"] for each in grown["years"]] == [2029, 2030, 2035]  # those of targets come too
    assert grown["years"][0]["needed"]["care"] > 40


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("rates", 400, "bad-request"),
        ("rates?area=1201", 400, "bad-request"),
        ("rates?area=120198&run=me", 400, "bad-request"),
        ("rates?area=120101", 404, "area-not-found"),
        ("rates?area=120198999", 404, "area-not-found"),
        ("land?area=120101", 404, "area-not-found"),
        ("land?area=120198&drafts=perhaps", 400, "bad-request"),
        ("equity?area=120101", 404, "area-not-found"),
        ("equity?area=120198&on=soon", 400, "bad-request"),
        ("beds?area=120101", 404, "area-not-found"),
        ("beds?area=120198&year=2500", 400, "bad-request"),
        ("beds?area=120198&on=2030-01-01&year=2029", 422, "ageing-out-of-range"),
        ("beds?area=120198&entry_share=0.6", 400, "bad-request"),
        ("beds?area=120198&departure_share=nan", 400, "bad-request"),
        ("targets?measure=happiness", 400, "bad-request"),
    ],
)
def test_what_cannot_be_answered_says_why(client, officer, query, status, code):
    reply = client.get(f"/v1/indicators/{query}", headers=officer)

    assert (reply.status_code, reply.get_json()["code"]) == (status, code)


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_planners_and_officers_read_indicators(client, address):
    worker = sign_in(client, role="community_worker", area=world.DISTRICT)

    assert client.get(f"/v1/indicators/{address}?{AREA}").status_code == 401
    assert client.get(f"/v1/indicators/{address}?{AREA}", headers=worker).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_district_without_any_record_is_answered_all_the_same(client, address):
    stranger = sign_in(client, role="planner", area="120101")

    assert client.get(f"/v1/indicators/{address}?area=120101", headers=stranger).status_code == 200
