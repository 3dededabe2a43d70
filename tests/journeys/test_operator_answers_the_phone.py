"""A phone operator finds who is on the line, asks on their behalf, and does for them whatever they could do."""

from __future__ import annotations

import pytest

from dispatch import storage
from tests.journeys.town import AREA, BATH, Town


@pytest.mark.feature("R1")
def test_operator_finds_the_caller_asks_for_a_bath_holds_it_and_lets_it_go_on(app, db, monkeypatch):  # noqa: ARG001
    town = Town(app, monkeypatch=monkeypatch)
    with storage.transaction():
        town.day.bath_team()
    operator = town.person("operator", area=AREA)
    elder = town.person("elder", elder_ids=[town.day.elder_id])

    # somebody says a name in pinyin: one call shows who it is and what is open
    [found] = operator.post("/v1/phone-desk/search", q="zhangsanfeng")["items"]
    assert (found["elder"]["view"], found["elder"]["name"], found["open_requests"]) == ("masked", "张**", [])
    elder_id = found["elder"]["elder_id"]

    # the caller tells the birth date, so the record opens while they speak
    call = operator.post(f"/v1/elders/{elder_id}/calls", 201, caller="family", checked_by="birth_date_told")
    assert operator.get(f"/v1/elders/{elder_id}")["name"] == "张三丰"

    # a request by phone says for whom it is asked
    refused = operator.post("/v1/care-requests", 422, elder_id=elder_id, **BATH, channel="phone")
    assert refused["fields"].keys() == {"on_behalf_of"}
    asked = operator.post(
        "/v1/care-requests", 201, elder_id=elder_id, **BATH, channel="phone", on_behalf_of="女儿", urgency="soon"
    )
    operator.post(f"/v1/calls/{call['id']}/ending", 201)
    assert operator.get(f"/v1/elders/{elder_id}")["name"] == "张**"

    # the elder has it in the own list, and a provider is asked
    town.work()
    [own] = elder.get("/v1/care-requests")["items"]
    assert (own["id"], own["channel"], own["status"]) == (asked["id"], "phone", "offered")

    # they call again: the daughter is away; it waits, and the offer is taken back
    [again] = operator.post("/v1/phone-desk/search", q="张三丰")["items"]
    [open_request] = again["open_requests"]
    path = f"/v1/care-requests/{open_request['id']}"
    assert "on_hold" in open_request["next_states"]
    operator.post(f"{path}/hold", reason="waiting_family")
    town.work()
    [offer] = operator.get("/v1/offers", request=open_request["id"])["items"]
    assert (offer["status"], offer["withdraw_reason"]) == ("withdrawn", "held")

    # and goes on; then somebody else helps, and it is not needed any more
    operator.post(f"{path}/resumption")
    town.work()
    operator.post(f"{path}/cancellation", reason="served_elsewhere")
    assert elder.get(path)["status"] == "canceled"
    assert operator.post("/v1/phone-desk/search", q="zsf")["items"][0]["open_requests"] == []
