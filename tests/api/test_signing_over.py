"""Signing what replaces a signed plan: hours of visits that lost their place are free, and nobody goes to these."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from dispatch import assignment, carers, clock, intake, journal, storage, visits
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.api.test_matching import put_network
from tests.factories.accounts import headers_of
from tests.factories.doing import as_carer, as_coordinator, finish, start, status_of
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import local
from tests.factories.plans import TUESDAY, accept, propose, read
from tests.worlds.tiny_day import make_tiny_day, point_ll

MORNING = local("2026-03-31 07:30")
TEN = local("2026-03-31 10:00")
HOUR = timedelta(hours=1)
OFFICER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))


class Day:
    """A house with 赵敏 on duty from 8 to 18, and two elders who are to be cleaned for an hour, at any time from 9."""

    def __init__(self, app, client) -> None:
        self.app, self.client = app, client
        self.town = make_tiny_day()
        self.town.provider("家", at=(1800, 500), service="cleaning", delivery="home", visit_min=60)
        self.town.carer("赵敏", of="家")
        self.ids = {"organization_id": self.town.organizations["家"]}
        [neighbor] = put_elders(elder_record(name="李四", point_ll=point_ll(1100, 500)))
        self.requests = [self.ask(), self.ask(elder_id=neighbor)]
        self.one, self.other = (intake.get_request(each, actor=SYSTEM).visit_ids[0] for each in self.requests)
        self.account_id = as_coordinator(app, self.town, "家").account_id
        self.headers = headers_of(app, account_id=self.account_id)

    def ask(self, **fields):
        request_id = self.town.ask("cleaning", window=("09:00", "16:00"), **fields)
        self.town.assign(request_id, "家")
        return request_id

    def plan(self, *, now=MORNING):
        """Plan the day; the plan's id comes back."""
        with storage.transaction():
            return propose(now=now, **self.ids)

    def post(self, path, **body):
        plan = self.client.get("/".join(path.split("/")[:4]), headers=self.headers).json
        return self.client.post(path, headers=self.headers | {"If-Match": f'"v{plan["version"]}"'}, json=body)

    def change(self, plan_id, **body) -> None:
        """Change a plan by hand."""
        fields = {key: str(value) if key == "visit_id" else value for key, value in body.items()}
        reply = self.post(f"/v1/plans/{plan_id}/changes", reason="老人来电", **fields)
        assert reply.status_code == 201, reply.get_data(as_text=True)

    def give_ten_to_the_other(self, plan_id) -> None:
        """Leave one visit out, and give its hour to the other one."""
        self.change(plan_id, kind="leave_out", visit_id=self.one)
        self.change(plan_id, kind="move", visit_id=self.other, start_at=TEN.isoformat())

    def sign(self, plan_id):
        return self.post(f"/v1/plans/{plan_id}/acceptance", reason="早会确认")

    def sign_first(self):
        """Sign a plan in which one visit is held at ten and the other one at noon."""
        plan_id = self.plan()
        self.change(plan_id, kind="move", visit_id=self.other, start_at=(TEN + 2 * HOUR).isoformat())
        self.change(plan_id, kind="move", visit_id=self.one, start_at=TEN.isoformat())
        assert self.sign(plan_id).status_code == 200
        assert {self.where(each)[2] for each in (self.one, self.other)} == {TEN, TEN + 2 * HOUR}
        return plan_id

    def repair(self, plan_id, **body) -> str:
        reply = self.post(f"/v1/plans/{plan_id}/repairs", reason="有变", seconds=1, **body)
        assert reply.status_code == 201, reply.get_data(as_text=True)
        return reply.json["plan"]["plan_id"]

    def where(self, visit_id):
        """Give state, carer and start of a visit."""
        with storage.reading():
            found = visits.get_visit(visit_id)
        return found.status.value, found.carer_id, found.start_at

    def tour(self, name) -> list[str]:
        """Give the visits of a carer's own tour, as the phone has them."""
        with storage.transaction():
            phone = headers_of(self.app, account_id=as_carer(self.app, self.town, name).account_id)
        return [stop["visit_id"] for stop in self.client.get("/v1/me/tour?on=2026-03-31", headers=phone).json["stops"]]

    def at(self, monkeypatch, moment) -> None:
        """Let it be another time, at which the coordinator has signed in anew."""
        monkeypatch.setattr(clock, "utc_now", lambda: moment)
        self.headers = headers_of(self.app, account_id=self.account_id)


