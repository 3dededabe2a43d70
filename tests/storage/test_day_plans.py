"""A day plan from the wish for it to its signature, in the tiny town."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dispatch import assignment, carers, intake, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.assignment.models import Tour
from dispatch.visits.models import Visit
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, local
from tests.factories.plans import TUESDAY, accept, ask_plan, compute, placed, propose, read
from tests.factories.visits import new_visit, put_caseload
from tests.worlds.tiny_day import AREA, OTHER_AREA, make_tiny_day, point_ll

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with a team for baths: X can bathe, Y and Z can lift."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("浴", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
        made.carer("X", of="浴", skills=("lifting", "bathing"))
        made.carer("Y", of="浴", skills=("lifting",))
        yield made


def plan_visit(town, **fields) -> visits.VisitFacts:
    """Put a visit of one carer on record that no request asked for, by the team's own worker."""
    made = {"start_at": local("2026-03-31 10:00"), "service_code": "visiting", "visit_min": 30}
    elder_id = fields.pop("elder_id", town.elder_id)
    worker = fields.pop("worker", town.carers["X"])
    put_caseload(worker, elder_id)
    [found] = visits.plan_visits(
        [new_visit(elder_id, purpose=visits.VisitPurpose.OUTREACH, **(made | fields))], actor=SYSTEM, at=NOW
    )
    return found


def kinds_of(subject_id) -> list[str]:
    return [entry.kind for entry in journal.find_entries(subject_id)]


def state_of(visit_id):
    row = storage.session().get(Visit, visit_id)
    return row.status, row.carer_id, row.start_at


