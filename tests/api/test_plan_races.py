"""Two people at the same moment, over HTTP: one signs, changes, repairs or rejects while another does."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
import sqlalchemy as sa

from dispatch import clock, journal, storage
from dispatch.assignment.models import Plan, PlanChange, Tour, TourStop, Unplanned
from dispatch.journal.models import AccessLog
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of, sign_in
from tests.factories.doing import as_coordinator
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.factories.plans import accept, propose
from tests.worlds.tiny_day import make_tiny_day, point_ll

MORNING = local("2026-03-31 07:30")


@pytest.fixture
def town(real_app, monkeypatch):
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    with real_app.app_context():
        put_network(real_app)
        with storage.transaction():
            made = make_tiny_day()
            made.provider("家", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
            for name in ("赵敏", "周丽", "孙桂"):
                made.carer(name, of="家", skills=("lifting", "bathing"))
            [neighbor] = put_elders(elder_record(name="李四", point_ll=point_ll(1100, 500)))
            made.bath = made.assign(made.ask("bathing_home"), "家")
            made.other = made.assign(made.ask("bathing_home", elder_id=neighbor, window=("09:00", "12:00")), "家")
        with storage.transaction():
            made.plan_id = propose(organization_id=made.organizations["家"], now=MORNING)
        with storage.transaction():
            made.coordinator = headers_of(real_app, account_id=as_coordinator(real_app, made, "家").account_id)
        made.officer = sign_in(real_app, role="district_officer", area="120198")
    return made


def at_once(app, *calls):
    """Send calls at the same moment; status and body of each, in their order."""
    barrier, replies = threading.Barrier(len(calls)), [None] * len(calls)

    def send(place, call):
        headers, method, path, body = call
        client = app.test_client()
        barrier.wait()
        reply = client.open(path, method=method, headers=headers, json=body)
        replies[place] = (reply.status_code, reply.json)

    threads = [threading.Thread(target=send, args=each) for each in enumerate(calls)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return replies


def call(headers, path, *, version=None, method="POST", **body):
    return (headers | ({"If-Match": f'"v{version}"'} if version else {}), method, path, body)


def look(app, town):
    return app.test_client().get(f"/v1/plans/{town.plan_id}", headers=town.coordinator).json


def whole(town):
    """Hold the rows of the plan against each other; the plan's status."""
    with storage.reading():
        session = storage.session()
        plan = session.get(Plan, town.plan_id)
        tours = list(session.scalars(sa.select(Tour).where(Tour.plan_id == plan.id)))
        stops = list(session.scalars(sa.select(TourStop.visit_id).where(TourStop.plan_id == plan.id)))
        out = list(session.scalars(sa.select(Unplanned.visit_id).where(Unplanned.plan_id == plan.id)))
        changes = list(session.scalars(sa.select(PlanChange.seq).where(PlanChange.plan_id == plan.id)))
        assert len({*stops, *out}) == len(stops) + len(out) == 4
        assert {tour.status for tour in tours} == {plan.status}
        assert plan.figures["placed"] == len(stops)
        return plan.status, plan.version, changes


@pytest.mark.parametrize("turn", range(3))
def test_two_sign_at_once(real_app, town, turn):  # noqa: ARG001
    with real_app.app_context():
        version = look(real_app, town)["version"]
        path = f"/v1/plans/{town.plan_id}/acceptance"
        replies = at_once(
            real_app, call(town.coordinator, path, version=version), call(town.officer, path, version=version)
        )
        assert [status for status, _ in replies] == [200, 200], replies
        assert replies[0][1] == replies[1][1]
        assert whole(town)[0] == "accepted"
        with storage.reading():
            for visit_id in (*town.bath.visit_ids, *town.other.visit_ids):
                kinds = [entry.kind for entry in journal.find_entries(visit_id)]
                assert kinds.count("visit.published") == 1


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("kind", ["pin", "leave_out"])
def test_one_signs_while_another_changes(real_app, town, kind, turn):  # noqa: ARG001
    with real_app.app_context():
        version = look(real_app, town)["version"]
        base = f"/v1/plans/{town.plan_id}"
        body = {"kind": kind, "visit_id": str(town.bath.visit_ids[0]), "reason": "老人来电"}
        signed, changed = at_once(
            real_app,
            call(town.officer, f"{base}/acceptance", version=version),
            call(town.coordinator, f"{base}/changes", version=version, **body),
        )
        status, _, changes = whole(town)
        assert sorted((signed[0] < 300, changed[0] < 300)) == [False, True], (signed, changed)
        assert (status, len(changes)) == (("accepted", 0) if signed[0] == 200 else ("proposed", 1))


@pytest.mark.parametrize("turn", range(4))
def test_two_change_at_once(real_app, town, turn):  # noqa: ARG001
    with real_app.app_context():
        version = look(real_app, town)["version"]
        path = f"/v1/plans/{town.plan_id}/changes"
        replies = at_once(
            real_app,
            call(
                town.officer, path, version=version, kind="leave_out", visit_id=str(town.bath.visit_ids[0]), reason="一"
            ),
            call(
                town.coordinator, path, version=version, kind="pin", visit_id=str(town.other.visit_ids[0]), reason="二"
            ),
        )
        assert sorted(status for status, _ in replies) == [201, 409], replies
        assert whole(town)[1:] == (version + 1, [1])


