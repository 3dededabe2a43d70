"""The board of an organization in everybody's plan, before a plan is built, and what it keeps to itself."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from marshmallow import RAISE

from dispatch import clock, storage, visits
from dispatch.actor import SYSTEM
from dispatch.api.schemas.days import BoardSchema
from dispatch.assignment.models import Unplanned
from dispatch.assignment.queries import find_houses, is_made_by
from dispatch.journal.models import AccessLog
from dispatch.visits.models import Visit
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_carer, as_coordinator
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, local
from tests.factories.plans import propose
from tests.factories.stored_plans import store_plan
from tests.factories.visits import new_visit, put_caseload
from tests.worlds.tiny_day import make_tiny_day, point_ll

ON = date(2026, 3, 31)
TEN = local("2026-03-31 10:00")


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """Two houses of two carers each, and 李四 next door; Tuesday, 31 March 2026, 7:30."""
    put_network(app)
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-31 07:30"))
    with storage.transaction():
        made = make_tiny_day()
        for house, names in (("家", ("赵敏", "周丽")), ("乐", ("马兰", "孙桂"))):
            made.provider(house, at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
            for name in names:
                made.carer(name, of=house, skills=("lifting", "bathing"))
        [made.neighbor] = put_elders(elder_record(name="李四", point_ll=point_ll(1100, 500)))
    return made


@pytest.fixture
def own(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "家").account_id)


def outreach(elder_id, *, worker=None, **fields):
    """Put a care visit on record that nobody was given; a worker answers for the elder."""
    with storage.transaction():
        if worker:
            put_caseload(worker, elder_id)
        made = {"start_at": TEN, "service_code": "visiting", "purpose": visits.VisitPurpose.OUTREACH, "visit_min": 30}
        [found] = visits.plan_visits([new_visit(elder_id, **(made | fields))], actor=SYSTEM, at=NOW)
        return found.visit_id


def store(*tours, town, **fields):
    with storage.transaction():
        return store_plan(ON, tours={town.carers[name]: stops for name, stops in tours}, **fields)


def board(client, headers, status=200, **query):
    reply = client.get("/v1/plans/board", headers=headers, query_string={"on": ON.isoformat()} | query)
    assert reply.status_code == status, reply.get_data(as_text=True)
    if status == 200:
        assert BoardSchema(unknown=RAISE).validate(reply.json) == {}
    return reply.json


def counted(shown, *names):
    return tuple(shown["counts"][name] for name in names)


def test_outreach_without_a_carer_is_on_the_board_of_whoever_answers_for_the_elder(client, town, own):
    loose = outreach(town.elder_id, worker=town.carers["赵敏"])
    late = outreach(town.elder_id, worker=town.carers["赵敏"], start_at=local("2026-03-31 13:00"))
    foreign = outreach(town.neighbor, worker=town.carers["马兰"])
    plan_id = store(("赵敏", []), ("马兰", []), town=town, unplanned={loose: "no_skill", foreign: "no_skill"})
    theirs = store(
        ("赵敏", []),
        town=town,
        organization_id=town.organizations["家"],
        unplanned={loose: "no_skill"},
        status="rejected",
    )

    part, whole = board(client, own, plan_id=plan_id), board(client, own, plan_id=theirs)
    shown = client.get(f"/v1/plans/{plan_id}", headers=own).json

    for told in (part, whole, shown):
        assert [each["visit_id"] for each in told["unplanned"]] == [str(loose)]
    assert [each["visit_id"] for each in part["arrived"]] == [str(late)]


def test_the_board_of_an_organization_counts_its_own_part_of_everybodys_plan(client, town, own):
    with storage.transaction():
        mine = town.assign(town.ask("bathing_home"), "家").visit_ids
        theirs = town.assign(town.ask("bathing_home", elder_id=town.neighbor), "乐").visit_ids
    with storage.transaction():
        plan_id = propose(now=local("2026-03-31 07:30"))
    officer = sign_in(client, role="district_officer", area="120198")

    shown = board(client, own)
    whole = board(client, officer, area_code="120198")

    assert shown["plan"]["plan_id"] == str(plan_id)
    assert {stop["visit_id"] for tour in shown["tours"] for stop in tour["stops"]} == set(map(str, mine))
    assert (shown["figures"]["visits"], whole["figures"]["visits"]) == (len(mine), len(mine) + len(theirs))
    assert shown["figures"]["travel_min"] == sum(tour["travel_min"] for tour in shown["tours"])


def test_whose_visit_one_is_is_told_alike_by_query_and_at_hand(town):
    with storage.transaction():
        asked = town.assign(town.ask("bathing_home"), "家").visit_ids
    held = outreach(town.elder_id, worker=town.carers["赵敏"], carer_id=town.carers["马兰"], start_at=TEN)
    answered = outreach(town.elder_id, worker=town.carers["赵敏"], start_at=local("2026-03-31 13:00"))
    nobodys = outreach(town.neighbor)
    with storage.transaction():
        put_caseload(town.carers["马兰"], town.neighbor, since=date(2026, 1, 1), until=ON)
    expected = dict.fromkeys((*asked, answered), town.organizations["家"])
    expected |= {held: town.organizations["乐"], nobodys: None}
    with storage.reading() as session:
        rows = {row.visit_id: (row.elder_id, row.carer_id) for row in visits.find_many(expected)}
        workers = visits.find_workers([town.elder_id, town.neighbor], on=ON)
        told = find_houses(rows, offers=dict.fromkeys(asked, town.offers["家"]), workers=workers)
        by_query = {
            house: set(session.scalars(sa.select(Visit.id).where(is_made_by(Visit.id, houses={house}, on=ON))))
            for house in map(town.organizations.get, ("家", "乐"))
        }

    assert told == expected
    assert by_query == {house: {each for each, of in expected.items() if of == house} for house in by_query}


def test_the_board_sends_the_smallest_change_that_would_give_a_place(client, town, own):
    loose = outreach(town.elder_id, worker=town.carers["赵敏"])
    plan_id = store(("赵敏", []), town=town, organization_id=town.organizations["家"], unplanned={loose: "no_time"})
    change = {"code": "window_longer", "minutes": 15}
    with storage.transaction() as session:
        session.execute(sa.update(Unplanned).where(Unplanned.plan_id == plan_id).values(change=change))

    [told] = board(client, own)["unplanned"]
    [shown] = client.get(f"/v1/plans/{plan_id}", headers=own).json["unplanned"]

    assert told["change"] == shown["change"] == change
    assert told["change_text"] == shown["change_text"]
    assert "15" in told["change_text"]


def test_asking_for_a_new_plan_leaves_the_proposed_one_on_the_board(client, town, own):
    house = {"organization_id": town.organizations["家"]}
    visit_id = outreach(town.elder_id, worker=town.carers["赵敏"])
    proposed = store(("赵敏", [(visit_id, TEN)]), town=town, **house)
    building = store(town=town, status="building", made_at=local("2026-03-31 07:20"), **house)

    shown = board(client, own)

    assert (shown["plan"]["plan_id"], shown["proposal"]["plan_id"]) == (str(proposed), str(building))
    assert counted(shown, "planned", "arrived", "waiting") == (1, 0, 0)


@pytest.mark.parametrize("is_asked", [False, True])
def test_before_a_plan_is_built_nothing_has_arrived_and_what_waits_is_counted(client, town, own, is_asked):
    outreach(town.elder_id, worker=town.carers["赵敏"])
    outreach(town.neighbor, worker=town.carers["马兰"])
    if is_asked:
        store(town=town, status="building", organization_id=town.organizations["家"])

    shown = board(client, own)

    assert (shown["plan"] is not None) == is_asked
    assert (shown["arrived"], *counted(shown, "arrived", "waiting")) == ([], 0, 1)


def test_an_officer_sees_an_organizations_part_of_the_plans_of_the_own_area(client, town):
    visit_id = outreach(town.elder_id, worker=town.carers["赵敏"])
    plan_id = store(("赵敏", [(visit_id, TEN)]), town=town, organization_id=town.organizations["家"])
    house = town.organizations["家"]
    officer = sign_in(client, role="district_officer", area="120198")
    foreign = sign_in(client, role="district_officer", area="120199", username="foreign")

    shown, hidden = (board(client, who, organization_id=house) for who in (officer, foreign))
    unknown = board(client, officer, 404, organization_id=uuid4())

    assert (shown["plan"]["plan_id"], *counted(shown, "planned")) == (str(plan_id), 1)
    assert (hidden["plan"], *counted(hidden, "planned", "waiting")) == (None, 0, 0)
    assert unknown["code"] == "organization-not-found"


def test_what_a_carer_wrote_is_shown_with_the_name_alone(app, client, town, own):
    with storage.transaction():
        visit_id = town.assign(town.ask("bathing_home"), "家").visit_ids[0]
    start_at = local("2026-03-31 14:15")
    store(("赵敏", [(visit_id, start_at)]), town=town, organization_id=town.organizations["家"], status="accepted")
    report = {"problem_id": str(uuid4()), "kind": "other", "note": "老人去了女儿家"}
    report |= dict.fromkeys(("happened_at", "device_at"), "2026-03-31T07:25:00+08:00")
    with storage.transaction():
        phone = headers_of(app, account_id=as_carer(app, town, "赵敏").account_id)
    told = client.post(f"/v1/visits/{visit_id}/problems", headers=phone, json=report)
    assert told.status_code == 201, told.json

    without, named = board(client, own), board(client, own, names="true")

    notes = [[each["note"] for each in shown["exceptions"] if each["code"] == "problem"] for shown in (without, named)]
    assert notes == [[None], ["老人去了女儿家"]]


@pytest.mark.parametrize("path", ["/v1/me/tour", "/v1/me/visits"])
@pytest.mark.parametrize(("now", "lines"), [("2026-03-31 07:30", 1), ("2026-03-30 18:00", 0)])
def test_an_own_day_leaves_lines_of_the_elders_that_it_shows_alone(app, client, town, monkeypatch, path, now, lines):
    monkeypatch.setattr(clock, "utc_now", lambda: local(now))
    with storage.transaction():
        visit_id = town.assign(town.ask("bathing_home"), "家").visit_ids[0]
    start_at = local("2026-03-31 14:15")
    store(("赵敏", [(visit_id, start_at)]), town=town, organization_id=town.organizations["家"], status="accepted")
    with storage.transaction():
        phone = headers_of(app, account_id=as_carer(app, town, "赵敏").account_id)

    shown = client.get(f"{path}?on=2026-03-31", headers=phone).json

    [elder] = [each["elder"] for each in shown.get("stops") or shown["items"]]
    with storage.reading() as session:
        left = list(session.scalars(sa.select(AccessLog.elder_id).where(AccessLog.route == f"GET {path}")))
    assert (elder is not None) == bool(lines)
    assert left == [town.elder_id] * lines


@pytest.mark.parametrize(("at", "is_told"), [("2026-03-31 10:30", True), ("2026-03-31 11:00", False)])
def test_two_visits_of_one_elder_at_one_time_are_told(client, town, own, at, is_told):
    worker = town.carers["赵敏"]
    first = outreach(town.elder_id, worker=worker, visit_min=60)
    second = outreach(town.elder_id, worker=worker, start_at=local(at))
    neighbors = outreach(town.neighbor, worker=worker, start_at=local("2026-03-31 10:30"))
    stops = (("赵敏", [(first, TEN)]), ("周丽", [(second, local(at)), (neighbors, local("2026-03-31 11:30"))]))
    store(*stops, town=town, organization_id=town.organizations["家"])

    told = [each for each in board(client, own)["exceptions"] if each["code"] == "same_time"]

    assert [(each["visit_id"], each["text"]) for each in told] == [
        (str(second), "老人这个时间还有另一次上门")
    ] * is_told


def test_the_two_carers_of_a_pair_are_no_two_visits_at_once(client, town, own):
    with storage.transaction():
        first, second = town.assign(town.ask("bathing_home"), "家").visit_ids
    at = local("2026-03-31 14:15")
    store(("赵敏", [(first, at)]), ("周丽", [(second, at)]), town=town, organization_id=town.organizations["家"])

    assert board(client, own)["exceptions"] == []
