"""The board and a carer's own tour over HTTP: what they show, to whom, and what they hide."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from marshmallow import RAISE

from dispatch import clock, storage
from dispatch.api.schemas.days import BoardSchema
from dispatch.journal.models import AccessLog
from dispatch.visits.models import Visit, VisitStart
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_carer, as_coordinator
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.factories.stored_plans import store_plan
from tests.worlds.tiny_day import make_tiny_day, point_ll

ON = date(2026, 3, 31)
MORNING = local("2026-03-31 07:30")


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with its team for baths; it is Tuesday, 31 March 2026, 7:30."""
    put_network(app)
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        made.carer("X", of="浴", skills=("lifting", "bathing"), shift=("08:00", "18:00"))
        made.carer("Y", of="浴", skills=("lifting",), shift=("08:00", "18:00"))
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    return made


@pytest.fixture
def bath(town):
    """A bath by two carers that was taken, and is in no plan yet."""
    with storage.transaction():
        return town.assign(town.ask("bathing_home"), "浴")


def plan_bath(town, bath, *, at="14:15", **fields):
    first, second = bath.visit_ids
    start_at = local(f"2026-03-31 {at}")
    tours = {town.carers["X"]: [(first, start_at)], town.carers["Y"]: [(second, start_at)]}
    with storage.transaction():
        return store_plan(ON, tours=tours, organization_id=town.organizations["浴"], **fields)


@pytest.fixture
def coordinator(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "浴").account_id)


def carer(app, town, name):
    with storage.transaction():
        return headers_of(app, account_id=as_carer(app, town, name).account_id)


def board(client, headers, status=200, **query):
    reply = client.get("/v1/plans/board", headers=headers, query_string={"on": "2026-03-31"} | query)
    assert reply.status_code == status, reply.get_data(as_text=True)
    return reply.json


def faults(shown) -> dict:
    """Hold an answer, which is written by hand, against what is documented: names that are missing or too many too."""
    return BoardSchema(unknown=RAISE).validate(shown)


def looks() -> list:
    with storage.reading():
        query = sa.select(AccessLog.elder_id, AccessLog.route).order_by(AccessLog.line_no)
        return [tuple(row) for row in storage.session().execute(query)]


@pytest.mark.feature("S7")
def test_a_carers_tour_is_empty_before_a_plan_is_signed_and_full_after(app, client, town, bath):
    phone = carer(app, town, "X")
    plan_bath(town, bath)

    before = client.get("/v1/me/tour?on=2026-03-31", headers=phone)
    plan_bath(town, bath, status="accepted")
    after = client.get("/v1/me/tour?on=2026-03-31", headers=phone)
    same = client.get("/v1/me/tour?on=2026-03-31", headers=phone | {"If-None-Match": after.headers["ETag"]})

    assert (before.json["is_signed"], before.json["stops"]) == (False, [])
    assert after.json["is_signed"]
    [stop] = after.json["stops"]
    assert (stop["visit_id"], stop["start_at"]) == (str(bath.visit_ids[0]), "2026-03-31T06:15:00+00:00")
    assert (stop["partner"], stop["travel_min"], stop["status"]) == ("Y", 10, "published")
    assert (stop["service_code"], stop["service_label"]) == ("bathing_home", "上门助浴")
    assert stop["elder"]["elder_id"] == str(town.elder_id)
    assert stop["problem_path"] == f"/v1/visits/{bath.visit_ids[0]}/problems"
    assert same.status_code == 304


def test_who_has_no_tour_in_a_signed_plan_of_the_own_organization_is_told_that_it_is_signed(app, client, town, bath):
    with storage.transaction():
        town.carer("闲", of="浴")
        town.provider("别家", service="cleaning", delivery="home")
        town.carer("丙", of="别家")
    colleague, stranger = carer(app, town, "闲"), carer(app, town, "丙")
    plan_bath(town, bath)
    before = client.get("/v1/me/tour?on=2026-03-31", headers=colleague).json
    plan_bath(town, bath, status="accepted")

    mine, theirs = (client.get("/v1/me/tour?on=2026-03-31", headers=who).json for who in (colleague, stranger))

    assert [each["is_signed"] for each in (before, mine, theirs)] == [False, True, False]
    assert (mine["stops"], mine["plan_id"]) == ([], None)


def test_a_tour_on_another_day_than_today_hides_whom_it_is_for(app, client, town, bath, monkeypatch):
    plan_bath(town, bath, status="accepted")
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-30 18:00"))

    [stop] = client.get("/v1/me/tour?on=2026-03-31", headers=carer(app, town, "X")).json["stops"]

    assert stop["elder"] is None


