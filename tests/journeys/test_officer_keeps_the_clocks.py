"""A district officer sees what ran past its limit and what found nobody, acts on it, and the figures follow."""

from __future__ import annotations

import pytest

from dispatch import storage
from tests.journeys.town import BATH, DISTRICT, MEAL, Town


@pytest.mark.feature("R7")
@pytest.mark.feature("R11")
def test_officer_sees_the_breach_and_the_unmet_request_and_assigns_it(app, db, monkeypatch):  # noqa: ARG001
    town = Town(app, monkeypatch=monkeypatch)
    with storage.transaction():
        town.day.provider(
            "远", at=(1360, 500), service="bathing_home", delivery="home", visit_min=60
        )  # nobody works there
        town.day.provider("食", at=(1360, 500), capacity=(1, 1))
    officer = town.person("district_officer", area=DISTRICT)
    elder = town.person("elder", elder_ids=[town.day.elder_id])
    asking = {"elder_id": str(town.day.elder_id), "urgency": "urgent"}

    bath = elder.post("/v1/care-requests", 201, **asking, **BATH)
    meal = elder.post("/v1/care-requests", 201, **asking, **MEAL)
    town.work()

    # nobody can give the bath: the officer has a task, with the reason; the meal is offered and nobody answers
    tasks = officer.get("/v1/supervisor-tasks", status="open")["items"]
    assert [(each["kind"], each["care_request_id"]) for each in tasks] == [("unmatched", bath["id"])]
    assert any("助浴" in text or "洗浴" in text for text in officer.news()), "the officer is told"
    assert elder.get(f"/v1/care-requests/{bath['id']}")["status"] == "unmatched"

    # half an hour later the urgent meal has not been accepted: a breach, with its seconds
    town.at("2026-03-30 10:00")
    breaches = officer.get("/v1/sla/breaches", area=DISTRICT, clock="accept")["items"]
    mine = {each["care_request_id"]: each for each in breaches}
    assert mine[meal["id"]]["elapsed_s"] >= 1_800
    assert mine[meal["id"]]["limit_s"] == 1_800

    # what was not met stands at the community, each with its reason
    unmet = officer.get("/v1/coverage/unmet", area=DISTRICT, service="bathing_home")
    assert sum(row["unmet"] or 0 for row in unmet["items"]) == 1

    # somebody is found who works there; the officer opens the request again and it is offered
    with storage.transaction():
        town.day.carer("A", of="远", skills=("lifting", "bathing"))
        town.day.carer("B", of="远", skills=("lifting", "bathing"))
    officer.post(f"/v1/care-requests/{bath['id']}/reopening")
    town.work()
    assert elder.get(f"/v1/care-requests/{bath['id']}")["status"] == "offered"
    left = officer.get("/v1/supervisor-tasks", status="open", kind="unmatched")["items"]
    assert bath["id"] not in {each["care_request_id"] for each in left}

    # it is urgent: the officer does not wait for the answer
    choice = {"service_at_site_id": str(town.day.offers["远"])}
    made = officer.post(f"/v1/care-requests/{bath['id']}/assignment", 201, **choice)
    assert made["status"] == "scheduled"
    town.work()
    [offer] = officer.get("/v1/offers", request=bath["id"])["items"]
    assert (offer["status"], offer["withdraw_reason"]) == ("withdrawn", "assigned") or offer["status"] == "accepted"
