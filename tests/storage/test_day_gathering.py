"""What a day is planned on: who usually comes, what is urgent, who had hours that nobody likes, who is elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import assignment, intake, storage, visits
from dispatch.actor import SYSTEM
from dispatch.assignment.rules.days import UNPOPULAR_DAYS
from dispatch.assignment.rules.scoring import CONTINUITY_DAYS
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, ZONE, local
from tests.factories.plans import DISTRICT, TUESDAY, accept, placed, propose, read
from tests.factories.visits import log_entry, new_visit, put_caseload, record_logs
from tests.worlds.tiny_day import make_tiny_day, point_ll

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with X, Y and Z, who can do the same and set out from one place; of equal ones X is taken."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("洁", at=(1800, 500), service="cleaning", delivery="home", visit_min=60)
        for name in "XYZ":
            made.carer(name, of="洁")
        yield made


def gather() -> assignment.DayCase:
    return assignment.gather_day(TUESDAY, area_code=DISTRICT, organization_id=None, now=NOW, zone=ZONE)


def clean(town, **fields):
    """Ask for an hour of cleaning, and let it lose the carer that it was promised; the visit's id comes back."""
    made = {"window": ("09:00", "12:00")}
    [visit_id] = town.assign(town.ask("cleaning", **(made | fields)), "洁").visit_ids
    intake.lose_carer(visit_id, codes=["no_shift"], now=NOW)
    return visit_id


def taker(visit_id):
    """Give who makes a visit in a plan of the day."""
    return placed(read(propose()))[visit_id][0]


def of_team(town, at, *, worker="X", elder_id=None, **fields) -> visits.VisitFacts:
    """Put an outreach visit on record, of an elder for whom a worker of the house answers."""
    put_caseload(town.carers[worker], elder_id or town.elder_id)
    wish = new_visit(
        elder_id or town.elder_id,
        start_at=local(at),
        service_code="visiting",
        visit_min=30,
        purpose=visits.VisitPurpose.OUTREACH,
        **fields,
    )
    return visits.plan_visits([wish], actor=SYSTEM, at=NOW)[0]


class TestUsualCarers:
    def test_who_came_in_the_last_90_days_comes_again(self, town):
        visit_id = clean(town)
        assert taker(visit_id) == town.carers["X"]
        for name, days in (("Y", CONTINUITY_DAYS - 1), ("Z", CONTINUITY_DAYS + 1)):
            record_logs(
                log_entry(town.elder_id, carer_id=town.carers[name], started_at=NOW - timedelta(days=days)),
                received_at=NOW,
            )

        assert gather().usual == {town.elder_id: frozenset({town.carers["Y"]})}
        assert taker(visit_id) == town.carers["Y"]

    def test_who_answers_for_an_elder_makes_the_outreach_visits(self, town):
        visit = of_team(town, "2026-03-31 10:00", worker="Z")

        assert gather().usual == {town.elder_id: frozenset({town.carers["Z"]})}
        assert taker(visit.visit_id) == town.carers["Z"]

    def test_who_answers_for_an_elder_is_nobody_to_be_used_to_in_a_service(self, town):
        put_caseload(town.carers["Z"], town.elder_id)
        clean(town)

        assert gather().usual == {}


@pytest.mark.parametrize(
    ("urgency", "priority"),
    [
        (intake.Urgency.EMERGENCY, 8.0),
        (intake.Urgency.URGENT, 4.0),
        (intake.Urgency.SOON, 2.0),
        (intake.Urgency.ROUTINE, 1.0),
    ],
)  # docs/plans.md
def test_what_is_urgent_weighs_more(town, urgency, priority):
    clean(town, urgency=urgency)

    assert [each.priority for each in gather().visits] == [priority]


def test_outreach_weighs_as_what_is_not_urgent(town):
    of_team(town, "2026-03-31 10:00")

    assert [(each.priority, each.is_mandatory) for each in gather().visits] == [(1.0, False)]


class TestUnpopularHours:
    def test_those_of_four_weeks_count_for_who_had_them(self, town):
        first = TUESDAY - timedelta(days=UNPOPULAR_DAYS)
        had = [
            ("X", f"{first} 07:30"),
            ("X", "2026-03-25 18:00"),
            ("X", "2026-03-26 17:59"),
            ("X", f"{first - timedelta(days=1)} 07:30"),
            ("Y", "2026-03-25 07:59"),
            ("Y", "2026-03-31 07:30"),
        ]
        for name, at in had:
            of_team(town, at, carer_id=town.carers[name])

        counts = {each.carer_id: each.unpopular_28d for each in gather().carers}

        assert counts == {town.carers["X"]: 2, town.carers["Y"]: 1, town.carers["Z"]: 0}

    def test_who_had_fewer_of_them_has_the_next(self, town):
        for day, name in ((23, "X"), (24, "X"), (25, "Z")):
            of_team(town, f"2026-03-{day} 18:00", carer_id=town.carers[name])
        visit_id = clean(town, window=("07:30", "10:00"))

        assert taker(visit_id) == town.carers["Y"]


class TestOnePersonInTwoHouses:
    @pytest.fixture
    def plan_id(self, town):
        """Give a plan of an hour between 9 and 10 for X alone, who is 乙 in another house."""
        town.provider("二", at=(1800, 600), service="bathing_home", delivery="home")
        town.carer("X", of="洁", phone="13800002345")
        town.carer("乙", of="二", phone="13800002345")
        for name in "YZ":
            town.carer(name, of="洁", status="left")
        visit_id = clean(town, window=("09:00", "10:00"))
        plan_id = propose(organization_id=town.organizations["洁"])
        assert placed(read(plan_id))[visit_id][0] == town.carers["X"]
        return plan_id

    def promise(self, town, at):
        """Let the other house give 乙 half an hour since then."""
        [elder_id] = put_elders(elder_record(name="另", point_ll=point_ll(1200, 500)))
        of_team(town, at, elder_id=elder_id, carer_id=town.carers["乙"], worker="乙")

    def test_what_the_other_record_does_by_now_keeps_a_plan_from_being_signed(self, town, plan_id):
        self.promise(town, "2026-03-31 09:30")

        with pytest.raises(assignment.PlanStaleError) as stale, storage.savepoint():
            accept(plan_id, now=LATER)

        assert stale.value.facts["carer_ids"] == [str(town.carers["X"])]

    def test_what_the_other_record_does_at_another_hour_does_not(self, town, plan_id):
        self.promise(town, "2026-03-31 11:00")

        assert accept(plan_id, now=LATER).status is assignment.PlanStatus.ACCEPTED
