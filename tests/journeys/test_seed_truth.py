"""The made-up districts: whatever the product says of them is exactly what they were made to be."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from dispatch import assignment, clock, coverage, directory, elders, intake, journal, storage, streets, visits
from dispatch.actor import SYSTEM
from dispatch.cli.seeding import load_seed
from tests.journeys.conftest import LOADED_AT

pytestmark = [pytest.mark.feature("Z4"), pytest.mark.usefixtures("network")]

ASKED_AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)  # free places of that morning are not stale yet
LAST_OF_MARCH = date(2026, 3, 31)
DISTRICT, SECOND_DISTRICT = "120198", "120199"


def find_counts(area_code, *, service, network, speed_mps=1.0):
    wish = coverage.RunWish(area_code=area_code, service_code=service, as_of=LAST_OF_MARCH, speed_mps=speed_mps)
    findings = coverage.compute_run(coverage.prepare_run(wish, actor=SYSTEM), network=network)
    return {figures.area.code: figures for figures in findings.areas}


def as_truth(figures):
    """The figures of one area of a run, named as in the file of true figures."""
    counts = figures.counts
    return {
        "elders": counts.elders,
        "unlocated_elders": counts.unlocated,
        "covered": {str(int(minutes) * 60): covered for minutes, covered in counts.band.items()},
        "covered_900_s_at_0_8_mps": counts.slower,
        "straight_900_m": counts.straight,
        "open_sites": figures.sites,
        "unlocated_open_sites": figures.unlocated_sites,
    }


def test_loading_again_creates_nothing_and_changes_nothing(seeded, seed_folder):
    with seeded.app_context():
        second = load_seed(seed_folder, now=LOADED_AT)
        repeated = load_seed(seed_folder, now=LOADED_AT, is_repeated=True)

    assert second == {}
    assert {name: (count.created, count.changed) for name, count in repeated.items()} == dict.fromkeys(repeated, (0, 0))


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("area_code", [DISTRICT, SECOND_DISTRICT])
@pytest.mark.parametrize("service", ["day_care", "meals"])
def test_coverage_of_every_area_and_band_is_the_true_one(network, truth, service, area_code):
    found = find_counts(area_code, service=service, network=network)

    true = {
        code: row for code, row in truth["coverage"]["services"][service]["areas"].items() if code.startswith(area_code)
    }
    assert {code: as_truth(figures) for code, figures in found.items()} == true
    assert {code: f.counts.covered for code, f in found.items()} == {
        c: row["covered"]["900"] for c, row in true.items()
    }


@pytest.mark.usefixtures("district")
def test_walking_slower_covers_the_true_number(network, truth):
    found = find_counts(DISTRICT, service="day_care", network=network, speed_mps=0.8)

    areas = truth["coverage"]["services"]["day_care"]["areas"]
    assert {code: f.counts.covered for code, f in found.items()} == {
        code: row["covered_900_s_at_0_8_mps"] for code, row in areas.items() if code.startswith(DISTRICT)
    }


@pytest.mark.usefixtures("district")
def test_communities_and_villages_are_covered_as_the_specification_says(network, truth):
    rates = truth["coverage"]["services"]["day_care"]["rates"]

    found = find_counts(DISTRICT, service="day_care", network=network)

    communities = {code: f for code, f in found.items() if len(code) == 12}
    covered = {code for code, figures in communities.items() if figures.state}
    urban = {code for code, f in communities.items() if f.area.settlement == "urban" and f.counts.elders}
    # domain.md section 6: people 3,660/5,000 (urban 3,240/3,600), urban communities 12/14, villages 5/9
    assert (found[DISTRICT].counts.covered, found[DISTRICT].counts.elders) == (3660, 5000)
    assert sum(communities[code].counts.covered for code in urban) == 3240
    assert (len(covered & urban), len(urban)) == (12, 14)
    assert sorted(covered) == sorted(rates["covered_communities"])
    villages = {code for code, f in communities.items() if f.area.settlement == "rural"}
    assert (sum(communities[code].sites > 0 for code in villages), len(villages)) == (5, 9)


@pytest.mark.usefixtures("district")
def test_a_kernel_made_wrong_on_purpose_is_found(network, truth, monkeypatch):
    right = streets.read_field

    def wrong(*args, **kwargs):
        length_dm, owner = right(*args, **kwargs)
        length_dm = length_dm.copy()
        length_dm[length_dm != streets.UNREACHED] += 1000  # one edge too many
        return length_dm, owner

    monkeypatch.setattr(streets, "read_field", wrong)
    found = find_counts(DISTRICT, service="day_care", network=network)

    true = truth["coverage"]["services"]["day_care"]["areas"][DISTRICT]
    assert found[DISTRICT].counts.covered != true["covered"]["900"]


def test_walking_times_of_marked_homes_are_the_true_ones(district, network, truth):
    points = {home.elder_id: home for home in elders.find_homes(DISTRICT, on=LAST_OF_MARCH)}
    codes = directory.service_with_children("day_care")
    for home in truth["coverage"]["homes"]:
        point = points[UUID(home["elder_id"])]
        if home["day_care_walk_s"] is None or home["day_care_walk_s"] > 1200:
            continue
        answer = directory.find_nearby(
            (point.lon, point.lat),
            service_codes=codes,
            limit_s=1200,
            speed_mps=1.0,
            network=network,
            at=LOADED_AT,
            zone=district.config["DISPATCH_SETTINGS"].time_zone,
        )

        assert answer.found[0].walk_s == home["day_care_walk_s"], home["mark"]


def test_nearest_day_care_of_three_points_is_the_true_one(district, network, truth):
    for point in truth["nearby"]:
        limit_s = point["nearest_day_care"][-1]["walk_s"]

        answer = directory.find_nearby(
            (point["lon"], point["lat"]),
            service_codes=directory.service_with_children("day_care"),
            limit_s=limit_s,
            speed_mps=1.0,
            network=network,
            at=LOADED_AT,
            zone=district.config["DISPATCH_SETTINGS"].time_zone,
        )

        assert [(str(each.offer.site_id), each.walk_s) for each in answer.found[:5]] == [
            (each["site_id"], each["walk_s"]) for each in point["nearest_day_care"]
        ]


def test_the_visit_rate_of_every_area_and_worker_is_the_true_one(district, truth):
    zone = district.config["DISPATCH_SETTINGS"].time_zone
    true = truth["visits"]

    # the second community is the one into which E05 moved
    rates = {code: visits.compute_rate(code, month="2026-03", zone=zone) for code in _ASKED}

    assert {code: _counted(rate.whole) for code, rate in rates.items()} == {c: true["areas"][c] for c in _ASKED}
    within = {**rates[DISTRICT].by_area, **rates[SECOND_DISTRICT].by_area}
    assert {code: _counted(count) for code, count in within.items()} == {
        code: row for code, row in true["areas"].items() if code in within
    }
    assert {code for code, row in true["areas"].items() if row["due"]} - set(within) <= {DISTRICT, SECOND_DISTRICT}
    # domain.md section 6: 1,140 of 1,240, strict 91.94 %
    assert rates[DISTRICT].whole == (1240, 1140)
    workers = rates[DISTRICT].by_carer | rates[SECOND_DISTRICT].by_carer
    assert {str(carer_id): _counted(count) for carer_id, count in workers.items()} == true["workers"]
    unvisited = sorted(str(s.elder_id) for s in rates[DISTRICT].standings if not s.is_visited)
    assert unvisited == true["unvisited_ids"]


_ASKED = (DISTRICT, SECOND_DISTRICT, "120198002", "120198002002")


def _counted(count):
    share = None if count.strict_share is None else round(count.strict_share, 4)
    return {"due": count.due, "visited": count.visited, "unvisited": count.unvisited, "rate_strict_share": share}


def test_a_visit_at_the_end_of_march_in_utc_and_a_changed_rule_count_in_april(district, truth):
    zone = district.config["DISPATCH_SETTINGS"].time_zone

    rate = visits.compute_rate(DISTRICT, month="2026-04", zone=zone)

    assert (rate.whole.due, rate.whole.visited) == (
        truth["visits"]["april"]["due"],
        truth["visits"]["april"]["visited"],
    )
    visited = {str(standing.elder_id) for standing in rate.standings if standing.is_visited}
    assert truth["elders"]["E10"] in visited


@pytest.mark.feature("V4")
def test_the_twelve_elders_of_the_worked_example_stand_as_it_says(district, truth):
    zone = district.config["DISPATCH_SETTINGS"].time_zone

    rate = visits.compute_rate(DISTRICT, month="2026-03", zone=zone)

    standings = {str(standing.elder_id): standing for standing in rate.standings}
    found = {case: standings[elder_id] for case, elder_id in truth["elders"].items() if case[1:].isdigit()}
    # domain.md section 5: due 12, strict 5/12
    assert len(found) == 12
    assert {case for case, standing in found.items() if standing.is_visited} == {"E01", "E02", "E03", "E05", "E09"}
    assert found["E05"].area_code == "120198002002"  # B, where the month ended


@pytest.mark.usefixtures("district")
def test_sites_and_requests_are_as_many_as_the_specification_says(truth):
    counts = truth["counts"]

    found, place = [], None
    while not found or place:
        page = intake.find_requests(SYSTEM, wanted=intake.RequestFilter(area_code=DISTRICT), limit=100, after=place)
        found += page.requests
        place = page.next_place

    closed = {"completed", "canceled", "failed", "on_hold", "unmatched"}
    assert Counter(card.status if card.status in closed else "open" for card in found) == counts["requests_by_state"]


@pytest.mark.usefixtures("district")
def test_the_journal_rebuilds_the_state_of_every_request(seed_folder):
    rows = json.loads((seed_folder / "requests.json").read_text(encoding="utf-8"))
    for row in rows:
        entries = journal.find_entries(row["wish"]["id"])

        assert intake.rebuild_state(entries).status == (row["moves"][-1]["to"] if row["moves"] else "submitted")


@pytest.mark.feature("R2")
def test_named_requests_find_the_true_candidates_and_reasons(district, network, truth):
    zone = district.config["DISPATCH_SETTINGS"].time_zone
    for key, true in truth["requests"].items():
        result = assignment.find_candidates(
            UUID(true["request_id"]), actor=SYSTEM, network=network, now=ASKED_AT, zone=zone
        )

        ranked = [str(candidate.service_at_site_id) for candidate in result.ranked]
        reasons = {
            str(each.service_at_site_id): {reason.code.value for reason in each.reasons} for each in result.rejected
        }
        assert sorted(ranked) == true["candidates"], key
        for offer_id, wanted in true["reasons_include"].items():
            assert set(wanted) <= reasons[offer_id], (key, true["sites"][offer_id])


def test_of_two_equal_candidates_the_one_given_fewer_requests_stands_first(district, network, truth):
    true = truth["requests"]["equal_candidates"]

    result = assignment.find_candidates(
        UUID(true["request_id"]),
        actor=SYSTEM,
        network=network,
        now=ASKED_AT,
        zone=district.config["DISPATCH_SETTINGS"].time_zone,
    )

    assert result.ranked[0].score == result.ranked[1].score
    assert [str(each.service_at_site_id) for each in result.ranked] == truth["fair_share"]["order"]


# Over HTTP: the sample accounts sign in and are told the true figures.


def sign_in(caller, role):
    reply = caller.post("/v1/auth/tokens", json={"username": f"{role}1", "password": f"demo-{role}-2026"})
    assert reply.status_code == 200, role
    return {"Authorization": f"Bearer {reply.json['access_token']}"}


@pytest.fixture(scope="module")
def caller(seeded):
    return seeded.test_client()


@pytest.fixture(scope="module")
def tokens(caller):
    """Headers of every sample account, made by signing in once."""
    roles = (
        "elder",
        "family",
        "community_worker",
        "coordinator",
        "carer",
        "planner",
        "district_officer",
        "operator",
        "administrator",
    )
    return {role: sign_in(caller, role) for role in roles}


def test_every_sample_account_is_told_who_it_is(caller, tokens):
    for role, headers in tokens.items():
        me = caller.get("/v1/me", headers=headers)

        assert me.status_code == 200
        assert {grant["role"] for grant in me.json["grants"]} == {role}


def test_the_officer_is_told_the_true_visit_rate_with_the_names(caller, tokens, truth):
    true = truth["visits"]

    reply = caller.get(
        "/v1/visits/rate",
        query_string={"area": DISTRICT, "month": "2026-03", "names": "true"},
        headers=tokens["district_officer"],
    )

    # domain.md section 6: due 1,240, visited 1,140, strict 91.94 %
    assert (reply.json["due"], reply.json["visited"], reply.json["unvisited"]) == (1240, 1140, 100)
    assert round(reply.json["rate_strict_share"], 4) == 0.9194
    assert sorted(each["elder_id"] for each in reply.json["unvisited_elders"]) == true["unvisited_ids"]
    by_area = {row["area_code"]: (row["due"], row["visited"]) for row in reply.json["by_area"]}
    assert by_area == {code: (true["areas"][code]["due"], true["areas"][code]["visited"]) for code in by_area}


def test_nearest_day_care_is_the_true_one(caller, truth):
    for point in truth["nearby"]:
        near = {"near": f"{point['lon']},{point['lat']}", "crs": "wgs84", "within": "30min", "service": "日间照料"}

        reply = caller.get("/v1/services", query_string=near)

        found = [(row["site"]["id"], row["walk_s"]) for row in reply.json["items"]]
        true = [(site["site_id"], site["walk_s"]) for site in point["nearest_day_care"] if site["walk_s"] <= 1800]
        assert found[: len(true)] == true
        assert len(true) > 0


def test_a_coverage_run_gives_the_true_totals(caller, tokens):
    wish = {"area_code": DISTRICT, "service_code": "day_care", "as_of": "2026-03-31"}

    reply = caller.post("/v1/coverage/runs", json=wish, headers=tokens["district_officer"])

    totals = reply.json["totals"]
    assert reply.status_code == 201
    assert (totals["covered"], totals["elders"], totals["covered_share"]) == (3660, 5000, 0.732)
    urban, rural = totals["settlements"]["urban"], totals["settlements"]["rural"]
    assert (urban["covered_elders"], urban["elders"]) == (3240, 3600)
    assert (rural["covered_elders"], rural["elders"]) == (420, 1400)
    assert (urban["covered"], urban["counted"]) == (12, 14)
    assert rural["with_own_site"] == 5


def test_the_officer_is_told_who_can_bathe_the_elder_and_why_others_cannot(caller, truth, monkeypatch):
    true = truth["requests"]["demo"]
    monkeypatch.setattr(clock, "utc_now", lambda: datetime(2026, 4, 10, 4, 0, tzinfo=UTC))  # before the wished day
    headers = sign_in(caller, "district_officer")

    reply = caller.post(f"/v1/care-requests/{true['request_id']}/candidates", headers=headers)

    assert sorted(row["service_at_site_id"] for row in reply.json["candidates"]) == true["candidates"]
    rejected = {row["service_at_site_id"]: row["rejected_because"] for row in reply.json["rejected"]}
    for offer_id, wanted in true["reasons_include"].items():
        assert set(wanted) <= {reason["code"] for reason in rejected[offer_id]}, true["sites"][offer_id]
    assert len({reason["code"] for reasons in rejected.values() for reason in reasons}) >= 5


@pytest.mark.feature("R8")
def test_the_series_of_the_worked_example_has_seven_dates(seeded):
    with seeded.app_context(), storage.reading():
        [series] = intake.find_series(SYSTEM, wanted=intake.SeriesFilter(area_code=DISTRICT)).series
        found = intake.get_series(series.id, actor=SYSTEM)

    # domain.md section 5, Series: ten Tuesdays, one skipped, two in a pause
    assert Counter(each.state.value for each in found.occurrences) == {"planned": 7, "skipped": 1, "paused": 2}
