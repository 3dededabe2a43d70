"""Two carers read their day, come, and tell what they did; the elder confirms, and a meal at a site goes wrong."""

from __future__ import annotations

from uuid import uuid4

import icalendar
import pytest

from dispatch import carers, storage
from tests.factories.intake import local
from tests.journeys.town import BATH, DISTRICT, MEAL, Town


def told(town, **more):
    return {"device_at": town.now.isoformat()} | more


@pytest.mark.feature("R2")
@pytest.mark.feature("R10")
@pytest.mark.feature("S8")
def test_carers_read_their_day_come_and_the_elder_confirms_and_rates(app, db, monkeypatch):  # noqa: ARG001
    town = Town(app, monkeypatch=monkeypatch)
    with storage.transaction():
        town.day.bath_team()
    elder = town.person("elder", elder_ids=[town.day.elder_id])
    coordinator = town.person("coordinator", organization_id=town.day.organizations["浴"])
    both = {name: town.person("carer") for name in ("X", "Y")}
    for name, person in both.items():
        link(town, name=name, account_id=person.account_id)
    asked = elder.post("/v1/care-requests", 201, elder_id=str(town.day.elder_id), **BATH)
    path = f"/v1/care-requests/{asked['id']}"
    town.work()
    [offer] = coordinator.get("/v1/offers", status="open")["items"]
    coordinator.post(f"/v1/offers/{offer['id']}/acceptance")
    town.work()
    assert elder.news()[-1:], "the elder is told that somebody comes"

    # on the day each carer finds one visit, with whom it is for and where
    town.at("2026-03-31 13:00")
    days = {name: person.get("/v1/me/visits")["items"] for name, person in both.items()}
    assert [len(items) for items in days.values()] == [1, 1]
    assert len({items[0]["pair_id"] for items in days.values()}) == 1
    calendar = both["X"].post("/v1/me/calendars", 201, kind="carer")
    read = icalendar.Calendar.from_ical(both["X"].get(calendar["path"]))
    [event] = read.walk("VEVENT")
    assert event["DTSTART"].dt == local("2026-03-31 14:20")

    # both begin when the second is there; Y's phone sends twice
    town.at("2026-03-31 14:20")
    elder.post(f"{path}/confirmation", 409, rating=5)  # not before it is done
    for name, person in both.items():
        visit = days[name][0]["visit_id"]
        begun = told(town, start_id=str(uuid4()), started_at=town.now.isoformat())
        person.post(f"/v1/visits/{visit}/start", 201, **begun)
        if name == "Y":
            person.post(f"/v1/visits/{visit}/start", 200, **begun)
    assert elder.get(path)["status"] == "in_progress"

    # one alone does not complete it
    town.at("2026-03-31 15:20")
    for place, (name, person) in enumerate(both.items()):
        done = told(town, log_id=str(uuid4()), outcome="done", finished_at=town.now.isoformat(), place="home")
        person.post(f"/v1/visits/{days[name][0]['visit_id']}/finish", 201, **done)
        assert elder.get(path)["status"] == ("in_progress", "completed")[place]
    town.work()

    # the elder confirms, once, and sees all that happened
    elder.post(f"{path}/confirmation", 201, rating=5)
    assert elder.post(f"{path}/confirmation", 409, rating=1)["code"] == "already-confirmed"
    moves = [
        each["to_status"] for each in elder.get(f"{path}/events")["items"] if each["from_status"] != each["to_status"]
    ]
    assert moves == ["submitted", "offered", "accepted", "scheduled", "in_progress", "completed"]

    # the day after, the carers do not see the elder any more
    town.at("2026-04-01 08:00")
    both["X"].get(f"/v1/elders/{town.day.elder_id}", 404)


@pytest.mark.feature("R10")
def test_meal_that_was_not_as_promised_is_disputed_and_left_out_until_an_officer_decides(app, db, monkeypatch):  # noqa: ARG001
    town = Town(app, monkeypatch=monkeypatch)
    with storage.transaction():
        town.day.provider("食", at=(1360, 500), capacity=(10, 10), price=("meal", 1500))
    elder = town.person("elder", elder_ids=[town.day.elder_id])
    canteen = town.person("coordinator", organization_id=town.day.organizations["食"])
    officer = town.person("district_officer", area=DISTRICT)
    draft = elder.post("/v1/care-requests", 201, elder_id=str(town.day.elder_id), **MEAL, is_draft=True)
    assert (draft["status"], draft["quote"]["gross_cents"]) == ("draft", 1500)
    path = f"/v1/care-requests/{draft['id']}"
    elder.post(f"{path}/submission", quote_id=draft["quote"]["id"])
    town.work()
    [offer] = canteen.get("/v1/offers", status="open")["items"]
    canteen.post(f"/v1/offers/{offer['id']}/acceptance")
    town.at("2026-03-31 12:30")
    served = told(town, attendance_id=str(uuid4()), started_at=local("2026-03-31 11:30").isoformat())
    canteen.post(f"{path}/attendance", **served, finished_at=local("2026-03-31 12:10").isoformat(), outcome="done")

    def paid():
        return officer.get("/v1/care-requests/totals", area=DISTRICT, month="2026-03")["whole"]

    before = paid()
    elder.post(f"{path}/dispute", 201, reason="partly_served")
    during = paid()
    task = officer.get("/v1/supervisor-tasks", status="open", kind="disputed")["items"]
    officer.post(f"{path}/dispute/closing", outcome="rejected")
    after = paid()

    assert [each["care_request_id"] for each in task] == [draft["id"]]
    assert [each["paid"]["requests"] for each in (before, during, after)] == [1, 0, 1]
    assert [each["paid"]["money"]["gross_cents"] for each in (before, during, after)] == [1500, 0, 1500]
    assert during["disputed"]["requests"] == 1


def link(town, *, name, account_id):
    """Tell the house that an account is this carer's, as the personnel office does."""
    shift = {"X": ("13:38", "18:00"), "Y": ("14:06", "18:00")}[name]
    skills = ("lifting", "bathing") if name == "X" else ("lifting",)
    with storage.transaction():
        town.day.carer(name, of="浴", skills=skills, shift=shift, account_id=account_id)
    assert carers.find_carer_id(account_id) == town.day.carers[name]
