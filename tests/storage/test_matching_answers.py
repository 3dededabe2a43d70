"""What becomes of a search: kept with what it rests on, shown as far as the reader may see it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
import sqlalchemy as sa

from dispatch import assignment, intake, storage
from dispatch.actor import Actor, Grant, Role, ScopeKind
from dispatch.assignment.models import MatchRun
from tests.factories.intake import NOW, move
from tests.worlds.tiny_day import make_tiny_day, point_ll


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder."""
    with storage.transaction():
        yield make_tiny_day()


def family_of(elder_id) -> Actor:
    return Actor(storage.new_id(), (Grant(Role.FAMILY, ScopeKind.ELDER, str(elder_id)),))


def officer_of(area: str) -> Actor:
    return Actor(storage.new_id(), (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, area),))


def coordinator_of(organization_id) -> Actor:
    return Actor(storage.new_id(), (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(organization_id)),))


@pytest.mark.feature("R4")
def test_a_search_is_kept_with_what_it_rests_on_and_nothing_personal(town):
    town.worked_table()
    town.bath_team()
    request_id = town.ask()

    found = town.match(request_id)
    assignment.keep_run(found)

    row = storage.session().get(MatchRun, found.run_id)
    assert (row.care_request_id, row.at, row.rule_version) == (request_id, NOW, "match-2026-2")
    assert [each["score"]["travel"] for each in row.result["ranked"]] == [210, 280, 280]
    assert row.result["network"] == "tiny@0123456789ab"
    told = json.dumps(row.result, ensure_ascii=False)
    assert not any(word in told for word in ("张三丰", "X", "lon", "站"))


def test_the_same_facts_have_the_same_hash_and_other_facts_another(town):
    town.worked_table()
    request_id = town.ask()

    first, again = town.match(request_id), town.match(request_id)
    town.provider("新")
    other = town.match(request_id)

    assert first.inputs_hash == again.inputs_hash
    assert first.inputs_hash != other.inputs_hash


def test_the_answer_carries_its_assumptions(town):
    town.provider("好")

    told = town.match(town.ask()).assumptions

    assert (told.rule_version, told.network) == ("match-2026-2", "tiny@0123456789ab")
    assert (told.walk_speed_mps, told.walk_limit_min, told.home_limit_min) == (1.0, 15, 30)
    assert told.network_date == datetime.fromisoformat("2026-01-02T00:00:00+00:00")


@pytest.mark.feature("R1")
@pytest.mark.parametrize("foreign", [officer_of("120199"), officer_of("120198002")])
def test_a_request_outside_the_scope_does_not_exist(town, foreign):
    town.provider("好")
    request_id = town.ask()

    with pytest.raises(intake.CareRequestNotFoundError):
        town.match(request_id, actor=foreign)


def test_family_sees_the_best_five_and_no_carers(town):
    for number in range(7):
        town.provider(f"护{number}", service="health_care", delivery="home")
        town.carer(f"员{number}", of=f"护{number}", skills=("nursing",) if number else ())
    request_id = town.ask("health_care")

    found = town.match(request_id, actor=family_of(town.elder_id))

    assert [each.rank for each in found.ranked] == [1, 2, 3, 4, 5]
    assert all(each.carers == () and each.share is None for each in found.ranked)
    assert town.codes(found) == {"护0": ["no_skill"]}
    assert len(found.record["ranked"]) == 6


def test_a_coordinator_sees_the_own_rows_of_requests_they_could_serve(town):
    town.worked_table()
    town.bath_team()
    meal, bath = town.ask(), town.ask("bathing_home")
    of_b = coordinator_of(town.organizations["B"])

    found = town.match(meal, actor=of_b)

    assert (town.order(found), town.codes(found)) == (["B"], {})
    with pytest.raises(intake.CareRequestNotFoundError):
        town.match(bath, actor=of_b)


def test_the_number_of_queries_does_not_grow_with_the_providers(town):
    town.bath_team()
    town.provider("食堂0", service="bathing_site", capacity=(5, 5))
    request_id = town.ask("bathing")
    few = _count_queries(lambda: town.match(request_id))

    for number in range(1, 8):
        town.provider(f"浴{number}", at=(1800, 500), service="bathing_home", delivery="home")
        town.carer(f"护{number}", of=f"浴{number}", skills=("lifting",))
        town.provider(f"站{number}", service="bathing_site", capacity=(5, 5))
    storage.session().flush()

    assert _count_queries(lambda: town.match(request_id)) == few
    assert few < 60


def _count_queries(work) -> int:
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    engine = storage.engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.feature("R5")
@pytest.mark.parametrize(
    ("steps", "fields", "error"),
    [
        (("canceled",), {"reason": intake.CancelReason.NOT_NEEDED}, assignment.SearchEndedError),
        (("voided",), {}, assignment.SearchEndedError),
        (("on_hold",), {"reason": intake.HoldReason.AWAY}, assignment.SearchOnHoldError),
    ],
)
def test_nobody_is_looked_for_when_the_request_has_ended_or_waits(town, steps, fields, error):
    town.provider("好")
    request_id = town.ask()
    move(request_id, *(intake.RequestStatus(step) for step in steps), **fields)

    with pytest.raises(error):
        town.match(request_id)


def test_a_home_outside_of_all_streets_is_told_from_one_far_from_a_street(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        town = make_tiny_day(point_ll=point_ll(1000, 4000))  # the streets end at 1,000 m; 2 km more may be a gap
        town.provider("好")
        request_id = town.ask()

        with pytest.raises(assignment.NoNetworkHereError):
            town.match(request_id)


def test_a_request_for_a_group_of_services_names_in_each_row_which_one_it_is(town):
    town.provider("食堂")
    town.provider("送餐", service="meal_delivery", delivery="home", at=(1200, 500))

    found = town.match(town.ask("meals"))

    assert [each.service_code for each in found.ranked] == ["meal_dine_in"]
    assert [each.service_code for each in found.rejected] == ["meal_delivery"]
