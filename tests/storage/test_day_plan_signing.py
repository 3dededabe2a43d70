"""What a signature leaves behind, and how many statements it takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dispatch import assignment, intake, journal, planner, storage, visits
from dispatch.actor import SYSTEM
from dispatch.intake.models import CareRequest, SupervisorTask
from dispatch.storage.deadlines import Deadline
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, ZONE
from tests.factories.plans import accept, ask_plan
from tests.worlds.tiny_day import AREA, NETWORK, make_tiny_day, point_ll

if TYPE_CHECKING:
    from uuid import UUID

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town without anybody who serves: each request that is asked brings a team of its own."""
    with storage.transaction():
        yield make_tiny_day()


def ask(town, number: int) -> tuple:
    """Ask for a bath that has lost both carers since; the ids of the request and its visits come back."""
    name = f"浴{number}"
    town.provider(name, at=(1800, 500), service="bathing_home", delivery="home", visit_min=60)
    town.carer(f"X{number}", of=name, skills=("lifting", "bathing"))
    town.carer(f"Y{number}", of=name, skills=("lifting",))
    [elder_id] = put_elders(elder_record(area=AREA, name=f"老{number}", point_ll=point_ll(1000 + number, 500)))
    request_id = town.ask("bathing_home", elder_id=elder_id)
    made = town.assign(request_id, name)
    for visit_id in made.visit_ids:
        intake.lose_carer(visit_id, codes=["no_shift"], now=NOW)
    return request_id, *made.visit_ids


def propose_by_teams() -> UUID:
    """Put a proposed plan on record in which each bath is made by its own team: a search would take long here."""

    def search(problem: planner.Problem) -> planner.Plan:
        teams = {
            number: tuple(who for who, carer in enumerate(problem.carers) if carer.team == job.team)
            for number, job in enumerate(problem.jobs)
        }
        return planner.build_plan(problem, order=sorted(teams), carers=teams, seed=1)

    card = ask_plan()
    case = assignment.gather_day(
        card.plan_on, area_code=card.area_code, organization_id=card.organization_id, now=NOW, zone=ZONE
    )
    answer = assignment.compute_day(
        case, network=NETWORK, zone=ZONE, weights=planner.Weights(**card.weights), seed=1, search=search
    )
    assert assignment.store_answer(card.plan_id, answer=answer, actor=SYSTEM, at=NOW)
    return card.plan_id


def tasks_of(request_id: UUID) -> list[str]:
    """Give the states of what supervisors were asked to look at."""
    query = sa.select(SupervisorTask.status).where(SupervisorTask.care_request_id == request_id)
    return list(storage.session().scalars(query))


def statements_of(work) -> int:
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    sa.event.listen(storage.engine(), "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(storage.engine(), "before_cursor_execute", note)
    return len(seen)


def test_ten_times_the_requests_are_signed_with_hardly_more_statements(town):
    def sign(numbers: range) -> int:
        asked = [ask(town, number)[0] for number in numbers]
        plan_id = propose_by_teams()
        storage.session().flush()
        sent = statements_of(lambda: accept(plan_id, now=LATER))
        held = sa.select(CareRequest.status).where(CareRequest.id.in_(asked))
        assert set(storage.session().scalars(held)) == {"scheduled"}
        return sent

    few = sign(range(2))
    many = sign(range(2, 22))

    assert few < 60
    assert many - few < 10


def test_all_that_a_signature_brings_with_it_is_there(town):
    request_id, *visit_ids = ask(town, 1)
    before = storage.session().get_one(CareRequest, request_id)
    move_no, version = before.move_no, before.version
    versions = {each.visit_id: each.version for each in visits.find_many(visit_ids)}
    assert tasks_of(request_id) == ["open"]

    accept(propose_by_teams(), now=LATER)

    after = storage.session().get_one(CareRequest, request_id)
    assert (after.status, after.move_no, after.version) == ("scheduled", move_no + 1, version + 1)
    assert {each.visit_id: each.version for each in visits.find_many(visit_ids)} == {
        visit_id: known + 1 for visit_id, known in versions.items()
    }
    assert tasks_of(request_id) == ["closed"]
    last = journal.find_entries(request_id)[-1]
    assert (last.kind, last.facts["from_status"], last.facts["move_no"]) == (
        "care_request.scheduled",
        "accepted",
        move_no + 1,
    )
    due = sa.select(Deadline.key).where(
        Deadline.kind == visits.MISSED, Deadline.withdrawn_at.is_(None), Deadline.key.in_(map(str, visit_ids))
    )
    assert set(storage.session().scalars(due)) == set(map(str, visit_ids))
