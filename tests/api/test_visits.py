"""Visits over HTTP: logging, one's own day, the rate."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import clock, journal, storage, visits
from dispatch.actor import SYSTEM
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import elder_record, put_elders, put_places, put_set
from tests.factories.visits import ZONE, local, log_entry, new_visit, put_caseload, record_logs
from tests.worlds import march_twelve
from tests.worlds.march_twelve import A

AREA, ELSEWHERE = "120198001001", "120199001001"
ELEMENTS = ["service_code", "elder_id", "carer_id", "place", "started_at", "finished_at"]


@pytest.fixture
def world(app, db):  # noqa: ARG001 - what is put is undone
    account_id = make_account(app, role="community_worker", area="120198001")
    with storage.transaction():
        put_places(AREA, ELSEWHERE)
        worker, other = put_carers(carer_record(account_id=account_id), carer_record())
        near, far = put_elders(elder_record("living_alone"), elder_record(area=ELSEWHERE))
    return {
        "headers": headers_of(app, account_id=account_id),
        "worker": worker,
        "other": other,
        "near": near,
        "far": far,
    }


def body_of(world, **changes) -> dict:
    body = {
        "log_id": str(uuid4()),
        "service_code": "visiting",
        "elder_id": str(world["near"]),
        "carer_id": str(world["worker"]),
        "place": "home",
        "mode": "door",
        "outcome": "done",
        "started_at": "2026-03-05T09:00:00+08:00",
        "finished_at": "2026-03-05T09:30:00+08:00",
        "device_at": "2026-03-05T09:31:00+08:00",
    }
    return body | changes


@pytest.mark.feature("V4")
def test_log_is_kept_once_however_often_it_is_sent(client, world) -> None:
    body = body_of(world, answers={"mood": "好"}, fix={"lon": 117.2, "lat": 39.1, "crs": "gcj02", "accuracy_m": 8})

    first = client.post("/v1/visits/logs", json=body, headers=world["headers"])
    again = client.post("/v1/visits/logs", json=body, headers=world["headers"])

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert (first.json["service_on"], first.json["verdict"]) == ("2026-03-05", "accepted")
    assert first.json["started_at"] == "2026-03-05T01:00:00+00:00"


@pytest.mark.feature("V4")
@pytest.mark.parametrize("element", ELEMENTS)
def test_log_without_one_of_the_elements_is_told_which(client, world, element) -> None:
    body = body_of(world)
    del body[element]

    reply = client.post("/v1/visits/logs", json=body, headers=world["headers"])

    assert (reply.status_code, reply.json["fields"]) == (422, {element: ["必填。"]})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "telepathy"}, "mode"),
        ({"outcome": "fine"}, "outcome"),
        ({"place": "moon"}, "place"),
        ({"service_code": "haircut"}, "service_code"),
        ({"finished_at": "2026-03-05T08:59:59+08:00"}, "finished_at"),
        ({"started_at": "2026-03-05T09:00:00"}, "started_at"),
        ({"fix": {"lon": 117.2, "lat": 39.1}}, "fix.crs"),
        ({"color": "red"}, "color"),
    ],
)
def test_log_that_cannot_be_true_is_told_which_field(client, world, changes, field) -> None:
    reply = client.post("/v1/visits/logs", json=body_of(world, **changes), headers=world["headers"])

    assert (reply.status_code, list(reply.json["fields"])) == (422, [field])


def test_unknown_service_is_told_the_allowed_ones(client, world) -> None:
    reply = client.post("/v1/visits/logs", json=body_of(world, service_code="haircut"), headers=world["headers"])

    assert reply.json["code"] == "unknown-code"
    assert "visiting" in reply.json["fields"]["service_code"][0]


def test_log_id_with_another_content_is_refused(client, world) -> None:
    body = body_of(world)
    client.post("/v1/visits/logs", json=body, headers=world["headers"])

    reply = client.post("/v1/visits/logs", json=body | {"outcome": "not_home"}, headers=world["headers"])

    assert (reply.status_code, reply.json["code"]) == (422, "log-id-reused")


def test_worker_logs_own_visits_of_elders_in_scope_only(client, world) -> None:
    for_other = client.post(
        "/v1/visits/logs", json=body_of(world, carer_id=str(world["other"])), headers=world["headers"]
    )
    far = client.post("/v1/visits/logs", json=body_of(world, elder_id=str(world["far"])), headers=world["headers"])
    nobody = client.post("/v1/visits/logs", json=body_of(world, elder_id=str(uuid4())), headers=world["headers"])

    assert (for_other.status_code, for_other.json["code"]) == (403, "not-own-log")
    assert (far.status_code, far.json["code"]) == (404, "elder-not-found")
    assert (nobody.status_code, nobody.json["code"]) == (404, "elder-not-found")


@pytest.mark.parametrize("role", ["planner", "family", "operator", "coordinator", "administrator"])
def test_others_do_not_log_visits(client, world, role) -> None:
    reply = client.post("/v1/visits/logs", json=body_of(world), headers=sign_in(client, role=role))

    assert (reply.status_code, reply.json["code"]) == (403, "role-needed")


def test_worker_lists_own_logs_page_by_page_and_leaves_lines(client, world) -> None:
    with storage.transaction():
        for day in (3, 4, 5):
            at = local(f"2026-03-0{day} 09:00")
            record_logs(log_entry(world["near"], carer_id=world["worker"], started_at=at))
        record_logs(log_entry(world["near"], carer_id=world["other"], started_at=local("2026-03-06 09:00")))

    first = client.get("/v1/visits/logs?limit=2", headers=world["headers"]).json
    rest = client.get(f"/v1/visits/logs?limit=2&cursor={first['next_cursor']}", headers=world["headers"]).json

    shown = [each["service_on"] for each in first["items"] + rest["items"]]
    assert shown == ["2026-03-05", "2026-03-04", "2026-03-03"]
    assert rest["next_cursor"] is None
    with storage.reading():
        assert [line.purpose.value for line in journal.find_access_lines(world["near"])] == ["visit", "visit"]


def test_family_and_officer_list_all_logs_of_their_elder(client, world) -> None:
    with storage.transaction():
        for carer in ("worker", "other"):
            record_logs(log_entry(world["near"], carer_id=world[carer], started_at=local("2026-03-05 09:00")))
    family = sign_in(client, role="family", elder_ids=[world["near"]])
    officer = sign_in(client, role="district_officer", area="120198")

    replies = [client.get(f"/v1/visits/logs?elder={world['near']}", headers=each) for each in (family, officer)]
    outside = [client.get(f"/v1/visits/logs?elder={world['far']}", headers=each) for each in (family, officer)]
    unasked = client.get("/v1/visits/logs", headers=officer)

    assert [len(reply.json["items"]) for reply in replies] == [2, 2]
    assert [reply.status_code for reply in outside] == [404, 404]
    assert (unasked.status_code, list(unasked.json["fields"])) == (400, ["elder"])


def test_carer_sees_the_own_day(client, app, world) -> None:
    account_id = make_account(app, role="carer")
    noon = local("2026-03-05 12:00")
    with storage.transaction():
        [carer] = put_carers(carer_record(kind="care_worker", account_id=account_id))
        visits.plan_visits(
            [
                new_visit(world["near"], start_at=noon, carer_id=carer),
                new_visit(world["far"], start_at=noon + timedelta(days=1), carer_id=carer),
                new_visit(world["near"], start_at=noon, carer_id=world["other"]),
            ],
            actor=SYSTEM,
            at=noon,
        )
    headers = headers_of(app, account_id=account_id)

    day = client.get("/v1/visits?on=2026-03-05", headers=headers).json
    today = client.get("/v1/visits", headers=headers).json

    assert [(each["elder_id"], each["status"]) for each in day["items"]] == [(str(world["near"]), "assigned")]
    assert (today["on"], today["items"]) == (clock.utc_now().astimezone(ZONE).date().isoformat(), [])


@pytest.fixture
def twelve(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        return march_twelve.build()


@pytest.mark.feature("V2")
def test_officer_gets_the_rate_with_its_period_rules_and_names(client, twelve) -> None:
    headers = sign_in(client, role="district_officer", area="120198")

    plain = client.get("/v1/visits/rate?area=120198&month=2026-03", headers=headers).json
    named = client.get("/v1/visits/rate?area=120198&month=2026-03&names=true", headers=headers).json

    # domain, section 5: strict 5/12 = 41.67 %
    assert (plain["due"], plain["visited"], plain["unvisited"]) == (12, 5, 7)
    assert round(plain["rate_strict_share"] * 100, 2) == 41.67
    assert (plain["period_from"], plain["period_to"], plain["is_month_over"]) == ("2026-03-01", "2026-04-01", True)
    assert [each["set_key"] for each in plain["sets"]] == ["luzhou_visit"]
    assert [each["modes"] for each in plain["modes"]] == [["door"]]
    assert (plain["rule_version"], plain["services"]) == ("visit-rate-2026-1", ["visiting"])
    assert plain["unvisited_elders"] is None
    back = {str(elder_id): name for name, elder_id in twelve.ids.items()}
    names = sorted(back[each["elder_id"]] for each in named["unvisited_elders"])
    assert names == ["E04", "E06", "E07", "E08", "E10", "E11", "E12"]
    assert {each["name"] for each in named["unvisited_elders"]} == {"张三丰"}
    with storage.reading():
        looks = {name: len(journal.find_access_lines(elder_id)) for name, elder_id in twelve.ids.items()}
    assert looks == {name: int(name in names) for name in twelve.ids}


@pytest.mark.feature("V2")
def test_every_row_of_the_rate_keeps_the_identity(client, twelve) -> None:  # noqa: ARG001 - what is counted
    rate = client.get(
        "/v1/visits/rate?area=12&month=2026-03", headers=sign_in(client, role="district_officer", area="12")
    ).json

    rows = [rate, *rate["by_area"], *rate["by_worker"], *rate["by_category"]]
    assert all(row["due"] == row["visited"] + row["unvisited"] for row in rows)
    for digits in (6, 9, 12):
        assert sum(row["due"] for row in rate["by_area"] if len(row["area_code"]) == digits) == 12


def test_worker_gets_the_own_list_only(client, app, twelve) -> None:
    account_id = make_account(app, role="community_worker", area="120198")
    with storage.transaction():
        put_carers(carer_record(carer_id=twelve.worker_b, account_id=account_id))
    headers = headers_of(app, account_id=account_id)

    rate = client.get("/v1/visits/rate?area=120198&month=2026-03&names=true", headers=headers).json
    elsewhere = client.get("/v1/visits/rate?area=120199&month=2026-03", headers=headers)

    # B's worker answers for E05 alone at the end of the month
    assert (rate["due"], rate["visited"]) == (1, 1)
    assert [each["carer_id"] for each in rate["by_worker"]] == [str(twelve.worker_b)]
    assert rate["unvisited_elders"] == []
    assert elsewhere.status_code == 404


def test_planner_sees_no_small_counts_and_no_names(client, twelve) -> None:  # noqa: ARG001 - what is counted
    headers = sign_in(client, role="planner", area="120198")

    rate = client.get("/v1/visits/rate?area=120198&month=2026-03", headers=headers).json
    part = client.get(f"/v1/visits/rate?area={A}&month=2026-03", headers=headers).json
    named = client.get("/v1/visits/rate?area=120198&month=2026-03&names=true", headers=headers)

    # 12 = 5 + 7 may be shown; B's one elder may not, nor A, which would give B away
    assert (rate["due"], rate["visited"], rate["suppressed"]) == (12, 5, False)
    assert {row["area_code"]: row["due"] for row in rate["by_area"]} == {
        "120198001": None,
        A: None,
        "120198002": None,
        "120198002001": None,
    }
    assert (part["due"], part["suppressed"]) == (None, True)
    assert rate["by_worker"] is None
    assert all(row["suppressed"] for row in rate["by_category"] if row["due"] is None)
    assert (named.status_code, named.json["code"]) == (403, "role-needed")


@pytest.mark.parametrize(
    "query", ["area=120198&month=2026-13", "area=120198&month=2026-3", "area=x&month=2026-03", "area=120198"]
)
def test_rate_of_no_month_or_area_is_a_bad_request(client, query) -> None:
    reply = client.get(f"/v1/visits/rate?{query}", headers=sign_in(client, role="district_officer"))

    assert reply.status_code == 400


def test_rate_of_an_unknown_area_or_one_outside_the_scope_does_not_exist(client, world) -> None:  # noqa: ARG001 - areas
    headers = sign_in(client, role="district_officer", area="120198")

    codes = [
        client.get(f"/v1/visits/rate?area={area}&month=2026-03", headers=headers).status_code
        for area in ("120198009", "120199", "12")
    ]

    assert codes == [404, 404, 404]


@pytest.mark.parametrize("role", ["family", "carer", "operator", "coordinator", "administrator"])
def test_rate_is_closed_to_others(client, role) -> None:
    reply = client.get("/v1/visits/rate?area=12&month=2026-03", headers=sign_in(client, role=role))

    assert reply.status_code == 403


def test_rate_of_nobody_has_no_share(client, world) -> None:
    with storage.transaction():
        put_set("empty_nest")
        put_caseload(world["worker"], world["near"])

    rate = client.get(
        "/v1/visits/rate?area=120198&month=2026-03", headers=sign_in(client, role="district_officer", area="120198")
    ).json

    assert (rate["due"], rate["rate_strict_share"]) == (0, None)
