"""Repairing a signed plan over HTTP: what has happened is said, and who is moved for it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from dispatch import clock, storage, visits
from dispatch.actor import SYSTEM
from dispatch.assignment.models import TourStop
from dispatch.storage import new_id
from dispatch.visits import ProblemKind, ProblemReport
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of
from tests.factories.doing import as_coordinator, finish, start
from tests.factories.intake import local
from tests.factories.plan_calls import change, post, stands
from tests.factories.plans import accept, propose
from tests.worlds.two_baths import MORNING, make_two_baths


@pytest.fixture
def town(app, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    put_network(app)
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    with storage.transaction():
        return make_two_baths()


@pytest.fixture
def coordinator(app, town):
    with storage.transaction():
        return headers_of(app, account_id=as_coordinator(app, town, "家").account_id)


@pytest.fixture
def plan_id(town):
    with storage.transaction():
        return propose(organization_id=town.organizations["家"], now=MORNING)


@pytest.fixture
def coordinator_at(app, town, monkeypatch):
    """Let it be another time, and sign a coordinator in then."""

    def sign_in_at(now):
        monkeypatch.setattr(clock, "utc_now", lambda: now)
        with storage.transaction():
            return headers_of(app, account_id=as_coordinator(app, town, "家").account_id)

    return sign_in_at


def repair(client, headers, plan_id, **said):
    """Propose a repair; what is answered comes back."""
    reply = post(client, headers, f"/v1/plans/{plan_id}/repairs", reason="电话", seconds=1, **said)
    assert reply.status_code == 201
    return reply.json


@pytest.mark.feature("S5")
def test_an_ill_carers_visits_go_to_others_and_what_is_pinned_stays(client, coordinator, town, plan_id):
    change(client, coordinator, plan_id, kind="pin", visit_id=str(town.other.visit_ids[0]))
    with storage.transaction():
        accept(plan_id, now=MORNING)
    before = stands(client, coordinator, plan_id)
    with storage.reading():
        held = set(storage.session().scalars(sa.select(TourStop.visit_id).where(TourStop.is_pinned)))
    ill = before[str(town.bath.visit_ids[0])][0]
    with storage.transaction():
        town.carer("孙桂", of="家", skills=("lifting", "bathing", "care"))

    reply = post(
        client,
        coordinator,
        f"/v1/plans/{plan_id}/repairs",
        reason="上午病倒",
        absences=[{"carer_id": ill, "from_at": "2026-03-31T13:00:00+08:00"}],
        seconds=1,
    )

    told = reply.json
    after = stands(client, coordinator, told["plan"]["plan_id"])
    assert reply.status_code == 201
    assert told["plan"]["based_on_id"] == str(plan_id)
    assert ill not in {after[str(each)][0] for each in town.bath.visit_ids}
    assert {str(each): before[str(each)] for each in held} == {str(each): after[str(each)] for each in held}
    assert told["elders_moved"] == len({each["elder_id"] for each in told["moved"]})
    assert {each["visit_id"] for each in told["moved"]} == {
        visit_id for visit_id in before if before[visit_id] != after.get(visit_id)
    }
    assert stands(client, coordinator, plan_id) == before


@pytest.mark.feature("S5")
def test_who_runs_late_is_waited_for_and_comes_when_they_told(client, coordinator, plan_id):
    with storage.transaction():
        accept(plan_id, now=MORNING)
    before = stands(client, coordinator, plan_id)
    late_id = min(before, key=lambda visit_id: (before[visit_id][1], visit_id))
    planned_at = datetime.fromisoformat(before[late_id][1])
    for minutes in (20, 45):  # what was told last holds
        report = ProblemReport(new_id(), ProblemKind.RUNNING_LATE, MORNING, MORNING, late_min=minutes)
        with storage.transaction():
            visits.report_problem(UUID(late_id), report=report, actor=SYSTEM, received_at=MORNING)

    told = post(client, coordinator, f"/v1/plans/{plan_id}/repairs", reason="路上堵车", seconds=1).json

    after = stands(client, coordinator, told["plan"]["plan_id"])
    assert after[late_id][0] == before[late_id][0]
    assert datetime.fromisoformat(after[late_id][1]) == planned_at + timedelta(minutes=45)
    assert late_id in {each["visit_id"] for each in told["moved"]}


@pytest.mark.feature("S5")
def test_what_comes_after_a_visit_that_overruns_waits_for_its_end(client, coordinator, coordinator_at, town, plan_id):
    with storage.transaction():
        accept(plan_id, now=MORNING)
    before = stands(client, coordinator, plan_id)
    bath, other = (list(map(str, each.visit_ids)) for each in (town.bath, town.other))
    began_at = datetime.fromisoformat(before[other[0]][1])
    with storage.transaction():
        for visit_id in town.other.visit_ids:
            start(visit_id, at=began_at)
    coordinator = coordinator_at(began_at + timedelta(minutes=10))

    short, long = (
        repair(client, coordinator, plan_id, overruns=[{"visit_id": each, "end_at": ends} for each in other])
        for ends in ("2026-03-31T10:30:00+08:00", "2026-03-31T14:50:00+08:00")
    )

    assert short["moved"] == []
    assert {each["visit_id"] for each in long["moved"]} == set(bath)
    after = stands(client, coordinator, long["plan"]["plan_id"])
    begins = {datetime.fromisoformat(after[each][1]) for each in bath}
    # until 14:50 they are at another home; 15:00 is the last start
    assert len(begins) == 1
    assert local("2026-03-31 14:50") < begins.pop() <= local("2026-03-31 15:00")


@pytest.mark.feature("S5")
def test_who_is_told_that_nobody_is_home_does_not_go_on_as_planned(client, coordinator, coordinator_at, town, plan_id):
    with storage.transaction():
        accept(plan_id, now=MORNING)
    before = stands(client, coordinator, plan_id)
    bath = list(map(str, town.bath.visit_ids))
    began_at = datetime.fromisoformat(before[str(town.other.visit_ids[0])][1])
    with storage.transaction():
        for visit_id in town.other.visit_ids:
            start(visit_id, at=began_at)
            finish(visit_id, at=began_at + timedelta(hours=1))
    # two minutes before both are there, on their way
    coordinator = coordinator_at(datetime.fromisoformat(before[bath[0]][1]) - timedelta(minutes=2))

    goes_on, anew = (
        stands(client, coordinator, repair(client, coordinator, plan_id, **said)["plan"]["plan_id"])
        for said in ({}, {"nobody_home": bath[:1]})
    )

    assert {each: goes_on[each] for each in bath} == {each: before[each] for each in bath}
    for each in bath:
        assert datetime.fromisoformat(anew[each][1]) > datetime.fromisoformat(before[each][1])


@pytest.mark.parametrize(
    ("wish", "field", "said"),
    [
        ({"nobody_home": ["01980000-0000-7000-8000-000000000001"]}, "nobody_home", "不在这份计划里。"),
        ({"overruns": ["bath", "2026-03-31T18:00:00+08:00"]}, "overruns", "只有正在进行的上门会超时。"),
        ({"absences": ["01980000-0000-7000-8000-000000000001"]}, "absences", "不在这份计划里。"),
    ],
)
def test_a_repair_of_what_cannot_be_is_named(client, coordinator, town, plan_id, wish, field, said):
    with storage.transaction():
        accept(plan_id, now=MORNING)
    if "overruns" in wish:
        wish = {"overruns": [{"visit_id": str(town.bath.visit_ids[0]), "end_at": wish["overruns"][1]}]}
    if "absences" in wish:
        wish = {"absences": [{"carer_id": wish["absences"][0], "from_at": "2026-03-31T13:00:00+08:00"}]}

    reply = post(client, coordinator, f"/v1/plans/{plan_id}/repairs", reason="x", seconds=1, **wish)

    assert (reply.status_code, reply.json["code"]) == (422, "invalid-plan-repair")
    assert reply.json["fields"] == {field: [said]}
