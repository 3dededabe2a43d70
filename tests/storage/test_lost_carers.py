"""Carers who lost what made them fit between the offer and the start, and who goes instead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dispatch import assignment, carers, intake, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.carers.models import Carer
from dispatch.intake import RequestStatus
from dispatch.jobs.lost_carers import REACTIONS, judge_again
from dispatch.notices import TOLD
from dispatch.notices.values import Audience
from dispatch.visits import VisitStatus
from tests.factories.assignment import refuse
from tests.factories.doing import as_coordinator, start, status_of
from tests.factories.intake import NOW, ZONE, local
from tests.worlds.tiny_day import NETWORK, make_tiny_day

S = RequestStatus
TWO_PM = local("2026-03-31 14:00")
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
    return town.assign(town.ask("bathing_home"), "浴")


def lose(town, how: str) -> None:
    """Let X lose what made her fit for the bath."""
    carer_id = town.carers["X"]
    on = date(2026, 3, 31)
    if how == "skill":
        for row in carers.list_part(carer_id, part=carers.CarerPart.QUALIFICATIONS, actor=SYSTEM):
            carers.withdraw_part(
                carer_id, part=carers.CarerPart.QUALIFICATIONS, row_id=row.entry_id, version=None, actor=SYSTEM, at=NOW
            )
    elif how == "sick":
        record = carers.ExceptionRecord(on, carers.ExceptionKind.SICK)
        carers.add_part(carer_id, part=carers.CarerPart.EXCEPTIONS, record=record, actor=SYSTEM, at=NOW)
    elif how == "left":
        storage.session().execute(sa.update(Carer).where(Carer.id == carer_id).values(status="left"))
    else:
        refuse(town.elder_id, carer_id=carer_id)


@pytest.mark.feature("R4")
@pytest.mark.parametrize(
    ("how", "code"), [("skill", "no_skill"), ("sick", "no_shift"), ("left", "no_shift"), ("refused", "refused_before")]
)
def test_who_lost_what_made_them_fit_cannot_begin_and_the_slot_is_free(town, bath, how, code):
    lose(town, how)
    [mine] = [
        each.visit_id for each in visits.find_visits(visit_ids=bath.visit_ids) if each.carer_id == town.carers["X"]
    ]

    decision = start(mine, at=TWO_PM)

    assert decision.started is None
    assert decision.unfit.facts["reasons"] == [code]
    visit = visits.get_visit(mine)
    assert (visit.status, visit.carer_id) == (VisitStatus.PLANNED, None)
    card = intake.get_request(bath.care_request_id, actor=SYSTEM)
    last = journal.find_entries(card.id)[-1]
    assert (card.status, last.kind, last.reason) == (S.ACCEPTED, "care_request.unscheduled", code)
    assert last.facts["codes"] == [code]


@pytest.mark.feature("R4")
def test_a_new_carer_is_judged_by_the_same_rules_and_the_request_is_scheduled_again(app, town, bath):
    coordinator = as_coordinator(app, town, "浴")
    lose(town, "refused")
    mine = next(each.visit_id for each in visits.find_visits(carer_ids=[town.carers["X"]]))
    start(mine, at=TWO_PM)
    town.carer("无证", of="浴")
    town.carer("合格", of="浴", skills=("lifting", "bathing"))

    def give(name):
        return assignment.give_visit(
            mine, carer_id=town.carers[name], actor=coordinator, network=NETWORK, now=NOW, zone=ZONE
        )

    with pytest.raises(assignment.CarerUnfitError) as told:
        give("无证")
    given = give("合格")

    assert told.value.facts["reasons"] == ["no_skill"]
    assert (given.carer_id, given.status) == (town.carers["合格"], VisitStatus.ASSIGNED)
    assert status_of(bath.care_request_id) is S.SCHEDULED
    assert start(mine, at=TWO_PM, actor=coordinator).started is not None


CHANGED = {"skill": "carer.changed", "sick": "carer.changed", "left": "carer.left", "refused": "preference.changed"}


def newest(town, how: str) -> journal.Entry:
    """Give the entry that tells of the loss: of the carer or, for a wish, of the elder."""
    subject_id = town.elder_id if how == "refused" else town.carers["X"]
    return [each for each in journal.find_entries(subject_id) if each.kind == CHANGED[how]][-1]


def leave_for_good(town) -> None:
    carers.end_carer(town.carers["X"], version=None, actor=SYSTEM, at=NOW, on=date(2026, 3, 30))


def react(entry, *, at=NOW) -> None:
    """Mark and judge, twice, as a worker that was killed before it could note that it did."""
    for _ in range(2):
        REACTIONS[entry.kind](entry, at)
        for due in storage.find_due_deadlines(at=at, limit=10):
            if due.kind == assignment.FITNESS and storage.take_deadline(due.id, at=at):
                judge_again(due, at)


def visit_of(bath, carer_id) -> visits.VisitFacts | None:
    found = visits.find_visits(visit_ids=bath.visit_ids)
    return next((each for each in found if each.carer_id == carer_id), None)


def kinds_of(request_id) -> list[str]:
    return [each.kind for each in journal.find_entries(request_id)]


def tasks_of(request_id) -> list[tuple[str, str | None, str]]:
    table = storage.Base.metadata.tables["supervisor_task"]
    wanted = sa.select(table.c.kind, table.c.reason, table.c.status).where(table.c.care_request_id == request_id)
    return [tuple(row) for row in storage.session().execute(wanted)]


@pytest.mark.feature("R2")
@pytest.mark.parametrize(
    ("how", "code"), [("skill", "no_skill"), ("sick", "no_shift"), ("left", "no_shift"), ("refused", "refused_before")]
)
def test_a_visit_ahead_loses_its_carer_when_that_happens_and_a_supervisor_is_told_once(town, bath, how, code):
    leave_for_good(town) if how == "left" else lose(town, how)

    react(newest(town, how))

    assert status_of(bath.care_request_id) is S.ACCEPTED
    assert visit_of(bath, town.carers["X"]) is None
    assert visit_of(bath, town.carers["Y"]).status is VisitStatus.ASSIGNED  # the other of the pair stays
    told = kinds_of(bath.care_request_id)
    assert told.count("care_request.unscheduled") == 1
    assert journal.find_entries(bath.care_request_id)[-1].facts["codes"] == [code]
    assert tasks_of(bath.care_request_id) == [("carer_lost", code, "open")]
    assert Audience.PROVIDER in TOLD["care_request.unscheduled"]  # the coordinator hears of it by the feed


@pytest.mark.feature("R2")
def test_who_is_still_fit_keeps_the_visit(town, bath):
    record = carers.ExceptionRecord(date(2026, 4, 1), carers.ExceptionKind.SICK)  # the day after
    carers.add_part(town.carers["X"], part=carers.CarerPart.EXCEPTIONS, record=record, actor=SYSTEM, at=NOW)

    react(newest(town, "sick"))

    assert status_of(bath.care_request_id) is S.SCHEDULED
    assert tasks_of(bath.care_request_id) == []


@pytest.mark.feature("R2")
def test_a_loss_during_a_hold_is_found_when_the_request_goes_on(town, bath):
    mine = visit_of(bath, town.carers["X"]).visit_id
    intake.hold_request(bath.care_request_id, reason=intake.HoldReason.AWAY, actor=SYSTEM, now=NOW)
    lose(town, "refused")
    react(newest(town, "refused"))
    with pytest.raises(intake.IllegalMoveError), storage.savepoint():
        start(mine, at=TWO_PM)

    held = visit_of(bath, town.carers["X"])
    intake.resume_request(bath.care_request_id, actor=SYSTEM, now=NOW)
    react(journal.find_entries(bath.care_request_id)[-1])

    assert held.visit_id == mine  # nothing is taken from a request that waits, neither by the loss nor by the start
    assert status_of(bath.care_request_id) is S.ACCEPTED
    assert tasks_of(bath.care_request_id) == [("carer_lost", "refused_before", "open")]


@pytest.mark.feature("R2")
def test_only_visits_of_the_next_sixty_days_are_looked_at(town, bath):
    lose(town, "refused")
    window_from_at = intake.get_request(bath.care_request_id, actor=SYSTEM).window_from_at

    def found(at):
        return assignment.find_given_requests(town.carers["X"], at=at)

    assert found(window_from_at - timedelta(days=60)) == []
    assert found(window_from_at - timedelta(days=60) + timedelta(seconds=1)) == [bath.care_request_id]
    assert found(window_from_at + timedelta(days=8)) == []  # and none whose time is over


@pytest.mark.feature("R2")
def test_the_other_of_a_pair_is_not_taken_too_because_a_slot_is_free(town, bath):
    lose(town, "sick")
    react(newest(town, "sick"))
    REACTIONS["carer.changed"](journal.find_entries(town.carers["Y"])[-1], NOW)

    assert assignment.lose_unfit_carer(bath.care_request_id, carer_id=town.carers["Y"], at=NOW, zone=ZONE) == 0
    assert visit_of(bath, town.carers["Y"]) is not None