def test_what_was_taken_from_a_carer_leaves_the_tour_and_what_was_given_beside_it_is_counted(app, client, town, bath):
    plan_bath(town, bath, status="accepted")
    first, second = bath.visit_ids
    with storage.transaction() as session:
        session.execute(sa.update(Visit).where(Visit.id == first).values(carer_id=town.carers["Y"]))
        session.execute(sa.update(Visit).where(Visit.id == second).values(carer_id=town.carers["X"]))

    shown = client.get("/v1/me/tour?on=2026-03-31", headers=carer(app, town, "X")).json

    assert (shown["stops"], shown["others"]) == ([], 1)


def test_the_board_shows_tours_and_what_has_no_place(client, coordinator, town, bath):
    with storage.transaction():
        [neighbor] = put_elders(elder_record(name="李四", point_ll=point_ll(1100, 500)))
        other = town.assign(town.ask("bathing_home", elder_id=neighbor, window=("11:00", "14:00")), "浴")
        late = town.assign(town.ask("bathing_home", window=("08:30", "10:30")), "浴")
    first, second = bath.visit_ids
    start_at = local("2026-03-31 14:15")
    with storage.transaction():
        plan_id = store_plan(
            ON,
            tours={town.carers["X"]: [(first, start_at)], town.carers["Y"]: [(second, start_at)]},
            organization_id=town.organizations["浴"],
            unplanned=dict.fromkeys(other.visit_ids, "no_pair"),
        )

    shown = board(client, coordinator)

    assert faults(shown) == {}
    assert shown["plan"]["plan_id"] == str(plan_id)
    assert (shown["status_label"], shown["proposal"]) == ("待确认", None)
    assert [[stop["visit_id"] for stop in tour["stops"]] for tour in shown["tours"]] == [[str(first)], [str(second)]]
    assert {(each["visit_id"], each["text"]) for each in shown["unplanned"]} == {
        (str(each), "凑不齐两名人员") for each in other.visit_ids
    }
    assert {each["visit_id"] for each in shown["arrived"]} == {str(each) for each in late.visit_ids}
    assert {name: shown["counts"][name] for name in ("planned", "unplanned", "arrived", "carers")} == {
        "planned": 2,
        "unplanned": 2,
        "arrived": 2,
        "carers": 2,
    }


def test_names_are_shown_when_they_are_asked_for_and_then_leave_lines(client, coordinator, town, bath):
    plan_bath(town, bath)
    before = len(looks())

    without = board(client, coordinator)
    between = len(looks())
    named = board(client, coordinator, names="true")

    assert (faults(without), faults(named)) == ({}, {})
    stops = [stop for tour in without["tours"] for stop in tour["stops"]]
    assert {(stop["elder_id"], stop["name"]) for stop in stops} == {(None, None)}
    assert between == before
    assert {stop["elder_id"] for tour in named["tours"] for stop in tour["stops"]} == {str(town.elder_id)}
    assert looks()[before:] == [(town.elder_id, "GET /v1/plans/board")]


def test_the_board_tells_what_to_look_at(app, client, town, bath, monkeypatch):
    plan_bath(town, bath, status="accepted")
    first, second = bath.visit_ids
    report = {
        "problem_id": str(uuid4()),
        "kind": "cannot_reach",
        "happened_at": "2026-03-31T14:10:00+08:00",
        "device_at": "2026-03-31T14:10:00+08:00",
    }
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-31 14:40"))
    told = client.post(f"/v1/visits/{first}/problems", headers=carer(app, town, "X"), json=report)
    with storage.transaction():
        now_signed_in = headers_of(app, account_id=as_coordinator(app, town, "浴").account_id)

    shown = board(client, now_signed_in)

    assert told.status_code == 201
    assert faults(shown) == {}
    assert [(each["code"], each["visit_id"], each["text"]) for each in shown["exceptions"]] == [
        ("problem", str(first), "上门遇到问题：到不了地方"),
        *(("no_start", str(each), "过了25分钟还没开始") for each in sorted((first, second), key=str)),
    ]
    assert shown["counts"]["no_start"] == 2


def test_a_pair_of_which_one_has_no_place_is_broken(client, coordinator, town, bath):
    first, second = bath.visit_ids
    with storage.transaction():
        store_plan(
            ON,
            tours={town.carers["X"]: [(first, local("2026-03-31 14:15"))]},
            organization_id=town.organizations["浴"],
            unplanned={second: "no_time"},
        )

    [told] = board(client, coordinator)["exceptions"]

    assert (told["code"], told["visit_id"]) == ("pair_broken", str(first))