class TestProposing:
    @pytest.mark.feature("S8")
    def test_a_visit_of_two_carers_stands_in_both_tours_at_the_same_time(self, town):
        bath = town.assign(town.ask("bathing_home"), "浴")

        view = read(propose())

        found = placed(view)
        assert set(found) == set(bath.visit_ids)
        assert {carer_id for carer_id, _ in found.values()} == {town.carers["X"], town.carers["Y"]}
        assert len({start_at for _, start_at in found.values()}) == 1
        assert (view.card.figures["pairs"], view.card.figures["pairs_placed"]) == (1, 1)
        assert view.card.status is assignment.PlanStatus.PROPOSED
        assert kinds_of(view.card.plan_id) == ["plan.proposed"]

    @pytest.mark.feature("S8")
    def test_a_pair_with_one_carer_who_can_is_without_a_place_and_both_halves_say_so(self, town):
        bath = town.assign(town.ask("bathing_home"), "浴")
        town.carer("Y", of="浴", skills=("lifting",), status="left")

        view = read(propose())

        assert {each.visit_id for each in view.unplanned} == set(bath.visit_ids)
        assert {each.code.value for each in view.unplanned} == {"no_pair"}

    def test_every_visit_of_the_day_is_in_one_tour_or_without_a_place(self, town):
        town.assign(town.ask("bathing_home"), "浴")
        [far] = put_elders(elder_record(area=OTHER_AREA, name="远", point_ll=None))  # without a point
        plan_visit(town)
        plan_visit(town, elder_id=far)
        plan_visit(town, start_at=local("2026-03-31 11:00"), visit_min=500)

        view = read(propose())

        midnight = local("2026-03-31 00:00")
        day = {each.visit_id for each in visits.find_day(from_at=midnight, to_at=midnight + timedelta(days=1))}
        stops = [stop.visit_id for tour in view.tours for stop in tour.stops]
        without = [each.visit_id for each in view.unplanned]
        assert len(stops) + len(without) == len(day) == 5
        assert {*stops, *without} == day
        assert {each.code.value for each in view.unplanned} == {"unlocated", "window_too_short"}
        figures = view.card.figures
        assert (figures["visits"], figures["placed"], figures["unplanned"]) == (5, 3, 2)

    def test_canceled_and_held_visits_and_other_days_are_not_in_it(self, town):
        held = town.ask("bathing_home")
        town.assign(held, "浴")
        intake.hold_request(held, reason=intake.HoldReason.AWAY, actor=SYSTEM, now=NOW)
        other_day = plan_visit(town, start_at=local("2026-04-01 10:00"))
        canceled = plan_visit(town)
        visits.cancel_visits([canceled.visit_id], actor=SYSTEM, at=NOW, reason="not_needed")
        here = plan_visit(town, start_at=local("2026-03-31 13:00"))

        view = read(propose())

        assert set(placed(view)) == {here.visit_id}
        assert other_day.visit_id not in placed(view)

    def test_nothing_of_a_proposed_plan_reaches_a_visit(self, town):
        bath = town.assign(town.ask("bathing_home"), "浴")
        before = [state_of(each) for each in bath.visit_ids]

        propose()

        assert [state_of(each) for each in bath.visit_ids] == before
        assert assignment.find_accepted_tour(town.carers["X"], on=TUESDAY) is None

    def test_a_day_without_visits_and_one_without_carers_are_plans_too(self, town):
        assert read(propose()).card.figures["visits"] == 0

        plan_visit(town)
        for name in "XY":
            town.carer(name, of="浴", status="left")
        view = read(propose())

        assert [each.code.value for each in view.unplanned] == ["no_shift"]
        assert view.tours == ()

    def test_an_area_without_a_network_says_so_of_every_visit(self, town):
        plan_visit(town)

        view = read(propose(network=None))

        assert [each.code.value for each in view.unplanned] == ["no_network"]
        assert view.card.network is None

    def test_what_has_begun_stays_as_it_is(self, town):
        begun = plan_visit(town, carer_id=town.carers["X"])
        at = local("2026-03-31 10:05")
        wish = visits.StartWish(storage.new_id(), started_at=at, device_at=at)
        visits.start_visit(begun.visit_id, wish=wish, actor=SYSTEM, received_at=at)

        view = read(propose(now=at + timedelta(minutes=5)))

        [stop] = [stop for tour in view.tours for stop in tour.stops]
        assert (stop.start_at, stop.is_executed, stop.end_at) == (at, True, at + timedelta(minutes=30))

    def test_a_second_record_of_one_person_gets_no_time_that_the_first_one_works(self, town):
        town.provider("二", at=(1800, 600), service="cleaning", delivery="home")
        town.carer("X", of="浴", skills=("lifting", "bathing"), phone="13800002345")
        other = town.carer("乙", of="二", phone="13800002345")
        mine = plan_visit(town)
        [elder_id] = put_elders(elder_record(area=AREA, name="另", point_ll=point_ll(1200, 500)))
        theirs = plan_visit(town, elder_id=elder_id, worker=other)

        view = read(propose())

        assert placed(view)[mine.visit_id][0] in {town.carers["X"], town.carers["Y"]}
        assert [(each.visit_id, each.code.value) for each in view.unplanned] == [(theirs.visit_id, "other_team")]
        [note] = view.card.figures["notes"]
        assert (note["code"], note["carer_id"], note["minutes"]) == ("same_person", str(other), 600)

    def test_other_plans_visits_of_a_carer_are_gone_around(self, town):
        outside = plan_visit(town, carer_id=town.carers["Y"])
        [elder_id] = put_elders(elder_record(area=OTHER_AREA, name="邻", point_ll=point_ll(1100, 500)))
        inside = plan_visit(town, elder_id=elder_id, worker=town.carers["Y"], service_code="bathing_home", visit_min=30)

        view = read(propose(area_code=OTHER_AREA))

        marked = {stop.visit_id: stop.is_outside for tour in view.tours for stop in tour.stops}
        assert marked[outside.visit_id]
        assert not marked.get(inside.visit_id, False)
        assert view.card.figures["visits"] == 1

    def test_the_same_day_has_the_same_hash_and_another_one_has_not(self, town):
        plan_visit(town)
        card = ask_plan()
        first, again = compute(card), compute(card)
        plan_visit(town, start_at=local("2026-03-31 14:00"))

        assert first.inputs_hash == again.inputs_hash != compute(card).inputs_hash
        assert [tour.stops for tour in first.tours] == [tour.stops for tour in again.tours]

    def test_a_plan_is_stored_once_however_often_its_job_runs(self, town):
        plan_visit(town)
        card = ask_plan()
        answer = compute(card)

        assert assignment.store_answer(card.plan_id, answer=answer, actor=SYSTEM, at=NOW)
        assert not assignment.store_answer(card.plan_id, answer=answer, actor=SYSTEM, at=NOW)

        count = sa.select(sa.func.count()).select_from(Tour).where(Tour.plan_id == card.plan_id)
        assert storage.session().scalar(count) == len(answer.tours)

    def test_too_large_a_day_is_refused_with_its_number(self, town, monkeypatch):
        monkeypatch.setattr("dispatch.assignment.operations.days.gathering.MOST_VISITS", 1)
        plan_visit(town)
        plan_visit(town, start_at=local("2026-03-31 14:00"))

        with pytest.raises(assignment.PlanTooLargeError) as refused:
            propose()

        assert (refused.value.facts["visits"], refused.value.facts["most_visits"]) == (2, 1)

    @pytest.mark.parametrize(
        "fields", [{"plan_on": date(2026, 3, 29)}, {"area_code": "1201"}, {"seconds": 0}, {"seconds": 301}]
    )
    def test_a_wish_that_cannot_be_is_named(self, town, fields):  # noqa: ARG002 - its places
        with pytest.raises((assignment.InvalidPlanError, Exception)) as refused:
            ask_plan(**fields)

        assert refused.value.slug in {"invalid-plan", "area-not-found"}


