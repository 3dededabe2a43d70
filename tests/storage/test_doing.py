"""From the first start to the last finish: proofs, who may tell them, and what becomes of the request."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from dispatch import assignment, intake, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.intake import FailureReason, RequestStatus
from dispatch.visits import VisitOutcome, VisitStatus
from dispatch.words import Locale
from tests.factories.doing import (
    as_carer,
    as_coordinator,
    finish,
    finish_wish,
    start,
    start_wish,
    status_of,
)
from tests.factories.intake import ZONE, local, move
from tests.factories.visits import log_entry, record_logs
from tests.worlds.tiny_day import make_tiny_day

S = RequestStatus
TWO_PM = local("2026-03-31 14:00")
TEN_TO_THREE = local("2026-03-31 14:50")
NOON = local("2026-03-31 12:00")


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder, a team of two for baths, and a canteen."""
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        made.provider("食堂", capacity=(10, 10))
        yield made


@pytest.fixture
def bath(town):
    """A request for a bath that is scheduled for 14:20, with the visits of X and Y."""
    request_id = town.ask("bathing_home")
    return town.assign(request_id, "浴")


def kinds_of(subject_id) -> list[str]:
    return [each.kind for each in journal.find_entries(subject_id)]


@pytest.mark.feature("R10")
def test_the_first_start_begins_the_request_and_the_last_finish_completes_it(app, town, bath):
    x, y = as_carer(app, town, "X"), as_carer(app, town, "Y")
    one, other = bath.visit_ids

    start(one, at=TWO_PM, actor=x)
    after_first_start = status_of(bath.care_request_id)
    start(other, at=TWO_PM, actor=y)
    finish(one, at=TEN_TO_THREE, actor=x)
    after_first_finish = status_of(bath.care_request_id)
    finish(other, at=TEN_TO_THREE, actor=y)

    assert (after_first_start, after_first_finish) == (S.IN_PROGRESS, S.IN_PROGRESS)
    assert status_of(bath.care_request_id) is S.COMPLETED
    assert [visits.get_visit(each).status for each in (one, other)] == [VisitStatus.FINISHED] * 2
    assert kinds_of(one) == ["visit.assigned", "visit.started", "visit.finished"]


@pytest.mark.feature("R10")
def test_a_finish_is_the_log_that_the_other_way_would_have_made(app, town, bath):
    x = as_carer(app, town, "X")
    one, other = bath.visit_ids

    start(one, at=TWO_PM, actor=x)
    told = finish(one, at=TEN_TO_THREE, actor=x).log
    entry = log_entry(
        town.elder_id,
        carer_id=town.carers["Y"],
        started_at=TWO_PM,
        finished_at=TEN_TO_THREE,
        device_at=TEN_TO_THREE,
        visit_id=other,
        service_code="bathing_home",
    )
    [logged] = intake.record_visit_logs([entry], actor=SYSTEM, received_at=TEN_TO_THREE, zone=ZONE)

    def row(log):
        differing = {"log_id", "visit_id", "carer_id"}
        return {name: getattr(log, name) for name in visits.LogFacts.__slots__ if name not in differing}

    assert row(told) == row(logged.log)
    assert status_of(bath.care_request_id) is S.COMPLETED


@pytest.mark.feature("R10")
def test_without_proof_nothing_is_completed_and_each_missing_element_is_named(bath):
    move(bath.care_request_id, S.IN_PROGRESS)

    with pytest.raises(intake.ProofMissingError) as told:
        move(bath.care_request_id, S.COMPLETED)

    assert told.value.facts["missing"] == ["started_at", "finished_at", "place"]
    assert status_of(bath.care_request_id) is S.IN_PROGRESS


@pytest.mark.feature("R10")
def test_a_finish_without_a_start_names_the_start(app, town, bath):
    with pytest.raises(visits.InvalidLogError) as told:
        finish(bath.visit_ids[0], at=TEN_TO_THREE, actor=as_carer(app, town, "X"))

    assert list(told.value.fields) == ["started_at"]


@pytest.mark.feature("R10")
def test_an_end_before_the_start_is_refused(app, town, bath):
    x = as_carer(app, town, "X")
    start(bath.visit_ids[0], at=TWO_PM, actor=x)

    with pytest.raises(visits.InvalidLogError) as told:
        finish(bath.visit_ids[0], at=TWO_PM - timedelta(minutes=1), actor=x, now=TEN_TO_THREE)

    assert list(told.value.fields) == ["finished_at"]