def test_a_repair_beside_a_signed_plan_is_the_proposal_and_names_who_changed(client, coordinator, town, bath):
    signed = plan_bath(town, bath, status="accepted")
    first, second = bath.visit_ids
    start_at = local("2026-03-31 14:15")
    with storage.transaction():
        repair = store_plan(
            ON,
            tours={town.carers["Y"]: [(first, start_at)], town.carers["X"]: [(second, start_at)]},
            organization_id=town.organizations["浴"],
            based_on_id=signed,
            made_at=local("2026-03-31 07:20"),
        )

    shown = board(client, coordinator)
    repaired = board(client, coordinator, plan_id=repair)

    assert (shown["plan"]["plan_id"], shown["proposal"]["plan_id"]) == (str(signed), str(repair))
    assert [each["plan_id"] for each in shown["plans"]] == [str(repair), str(signed)]
    assert {each["code"] for each in repaired["exceptions"]} == {"carer_changed"}


def test_an_officer_sees_the_area_and_others_nothing(client, town, bath):
    first, second = bath.visit_ids
    start_at = local("2026-03-31 14:15")
    with storage.transaction():
        store_plan(ON, tours={town.carers["X"]: [(first, start_at)], town.carers["Y"]: [(second, start_at)]})
    officer = sign_in(client, role="district_officer", area="120198")
    foreign = sign_in(client, role="district_officer", area="120199", username="foreign")

    whole = board(client, officer, area_code="120198")
    organization_id = str(town.organizations["浴"])
    part = board(client, officer, area_code="120198", organization_id=organization_id)
    hidden = board(client, foreign, 404, area_code="120198")
    unsaid = board(client, officer, 422)

    assert len(whole["tours"]) == len(part["tours"]) == 2
    assert (hidden["code"], unsaid["code"]) == ("area-not-found", "board-scope-wanted")
    assert (
        board(client, sign_in(client, role="planner", area="120198", username="planner"), 403)["code"] == "role-needed"
    )


def test_a_coordinator_sees_no_other_organization(app, client, town, bath):
    with storage.transaction():
        town.provider("别家", service="bathing_home", delivery="home")
        stranger = headers_of(app, account_id=as_coordinator(app, town, "别家").account_id)
    plan_id = plan_bath(town, bath)

    shown = board(client, stranger)
    named = board(client, stranger, 404, plan_id=plan_id)
    foreign = board(client, stranger, 404, organization_id=town.organizations["浴"])

    assert (shown["plan"], shown["tours"], shown["arrived"]) == (None, [], [])
    assert (named["code"], foreign["code"]) == ("plan-not-found", "organization-not-found")


def test_the_board_tells_what_has_become_of_each_visit(app, client, town, bath, monkeypatch):
    plan_bath(town, bath, status="accepted")
    first, second = bath.visit_ids
    with storage.transaction() as session:
        session.execute(sa.update(Visit).where(Visit.id == first).values(status="started"))
        session.execute(sa.update(Visit).where(Visit.id == second).values(status="canceled"))
        began = {"id": uuid4(), "visit_id": first, "elder_id": town.elder_id, "carer_id": town.carers["X"]}
        began |= dict.fromkeys(("started_at", "device_at", "received_at"), local("2026-03-31 14:35"))
        session.execute(sa.insert(VisitStart), [began])
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-31 14:40"))
    with storage.transaction():
        headers = headers_of(app, account_id=as_coordinator(app, town, "浴").account_id)

    shown = board(client, headers)
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-31 18:40"))
    with storage.transaction():
        headers = headers_of(app, account_id=as_coordinator(app, town, "浴").account_id)
    later = board(client, headers)

    assert faults(shown) == {}
    stops = {stop["visit_id"]: stop for tour in shown["tours"] for stop in tour["stops"]}
    assert [stops[str(each)]["status"] for each in (first, second)] == ["started", "canceled"]
    assert stops[str(first)]["started_at"] == "2026-03-31T06:35:00+00:00"
    assert stops[str(first)]["area_code"] == "120198001001"
    assert [(each["code"], each["visit_id"], each["minutes"]) for each in shown["exceptions"]] == [
        ("started_late", str(first), 20),
        ("visit_canceled", str(second), None),
    ]
    assert [each["code"] for each in later["exceptions"]] == ["overrun", "visit_canceled"]
