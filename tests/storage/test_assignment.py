"""Giving a request to a provider: visits, places, the journal, and two who do it at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dispatch import assignment, directory, intake, journal, storage, visits
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.assignment.models import MatchRun
from dispatch.words import Locale
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, local
from tests.worlds.tiny_day import AREA, HOME_XY, identity, make_tiny_day, point_ll

if TYPE_CHECKING:
    from flask import Flask

S = intake.RequestStatus
OFFICER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder."""
    with storage.transaction():
        yield make_tiny_day()


@pytest.mark.feature("S8")
def test_a_bath_becomes_two_visits_with_one_pair_and_one_start(town):
    town.bath_team()
    request_id = town.ask("bathing_home")

    made = town.assign(request_id, "浴", actor=OFFICER)

    planned = [visits.get_visit(visit_id) for visit_id in made.visit_ids]
    assert [each.carer_id for each in planned] == [town.carers["X"], town.carers["Y"]]
    assert [each.slot_no for each in planned] == [1, 2]
    assert {each.start_at for each in planned} == {local("2026-03-31 14:20")}
    assert {each.pair_id for each in planned} == {made.pair_id}
    assert made.pair_id is not None
    card = intake.get_request(request_id, actor=SYSTEM)
    assert (card.status, card.service_at_site_id) == (S.SCHEDULED, town.offers["浴"])
    assert card.visit_ids == made.visit_ids


@pytest.mark.feature("R2")
def test_accepting_and_scheduling_are_two_entries_and_rebuild_the_state(town):
    town.bath_team()
    request_id = town.ask("bathing_home")
    made = town.assign(request_id, "浴", actor=OFFICER)

    entries = journal.find_entries(request_id)

    assert [each.kind for each in entries] == [
        "care_request.submitted",
        "care_request.accepted",
        "care_request.scheduled",
    ]
    assert entries[1].facts["visit_ids"] == [str(each) for each in made.visit_ids]
    assert intake.rebuild_state(entries).status is S.SCHEDULED
    assert storage.session().get(MatchRun, made.run_id) is not None


def test_a_meal_takes_a_place_and_no_visit(town):
    town.provider("食堂", capacity=(10, 4))
    request_id = town.ask()

    made = town.assign(request_id, "食堂", actor=OFFICER)

    card = intake.get_request(request_id, actor=SYSTEM)
    slot = directory.find_slot(town.offers["食堂"], service_on=card.service_on, period=card.period)
    assert (made.visit_ids, made.pair_id, card.status) == ((), None, S.SCHEDULED)
    assert (slot.taken, slot.maximum) == (1, 4)


def test_planned_places_decide_whatever_was_said_to_be_free(town):
    town.provider("食堂", capacity=(10, 4))
    request_id = town.ask()
    day = intake.get_request(request_id, actor=SYSTEM)
    offer_id = town.offers["食堂"]
    site_id = directory.find_offers(service_codes=None, on=day.service_on, offer_ids=[offer_id])[0].site_id
    noon = {"site_id": site_id, "service_on": day.service_on, "period": directory.Period(day.period)}
    directory.plan_places(offer_id, **noon, maximum=1, actor=SYSTEM, at=day.window_from_at)
    directory.book_place(offer_id, **noon, actor=SYSTEM, at=day.window_from_at)

    with pytest.raises(assignment.ProviderCannotServeError) as refused:
        town.assign(request_id, "食堂", actor=OFFICER)

    slot = directory.find_slot(offer_id, service_on=day.service_on, period=day.period)
    assert [str(reason.code) for reason in refused.value.reasons] == ["full"]
    assert (slot.taken, slot.maximum, slot.is_planned) == (1, 1, True)


@pytest.mark.feature("R5")
def test_a_provider_that_cannot_serve_is_refused_with_all_its_codes(town):
    town.provider("坏", hours="Mo 08:00-20:00", at=(4000, 500))
    request_id = town.ask()

    with pytest.raises(assignment.ProviderCannotServeError) as told:
        town.assign(request_id, "坏", actor=OFFICER)

    assert told.value.facts["reasons"] == ["closed_then", "out_of_range"]
    assert told.value.text(Locale.ZH) == "该时段不营业；路程≥50分钟，超过15分钟"
    assert intake.get_request(request_id, actor=SYSTEM).status is S.SUBMITTED


def test_a_provider_of_something_else_does_not_offer_this(town):
    town.provider("别", service="day_care")
    request_id = town.ask()

    with pytest.raises(assignment.ProviderCannotServeError) as told:
        town.assign(request_id, "别", actor=OFFICER)

    assert told.value.facts["reasons"] == ["not_offered"]


