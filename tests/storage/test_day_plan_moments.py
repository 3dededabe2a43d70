"""What comes in at the very moment in which a day plan is signed."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dispatch import assignment, storage, visits
from dispatch.actor import SYSTEM
from dispatch.assignment.operations.changing import repairing
from dispatch.assignment.operations.days import deciding, storing
from dispatch.carers.models import ShiftException
from dispatch.intake.operations import publishing
from tests.factories.intake import NOW, ZONE
from tests.factories.plans import TUESDAY, accept, ask_plan, compute, propose, read
from tests.storage.test_day_plan_jobs import put_town
from tests.worlds.tiny_day import NETWORK

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

LATER = NOW + timedelta(minutes=5)
PATIENCE_S = 10.0


@pytest.fixture
def town(real_app, engine_name):
    """The visit of a town with one carer and one visit, on an engine with several writers."""
    if engine_name == "sqlite":
        pytest.skip("one writer at a time")
    with real_app.app_context():
        with storage.transaction():
            visit_id = put_town()
        yield visit_id


def at_once(app: Flask, **wanted: Callable[[], Any]) -> dict[str, Any]:
    """Do several things beside each other, each in a transaction; what comes of each, a fault too, by name."""
    told: dict[str, Any] = {}

    def run(name: str) -> None:
        with app.app_context():
            try:
                with storage.transaction():
                    told[name] = wanted[name]()
            except Exception as fault:  # noqa: BLE001 - told
                told[name] = fault

    threads = [threading.Thread(target=run, args=(name,)) for name in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def put_plan(now=NOW) -> UUID:
    with storage.transaction():
        return propose(now=now)


def compute_repair(plan_id: UUID) -> assignment.MadeRepair:
    wish = assignment.RepairWish(reason="病", seconds=1)
    with storage.reading():
        found = assignment.prepare_repair(plan_id, wish=wish, actor=SYSTEM, now=LATER, zone=ZONE)
    return assignment.compute_repair(found, network=NETWORK, zone=ZONE)


def status_of(card: assignment.PlanCard) -> str:
    return card.status.value


def test_a_repair_is_stored_while_another_one_of_the_same_plan_is_signed(real_app, town, monkeypatch):  # noqa: ARG001 - its places
    plan_id = put_plan()
    with storage.transaction():
        accept(plan_id, now=LATER)
    first, second = compute_repair(plan_id), compute_repair(plan_id)
    with storage.transaction():
        first_id = assignment.store_repair(first, actor=SYSTEM, now=LATER).plan_id
    has_plan, has_carers = threading.Event(), threading.Event()
    put_tours, hold_visits = repairing.put_tours, deciding.intake.hold_visits

    def put_late(*args, **options):
        has_plan.set()
        has_carers.wait(1.0)  # in vain where the plan is wanted first
        return put_tours(*args, **options)

    def hold_and_tell(*args, **options):
        hold_visits(*args, **options)
        has_carers.set()

    def sign():
        has_plan.wait(PATIENCE_S)
        return status_of(accept(first_id, now=LATER))

    monkeypatch.setattr(repairing, "put_tours", put_late)
    monkeypatch.setattr(deciding.intake, "hold_visits", hold_and_tell)

    told = at_once(
        real_app,
        sign=sign,
        store=lambda: status_of(assignment.store_repair(second, actor=SYSTEM, now=LATER)),
    )

    assert told == {"sign": "accepted", "store": "proposed"}


def test_a_plan_is_stored_while_the_visits_of_another_one_are_held(real_app, town, monkeypatch):  # noqa: ARG001 - its places
    plan_id = put_plan()
    with storage.transaction():
        card = ask_plan()
    with storage.reading():
        answer = compute(card)
    has_visits, has_tours = threading.Event(), threading.Event()
    lock_carers, insert_rows = publishing.carers.lock_carers, storing.insert_rows

    def lock_late(carer_ids):
        has_visits.set()
        has_tours.wait(PATIENCE_S)
        return lock_carers(carer_ids)

    def insert_and_tell(table, *, rows):
        insert_rows(table, rows=rows)
        has_tours.set()  # these point at carers; stops, which point at visits, come next

    def store():
        has_visits.wait(PATIENCE_S)
        return assignment.store_answer(card.plan_id, answer=answer, actor=SYSTEM, at=LATER)

    monkeypatch.setattr(publishing.carers, "lock_carers", lock_late)
    monkeypatch.setattr(storing, "insert_rows", insert_and_tell)

    told = at_once(real_app, sign=lambda: status_of(accept(plan_id, now=LATER)), store=store)

    assert told == {"sign": "accepted", "store": True}


def first(what: Callable[[], Any], *, app: Flask, monkeypatch) -> dict[str, Any]:
    """Have something happen when a plan has been looked at and nothing is held yet."""
    hold_visits, told = deciding.intake.hold_visits, {}

    def hold_later(*args, **options):
        told.update(at_once(app, it=what))
        return hold_visits(*args, **options)

    monkeypatch.setattr(deciding.intake, "hold_visits", hold_later)
    return told


def test_a_sick_day_that_comes_in_while_a_plan_is_signed_is_seen(real_app, town, monkeypatch):  # noqa: ARG001 - its places
    plan_id = put_plan()
    with storage.reading():
        [carer_id] = [tour.carer_id for tour in read(plan_id).tours]

    def fall_ill() -> str:
        sick = {"on_date": TUESDAY, "kind": "sick", "break_min": 0, "recorded_at": LATER}
        storage.session().add(ShiftException(carer_id=carer_id, **sick))
        return "ill"

    told = first(fall_ill, app=real_app, monkeypatch=monkeypatch)
    with pytest.raises(assignment.PlanStaleError) as stale, storage.transaction():
        accept(plan_id, now=LATER)

    assert told == {"it": "ill"}
    assert stale.value.facts["carer_ids"] == [str(carer_id)]


def test_a_visit_that_is_canceled_while_a_plan_is_signed_is_named(real_app, town, monkeypatch):
    plan_id = put_plan()

    def cancel() -> str:
        visits.cancel_visits([town], actor=SYSTEM, at=LATER, reason="not_needed")
        return "canceled"

    told = first(cancel, app=real_app, monkeypatch=monkeypatch)
    with pytest.raises(assignment.PlanStaleError) as stale, storage.transaction():
        accept(plan_id, now=LATER)

    assert told == {"it": "canceled"}
    assert (stale.value.facts["visits"], stale.value.facts["visit_ids"]) == (1, [str(town)])


def test_a_plan_of_the_same_carers_that_is_signed_first_is_told_by_its_carers(real_app, town, monkeypatch):  # noqa: ARG001 - its places
    plan_id, other_id = put_plan(), put_plan()
    with storage.reading():
        [carer_id] = [tour.carer_id for tour in read(plan_id).tours]
    hold_visits, told = deciding.intake.hold_visits, {}

    def sign_other(*args, **options):
        monkeypatch.setattr(deciding.intake, "hold_visits", hold_visits)
        told.update(at_once(real_app, other=lambda: status_of(accept(other_id, now=LATER))))
        return hold_visits(*args, **options)

    monkeypatch.setattr(deciding.intake, "hold_visits", sign_other)
    with pytest.raises(assignment.PlanStaleError) as stale, storage.transaction():
        accept(plan_id, now=LATER)

    assert told == {"other": "accepted"}
    assert stale.value.facts["carer_ids"] == [str(carer_id)]