class TestSigning:
    @pytest.mark.feature("S7")
    def test_signing_publishes_each_visit_once_and_again_changes_nothing(self, town):
        bath = town.assign(town.ask("bathing_home"), "浴")
        plan_id = propose()
        wanted = placed(read(plan_id))

        accept(plan_id, now=LATER)
        entries = {each: kinds_of(each) for each in bath.visit_ids}
        again = accept(plan_id, now=LATER + timedelta(minutes=1))

        for visit_id, (carer_id, start_at) in wanted.items():
            assert state_of(visit_id) == ("published", carer_id, start_at)
            assert kinds_of(visit_id).count("visit.published") == 1
        assert {each: kinds_of(each) for each in bath.visit_ids} == entries
        assert (again.status, again.decided_at) == (assignment.PlanStatus.ACCEPTED, LATER)
        assert kinds_of(plan_id) == ["plan.proposed", "plan.accepted"]
        assert assignment.find_accepted_tour(town.carers["X"], on=TUESDAY).plan_id == plan_id

    def test_a_request_that_lost_a_carer_is_scheduled_again(self, town):
        request_id = town.ask("bathing_home")
        bath = town.assign(request_id, "浴")
        intake.lose_carer(bath.visit_ids[0], codes=["no_shift"], now=NOW)
        assert intake.get_request(request_id, actor=SYSTEM).status is intake.RequestStatus.ACCEPTED

        accept(propose(), now=LATER)

        assert intake.get_request(request_id, actor=SYSTEM).status is intake.RequestStatus.SCHEDULED
        last = [entry for entry in journal.find_entries(request_id) if entry.kind == "care_request.scheduled"][-1]
        assert "plan_id" in last.facts

    def test_families_hear_of_a_new_time_and_the_old_carer_of_being_free(self, town):
        bath = town.assign(town.ask("bathing_home"), "浴")
        town.carer("Z", of="浴", skills=("lifting", "bathing"))
        town.carer("X", of="浴", skills=("lifting", "bathing"), status="left")
        plan_id = propose()

        accept(plan_id, now=LATER)

        moved = [each for each in bath.visit_ids if "visit.moved" in kinds_of(each)]
        assert len(moved) == 1
        assert kinds_of(moved[0])[-3:] == ["visit.unassigned", "visit.published", "visit.moved"]
        [other] = set(bath.visit_ids) - set(moved)
        assert kinds_of(other)[-1] == "visit.published"

    def test_visits_that_changed_since_are_named_and_nothing_is_published(self, town):
        bath = town.assign(town.ask("bathing_home"), "浴")
        plan_id = propose()
        visits.cancel_visits([bath.visit_ids[0]], actor=SYSTEM, at=LATER, reason="not_needed")

        with pytest.raises(assignment.PlanStaleError) as stale, storage.savepoint():
            accept(plan_id, now=LATER)

        assert stale.value.facts["visit_ids"] == [str(bath.visit_ids[0])]
        assert state_of(bath.visit_ids[1])[0] == "assigned"
        assert read(plan_id).card.status is assignment.PlanStatus.PROPOSED

    def test_a_carer_whose_hours_changed_since_is_named(self, town):
        plan_visit(town, carer_id=town.carers["X"])
        plan_id = propose()
        [carer_id] = {carer_id for carer_id, _ in placed(read(plan_id)).values()}
        sick = carers.ExceptionRecord(TUESDAY, "sick")
        name = next(name for name, known in town.carers.items() if known == carer_id)
        town.carer(name, of="浴", exceptions=(sick,))

        with pytest.raises(assignment.PlanStaleError) as stale, storage.savepoint():
            accept(plan_id, now=LATER)

        assert stale.value.facts["carer_ids"] == [str(carer_id)]

    def test_a_newer_plan_of_the_same_carers_replaces_the_older_one(self, town):
        plan_visit(town)
        older = propose()
        accept(older)
        newer = propose(now=LATER)
        accept(newer, now=LATER)

        assert read(older).card.status is assignment.PlanStatus.SUPERSEDED
        assert {tour.status for tour in read(older).tours} == {assignment.TourStatus.SUPERSEDED}
        assert kinds_of(older)[-1] == "plan.superseded"
        assert assignment.find_accepted_tour(town.carers["X"], on=TUESDAY).plan_id == newer

    def test_of_two_plans_of_the_same_visits_the_second_one_is_told(self, town):
        plan_visit(town)
        one, other = propose(), propose()
        accept(one)

        with pytest.raises(assignment.PlanStaleError), storage.savepoint():
            accept(other)

    def test_rejecting_needs_a_reason_and_ends_it(self, town):
        visit = plan_visit(town)
        plan_id = propose()

        with pytest.raises(assignment.InvalidPlanError):
            assignment.reject_plan(plan_id, reason=" ", actor=SYSTEM, now=LATER)
        card = assignment.reject_plan(plan_id, reason="人手不够", actor=SYSTEM, now=LATER)

        assert (card.status, card.decide_reason) == (assignment.PlanStatus.REJECTED, "人手不够")
        assert state_of(visit.visit_id)[0] == "planned"
        with pytest.raises(assignment.IllegalPlanMoveError) as illegal:
            accept(plan_id)
        assert illegal.value.facts["status"] == "rejected"

    def test_a_plan_that_is_being_built_cannot_be_signed(self, town):  # noqa: ARG002 - its places
        with pytest.raises(assignment.IllegalPlanMoveError):
            accept(ask_plan().plan_id)

    def test_what_began_as_planned_meanwhile_is_left_alone(self, town):
        early = plan_visit(town, carer_id=town.carers["X"])
        plan_id = propose()
        carer_id, start_at = placed(read(plan_id))[early.visit_id]
        if carer_id != town.carers["X"]:
            pytest.skip("the search gave it to somebody else")
        wish = visits.StartWish(storage.new_id(), started_at=start_at, device_at=start_at)
        visits.start_visit(early.visit_id, wish=wish, actor=SYSTEM, received_at=start_at)

        accept(plan_id, now=start_at)

        assert state_of(early.visit_id)[0] == "started"


class TestOrphans:
    def test_a_plan_whose_job_was_canceled_while_it_waited_fails_and_says_why(self, town):  # noqa: ARG002 - its places
        card = ask_plan()
        storage.cancel_job(card.job_id, actor=SYSTEM, at=LATER)

        assert assignment.fail_orphans(LATER) == 1

        failed = assignment.get_plan(card.plan_id, actor=SYSTEM)
        assert (failed.status, failed.failure["code"]) == (assignment.PlanStatus.FAILED, "plan-canceled")
        assert kinds_of(card.plan_id) == ["plan.failed"]
        assert assignment.fail_orphans(LATER) == 0

    def test_whoever_has_enough_ends_the_search(self, town):  # noqa: ARG002 - its places
        card = ask_plan()
        assert not assignment.is_enough(card.plan_id)

        assignment.use_best(card.plan_id, actor=SYSTEM, now=LATER)

        assert assignment.is_enough(card.plan_id)
