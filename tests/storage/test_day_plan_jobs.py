"""The job of a day plan, and two people who sign at the same moment."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from dispatch import assignment, clock, journal, storage, streets, visits
from dispatch.actor import SYSTEM
from dispatch.jobs import day_plans
from dispatch.jobs.task import Task, run_task
from dispatch.jobs.worker import HANDLERS
from tests.factories.intake import NOW
from tests.factories.plans import accept, ask_plan, propose, read, search
from tests.factories.visits import new_visit, put_caseload
from tests.worlds.tiny_day import NETWORK, make_tiny_day

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

LATER = NOW + timedelta(minutes=5)


def put_town() -> UUID:
    """Put the town with one carer and one visit of Tuesday on record; the visit's id comes back."""
    town = make_tiny_day()
    town.provider("浴", at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
    put_caseload(town.carer("X", of="浴"), town.elder_id)
    wish = new_visit(
        town.elder_id,
        start_at=NOW + timedelta(days=1, hours=1),
        service_code="visiting",
        purpose=visits.VisitPurpose.OUTREACH,
        visit_min=30,
    )
    return visits.plan_visits([wish], actor=SYSTEM, at=NOW)[0].visit_id


@pytest.fixture
def searched(monkeypatch):
    """A search that needs no compiler, and a clock that stands at the town's Monday."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    monkeypatch.setattr(day_plans.planner, "warm", lambda: None)
    monkeypatch.setattr(day_plans.planner, "solve", lambda problem, **_: search(problem))


def work(app: Flask, job_id: UUID) -> storage.JobView:
    """Do the job as a worker would, in this process."""
    settings = app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    if not folder.exists():
        streets.save_network(NETWORK, folder=folder)

    def once(_name, operation):
        with storage.transaction():
            return operation()

    with storage.transaction():
        job = storage.begin_job(job_id, worker="w1", at=NOW)
    if job is not None:
        run_task(Task(job, settings=settings, once=once, apart=nullcontext), handler=HANDLERS[job.name])
    with storage.reading():
        return storage.get_job(job_id, actor=SYSTEM)


class TestTheJob:
    def test_it_builds_the_plan_and_the_result_names_it(self, real_app, searched):  # noqa: ARG002 - a fixture
        with real_app.app_context():
            with storage.transaction():
                visit_id = put_town()
            with storage.transaction():
                card = ask_plan()

            done = work(real_app, card.job_id)

            assert (done.status.value, done.result) == ("succeeded", {"plan_id": str(card.plan_id)})
            with storage.reading():
                view = read(card.plan_id)
            assert view.card.status is assignment.PlanStatus.PROPOSED
            assert [stop.visit_id for tour in view.tours for stop in tour.stops] == [visit_id]
            assert view.card.network == streets.network_identity(NETWORK.manifest)

    @pytest.mark.parametrize(("place", "name"), [(day_plans.planner, "explain"), (Task, "finish")])
    def test_a_plan_that_is_canceled_after_its_search_is_kept(self, real_app, searched, monkeypatch, place, name):  # noqa: ARG002 - a fixture
        monkeypatch.setattr("dispatch.jobs.task.TOLD_EVERY_S", 0.0)
        with real_app.app_context():
            with storage.transaction():
                visit_id = put_town()
            with storage.transaction():
                card = ask_plan()
            known = getattr(place, name)

            def cancel_first(*args, **options):
                with storage.transaction():
                    storage.cancel_job(card.job_id, actor=SYSTEM, at=NOW)
                return known(*args, **options)

            monkeypatch.setattr(place, name, cancel_first)

            done = work(real_app, card.job_id)
            day_plans.fail_orphans()

            with storage.reading():
                view = read(card.plan_id)
            assert (done.status.value, view.card.status.value) == ("canceled", "proposed")
            assert [stop.visit_id for tour in view.tours for stop in tour.stops] == [visit_id]

    def test_a_search_that_is_canceled_keeps_the_best_so_far(self, real_app, searched, monkeypatch):  # noqa: ARG002 - a fixture
        with real_app.app_context():
            with storage.transaction():
                put_town()
            with storage.transaction():
                card = ask_plan()

            def cancel_first(problem, *, on_progress, stop, **_):
                with storage.transaction():
                    storage.cancel_job(card.job_id, actor=SYSTEM, at=NOW)
                on_progress(day_plans.planner.Progress(0.5, 1.0, 10, lambda: None))
                assert stop.is_canceled()
                return search(problem)

            monkeypatch.setattr(day_plans.planner, "solve", cancel_first)
            monkeypatch.setattr("dispatch.jobs.task.TOLD_EVERY_S", 0.0)

            done = work(real_app, card.job_id)

            assert done.status.value == "canceled"
            with storage.reading():
                view = read(card.plan_id)
            assert (view.card.status.value, view.card.figures["placed"]) == ("proposed", 1)

    def test_a_job_that_fails_leaves_a_failed_plan_with_its_reason(self, real_app, searched, monkeypatch):  # noqa: ARG002 - a fixture
        monkeypatch.setattr("dispatch.assignment.operations.days.gathering.MOST_VISITS", 0)
        with real_app.app_context():
            with storage.transaction():
                put_town()
            with storage.transaction():
                card = ask_plan()

            assert work(real_app, card.job_id).status.value == "failed"
            day_plans.fail_orphans()

            with storage.reading():
                failed = assignment.get_plan(card.plan_id, actor=SYSTEM)
            assert (failed.status.value, failed.failure["code"]) == ("failed", "plan-too-large")


@pytest.mark.feature("S7")
def test_of_two_who_sign_two_plans_of_a_day_at_once_one_wins_and_the_other_is_told(real_app):
    with real_app.app_context():
        with storage.transaction():
            visit_id = put_town()
        with storage.transaction():
            plans = [propose(), propose()]
        barrier, told = threading.Barrier(2), []

        def sign(plan_id: UUID) -> None:
            with real_app.app_context():
                barrier.wait()
                try:
                    with storage.transaction():
                        accept(plan_id, now=LATER)
                    told.append("accepted")
                except assignment.PlanStaleError as stale:
                    told.append(stale.slug)

        threads = [threading.Thread(target=sign, args=(plan_id,)) for plan_id in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(told) == ["accepted", "plan-stale"]
        with storage.reading():
            published = [entry for entry in journal.find_entries(visit_id) if entry.kind == "visit.published"]
            states = sorted(assignment.get_plan(plan_id, actor=SYSTEM).status.value for plan_id in plans)
        assert len(published) == 1
        assert states == ["accepted", "proposed"]


def test_two_who_sign_the_same_plan_at_once_publish_it_once(real_app):
    with real_app.app_context():
        with storage.transaction():
            visit_id = put_town()
        with storage.transaction():
            plan_id = propose()
        barrier, told = threading.Barrier(2), []

        def sign() -> None:
            with real_app.app_context():
                barrier.wait()
                with storage.transaction():
                    told.append(accept(plan_id, now=LATER).status.value)

        threads = [threading.Thread(target=sign) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert told == ["accepted", "accepted"]
        with storage.reading():
            kinds = [entry.kind for entry in journal.find_entries(visit_id)]
        assert kinds.count("visit.published") == 1
