"""Candidates and assignment over HTTP: who sees what, every reason in words, two at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import clock, journal, storage, streets
from tests.factories.accounts import sign_in
from tests.factories.assignment import offer_past
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW
from tests.worlds.tiny_day import AREA, NETWORK, make_tiny_day


def put_network(app) -> None:
    """Let the settings' network be the tiny town's."""
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    if not folder.exists():
        streets.save_network(NETWORK, folder=folder)


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with its elder and its streets; it is Monday, 30 March 2026, 09:00."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    put_network(app)
    with storage.transaction():
        return make_tiny_day()


@pytest.fixture
def officer(client):
    return sign_in(client, role="district_officer", area="120198")


@pytest.mark.feature("R4")
@pytest.mark.feature("R5")
def test_the_officer_sees_every_provider_ranked_or_with_reasons(client, town, officer):
    with storage.transaction():
        town.bath_team()
        town.provider("无人", service="bathing_home", delivery="home", at=(1200, 500))
        town.provider("日照", service="day_care")
        request_id = town.ask("bathing_home")

    reply = client.post(f"/v1/care-requests/{request_id}/candidates", headers=officer)

    assert reply.status_code == 200
    [best] = reply.json["candidates"]
    assert (best["rank"], best["start_at"], best["travel_s"], best["travel_min"]) == (
        1,
        "2026-03-31T06:20:00+00:00",
        796,
        14,
    )
    assert [(each["display_name"], each["wait_min"]) for each in best["carers"]] == [("X", 28), ("Y", 0)]
    parts = best["score"]
    assert parts["total"] == sum(parts[name] for name in ("travel", "time_fit", "continuity", "capacity", "price"))
    assert {each["site_name"]: each["rejected_because"] for each in reply.json["rejected"]} == {
        "无人站": [{"code": "no_skill", "label": "没有具备资质的人员"}],
        "日照站": [{"code": "not_offered", "label": "不提供该服务"}],
    }
    told = reply.json["assumptions"]
    assert (told["rule_version"], told["network"], told["walk_speed_mps"]) == (
        "match-2026-2",
        "tiny@0123456789ab",
        1.0,
    )


@pytest.mark.feature("R4")
def test_the_worked_table_comes_out_over_http_with_parts_that_add_up_and_a_share_by_real_offers(client, town, officer):
    with storage.transaction():
        town.worked_table()
        made_at = NOW - timedelta(days=10)
        for number, name in enumerate(["B"] * 6 + ["C"] * 5):
            [other] = put_elders(elder_record(area=AREA, name=f"李{number}"))
            offer_past(town.ask(elder_id=other), service_at_site_id=town.offers[name], made_at=made_at)
        request_id = town.ask()

    reply = client.post(f"/v1/care-requests/{request_id}/candidates", headers=officer).json

    # domain.md section 5: A 210 200 200 40 150 = 800, B and C 280 100 0 100 112 = 592, order A, C (5 offers), B (6)
    names = ("travel", "time_fit", "continuity", "capacity", "price", "total")
    rows = [
        (each["site_name"], *(each["score"][name] for name in names), each["offers_28d"])
        for each in reply["candidates"]
    ]
    assert rows == [
        ("A站", 210, 200, 200, 40, 150, 800, 0),
        ("C站", 280, 100, 0, 100, 112, 592, 5),
        ("B站", 280, 100, 0, 100, 112, 592, 6),
    ]


def test_reasons_are_told_in_english_too_with_their_numbers(client, town):
    headers = sign_in(client, role="district_officer", area="120198", language="en")
    with storage.transaction():
        town.provider("远", at=(1901, 500))
        town.provider("护", service="meal_delivery", delivery="home", visit_min=60)
        town.carer("甲", of="护", skills=("food_hygiene",), shift=("08:00", "11:50"))
        request_id = town.ask("meals", window=("11:00", "12:00"))

    rejected = client.post(f"/v1/care-requests/{request_id}/candidates", headers=headers).json["rejected"]

    by_name = {each["site_name"]: each["rejected_because"][0] for each in rejected}
    assert by_name["远站"] == {
        "code": "out_of_range",
        "label": "16 minutes away; the limit is 15.",
        "minutes": 16,
        "limit_min": 15,
        "is_at_least": False,
    }
    # at the door of a base 360 m away after 277 + 180 s, 8 min: free until 11:50, so 50 of 60 min fit from 11:00 on
    assert by_name["护站"] == {
        "code": "no_time",
        "label": "Not enough free time; a visit 10 min shorter would do.",
        "change": {"code": "shorter_visit", "minutes": 10},
    }


def test_the_family_sees_no_carers_and_no_more_than_five(client, town):
    with storage.transaction():
        for number in range(6):
            town.provider(f"护{number}", service="health_care", delivery="home")
            town.carer(f"员{number}", of=f"护{number}", skills=("nursing",))
        request_id = town.ask("health_care")
    daughter = sign_in(client, role="family", elder_ids=[town.elder_id])

    reply = client.post(f"/v1/care-requests/{request_id}/candidates", headers=daughter).json

    assert reply["view"] == "top"
    assert [each["rank"] for each in reply["candidates"]] == [1, 2, 3, 4, 5]
    assert all(each["carers"] == [] and each["offers_28d"] is None for each in reply["candidates"])


@pytest.mark.parametrize(
    ("role", "scope", "view"),
    [("community_worker", {"area": "120198001"}, "all"), ("operator", {"area": "120198"}, "all")],
)
def test_worker_and_operator_see_all(client, town, role, scope, view):
    with storage.transaction():
        town.bath_team()
        request_id = town.ask("bathing_home")

    reply = client.post(f"/v1/care-requests/{request_id}/candidates", headers=sign_in(client, role=role, **scope))

    assert (reply.status_code, reply.json["view"]) == (200, view)
    assert len(reply.json["candidates"][0]["carers"]) == 2


def test_a_coordinator_sees_the_own_rows_and_may_take_the_request(client, town):
    with storage.transaction():
        town.provider("自家")
        town.provider("别家", at=(1200, 500))
        request_id = town.ask()
    own = sign_in(client, role="coordinator", organization_id=town.organizations["自家"])

    found = client.post(f"/v1/care-requests/{request_id}/candidates", headers=own)
    theirs = client.post(
        f"/v1/care-requests/{request_id}/assignment",
        headers=own,
        json={"service_at_site_id": str(town.offers["别家"])},
    )
    made = client.post(
        f"/v1/care-requests/{request_id}/assignment",
        headers=own,
        json={"service_at_site_id": str(town.offers["自家"])},
    )

    assert found.json["view"] == "own_rows"
    assert [each["site_name"] for each in found.json["candidates"]] == ["自家站"]
    assert (theirs.status_code, made.status_code) == (404, 201)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("family", {}),
        ("district_officer", {"area": "120199"}),
        ("operator", {"area": "120198002"}),
        ("coordinator", {"organization_id": uuid4()}),
    ],
)
def test_outside_the_scope_there_is_no_such_request(client, town, role, scope):
    with storage.transaction():
        town.provider("好")
        request_id = town.ask()
    headers = sign_in(client, role=role, **scope)

    reply = client.post(f"/v1/care-requests/{request_id}/candidates", headers=headers)

    assert (reply.status_code, reply.json["code"]) == (404, "care-request-not-found")
    with storage.reading():
        assert journal.find_access_lines(town.elder_id) == []


@pytest.mark.parametrize("role", ["family", "operator", "community_worker", "planner", "carer", "administrator"])
def test_only_officer_and_coordinator_assign(client, town, role):
    with storage.transaction():
        town.provider("好")
        request_id = town.ask()

    reply = client.post(
        f"/v1/care-requests/{request_id}/assignment",
        headers=sign_in(client, role=role),
        json={"service_at_site_id": str(town.offers["好"])},
    )

    assert reply.status_code == 403


def test_an_assignment_tells_visits_carers_and_times(client, town, officer):
    with storage.transaction():
        town.bath_team()
        request_id = town.ask("bathing_home")

    reply = client.post(
        f"/v1/care-requests/{request_id}/assignment",
        headers=officer,
        json={"service_at_site_id": str(town.offers["浴"])},
    )

    assert reply.status_code == 201
    assert (reply.json["status"], len(reply.json["visit_ids"]), len(reply.json["carers"])) == ("scheduled", 2, 2)
    assert (reply.json["start_at"], reply.json["end_at"]) == (
        "2026-03-31T06:20:00+00:00",
        "2026-03-31T07:20:00+00:00",
    )
    shown = client.get(f"/v1/care-requests/{request_id}", headers=officer).json
    assert (shown["status"], shown["visit_ids"]) == ("scheduled", reply.json["visit_ids"])


@pytest.mark.feature("R5")
def test_a_provider_that_cannot_serve_is_409_with_its_codes_in_words(client, town, officer):
    with storage.transaction():
        town.provider("坏", hours="Mo 08:00-20:00", capacity=(5, 0))
        request_id = town.ask()

    reply = client.post(
        f"/v1/care-requests/{request_id}/assignment",
        headers=officer,
        json={"service_at_site_id": str(town.offers["坏"])},
    )

    assert (reply.status_code, reply.json["code"]) == (409, "provider-cannot-serve")
    assert reply.json["facts"]["reasons"] == ["closed_then", "full"]
    assert reply.json["detail"] == "该时段不营业；名额已满"


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"service_at_site_id": str(uuid4())}, 404)])
def test_a_provider_that_is_not_named_or_not_there(client, town, officer, body, status):
    with storage.transaction():
        town.provider("好")
        request_id = town.ask()

    assert client.post(f"/v1/care-requests/{request_id}/assignment", headers=officer, json=body).status_code == status


def test_a_home_without_a_point_is_409_and_says_what_to_do(app, client, db, monkeypatch):  # noqa: ARG001 - as above
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    put_network(app)
    with storage.transaction():
        town = make_tiny_day(point_ll=None)
        request_id = town.ask()
    officer = sign_in(client, role="district_officer", area="120198")

    reply = client.post(f"/v1/care-requests/{request_id}/candidates", headers=officer)

    assert (reply.status_code, reply.json["code"]) == (409, "home-unlocated")


@pytest.mark.feature("R4")
def test_two_who_assign_at_once_get_one_201_and_one_409(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    put_network(real_app)
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("一")
        town.provider("二", at=(1200, 500))
        request_id = town.ask()
    officers = [sign_in(real_app, role="district_officer", area="120198") for _ in range(2)]
    barrier, replies = threading.Barrier(2), []

    def assign(headers, name) -> None:
        barrier.wait()
        reply = real_app.test_client().post(
            f"/v1/care-requests/{request_id}/assignment",
            headers=headers,
            json={"service_at_site_id": str(town.offers[name])},
        )
        replies.append((reply.status_code, reply.json.get("code")))

    threads = [threading.Thread(target=assign, args=each) for each in zip(officers, ("一", "二"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(replies, key=lambda reply: reply[0]) == [(201, None), (409, "care-request-already-assigned")]


def ask_and_look_back(client, town, headers, request_id) -> tuple[dict, dict]:
    """Search as somebody, then change what decides, then read the stored search."""
    found = client.post(f"/v1/care-requests/{request_id}/candidates", headers=headers).json
    with storage.transaction():
        town.provider("近", at=(1010, 500), stage="closed")
    return found, client.get(f"/v1/care-requests/{request_id}/match-runs", headers=headers).json["items"][0]


@pytest.mark.feature("R5")
def test_a_search_is_told_later_as_it_was_stored(client, town, officer):
    with storage.transaction():
        town.provider("近", at=(1010, 500))
        town.provider("远", at=(1901, 500))
        request_id = town.ask()

    found, kept = ask_and_look_back(client, town, officer, request_id)

    assert (kept["run_id"], kept["rule_version"]) == (found["run_id"], found["assumptions"]["rule_version"])
    [best], [other] = kept["candidates"], kept["rejected"]
    then = found["candidates"][0]
    names = ("rank", "score", "start_at", "end_at", "travel_s", "service_at_site_id", "organization_id", "service_code")
    assert [best[name] for name in names] == [then[name] for name in names]
    assert other["rejected_because"] == found["rejected"][0]["rejected_because"]
    assert kept["rests_on"]["network"] == found["assumptions"]["network"]
    with storage.reading():
        assert len(journal.find_access_lines(town.elder_id)) == 2


@pytest.mark.feature("R5")
def test_a_stored_search_is_narrowed_as_a_search_is(client, town, officer):
    with storage.transaction():
        for number in range(6):
            town.provider(f"护{number}", service="health_care", delivery="home")
            town.carer(f"员{number}", of=f"护{number}", skills=("nursing",))
        request_id = town.ask("health_care")
    client.post(f"/v1/care-requests/{request_id}/candidates", headers=officer)
    readers = {
        "all": officer,
        "top": sign_in(client, role="family", elder_ids=[town.elder_id]),
        "own_rows": sign_in(client, role="coordinator", organization_id=town.organizations["护3"]),
    }

    url = f"/v1/care-requests/{request_id}/match-runs"
    runs = {view: client.get(url, headers=headers).json["items"][0] for view, headers in readers.items()}

    assert {view: run["view"] for view, run in runs.items()} == {view: view for view in readers}
    assert {view: len(run["candidates"]) for view, run in runs.items()} == {"all": 6, "top": 5, "own_rows": 1}
    assert all(row["carer_ids"] == [] and row["offers_28d"] is None for row in runs["top"]["candidates"])
    assert runs["own_rows"]["candidates"][0]["organization_id"] == str(town.organizations["护3"])
    assert len(runs["all"]["candidates"][0]["carer_ids"]) == 1


def test_stored_searches_come_page_by_page_newest_first_and_to_nobody_else(client, town, officer):
    with storage.transaction():
        town.provider("好")
        request_id = town.ask()
    ids = [client.post(f"/v1/care-requests/{request_id}/candidates", headers=officer).json["run_id"] for _ in range(3)]
    url = f"/v1/care-requests/{request_id}/match-runs"

    first = client.get(f"{url}?limit=2", headers=officer).json
    second = client.get(f"{url}?limit=2&cursor={first['next_cursor']}", headers=officer).json
    foreign = client.get(url, headers=sign_in(client, role="district_officer", area="120199"))

    assert [each["run_id"] for page in (first, second) for each in page["items"]] == ids[::-1]
    assert second["next_cursor"] is None
    assert (foreign.status_code, foreign.json["code"]) == (404, "care-request-not-found")
