"""The monthly visit rate, strict: who was due, who was visited."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import areas, elders, storage, visits
from dispatch.actor import SYSTEM
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import AT, SINCE, elder_record, put_elders, put_places, put_set
from tests.factories.visits import ZONE, local, log_entry, put_caseload, record_logs
from tests.worlds import march_twelve
from tests.worlds.march_twelve import A, B

pytestmark = pytest.mark.usefixtures("db")


def rate(area: str = "120198", month: str = "2026-03") -> visits.Rate:
    return visits.compute_rate(area, month=month, zone=ZONE)


def put_mode_rule(*modes: str, area: str = "120198", valid_from: date = SINCE, valid_to: date | None = None) -> None:
    rule = areas.RuleRecord(area, "visit.modes", list(modes), valid_from, valid_to=valid_to, clause="test clause")
    areas.put_rules([rule], actor=SYSTEM, at=AT)


@pytest.mark.feature("V2")
def test_twelve_elders_of_march_give_five_of_twelve() -> None:
    with storage.transaction():
        twelve = march_twelve.build()

        found = rate()

    # domain, section 5: due 12 = 5 visited + 7 (5 excluded and 2 unvisited there; exclusions come later)
    assert (found.whole.due, found.whole.visited, found.whole.unvisited) == (12, 5, 7)
    assert round(found.whole.strict_share * 100, 2) == 41.67
    assert twelve.names(found.unvisited_ids) == ["E04", "E06", "E07", "E08", "E10", "E11", "E12"]


@pytest.mark.feature("V2")
def test_elder_who_moved_counts_where_the_month_ends_with_the_visit_from_before() -> None:
    with storage.transaction():
        twelve = march_twelve.build()

        found, only_a, only_b = rate(), rate(A), rate(B)

    assert found.by_area == {"120198001": (11, 4), A: (11, 4), "120198002": (1, 1), B: (1, 1)}
    assert found.by_carer == {twelve.worker_a: (11, 4), twelve.worker_b: (1, 1)}
    assert (only_a.whole, only_b.whole) == ((11, 4), (1, 1))


@pytest.mark.feature("V2")
def test_elder_in_three_categories_counts_once_and_in_three_rows() -> None:
    with storage.transaction():
        march_twelve.build()

        found = rate()

    # by hand from the table: E02 stands in three rows, every other elder in one
    assert found.by_category == {
        "empty_nest": (2, 1),
        "family_planning_special": (1, 0),
        "functionally_disabled": (2, 1),
        "left_behind": (1, 0),
        "living_alone": (5, 3),
        "no_family": (1, 1),
        "severe_disability": (2, 1),
    }
    assert sum(count.due for count in found.by_category.values()) == 14


@pytest.mark.feature("V2")
def test_visit_after_midnight_local_counts_in_april() -> None:
    with storage.transaction():
        twelve = march_twelve.build()

        april = rate(month="2026-04")

    # E10's visit began at 2026-03-31T23:30Z, 07:30 on 1 April in Tianjin
    visited = set(twelve.ids.values()) - set(april.unvisited_ids)
    assert twelve.ids["E10"] in visited
    assert april.whole.visited == 1


@pytest.mark.feature("V4")
def test_phone_visit_counts_only_where_the_area_says_so() -> None:
    with storage.transaction():
        twelve = march_twelve.build()
        without = rate()

        put_mode_rule("door", "phone_call")
        found = rate()

    assert twelve.ids["E11"] in without.unvisited_ids
    assert [each.modes for each in without.modes] == [("door",)]
    assert found.whole == (12, 6)
    assert twelve.ids["E11"] not in found.unvisited_ids
    assert [(each.area_code, each.modes, each.clause) for each in found.modes] == [
        ("120198", ("door", "phone_call"), "test clause")
    ]


@pytest.mark.feature("Z6")
def test_rule_of_one_district_leaves_the_other_as_it_was() -> None:
    with storage.transaction():
        put_places(A, "120199001001", "120198001002")
        put_set("living_alone", area="120198")
        put_set("empty_nest", area="120199")
        [worker] = put_carers(carer_record())
        ids = put_elders(
            elder_record("living_alone", area=A),
            elder_record("living_alone", area="120199001001"),
            elder_record("empty_nest", area="120199001001"),
        )
        for elder_id in ids:
            call = log_entry(elder_id, carer_id=worker, started_at=local("2026-03-05 09:00"), mode="phone_call")
            record_logs(call)
        put_mode_rule("phone_call", area="120198")

        first, second, city = rate("120198"), rate("120199"), rate("12")

    # the sets differ: living alone is due in the first district only, empty nest in the second only
    assert (first.whole, second.whole, city.whole) == ((1, 1), (1, 0), (2, 1))
    assert [each.set_key for each in city.sets] == ["test_visit", "test_visit"]
    assert {each.area_code for each in city.modes} == {"120198", None}


def test_mode_rule_is_the_one_of_the_day_of_the_visit() -> None:
    with storage.transaction():
        put_places(A)
        put_set("living_alone")
        [worker] = put_carers(carer_record())
        early, late = put_elders(elder_record("living_alone"), elder_record("living_alone"))
        for elder_id, at in ((early, "2026-03-14 09:00"), (late, "2026-03-15 09:00")):
            record_logs(log_entry(elder_id, carer_id=worker, started_at=local(at), mode="video"))
        put_mode_rule("door", "video", valid_from=date(2026, 3, 15))

        found = rate()

    assert found.unvisited_ids == (early,)


@pytest.mark.feature("V1")
def test_changing_todays_category_leaves_last_months_rate_unchanged() -> None:
    with storage.transaction():
        put_places(A)
        put_set("living_alone", valid_to=date(2026, 4, 1))
        put_set("empty_nest", valid_from=date(2026, 4, 1))
        record = elder_record("living_alone")
        put_elders(record, elder_record("empty_nest"))
        before = rate()

        ended = elders.MembershipRecord("living_alone", SINCE, date(2026, 4, 10), "test")
        put_elders(elder_record(elder_id=record.id, memberships=(ended,)))
        march, april, may = (rate(month=month) for month in ("2026-03", "2026-04", "2026-05"))

    # March asks the old set, April and May the new one
    assert (before.whole, march.whole) == ((1, 0), (1, 0))
    assert (april.whole, may.whole) == ((1, 0), (1, 0))
    assert [march.sets[0].members, may.sets[0].members] == [("living_alone",), ("empty_nest",)]


def test_bath_is_no_care_visit_and_a_rejected_log_counts_for_nothing(db) -> None:
    with storage.transaction():
        put_places(A)
        put_set("living_alone")
        [worker] = put_carers(carer_record())
        bathed, doubted = put_elders(elder_record("living_alone"), elder_record("living_alone"))
        at = local("2026-03-05 09:00")
        record_logs(log_entry(bathed, carer_id=worker, started_at=at, service_code="bathing_home"))
        entry = log_entry(doubted, carer_id=worker, started_at=at)
        record_logs(entry)
        counted = rate()

        db.get(visits.operations.logging.VisitLog, entry.log_id).verdict = "rejected"
        found = rate()

    assert (counted.whole, found.whole) == ((2, 1), (2, 0))


def test_nobody_due_gives_no_share() -> None:
    with storage.transaction():
        put_places(A)

        found = rate()

    assert (found.whole, found.whole.strict_share, found.by_area) == ((0, 0), None, {})


def test_unknown_area_is_not_found() -> None:
    with storage.reading(), pytest.raises(areas.AreaNotFoundError):
        rate("120197")


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["120198001001", "120198001002", "120198002001", "120198002"]),
        st.sets(st.sampled_from(march_twelve.SEVEN), max_size=3),
        st.sampled_from(["nobody", "first", "second"]),
        st.booleans(),
    ),
    max_size=8,
)


@pytest.mark.feature("V2")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE)
def test_due_is_visited_and_unvisited_for_every_area_worker_and_category(people) -> None:
    with storage.reading():  # what an example puts is dropped at its end
        put_places("120198001001", "120198001002", "120198002001")
        put_set("living_alone", "empty_nest", "left_behind", "no_family")
        workers = dict(zip(("first", "second"), put_carers(carer_record(), carer_record()), strict=True))
        for area, categories, worker, is_visited in people:
            [elder_id] = put_elders(elder_record(*sorted(categories), area=area))
            if worker in workers:
                put_caseload(workers[worker], elder_id)
            if is_visited:
                record_logs(log_entry(elder_id, carer_id=workers["first"], started_at=local("2026-03-05 09:00")))

        found = rate()

    counted = {"living_alone", "empty_nest", "left_behind", "no_family"}
    due = [person for person in people if person[1] & counted]
    assert found.whole == (len(due), sum(person[3] for person in due))
    rows = [found.whole, *found.by_area.values(), *found.by_carer.values(), *found.by_category.values()]
    assert all(count.due == count.visited + count.unvisited for count in rows)
    assert len(found.unvisited_ids) == found.whole.unvisited
    for digits in (9,):
        parts = [count for code, count in found.by_area.items() if len(code) == digits]
        assert (sum(count.due for count in parts), sum(count.visited for count in parts)) == found.whole
    assert sum(count.due for count in found.by_carer.values()) == found.whole.due


def test_a_visit_that_has_not_taken_place_yet_is_kept_for_review_and_does_not_count() -> None:
    with storage.transaction():
        put_places("120198001001")
        put_set("living_alone")
        [worker] = put_carers(carer_record())
        [elder_id] = put_elders(elder_record("living_alone", area="120198001001"))
        early = log_entry(elder_id, carer_id=worker, started_at=local("2026-03-20 09:00"))
        [kept] = record_logs(early, received_at=local("2026-03-05 09:00"))

    with storage.reading():
        found = rate()

    assert kept.log.verdict is visits.Verdict.NEEDS_REVIEW
    assert (found.whole.due, found.whole.visited) == (1, 0)