def test_a_service_may_begin_an_hour_before_its_window_and_no_earlier(bath):
    # the window begins at 14:00, so 13:00 is the earliest start
    with pytest.raises(visits.VisitTooEarlyError) as told:
        start(bath.visit_ids[0], at=TWO_PM - timedelta(hours=1, seconds=1))
    allowed = visits.start_visit(
        bath.visit_ids[0], wish=start_wish(TWO_PM - timedelta(hours=1)), actor=SYSTEM, received_at=TWO_PM
    )

    assert told.value.facts["earliest_at"] == "2026-03-31T05:00:00+00:00"
    assert told.value.text(Locale.ZH).startswith("约定时段前 60 分钟起可以开始")  # no instant of another zone
    assert not allowed.is_repeated


def test_what_has_not_happened_yet_is_refused(bath):
    with pytest.raises(visits.InvalidLogError) as told:
        start(bath.visit_ids[0], at=TEN_TO_THREE, now=TWO_PM)

    assert list(told.value.fields) == ["started_at"]


def test_a_phone_that_repeats_itself_is_answered_as_before(bath):
    begun, ended = start_wish(TWO_PM), finish_wish(TEN_TO_THREE)
    one = bath.visit_ids[0]
    later = TEN_TO_THREE + timedelta(hours=3)

    for _ in range(2):
        told = assignment.start_visit(one, wish=begun, actor=SYSTEM, now=later, zone=ZONE).started
    results = [intake.finish_visit(one, wish=ended, actor=SYSTEM, now=later, zone=ZONE) for _ in range(2)]
    again = assignment.start_visit(one, wish=begun, actor=SYSTEM, now=later, zone=ZONE).started

    assert told.is_repeated
    assert again.is_repeated
    assert (told.device_at, told.received_at) == (TWO_PM, later)
    assert [each.status for each in results] == [visits.LogStatus.CREATED, visits.LogStatus.REPEATED]
    assert kinds_of(one).count("visit.finished") == 1


def test_the_same_id_for_another_start_or_end_is_refused(bath):
    begun, ended = start_wish(TWO_PM), finish_wish(TEN_TO_THREE)
    one, other = bath.visit_ids
    start(one, at=TWO_PM, start_id=begun.start_id)
    finish(one, at=TEN_TO_THREE, log_id=ended.log_id)

    with pytest.raises(visits.LogIdReusedError):
        start(other, at=TWO_PM, start_id=begun.start_id)
    with pytest.raises(visits.LogIdReusedError):
        finish(one, at=TEN_TO_THREE + timedelta(minutes=1), log_id=ended.log_id)


def test_of_two_phones_that_tell_of_one_visit_the_second_is_told_of_the_first(bath):
    one = bath.visit_ids[0]
    first = start(one, at=TWO_PM).started
    with pytest.raises(visits.VisitAlreadyStartedError) as started:
        start(one, at=TWO_PM + timedelta(minutes=1))
    log = finish(one, at=TEN_TO_THREE).log

    with pytest.raises(visits.VisitAlreadyFinishedError) as finished:
        finish(one, at=TEN_TO_THREE)

    assert started.value.facts["start_id"] == first.start_id
    assert finished.value.facts["log_id"] == log.log_id


