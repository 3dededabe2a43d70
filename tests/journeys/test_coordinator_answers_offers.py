"""A coordinator is told of an offer, declines one, lets one run out, and accepts one with both carers."""

from __future__ import annotations

import pytest

from dispatch import storage
from tests.journeys.town import BATH, DISTRICT, Town


@pytest.mark.feature("R6")
def test_coordinator_is_asked_answers_in_time_and_gives_a_request_back(app, db, monkeypatch):  # noqa: ARG001
    town = Town(app, monkeypatch=monkeypatch)
    with storage.transaction():
        town.day.bath_team("浴")
        town.day.provider("汤", at=(2000, 500), service="bathing_home", delivery="home", visit_min=60)
        for name in ("P", "Q"):
            town.day.carer(name, of="汤", skills=("lifting", "bathing"))
    near = town.person("coordinator", organization_id=town.day.organizations["浴"])
    far = town.person("coordinator", organization_id=town.day.organizations["汤"])
    daughter = town.person("family", elder_ids=[town.day.elder_id])
    officer = town.person("district_officer", area=DISTRICT)

    asked = daughter.post("/v1/care-requests", 201, elder_id=str(town.day.elder_id), **BATH, urgency="urgent")
    path = f"/v1/care-requests/{asked['id']}"
    town.work()

    # the better one is asked first and has ten minutes; the other does not know of it
    first, second = sorted((near, far), key=lambda one: not one.get("/v1/offers")["items"])
    [offer] = first.get("/v1/offers", status="open")["items"]
    assert second.get("/v1/offers")["items"] == []
    assert any("洗" in text or "助浴" in text for text in first.news())
    second.post(f"/v1/offers/{offer['id']}/acceptance", 404)
    assert first.post(f"/v1/offers/{offer['id']}/decline", 422, reason="tired")["fields"].keys() == {"reason"}
    first.post(f"/v1/offers/{offer['id']}/decline", reason="no_staff")

    # the next is asked at once, and answers too late
    town.work()
    [late] = second.get("/v1/offers", status="open")["items"]
    town.at("2026-03-30 09:10")
    assert second.post(f"/v1/offers/{late['id']}/acceptance", 409)["code"] == "offer-expired"
    town.work()
    assert daughter.get(path)["status"] == "unmatched"

    # an officer lets it be asked anew; now it is accepted, and both carers are known
    officer.post(f"{path}/reopening")
    town.work()
    [again] = [*near.get("/v1/offers", status="open")["items"], *far.get("/v1/offers", status="open")["items"]]
    holder = near if near.get("/v1/offers", status="open")["items"] else far
    made = holder.post(f"/v1/offers/{again['id']}/acceptance")
    assert (made["status"], len(made["carers"])) == ("scheduled", 2)
    assert holder.post(f"/v1/offers/{again['id']}/acceptance", 409)["code"] == "offer-ended"
    town.work()
    assert daughter.get(path)["service_at_site_id"] == again["service_at_site_id"]

    # a carer falls ill: the coordinator gives it back, and the other provider is asked
    holder.post(f"{path}/reopening")
    town.work()
    other = far if holder is near else near
    [instead] = other.get("/v1/offers", status="open")["items"]
    assert instead["round_no"] > again["round_no"]