def test_a_provider_that_does_not_exist_is_not_found(town):
    town.offers["无"] = identity(77)
    request_id = town.ask()

    with pytest.raises(assignment.ProviderNotFoundError):
        town.assign(request_id, "无", actor=OFFICER)


def test_what_is_assigned_cannot_be_assigned_again(town):
    town.provider("食堂")
    request_id = town.ask()
    town.assign(request_id, "食堂", actor=OFFICER)

    with pytest.raises(assignment.AlreadyAssignedError):
        town.assign(request_id, "食堂", actor=OFFICER)


@pytest.mark.feature("R2")
def test_a_canceled_request_names_what_it_can_become(town):
    town.provider("食堂")
    request_id = town.ask()
    intake.cancel_request(request_id, reason=intake.CancelReason.NOT_NEEDED, actor=SYSTEM, now=NOW)

    with pytest.raises(intake.IllegalMoveError) as told:
        town.assign(request_id, "食堂", actor=OFFICER)

    assert told.value.facts["allowed"] == ["voided"]


def test_a_coordinator_takes_requests_for_the_own_organization_only(town):
    town.provider("自家")
    town.provider("别家", at=(1200, 500))
    coordinator = Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(town.organizations["自家"])),))
    request_id = town.ask()

    with pytest.raises(intake.CareRequestNotFoundError):
        town.assign(request_id, "别家", actor=coordinator)
    made = town.assign(request_id, "自家", actor=coordinator)

    assert made.status == "scheduled"


@pytest.mark.parametrize("role", [Role.FAMILY, Role.COMMUNITY_WORKER, Role.OPERATOR])
def test_who_asks_does_not_decide(town, role):
    town.provider("食堂")
    scope = (ScopeKind.ELDER, str(town.elder_id)) if role is Role.FAMILY else (ScopeKind.AREA, "120198")
    request_id = town.ask()

    with pytest.raises(intake.MoveNotAllowedError):
        town.assign(request_id, "食堂", actor=Actor(None, (Grant(role, *scope),)))


def test_a_carer_who_was_given_a_visit_is_no_longer_free_for_the_next(town):
    town.bath_team()
    [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
    town.assign(town.ask("bathing_home"), "浴")

    found = town.match(town.ask("bathing_home", elder_id=other))

    # both are busy 14:20-15:20; at the door again 15:34, the window ends at 16:00
    assert town.codes(found) == {"浴": ["no_time"]}


def _at_once(app: Flask, *works) -> list[str]:
    """Run works at the same time, each in a transaction of its own; "done" or the slug of what refused it."""
    barrier, told = threading.Barrier(len(works)), []

    def run(work) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with storage.transaction():
                    work()
                told.append("done")
            except (assignment.AlreadyAssignedError, assignment.ProviderCannotServeError) as refused:
                told.append(refused.slug)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def _count(table: str) -> int:
    return storage.session().execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - the test's own word


@pytest.mark.feature("R4")
def test_of_two_who_assign_one_request_at_once_one_is_told(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.bath_team("一")
        town.provider("二", at=(1700, 500), service="bathing_home", delivery="home")
        for name in ("P", "Q"):
            town.carer(name, of="二", skills=("lifting", "bathing"))
        request_id = town.ask("bathing_home")

    told = _at_once(
        real_app,
        lambda: town.assign(request_id, "一", actor=OFFICER),
        lambda: town.assign(request_id, "二", actor=OFFICER),
    )

    with real_app.app_context(), storage.reading():
        assert told == ["care-request-already-assigned", "done"]
        assert (_count("visit"), _count("care_request_visit")) == (2, 2)


def test_of_two_requests_that_want_the_same_carers_at_once_one_is_told(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.bath_team()
        [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
        first, second = town.ask("bathing_home"), town.ask("bathing_home", elder_id=other)

    told = _at_once(
        real_app,
        lambda: town.assign(first, "浴", actor=OFFICER),
        lambda: town.assign(second, "浴", actor=OFFICER),
    )

    with real_app.app_context(), storage.reading():
        assert told == ["done", "provider-cannot-serve"]
        assert _count("visit") == 2


def test_of_two_who_take_the_last_place_at_once_one_is_told(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("食堂", capacity=(10, 1))
        [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
        first, second = town.ask(), town.ask(elder_id=other)

    told = _at_once(
        real_app,
        lambda: town.assign(first, "食堂", actor=OFFICER),
        lambda: town.assign(second, "食堂", actor=OFFICER),
    )

    assert told == ["done", "provider-cannot-serve"]
