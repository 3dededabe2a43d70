"""Carers who lost what made them fit between the offer and the start, and who goes instead."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from dispatch import assignment, carers, intake, journal, storage, visits
from dispatch.actor import SYSTEM
from dispatch.carers.models import Carer
from dispatch.intake import RequestStatus
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
