"""A phone operator finds in one call who is on the line and what is open, and sees the record while the call lasts."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from dispatch import areas, clock, elders, journal, storage
from dispatch.actor import SYSTEM
from dispatch.elders.values import name_keys
from tests.factories.accounts import headers_of, make_account, sign_in
from tests.factories.areas import area_record
from tests.factories.elders import elder_record, put_elders, put_places
from tests.factories.intake import submit, wish

AREA, TOWN, OTHER_TOWN, ELSEWHERE = "120198001001", "120198001", "120198002001", "120199001001"


@pytest.fixture
def people(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        put_places(AREA, OTHER_TOWN, ELSEWHERE)
        areas.put_areas([area_record(AREA, name_zh="幸福里社区")], actor=SYSTEM, at=clock.utc_now())
        made = put_elders(
            elder_record("living_alone", name="王秀英", phone="13800002345"),
            elder_record("living_alone", name="王秀兰"),
            elder_record("living_alone", name="单玉兰", area=OTHER_TOWN),
            elder_record("living_alone", name="王秀英", area=ELSEWHERE, phone="13800002345"),
        )
    return dict(zip(("ying", "lan", "shan", "far"), made, strict=True))


def search(client, headers, q, **more):
    return client.post("/v1/phone-desk/search", json={"q": q} | more, headers=headers)


def found(client, headers, q, **more):
    reply = search(client, headers, q, **more)
    assert reply.status_code == 200, reply.json
    return [item["elder"]["elder_id"] for item in reply.json["items"]]


@pytest.mark.feature("R1")
@pytest.mark.parametrize(
    ("q", "who"),
    [
        ("王秀英", ["ying"]),
        ("秀英", ["ying"]),
        ("王秀", ["ying", "lan"]),
        ("wangxiuying", ["ying"]),
        ("wang xiuying", ["ying"]),
        ("WXY", ["ying"]),
        ("shanyulan", ["shan"]),
        ("138 0000 2345", ["ying"]),
        ("幸福里", ["ying", "lan"]),
        ("幸福里 秀兰", ["lan"]),
        ("幸福里 玉兰", []),
        ("赵", []),
    ],
)
def test_name_pinyin_initials_phone_or_community_find_the_elder_in_one_call(client, people, q, who):
    operator = sign_in(client, role="operator", area="120198")

    assert sorted(found(client, operator, q)) == sorted(str(people[each]) for each in who)


@pytest.mark.feature("R1")
def test_open_requests_stand_beside_and_each_elder_shown_leaves_a_line(client, people):
    operator = sign_in(client, role="operator", area=TOWN)
    with storage.transaction():
        asked = submit(wish(people["ying"]))

    reply = search(client, operator, "王秀").json

    by_elder = {item["elder"]["elder_id"]: item for item in reply["items"]}
    assert [each["id"] for each in by_elder[str(people["ying"])]["open_requests"]] == [str(asked.id)]
    assert by_elder[str(people["lan"])]["open_requests"] == []
    assert {item["elder"]["name"] for item in reply["items"]} == {"王**"}
    for who in ("ying", "lan"):
        with storage.reading():
            [line] = journal.find_access_lines(people[who])
        assert (line.purpose.value, line.reader.role) == ("request", "operator")


def test_daughters_number_finds_her_mother(client, people):
    operator = sign_in(client, role="operator", area=TOWN)
    officer = sign_in(client, role="district_officer", area="120198")
    contact = {"name": "王女", "relation": "child", "phone": "13911112222", "ladder_order": 1}
    made = client.post(f"/v1/elders/{people['lan']}/contacts", json=contact, headers=officer)
    assert made.status_code == 201, made.json

    assert found(client, operator, "13911112222") == [str(people["lan"])]


def test_name_that_was_changed_is_found_by_the_new_one_only(client, people):
    operator = sign_in(client, role="operator", area=TOWN)
    officer = sign_in(client, role="district_officer", area="120198")
    path = f"/v1/elders/{people['ying']}"
    tag = client.get(path, headers=officer).headers["ETag"]
    changed = client.patch(path, json={"name": "汪秀莹"}, headers=officer | {"If-Match": tag})
    assert changed.status_code == 200, changed.json

    assert found(client, operator, "王秀英") == []
    assert found(client, operator, "wangxiuying") == [str(people["ying"])]


def test_more_than_fit_on_the_page_are_said_to_be_there(client, people):  # noqa: ARG001 - the elders
    operator = sign_in(client, role="operator", area=TOWN)

    reply = search(client, operator, "王", limit=1).json

    assert (len(reply["items"]), reply["is_more"]) == (1, True)
    assert search(client, operator, "王", limit=2).json["is_more"] is False


@pytest.mark.parametrize("q", ["1380000234", "***", "12", "%"])
def test_question_that_cannot_be_read_says_what_can(client, people, q):  # noqa: ARG001 - the elders
    reply = search(client, sign_in(client, role="operator", area=TOWN), q)

    assert (reply.status_code, reply.json["code"]) == (422, "search-unreadable")
    assert "完整的电话号码" in reply.json["detail"]


@pytest.mark.parametrize("role", ["planner", "carer", "family", "coordinator", "community_worker"])
def test_search_is_for_operators_and_officers(client, people, role):  # noqa: ARG001 - the elders
    assert search(client, sign_in(client, role=role), "王").status_code == 403


def test_search_agrees_with_looking_through_all_names(client, db):  # noqa: ARG001 - what is put is undone
    pick = random.Random(7)  # noqa: S311 - names, not secrets
    names = ["".join(pick.choices("王李单曾秀英玉兰建国福", k=pick.choice([2, 3, 3, 4]))) for _ in range(150)]
    with storage.transaction():
        put_places(AREA)
        made = dict(zip(put_elders(*(elder_record("living_alone", name=name) for name in names)), names, strict=True))
    operator = {"actor": SYSTEM, "on": clock.utc_now().date(), "ties": elders.Ties(), "limit": 200}

    for q in ("王", "wang", "秀英", "wxy", "shan", "玉", "yl", "fu", "李建", "guo"):
        with storage.reading():
            cards = elders.search_elders(q, **operator).cards
        whole = {elder_id for elder_id, name in made.items() if any(key.startswith(q) for key in name_keys(name))}
        assert {card.elder_id for card in cards} == whole, q


@pytest.fixture
def later(monkeypatch):
    """Move the clock on."""
    begin, moved = clock.utc_now(), [timedelta()]
    monkeypatch.setattr(clock, "utc_now", lambda: begin + moved[0])

    def move(**span):
        moved[0] += timedelta(**span)

    return move


CALL = {"caller": "family", "checked_by": "birth_date_told"}


def test_record_is_open_while_the_call_lasts_and_masked_again_after_it(client, people, later, app):
    account_id = make_account(app, role="operator", area=TOWN)
    operator = headers_of(app, account_id=account_id)
    path = f"/v1/elders/{people['ying']}"

    call = client.post(f"{path}/calls", json=CALL, headers=operator)
    seen = client.get(path, headers=operator).json
    ended = client.post(f"/v1/calls/{call.json['id']}/ending", headers=operator)
    masked = client.get(path, headers=operator).json
    client.post(f"{path}/calls", json=CALL, headers=operator)
    later(minutes=30)
    late = client.get(path, headers=headers_of(app, account_id=account_id)).json

    assert call.status_code == 201, call.json
    assert (seen["view"], seen["name"], seen["phone"]) == ("call", "王秀英", "+8613800002345")
    assert (seen["categories"], seen["assessment"], seen["id_no_masked"]) == (None, None, None)
    assert ended.status_code == 201
    assert (masked["view"], late["view"]) == ("masked", "masked")
    with storage.reading():
        kinds = [entry.kind for entry in journal.find_entries(people["ying"]) if entry.kind.startswith("call.")]
    assert kinds == ["call.opened", "call.ended", "call.opened"]


def test_officers_see_who_served_which_call_and_operators_their_own(client, people, app):
    operator = headers_of(app, account_id=make_account(app, role="operator", area=TOWN))
    other = sign_in(client, role="operator", area=TOWN)
    call = client.post(f"/v1/elders/{people['ying']}/calls", json=CALL, headers=operator).json

    def ids(headers):
        return [each["id"] for each in client.get("/v1/calls", headers=headers).json["items"]]

    assert ids(operator) == [call["id"]]
    assert ids(sign_in(client, role="district_officer", area="120198")) == [call["id"]]
    assert ids(sign_in(client, role="district_officer", area="120199")) == []
    assert ids(other) == []
    assert client.post(f"/v1/calls/{call['id']}/ending", headers=other).status_code == 404


def test_elder_of_another_area_cannot_be_on_the_line(client, people):
    reply = client.post(
        f"/v1/elders/{people['far']}/calls", json=CALL, headers=sign_in(client, role="operator", area=TOWN)
    )

    assert (reply.status_code, reply.json["code"]) == (404, "elder-not-found")


def test_nobody_speaks_with_four_at_once(client, people, db):  # noqa: ARG001 - what is put is undone
    operator = sign_in(client, role="operator", area="120198")
    with storage.transaction():
        more = put_elders(*(elder_record("living_alone", name=name) for name in ("甲甲", "乙乙", "丙丙")))
    wanted = [people["ying"], people["ying"], *more]

    replies = [client.post(f"/v1/elders/{each}/calls", json=CALL, headers=operator) for each in wanted]

    assert [reply.status_code for reply in replies] == [201, 201, 201, 201, 409]
    assert replies[0].json["id"] == replies[1].json["id"]  # asked again, the same call
    assert replies[-1].json["code"] == "too-many-calls"