@pytest.fixture
def day(app, client, db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The day, planned by nobody yet; it is Tuesday, 31 March 2026, 7:30."""
    put_network(app)
    monkeypatch.setattr(clock, "utc_now", lambda: MORNING)
    with storage.transaction():
        return Day(app, client)


def kinds_of(subject_id) -> list[str]:
    with storage.reading():
        return [entry.kind for entry in journal.find_entries(subject_id)]


def assert_given_up(day: Day) -> None:
    """The other one has the hour; to the first one nobody goes, and somebody is asked to look."""
    carer_id = day.town.carers["赵敏"]
    assert day.where(day.other) == ("published", carer_id, TEN)
    assert day.where(day.one)[:2] == ("planned", None)
    assert kinds_of(day.one)[-1] == "visit.unassigned"
    with storage.reading():
        assert status_of(day.requests[0]) is intake.RequestStatus.ACCEPTED
        page = intake.find_tasks(OFFICER, wanted=intake.TaskFilter(area_code="120198"))
    assert [each.kind for each in page.tasks] == [intake.TaskKind.CARER_LOST]
    assert day.tour("赵敏") == [str(day.other)]


@pytest.mark.feature("S5")
def test_a_repair_may_give_the_hour_of_what_it_leaves_out_to_another_visit(day):
    repair_id = day.repair(day.sign_first())
    day.give_ten_to_the_other(repair_id)

    signed = day.sign(repair_id)

    assert signed.status_code == 200, signed.json
    assert_given_up(day)


@pytest.mark.feature("S7")
def test_a_day_planned_anew_may_do_so_too_and_replaces_the_signed_plan(day):
    older = day.sign_first()
    newer = day.plan(now=MORNING + timedelta(minutes=5))
    day.give_ten_to_the_other(newer)

    signed = day.sign(newer)

    assert signed.status_code == 200, signed.json
    assert_given_up(day)
    with storage.reading():
        assert read(older).card.status is assignment.PlanStatus.SUPERSEDED


def test_a_first_plan_takes_the_hours_that_matching_gave_to_what_it_leaves_out(day):
    plan_id = day.plan()
    day.change(plan_id, kind="leave_out", visit_id=day.one)
    _, _, at = day.where(day.one)
    day.change(plan_id, kind="move", visit_id=day.other, start_at=at.isoformat())

    signed = day.sign(plan_id)

    assert signed.status_code == 200, signed.json
    assert (day.where(day.other)[2], day.where(day.one)[:2]) == (at, ("planned", None))


def test_what_was_given_to_somebody_since_the_plan_left_it_out_stays_theirs(day):
    plan_id = day.plan()
    day.change(plan_id, kind="leave_out", visit_id=day.one)
    with storage.transaction():
        by_hand = day.town.carer("周丽", of="家")
        wanted = TEN + 4 * HOUR
        intake.give_visit(day.one, carer_id=by_hand, start_at=wanted, actor=SYSTEM, now=MORNING)

    signed = day.sign(plan_id)

    assert signed.status_code == 200, signed.json
    assert day.where(day.one) == ("assigned", by_hand, wanted)


def test_hours_that_somebody_took_since_still_keep_a_plan_from_being_signed(day):
    plan_id = day.plan()
    day.change(plan_id, kind="leave_out", visit_id=day.one)
    with storage.transaction():
        at = {stop.visit_id: stop.start_at for tour in read(plan_id).tours for stop in tour.stops}[day.other]
        half_past = at + HOUR / 2
        intake.give_visit(day.one, carer_id=day.town.carers["赵敏"], start_at=half_past, actor=SYSTEM, now=MORNING)

    refused = day.sign(plan_id)

    assert (refused.status_code, refused.json["code"]) == (409, "plan-stale")
    assert refused.json["facts"]["carer_ids"] == [str(day.town.carers["赵敏"])]


@pytest.mark.feature("S5")
def test_a_visit_that_began_and_ended_early_leaves_its_hour_free(day, monkeypatch):
    plan_id = day.sign_first()
    with storage.transaction():
        start(day.one, at=TEN - HOUR)
        finish(day.one, at=TEN - timedelta(minutes=20))
    day.at(monkeypatch, TEN - timedelta(minutes=15))
    repair_id = day.repair(plan_id)
    day.change(repair_id, kind="move", visit_id=day.other, start_at=TEN.isoformat())

    signed = day.sign(repair_id)

    assert signed.status_code == 200, signed.json
    assert day.where(day.other) == ("published", day.town.carers["赵敏"], TEN)
    assert day.where(day.one)[0] == "finished"


def test_a_visit_that_began_late_after_the_plan_was_made_is_no_obstacle(day, monkeypatch):
    repair_id = day.repair(day.sign_first())
    day.change(repair_id, kind="move", visit_id=day.other, start_at=(TEN + HOUR + timedelta(minutes=5)).isoformat())
    with storage.transaction():
        start(day.one, at=TEN + timedelta(minutes=10))
    day.at(monkeypatch, TEN + timedelta(minutes=15))

    signed = day.sign(repair_id)

    assert signed.status_code == 200, signed.json
    assert day.where(day.one)[0] == "started"


def test_a_visit_whose_window_has_passed_stays_its_carers_who_may_have_been_there(day, monkeypatch):
    plan_id = day.sign_first()
    evening = local("2026-03-31 15:30")
    day.at(monkeypatch, evening)
    repair_id = day.repair(plan_id)

    signed = day.sign(repair_id)

    with storage.reading():
        assert day.one in {each.visit_id for each in read(UUID(repair_id)).unplanned}
    assert signed.status_code == 200, signed.json
    assert day.where(day.one)[:2] == ("published", day.town.carers["赵敏"])


@pytest.mark.parametrize("is_repaired", [True, False])
def test_the_tour_of_who_fell_ill_ends_with_the_plan_that_replaces_it(day, is_repaired):
    with storage.transaction():
        day.town.carer("周丽", of="家")
    older = day.sign_first()
    ill = next(name for name in ("赵敏", "周丽") if day.tour(name))
    with storage.transaction():
        day.town.carer(ill, of="家", exceptions=(carers.ExceptionRecord(TUESDAY, "sick"),))
    newer = day.repair(older) if is_repaired else day.plan(now=MORNING + timedelta(minutes=5))

    signed = day.sign(newer)

    assert signed.status_code == 200, signed.json
    assert day.tour(ill) == []
    with storage.reading():
        assert assignment.find_accepted_tour(day.town.carers[ill], on=TUESDAY) is None
        assert read(older).card.status is assignment.PlanStatus.SUPERSEDED


@pytest.mark.feature("S7")
def test_what_was_held_by_hand_is_held_in_the_next_plan_until_it_is_let_go(day):
    plan_id = day.plan()
    at = TEN + timedelta(minutes=20)
    day.change(plan_id, kind="move", visit_id=day.one, start_at=at.isoformat())
    assert day.sign(plan_id).status_code == 200

    newer = day.plan(now=MORNING + timedelta(minutes=5))
    again = day.client.get(f"/v1/plans/{newer}", headers=day.headers).json
    stops = {stop["visit_id"]: stop for tour in again["tours"] for stop in tour["stops"]}
    held = stops[str(day.one)]
    day.change(newer, kind="unpin", visit_id=day.one)
    before = kinds_of(day.one)
    assert day.sign(newer).status_code == 200
    with storage.reading():
        let_go = visits.get_visit(day.one)

    assert (held["is_pinned"], held["start_at"], again["figures"]["pinned"]) == (True, at.isoformat(), 1)
    assert not let_go.is_pinned
    assert kinds_of(day.one) == before  # nobody is told of a visit that stays where it was


def test_a_plan_signed_in_storage_keeps_both_kinds_of_pins(day):
    plan_id = day.plan()
    day.change(plan_id, kind="pin", visit_id=day.one)
    with storage.transaction():
        accept(plan_id, now=MORNING)

    with storage.reading():
        pins = [visits.get_visit(each).is_pinned for each in (day.one, day.other)]

    assert pins == [True, False]
