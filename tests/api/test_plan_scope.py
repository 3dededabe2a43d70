"""A plan of the whole area shows a coordinator the own organization's part, by whatever route it is asked."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch import clock, storage
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_coordinator
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.factories.plans import propose
from tests.factories.stored_plans import store_plan
from tests.worlds.tiny_day import make_tiny_day, point_ll

MORNING = local("2026-03-31 07:30")


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """Two houses with a bath each, in one plan of the whole district; a third house has nothing in it."""
    put_network(app)
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    with storage.transaction():
        made = make_tiny_day()
        for house, names in (("家", ("赵敏", "周丽")), ("乐", ("马兰", "孙桂"))):
            made.provider(house, at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
            for name in names:
                made.carer(name, of=house, skills=("lifting", "bathing"))
        made.provider("别家", service="bathing_home", delivery="home")
        [neighbor] = put_elders(elder_record(name="李四", point_ll=point_ll(1100, 500)))
        made.own = made.assign(made.ask("bathing_home"), "家")
        made.others = made.assign(made.ask("bathing_home", elder_id=neighbor), "乐")
    with storage.transaction():
        made.plan_id = propose(now=MORNING)
    return made


@pytest.fixture
def own(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "家").account_id)


@pytest.fixture
def stranger(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "别家").account_id)


def test_the_plan_itself_shows_the_own_part(client, town, own):
    shown = client.get(f"/v1/plans/{town.plan_id}", headers=own).json

    stops = {stop["visit_id"] for tour in shown["tours"] for stop in tour["stops"]}
    assert stops == set(map(str, town.own.visit_ids))


@pytest.mark.parametrize("who", ["own", "stranger"])
def test_who_could_take_a_visit_of_another_organization_is_not_told(client, town, who, request):
    headers = request.getfixturevalue(who)
    reply = client.get(f"/v1/plans/{town.plan_id}/visits/{town.others.visit_ids[0]}/carers", headers=headers)

    assert reply.status_code == 404


@pytest.mark.parametrize("who", ["own", "stranger"])
def test_a_check_tells_nothing_of_another_organizations_day(client, town, who, request):
    headers = request.getfixturevalue(who)
    body = {"kind": "leave_out", "visit_id": str(town.others.visit_ids[0])}
    reply = client.post(f"/v1/plans/{town.plan_id}/check", headers=headers, json=body)

    assert reply.status_code in {403, 404}


def test_changes_of_another_organizations_part_are_not_listed(client, town, own):
    officer = sign_in(client, role="district_officer", area="120198")
    version = client.get(f"/v1/plans/{town.plan_id}", headers=officer).json["version"]
    made = client.post(
        f"/v1/plans/{town.plan_id}/changes",
        headers=officer | {"If-Match": f'"v{version}"'},
        json={"kind": "pin", "visit_id": str(town.others.visit_ids[0]), "reason": "李四家属要求"},
    )
    assert made.status_code == 201, made.json

    listed = client.get(f"/v1/plans/{town.plan_id}/changes", headers=own)

    assert listed.status_code == 404 or listed.json["items"] == []


def test_a_plan_without_any_own_carer_or_visit_does_not_exist(client, town, stranger):
    listed = client.get("/v1/plans?on=2026-03-31", headers=stranger).json["items"]
    shown = client.get(f"/v1/plans/{town.plan_id}", headers=stranger)

    assert (listed, shown.status_code) == ([], 404)


def test_the_figures_of_everybodys_plan_count_the_own_part_and_say_nothing_of_the_whole(client, town, own):
    officer = sign_in(client, role="district_officer", area="120198")
    whole = client.get(f"/v1/plans/{town.plan_id}", headers=officer).json
    part = client.get(f"/v1/plans/{town.plan_id}", headers=own).json
    [listed] = client.get("/v1/plans?on=2026-03-31", headers=own).json["items"]

    travel_min = sum(tour["travel_min"] for tour in part["tours"])
    counted = {name: part["figures"][name] for name in ("visits", "placed", "unplanned", "carers", "tours")}
    assert counted == {"visits": 2, "placed": 2, "unplanned": 0, "carers": 2, "tours": 2}
    assert (whole["figures"]["visits"], whole["figures"]["carers"]) == (4, 4)
    assert 0 < part["figures"]["travel_min"] == travel_min < whole["figures"]["travel_min"]
    assert "notes" in whole["figures"]
    assert part["figures"].keys() <= whole["figures"].keys() - {"notes", "usual_share"}
    assert (part["cost"], part["repair"], part["decide_reason"]) == (None, None, None)
    assert listed["figures"] == part["figures"]


def test_a_visit_without_a_place_is_the_own_part_too(client, town, own, stranger):
    with storage.transaction():
        plan_id = store_plan(date(2026, 3, 31), tours={}, unplanned=dict.fromkeys(town.own.visit_ids, "no_shift"))

    shown = client.get(f"/v1/plans/{plan_id}", headers=own).json
    listed = client.get("/v1/plans?on=2026-03-31", headers=own).json["items"]

    assert {each["visit_id"] for each in shown["unplanned"]} == set(map(str, town.own.visit_ids))
    assert (shown["figures"]["visits"], shown["figures"]["unplanned"]) == (2, 2)
    assert {each["plan_id"] for each in listed} == {str(plan_id), str(town.plan_id)}
    assert client.get(f"/v1/plans/{plan_id}", headers=stranger).status_code == 404


def test_own_changes_are_listed_with_what_they_moved_of_the_own_part(client, town, own):
    officer = sign_in(client, role="district_officer", area="120198")
    for visit_id, reason in ((town.own.visit_ids[0], "张三家属要求"), (town.others.visit_ids[0], "李四家属要求")):
        version = client.get(f"/v1/plans/{town.plan_id}", headers=officer).json["version"]
        client.post(
            f"/v1/plans/{town.plan_id}/changes",
            headers=officer | {"If-Match": f'"v{version}"'},
            json={"kind": "leave_out", "visit_id": str(visit_id), "reason": reason},
        )

    [listed] = client.get(f"/v1/plans/{town.plan_id}/changes", headers=own).json["items"]

    assert (listed["seq"], listed["reason"]) == (1, "张三家属要求")
    assert {each["visit_id"] for each in listed["effect"]["moved"]} == set(map(str, town.own.visit_ids))
    assert listed["effect"].keys() == {"moved", "extra_travel_min", "breaks"}
    assert len(client.get(f"/v1/plans/{town.plan_id}/changes", headers=officer).json["items"]) == 2
