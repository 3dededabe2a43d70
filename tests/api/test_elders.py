"""Elders over HTTP: who sees whom, how much, and that each look leaves a line."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch import clock, journal, storage, visits
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import HOME_LL, elder_record, put_elders, put_places
from tests.factories.visits import new_visit, put_caseload

AREA, ELSEWHERE = "120198001001", "120199001001"


@pytest.fixture
def elder_id(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_places(AREA, ELSEWHERE)
        [made] = put_elders(elder_record("living_alone", name="欧阳修竹"))
    return made


def lines_of(elder_id) -> list[tuple[str, str]]:
    with storage.reading():
        return [(line.purpose.value, line.route) for line in journal.find_access_lines(elder_id)]


def test_officer_sees_the_full_record_with_an_etag(client, elder_id) -> None:
    headers = sign_in(client, role="district_officer", area="120198")

    reply = client.get(f"/v1/elders/{elder_id}", headers=headers)
    again = client.get(f"/v1/elders/{elder_id}", headers=headers | {"If-None-Match": reply.headers["ETag"]})

    assert (reply.status_code, again.status_code) == (200, 304)
    assert (reply.json["view"], reply.json["name"]) == ("full", "欧阳修竹")
    assert [each["category"] for each in reply.json["categories"]] == ["living_alone"]
    # what is answered from the caller's copy was looked at all the same
    assert lines_of(elder_id) == [("supervision", "GET /v1/elders/<uuid:elder_id>")] * 2


@pytest.mark.parametrize("role", ["operator", "community_worker"])
def test_masked_record_hides_who_and_where(client, elder_id, role) -> None:
    reply = client.get(f"/v1/elders/{elder_id}", headers=sign_in(client, role=role, area="120198"))

    shown = reply.json
    assert (shown["view"], shown["name"], shown["home"]["area_code"]) == ("masked", "欧**", AREA)
    hidden = [shown[name] for name in ("born_on", "age", "categories", "assessment", "registered_area_code")]
    assert hidden == [None] * 5
    assert shown["home"]["address"] is None
    assert shown["home"]["is_rounded"]
    assert (shown["home"]["lon"], shown["home"]["lat"]) == pytest.approx(HOME_LL, abs=0.001)
    assert "修竹" not in reply.get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("district_officer", {"area": "120199"}),
        ("community_worker", {"area": "120199"}),
        ("operator", {"area": "120199"}),
        ("planner", {"area": "120198"}),
        ("administrator", {"area": "12"}),
        ("coordinator", {"organization_id": uuid4()}),
        ("carer", {}),
        ("family", {"elder_ids": [uuid4()]}),
    ],
)
def test_elder_outside_ones_scope_does_not_exist(client, elder_id, role, scope) -> None:
    headers = sign_in(client, role=role, **scope)

    reply = client.get(f"/v1/elders/{elder_id}", headers=headers)
    nobody = client.get(f"/v1/elders/{uuid4()}", headers=headers)

    assert (reply.status_code, reply.json["code"]) == (404, "elder-not-found")
    assert (nobody.status_code, nobody.json["code"]) == (404, "elder-not-found")
    assert lines_of(elder_id) == []


def test_carer_sees_an_elder_on_the_day_of_the_visit(client, app, elder_id) -> None:
    account_id = make_account(app, role="carer")
    now = clock.utc_now()
    with storage.transaction():
        [carer_id] = put_carers(carer_record(kind="care_worker", account_id=account_id))
        [later] = put_elders(elder_record())
        for each, at in ((elder_id, now), (later, now + timedelta(days=2))):
            visits.plan_visits([new_visit(each, start_at=at, carer_id=carer_id)], actor=SYSTEM, at=now)
    headers = headers_of(app, account_id=account_id)

    today = client.get(f"/v1/elders/{elder_id}", headers=headers)
    in_two_days = client.get(f"/v1/elders/{later}", headers=headers)
    listed = client.get("/v1/elders", headers=headers)

    assert (today.json["view"], today.json["home"]["address"], today.json["categories"]) == (
        "visit",
        "测试路1号",
        None,
    )
    assert in_two_days.status_code == 404
    assert [each["elder_id"] for each in listed.json["items"]] == [str(elder_id)]


def test_worker_sees_the_own_caseload_in_full_and_the_rest_of_the_area_masked(client, app, elder_id) -> None:
    account_id = make_account(app, role="community_worker", area="120198001")
    with storage.transaction():
        [worker] = put_carers(carer_record(account_id=account_id))
        [other] = put_elders(elder_record())
        put_caseload(worker, elder_id)

    listed = client.get("/v1/elders", headers=headers_of(app, account_id=account_id))

    assert {each["elder_id"]: each["view"] for each in listed.json["items"]} == {
        str(elder_id): "full",
        str(other): "masked",
    }
    assert lines_of(other) == [("visit", "GET /v1/elders")]


def test_list_leaves_a_line_for_each_elder_shown_and_pages_through_all(client, elder_id) -> None:
    with storage.transaction():
        others = put_elders(*(elder_record() for _ in range(4)))
    headers = sign_in(client, role="district_officer", area="120198")

    first = client.get("/v1/elders?limit=3", headers=headers).json
    second = client.get(f"/v1/elders?limit=3&cursor={first['next_cursor']}", headers=headers).json

    shown = [each["elder_id"] for each in first["items"] + second["items"]]
    assert shown == sorted(str(each) for each in [elder_id, *others])
    assert second["next_cursor"] is None
    assert [len(lines_of(each)) for each in [elder_id, *others]] == [1] * 5


def test_list_is_filtered_by_area_and_first_character_only(client, elder_id) -> None:
    with storage.transaction():
        [zhang] = put_elders(elder_record(name="张三"))
    headers = sign_in(client, role="operator", area="12")

    found = client.get("/v1/elders?q=张&area=120198001", headers=headers)
    elsewhere = client.get("/v1/elders?area=120199", headers=headers)
    whole_name = client.get("/v1/elders?q=张三", headers=headers)

    assert [each["elder_id"] for each in found.json["items"]] == [str(zhang)]
    assert elsewhere.json["items"] == []
    assert (whole_name.status_code, list(whole_name.json["fields"])) == (400, ["q"])
    assert lines_of(elder_id) == []


@pytest.mark.parametrize("query", ["area=abc", "limit=0", "cursor=xyz", "name=x"])
def test_bad_query_is_told_which_parameter(client, query) -> None:
    reply = client.get(f"/v1/elders?{query}", headers=sign_in(client, role="operator"))

    assert (reply.status_code, list(reply.json["fields"])) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("path", ["/v1/elders", "/v1/elders/00000000-0000-0000-0000-000000000001"])
def test_nobody_enters_without_a_token(client, path) -> None:
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_list_is_not_open_to_those_who_see_no_single_elder(client, role) -> None:
    assert client.get("/v1/elders", headers=sign_in(client, role=role)).status_code == 403


@pytest.mark.feature("X3")
def test_each_read_adds_one_line_and_asking_who_looked_is_a_look(client, app, elder_id) -> None:
    officer = sign_in(client, role="district_officer", area="120198")
    account_id = make_account(app, role="family", elder_ids=[elder_id])
    family = headers_of(app, account_id=account_id)
    for _ in range(2):
        client.get(f"/v1/elders/{elder_id}", headers=officer)

    first = client.get(f"/v1/elders/{elder_id}/access-log", headers=family).json
    second = client.get(f"/v1/elders/{elder_id}/access-log?limit=2", headers=family).json
    rest = client.get(f"/v1/elders/{elder_id}/access-log?cursor={second['next_cursor']}", headers=family).json

    assert [each["purpose"] for each in first["items"]] == ["supervision", "supervision"]
    # in which role and for whom, but not who: the name of the officer stays with the office
    shown = [first["items"][0][name] for name in ("role", "role_label", "office", "purpose_label", "display_name")]
    assert shown == ["district_officer", "民政干部", "测试地区120198", "监管", "测**"]
    assert len(second["items"]) == 2
    assert [(each["purpose"], each["account_id"]) for each in rest["items"]] == [("own", str(account_id))] * 2
    assert rest["items"][0]["route"] == "GET /v1/elders/<uuid:elder_id>/access-log"
    assert rest["items"][0]["display_name"] == "测试账号"  # oneself


@pytest.mark.feature("X3")
def test_a_carers_look_is_told_with_the_organization_and_an_officers_with_the_office_that_opens_it(
    client, app, elder_id
) -> None:
    now, carer = clock.utc_now(), make_account(app, role="carer")
    officer = sign_in(client, grants=[Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, area) for area in ("120199", AREA)])
    with storage.transaction():
        [carer_id] = put_carers(carer_record(kind="care_worker", account_id=carer))
        visits.plan_visits([new_visit(elder_id, start_at=now, carer_id=carer_id)], actor=SYSTEM, at=now)
    for headers in (headers_of(app, account_id=carer), officer):
        client.get(f"/v1/elders/{elder_id}", headers=headers)

    lines = client.get(f"/v1/elders/{elder_id}/access-log", headers=officer | {"Accept-Language": "en"}).json["items"]

    assert [(each["role_label"], each["office"], each["purpose_label"]) for each in lines] == [
        ("carer", "测试机构", "care"),
        ("district officer", f"测试地区{AREA}", "supervision"),
    ]
    assert {each["display_name"] for each in lines} == {"测试账号"}  # an officer sees who it was


@pytest.mark.feature("X3")
def test_access_log_of_a_strangers_elder_does_not_exist(client, app, elder_id) -> None:
    # bound to somebody else, and operator of the area: the record is seen masked, its log not at all
    operator = Grant(Role.OPERATOR, ScopeKind.AREA, "120198")
    both = make_account(app, role="family", elder_ids=[uuid4()], grants=[operator])

    reply = client.get(f"/v1/elders/{elder_id}/access-log", headers=headers_of(app, account_id=both))
    far = client.get(
        f"/v1/elders/{elder_id}/access-log", headers=sign_in(client, role="district_officer", area="120199")
    )

    assert (reply.status_code, far.status_code) == (404, 404)


def test_problem_is_told_in_the_readers_language(client, elder_id) -> None:
    zh, en = (
        client.get(f"/v1/elders/{elder_id}", headers=sign_in(client, role="planner", language=language)).json["title"]
        for language in ("zh", "en")
    )

    assert (zh, en) == ("没有这位老人，或者不归你管", "No such elder, or outside your area")
