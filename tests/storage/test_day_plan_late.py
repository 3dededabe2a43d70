"""A day plan that is signed late: starts that have passed, days that are over, carers who are taken by then."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from dispatch import assignment, storage
from dispatch.actor import SYSTEM
from dispatch.errors import DispatchError
from tests.factories.intake import NOW, ZONE, local
from tests.factories.plans import accept, placed, propose, read
from tests.storage.test_day_plans import plan_visit, state_of
from tests.worlds.tiny_day import make_tiny_day

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with a team for baths: X can bathe, both can lift."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("浴", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
        made.carer("X", of="浴", skills=("lifting", "bathing"))
        made.carer("Y", of="浴", skills=("lifting",))
        yield made


def test_a_start_that_has_passed_and_was_not_begun_keeps_the_plan_from_being_signed(town):
    early = plan_visit(town, carer_id=town.carers["X"])
    late = plan_visit(town, start_at=local("2026-03-31 15:00"))
    plan_id = propose()

    with pytest.raises(assignment.PlanStaleError) as stale, storage.savepoint():
        accept(plan_id, now=local("2026-03-31 14:00"))

    assert stale.value.facts["visit_ids"] == [str(early.visit_id)]
    assert {state_of(each.visit_id)[0] for each in (early, late)} == {"assigned", "planned"}


def test_a_start_that_its_carer_was_told_of_may_have_passed(town):
    early = plan_visit(town)
    accept(propose())
    late = plan_visit(town, start_at=local("2026-03-31 15:00"))
    newer = propose(now=LATER)
    stands = placed(read(newer))[early.visit_id]
    assert state_of(early.visit_id) == ("published", *stands)

    accept(newer, now=stands[1] + timedelta(minutes=10))

    assert state_of(early.visit_id) == ("published", *stands)
    assert state_of(late.visit_id)[0] == "published"


@pytest.mark.parametrize(("at", "is_over"), [("2026-03-31 23:59", False), ("2026-04-01 00:00", True)])
def test_a_plan_of_a_day_that_is_over_cannot_be_signed_changed_or_repaired(town, at, is_over):  # noqa: ARG001 - its places
    plan_id = propose()
    signed = propose()
    accept(signed)
    wish = assignment.RepairWish(reason="病")
    now = local(at)

    def refused(what, *args, **options):
        try:
            with storage.savepoint():
                what(*args, **options)
        except assignment.PlanDayOverError as over:
            return (over.slug, over.facts["plan_on"]) == ("plan-day-over", "2026-03-31")
        except DispatchError:
            return False  # for another reason
        return False

    assert refused(accept, plan_id, now=now) is is_over
    assert refused(assignment.prepare_repair, signed, wish=wish, actor=SYSTEM, now=now, zone=ZONE) is is_over
    made = SimpleNamespace(answer=SimpleNamespace(version=-1))  # of another version: refused in any case
    change = {"made": made, "reason": "早", "actor": SYSTEM, "now": now, "zone": ZONE, "expected_version": 1}
    assert refused(assignment.store_change, plan_id, **change) is is_over


def test_a_night_is_over_when_its_tours_are(town):
    town.carer("X", of="浴", skills=("lifting", "bathing"), shift=("22:00", "06:00"))
    visit = plan_visit(town, start_at=local("2026-03-31 22:30"))
    plan_id = propose()

    with pytest.raises(assignment.PlanDayOverError), storage.savepoint():
        accept(plan_id, now=local("2026-04-01 06:00"))
    with pytest.raises(assignment.PlanStaleError) as stale, storage.savepoint():
        accept(plan_id, now=local("2026-04-01 05:59"))
    assert stale.value.facts["visit_ids"] == [str(visit.visit_id)]


def test_a_visit_that_its_carer_has_no_time_for_any_more_is_named_with_them(town):
    visit = plan_visit(town)
    plan_id = propose()
    carer_id, start_at = placed(read(plan_id))[visit.visit_id]
    plan_visit(town, carer_id=carer_id, start_at=start_at)

    with pytest.raises(assignment.PlanStaleError) as stale, storage.savepoint():
        accept(plan_id, now=LATER)

    assert stale.value.facts["visit_ids"] == [str(visit.visit_id)]
    assert stale.value.facts["carer_ids"] == [str(carer_id)]
