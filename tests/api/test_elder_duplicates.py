"""Pairs of elders who may be one person: who is shown them, and what that leaves behind."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch import journal, storage
from dispatch.actor import Role
from tests.factories.accounts import headers_of, make_account
from tests.factories.elders import elder_record, make_id_no, put_elders, put_places

AREA, NEXT, FAR = "120198001001", "120198002001", "120197001001"


@pytest.fixture
def people(client):  # noqa: ARG001 - opens the database
    with storage.transaction():
        put_places(AREA, NEXT, FAR)
        return put_elders(
            elder_record(name="张晓明", id_no=make_id_no(), phone="13800002345"),
            elder_record(name="章小鸣", phone="138 0000 2345", area=NEXT),
            elder_record(name="张晓明", area=FAR),
            elder_record(name="李四", born_on=date(1950, 1, 1), phone="13800002345", sex="male"),
        )


def ask(client, app, *, area: str = "120198", role: Role = Role.DISTRICT_OFFICER, **query):
    account_id = make_account(app, role=role, area=area)
    return client.get("/v1/elders/duplicates", query_string=query, headers=headers_of(app, account_id=account_id))


def test_officer_is_shown_pairs_of_the_own_area_with_what_they_have_in_common(client, app, people):
    reply = ask(client, app)

    body = reply.get_json()
    assert (reply.status_code, body["total"]) == (200, 1)
    [found] = body["items"]
    assert [card["elder_id"] for card in found["pair"]] == sorted(str(each) for each in people[:2])
    assert found["likeness"] == ["name_sound_and_birth", "phone_and_birth", "phone_and_name_sound"]
    assert {card["view"] for card in found["pair"]} == {"full"}


@pytest.mark.feature("X3")
def test_each_elder_shown_leaves_a_line_and_no_other(client, app, people):
    ask(client, app)

    assert [len(list(journal.find_access_lines(each))) for each in people] == [1, 1, 0, 0]


def test_whole_city_has_more_pairs_and_a_limit_says_how_many(client, app, people):  # noqa: ARG001 - are compared
    body = ask(client, app, area="12", limit=1).get_json()
    narrowed = ask(client, app, area=FAR).get_json()

    # one and two by sound, birth and phone; one and three by name and birth; two and three by sound and birth
    assert (body["total"], len(body["items"]), len(body["items"][0]["likeness"])) == (3, 1, 3)
    assert narrowed == {"items": [], "total": 0}


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.OPERATOR, Role.PLANNER, Role.ADMINISTRATOR])
def test_others_are_not_let_in(client, app, people, role):  # noqa: ARG001 - are compared
    assert ask(client, app, role=role).status_code == 403


@pytest.mark.feature("D8")
def test_officer_merges_a_pair_and_the_old_id_is_one_hop_from_the_new_one(client, app, people):
    headers = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="120198"))
    loser, winner = people[1], people[0]
    path = f"/v1/elders/{loser}"
    version = client.get(path, headers=headers).headers["ETag"]
    body = {"into_id": str(winner)}

    unversioned = client.post(f"{path}/merge", json=body, headers=headers)
    merged = client.post(f"{path}/merge", json=body, headers=headers | {"If-Match": version})
    old = client.get(path, headers=headers)
    again = client.post(f"{path}/merge", json=body, headers=headers | {"If-Match": version})

    assert unversioned.status_code == 428
    assert (merged.status_code, merged.get_json()["merged_into_id"]) == (200, str(winner)), merged.get_json()
    assert (old.status_code, old.headers["Location"]) == (301, f"/v1/elders/{winner}")
    assert again.status_code == 412
    assert client.get(old.headers["Location"], headers=headers).get_json()["elder_id"] == str(winner)
    past = client.get(path, query_string={"on": "2021-05-01"}, headers=headers)
    assert (past.status_code, past.get_json()["name"]) == (200, "章小鸣")
    residences = client.get(f"{path}/residences", headers=headers).get_json()["items"]
    assert [row["valid_to"] is None for row in residences] == [False]
    assert ask(client, app).get_json()["total"] == 0


def test_merge_says_what_stands_in_the_way_in_the_readers_language(client, app, people):
    headers = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="120198"))
    path = f"/v1/elders/{people[0]}"
    version = client.get(path, headers=headers).headers["ETag"]
    body = {"into_id": str(people[0])}

    told = [
        client.post(
            f"{path}/merge", json=body, headers=headers | {"If-Match": version, "Accept-Language": language}
        ).get_json()
        for language in ("zh", "en")
    ]

    assert [(each["status"], each["code"]) for each in told] == [(409, "elder-merge-impossible")] * 2
    assert [each["detail"] for each in told] == ["原因：不能并入自己。", "Because a record cannot go into itself."]
    assert told[0]["facts"]["obstacles"] == ["same"]


@pytest.mark.feature("X3")
def test_the_old_id_tells_strangers_nothing_and_old_looks_stand_in_the_new_log(client, app, people):
    loser, winner = people[1], people[0]
    headers = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="120198"))
    version = client.get(f"/v1/elders/{loser}", headers=headers).headers["ETag"]
    client.post(f"/v1/elders/{loser}/merge", json={"into_id": str(winner)}, headers=headers | {"If-Match": version})
    stranger = headers_of(app, account_id=make_account(app, role=Role.DISTRICT_OFFICER, area="120197"))

    assert client.get(f"/v1/elders/{loser}", headers=stranger).status_code == 404
    log = client.get(f"/v1/elders/{winner}/access-log", headers=headers).get_json()["items"]
    # a look at the old record, and the merge, which shows both
    assert [line["route"] for line in log] == [
        "GET /v1/elders/<uuid:elder_id>",
        *["POST /v1/elders/<uuid:elder_id>/merge"] * 2,
    ]
