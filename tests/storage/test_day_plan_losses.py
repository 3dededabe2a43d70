"""What a plan has no place for any more: told as it happens, and open again once a person has signed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import assignment, carers, intake, journal, storage, visits
from dispatch.actor import SYSTEM
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, ZONE, local
from tests.factories.plans import TUESDAY, accept, placed, propose, read
from tests.factories.visits import new_visit, put_caseload
from tests.worlds.tiny_day import NETWORK, make_tiny_day, point_ll

MORNING = local("2026-03-31 07:30")
K = assignment.PlanChangeKind


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with X and Y on duty, who can bathe together."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("浴", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
        for name in "XY":
            made.carer(name, of="浴", skills=("lifting", "bathing"))
        yield made


def outreach(town, worker, at, *, minutes=30):
    """Plan a visit that can begin at one minute only, of an elder for whom a worker answers; its id comes back."""
    [elder_id] = put_elders(elder_record(name="单", point_ll=point_ll(1100, 500)))
    put_caseload(town.carers[worker], elder_id)
    wish = new_visit(
        elder_id,
        start_at=local(at),
        window_to_at=local(at) + timedelta(minutes=minutes),
        visit_min=minutes,
        service_code="visiting",
        purpose=visits.VisitPurpose.OUTREACH,
    )
    return visits.plan_visits([wish], actor=SYSTEM, at=NOW)[0].visit_id


def signed():
    plan_id = propose(now=MORNING)
    accept(plan_id, now=MORNING)
    return plan_id


def repair(plan_id, **wish):
    made = assignment.RepairWish(**({"reason": "病", "seconds": 1} | wish))
    found = assignment.prepare_repair(plan_id, wish=made, actor=SYSTEM, now=MORNING, zone=ZONE)
    done = assignment.compute_repair(found, network=NETWORK, zone=ZONE)
    return assignment.store_repair(done, actor=SYSTEM, now=MORNING).plan_id


def change(plan_id, **wish) -> assignment.ChangeRecord:
    found = assignment.read_standing(plan_id, actor=SYSTEM, now=MORNING, zone=ZONE)
    laid = assignment.lay_out(found, network=lambda: NETWORK, now=MORNING, zone=ZONE)
    made = assignment.make_change(laid, wish=assignment.ChangeWish(**wish))
    _, record = assignment.store_change(
        plan_id,
        made=made,
        reason="电话",
        actor=SYSTEM,
        now=MORNING,
        zone=ZONE,
        expected_version=made.answer.version,
    )
    return record


def states_of(*visit_ids) -> dict:
    """Give for each visit its status and carer."""
    return {each.visit_id: (each.status.value, each.carer_id) for each in visits.find_many(visit_ids)}


def test_a_signed_repair_takes_the_carers_from_what_it_lost_and_gives_their_hour_to_another(town):
    request_id = town.ask("bathing_home", window=("14:00", "15:00"))
    bath = town.assign(request_id, "浴").visit_ids
    plan_id = signed()
    assert set(placed(read(plan_id))) == set(bath)
    other = outreach(town, "X", "2026-03-31 14:00", minutes=60)

    made = repair(plan_id, absences=(assignment.AbsenceFrom(town.carers["Y"], MORNING),))
    before = states_of(*bath)
    accept(made, now=MORNING)

    view = read(made)
    assert placed(view) == {other: (town.carers["X"], local("2026-03-31 14:00"))}
    assert {each.visit_id for each in view.unplanned} == set(bath)
    assert {state for state, _ in before.values()} == {"published"}
    assert states_of(*bath) == dict.fromkeys(bath, ("planned", None))
    assert states_of(other) == {other: ("published", town.carers["X"])}
    assert intake.get_request(request_id, actor=SYSTEM).status is intake.RequestStatus.ACCEPTED
    kinds = [entry.kind for each in bath for entry in journal.find_entries(each)]
    assert kinds.count("visit.unassigned") == 2
    assert read(plan_id).card.status is assignment.PlanStatus.SUPERSEDED


def test_a_newer_plan_can_be_signed_that_leaves_out_what_was_published(town):
    early, late = (outreach(town, name, "2026-03-31 10:00") for name in "XY")
    old = signed()
    held = {carer_id: visit_id for visit_id, (carer_id, _) in placed(read(old)).items()}
    assert set(held.values()) == {early, late}
    left, taken = held[town.carers["X"]], held[town.carers["Y"]]
    new = propose(now=MORNING)
    change(new, kind=K.LEAVE_OUT, visit_id=left)
    change(new, kind=K.MOVE, visit_id=taken, carer_id=town.carers["X"])

    accept(new, now=MORNING)

    assert states_of(left, taken) == {left: ("planned", None), taken: ("published", town.carers["X"])}


def test_a_change_tells_what_has_lost_its_place_because_a_carer_fell_ill(town):
    for name in "XY":
        outreach(town, name, "2026-03-31 10:00")
    plan_id = propose(now=MORNING)
    held = {carer_id: visit_id for visit_id, (carer_id, _) in placed(read(plan_id)).items()}
    town.carer("X", of="浴", skills=("lifting", "bathing"), exceptions=(carers.ExceptionRecord(TUESDAY, "sick"),))

    record = change(plan_id, kind=K.PIN, visit_id=held[town.carers["Y"]])

    lost = held[town.carers["X"]]
    view = read(plan_id)
    assert {each.visit_id for each in view.unplanned} == {lost}
    assert [(each["visit_id"], each["carer_after"]) for each in record.effect["moved"]] == [(str(lost), None)]
    assert record.effect["breaks"] == ["left_out"]