@pytest.mark.parametrize("turn", range(3))
def test_two_undo_at_once(real_app, town, turn):  # noqa: ARG001
    with real_app.app_context():
        version = look(real_app, town)["version"]
        base = f"/v1/plans/{town.plan_id}"
        client = real_app.test_client()
        made = client.post(
            f"{base}/changes",
            headers=town.coordinator | {"If-Match": f'"v{version}"'},
            json={"kind": "leave_out", "visit_id": str(town.bath.visit_ids[0]), "reason": "一"},
        )
        assert made.status_code == 201, made.json
        version = look(real_app, town)["version"]
        replies = at_once(
            real_app,
            call(town.officer, f"{base}/undo", version=version, reason="一"),
            call(town.coordinator, f"{base}/undo", version=version, reason="二"),
        )
        assert sorted(status for status, _ in replies) == [201, 409], replies
        assert whole(town)[2] == [1, 2]


@pytest.mark.parametrize("turn", range(3))
def test_one_rejects_while_another_signs(real_app, town, turn):  # noqa: ARG001
    with real_app.app_context():
        version = look(real_app, town)["version"]
        base = f"/v1/plans/{town.plan_id}"
        signed, rejected = at_once(
            real_app,
            call(town.officer, f"{base}/acceptance", version=version),
            call(town.coordinator, f"{base}/rejection", version=version, reason="再等"),
        )
        assert sorted((signed[0] < 300, rejected[0] < 300)) == [False, True], (signed, rejected)
        assert whole(town)[0] == ("accepted" if signed[0] == 200 else "rejected")


@pytest.mark.parametrize("turn", range(3))
def test_a_visit_is_given_by_hand_while_the_plan_is_signed(real_app, town, turn):  # noqa: ARG001
    with real_app.app_context():
        version = look(real_app, town)["version"]
        base = f"/v1/plans/{town.plan_id}"
        signed, given = at_once(
            real_app,
            call(town.officer, f"{base}/acceptance", version=version),
            call(
                town.coordinator,
                f"/v1/visits/{town.bath.visit_ids[0]}/carer",
                version=1,
                carer_id=str(town.carers["孙桂"]),
            ),
        )
        assert {signed[0], given[0]} <= {200, 409, 412}, (signed, given)


@pytest.mark.parametrize("turn", range(3))
def test_one_repair_is_signed_while_another_is_asked_for(real_app, town, turn):  # noqa: ARG001
    with real_app.app_context():
        with storage.transaction():
            accept(town.plan_id, now=MORNING)
        client, path = real_app.test_client(), f"/v1/plans/{town.plan_id}/repairs"
        absent = {"absences": [{"carer_id": str(town.carers["赵敏"]), "from_at": "2026-03-31T08:00:00+08:00"}]}
        first = client.post(path, headers=town.coordinator, json={"reason": "病", "seconds": 1} | absent)
        assert first.status_code == 201, first.json
        plan = first.json["plan"]
        signed, asked = at_once(
            real_app,
            call(town.officer, f"/v1/plans/{plan['plan_id']}/acceptance", version=plan["version"]),
            call(town.coordinator, path, reason="又病", seconds=1, **absent),
        )
        assert signed[0] == 200, signed
        assert asked[0] in {201, 409}, asked


def test_a_repair_that_is_sent_twice_is_one(real_app, town):
    with real_app.app_context():
        with storage.transaction():
            accept(town.plan_id, now=MORNING)
        client, path = real_app.test_client(), f"/v1/plans/{town.plan_id}/repairs"
        key = {"Idempotency-Key": uuid4().hex}
        body = {"reason": "病", "seconds": 1}
        first, again = (client.post(path, headers=town.coordinator | key, json=body) for _ in range(2))
        assert first.json["plan"]["plan_id"] == again.json["plan"]["plan_id"]
        changed = client.post(path, headers=town.coordinator | key, json=body | {"seed": 1})
        assert (changed.status_code, changed.json["code"]) == (422, "idempotency-key-reused")


def test_a_repair_that_is_sent_twice_at_once_is_one_and_each_answer_is_a_look(real_app, town):
    with real_app.app_context():
        with storage.transaction():
            accept(town.plan_id, now=MORNING)
        ill = next(tour["carer_id"] for tour in look(real_app, town)["tours"] if tour["stops"])
        key = {"Idempotency-Key": uuid4().hex}
        body = {"reason": "病", "seconds": 1, "absences": [{"carer_id": ill, "from_at": "2026-03-31T08:00:00+08:00"}]}
        path = f"/v1/plans/{town.plan_id}/repairs"

        replies = at_once(real_app, *[call(town.coordinator | key, path, **body)] * 2)

        assert [status for status, _ in replies] == [201, 201], replies
        assert replies[0][1] == replies[1][1]
        elders = {each["elder_id"] for each in replies[0][1]["moved"]}
        assert elders
        with storage.reading():
            session = storage.session()
            assert len(list(session.scalars(sa.select(Plan.id).where(Plan.based_on_id == town.plan_id)))) == 1
            lines = session.scalars(
                sa.select(AccessLog.elder_id).where(AccessLog.route == "POST /v1/plans/<uuid:plan_id>/repairs")
            )
            assert sorted(map(str, lines)) == sorted([*elders, *elders])