def test_two_phones_that_finish_at_once_leave_one_end(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.bath_team()
        made = town.assign(town.ask("bathing_home"), "浴")
        start(made.visit_ids[0], at=TWO_PM)
    barrier, told = threading.Barrier(2), []

    def end() -> None:
        with real_app.app_context():
            barrier.wait()
            try:
                with storage.transaction():
                    finish(made.visit_ids[0], at=TEN_TO_THREE)
                told.append("finished")
            except visits.VisitAlreadyFinishedError:
                told.append("told")

    threads = [threading.Thread(target=end) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["finished", "told"]


def test_another_carer_may_tell_neither_start_nor_end(app, town, bath):
    y = as_carer(app, town, "Y")
    town.provider("别家", at=(1800, 500), service="cleaning", delivery="home")
    town.carer("Z", of="别家")
    stranger = as_carer(app, town, "Z")
    one = bath.visit_ids[0]

    with pytest.raises(visits.NotOwnLogError):
        start(one, at=TWO_PM, actor=y)
    with pytest.raises(visits.VisitNotFoundError):
        start(one, at=TWO_PM, actor=stranger)
    start(one, at=TWO_PM)
    with pytest.raises(visits.NotOwnLogError):
        finish(one, at=TEN_TO_THREE, actor=y)
    with pytest.raises(visits.VisitNotFoundError):
        finish(one, at=TEN_TO_THREE, actor=stranger)


def test_a_coordinator_tells_for_a_carer_whose_phone_is_dead(app, town, bath):
    coordinator = as_coordinator(app, town, "浴")
    other = as_coordinator(app, town, "食堂")

    for each in bath.visit_ids:
        start(each, at=TWO_PM, actor=coordinator, now=TEN_TO_THREE)
        log = finish(each, at=TEN_TO_THREE, actor=coordinator).log
    with pytest.raises(visits.VisitNotFoundError):
        start(bath.visit_ids[0], at=TWO_PM, actor=other)

    assert log.carer_id == town.carers["Y"]
    entry = journal.find_entries(bath.visit_ids[1])[-1]
    assert (entry.kind, entry.actor_id) == ("visit.finished", coordinator.account_id)
    assert journal.find_entries(bath.care_request_id)[-1].facts["role"] == "coordinator"
    assert status_of(bath.care_request_id) is S.COMPLETED


@pytest.mark.parametrize(
    ("state", "allowed"),
    [(S.CANCELED, ["voided"]), (S.ON_HOLD, ["canceled", "scheduled", "voided"]), (S.FAILED, ["voided"])],
)
def test_a_visit_whose_request_does_not_go_on_cannot_begin(bath, state, allowed):
    move(bath.care_request_id, state, reason="not_home")

    with pytest.raises((visits.IllegalVisitMoveError, intake.IllegalMoveError)) as told:
        start(bath.visit_ids[0], at=TWO_PM)

    # canceled and failed end the visits too, which then say for themselves that nothing follows
    assert told.value.facts["allowed"] == (allowed if state is S.ON_HOLD else [])


@pytest.mark.parametrize("outcome", [each for each in VisitOutcome if each not in visits.COUNTED_OUTCOMES])
def test_an_outcome_that_is_no_service_lets_the_request_fail_once_both_have_told(bath, outcome):
    for each in bath.visit_ids:
        start(each, at=TWO_PM)
    finish(bath.visit_ids[0], at=TEN_TO_THREE, outcome=outcome)
    between = status_of(bath.care_request_id)
    finish(bath.visit_ids[1], at=TEN_TO_THREE)

    assert (between, status_of(bath.care_request_id)) == (S.IN_PROGRESS, S.FAILED)
    assert journal.find_entries(bath.care_request_id)[-1].reason == outcome.value


def test_failing_before_anybody_began_sends_nobody_and_keeps_the_place_used(app, town, bath):
    card = intake.fail_request(
        bath.care_request_id,
        reason=FailureReason.NOT_SAFE,
        actor=as_coordinator(app, town, "浴"),
        now=TWO_PM,
    )

    assert card.status is S.FAILED
    assert {visits.get_visit(each).status for each in bath.visit_ids} == {VisitStatus.CANCELED}


def test_a_missed_visit_takes_a_late_log_with_start_and_end(bath):
    late = TWO_PM + timedelta(days=2)
    for each in bath.visit_ids:
        visits.miss_visit(each, at=late)

    with pytest.raises(visits.IllegalVisitMoveError) as told:
        start(bath.visit_ids[0], at=TWO_PM, now=late)
    for each in bath.visit_ids:
        finish(each, at=TEN_TO_THREE, started_at=TWO_PM, now=late)

    assert told.value.facts["allowed"] == ["finished"]
    assert status_of(bath.care_request_id) is S.COMPLETED


def test_a_log_of_a_visit_moves_its_request_and_one_of_none_moves_nothing(town, bath):
    entry = log_entry(town.elder_id, carer_id=town.carers["X"], started_at=TWO_PM)
    [result] = intake.record_visit_logs([entry], actor=SYSTEM, received_at=TEN_TO_THREE, zone=ZONE)

    assert result.status is visits.LogStatus.CREATED
    assert status_of(bath.care_request_id) is S.SCHEDULED
    assert record_logs(entry)[0].status is visits.LogStatus.REPEATED
