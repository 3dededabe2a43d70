"""Care requests in the database: asking, repeats, scope, moves and their journal."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import directory, elders, intake, journal, storage, visits
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.intake import CancelReason, Channel, HoldReason, RequestFilter, RequestState, RequestStatus
from tests.factories.accounts import make_account
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, ZONE, local, move, submit, wish
from tests.worlds.tiny_day import AREA, OTHER_DISTRICT, make_tiny_day, point_ll

S = RequestStatus


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder and a provider each of meals, of baths at home and of cleaning."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("食堂", capacity=(10, 10))
        made.provider("浴", service="bathing_home", delivery="home")
        made.provider("洁", service="cleaning", delivery="home")
        yield made


def actor_as(app, role: Role, **scope) -> Actor:
    """Make an account with one grant, as the actor that signs in with it."""
    account_id = make_account(app, role=role, **scope)
    grants = []
    if "area" in scope:
        grants.append(Grant(role, ScopeKind.AREA, scope["area"]))
    grants += [Grant(role, ScopeKind.ELDER, str(each)) for each in scope.get("elder_ids", ())]
    if "organization_id" in scope:
        grants.append(Grant(role, ScopeKind.ORGANIZATION, str(scope["organization_id"])))
    return Actor(account_id, tuple(grants))


def state_of(card: intake.RequestCard) -> RequestState:
    return RequestState(card.status, card.status_before_hold)


@pytest.mark.feature("R1")
def test_the_family_asks_and_the_rest_follows_from_rule_and_code_list(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])

    card = submit(wish(town.elder_id, "bathing_home"), actor=daughter)

    assert (card.channel, card.urgency, card.period) == (Channel.APP, intake.Urgency.ROUTINE, "noon")
    assert (card.service_on.isoformat(), card.area_code) == ("2026-03-31", AREA)
    # domain.md 3.4: bathing_home needs 2 × lifting, at least one bathing
    assert (card.carers_needed, card.pairing) == (2, intake.Pairing.SIMULTANEOUS)
    assert (card.status, card.requested_by, card.version) == (S.SUBMITTED, daughter.account_id, 1)


def test_a_service_at_a_site_needs_no_carer_of_its_own(town):
    assert submit(wish(town.elder_id, "meal_dine_in")).carers_needed == 0


@pytest.mark.feature("R1")
def test_a_request_by_phone_shows_in_the_elders_own_list(app, town):
    operator = actor_as(app, Role.OPERATOR, area="120198")
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])

    card = submit(wish(town.elder_id, channel=Channel.PHONE, on_behalf_of="女儿"), actor=operator)

    page = intake.find_requests(daughter, wanted=RequestFilter())
    assert [(each.id, each.channel, each.on_behalf_of) for each in page.requests] == [(card.id, Channel.PHONE, "女儿")]


@pytest.mark.feature("R1")
@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.FAMILY, {}),
        (Role.OPERATOR, {"area": "120199"}),
        (Role.COMMUNITY_WORKER, {"area": "120198002"}),
        (Role.DISTRICT_OFFICER, {"area": "120198"}),
    ],
)
def test_who_may_not_ask_for_an_elder_is_told_that_there_is_none(app, town, role, scope):
    [other] = put_elders(elder_record(area=AREA))
    stranger = actor_as(app, role, **(scope or {"elder_ids": [other]}))

    with pytest.raises(elders.ElderNotFoundError):
        submit(wish(town.elder_id, channel=Channel.PHONE, on_behalf_of="女儿"), actor=stranger)


@pytest.mark.feature("R1")
@pytest.mark.parametrize("role", [Role.FAMILY, Role.OPERATOR, Role.COMMUNITY_WORKER])
def test_every_action_of_the_family_exists_for_operator_and_worker(app, town, role):
    scope = {"elder_ids": [town.elder_id]} if role is Role.FAMILY else {"area": AREA}
    asker = actor_as(app, role, **scope)
    spoken = {"channel": Channel.PHONE, "on_behalf_of": "本人"} if role is Role.OPERATOR else {}

    card = submit(wish(town.elder_id, **spoken), actor=asker)
    held = intake.hold_request(card.id, reason=HoldReason.AWAY, actor=asker, now=NOW)
    back = intake.resume_request(card.id, actor=asker, now=NOW)
    ended = intake.cancel_request(card.id, reason=CancelReason.NOT_NEEDED, actor=asker, now=NOW)

    assert [each.status for each in (card, held, back, ended)] == [S.SUBMITTED, S.ON_HOLD, S.SUBMITTED, S.CANCELED]


def test_a_worker_reads_the_requests_of_the_area_but_changes_only_the_own(app, town):
    card = submit(wish(town.elder_id))
    worker = actor_as(app, Role.COMMUNITY_WORKER, area=AREA)

    assert intake.get_request(card.id, actor=worker).id == card.id
    with pytest.raises(intake.MoveNotAllowedError):
        intake.cancel_request(card.id, reason=CancelReason.NOT_NEEDED, actor=worker, now=NOW)


def test_an_unknown_service_names_the_known_ones(town):
    with pytest.raises(directory.UnknownCodeError) as told:
        submit(wish(town.elder_id, "massage"))

    assert "bathing_home" in told.value.facts["allowed"]


@pytest.mark.feature("R3")
def test_an_open_request_for_the_same_is_a_repeat_and_its_id_is_told(town):
    first = submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "12:00")))

    with pytest.raises(intake.CareRequestRepeatedError) as told:
        submit(wish(town.elder_id, "meal_dine_in", window=("12:00", "13:00")))

    assert told.value.facts["care_request_id"] == first.id


@pytest.mark.parametrize(
    ("service", "window", "on"),
    [
        ("meal_delivery", ("11:00", "12:00"), "2026-03-31"),
        ("meal_dine_in", ("17:00", "18:00"), "2026-03-31"),
        ("meal_dine_in", ("11:00", "12:00"), "2026-04-01"),
    ],
)
def test_another_service_period_or_day_is_no_repeat(town, service, window, on):
    submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "12:00")))

    assert submit(wish(town.elder_id, service, window=window, on=on)).status is S.SUBMITTED


def test_after_the_end_the_same_may_be_asked_again_but_not_reopened_beside_it(town):
    asked = wish(town.elder_id, "meal_dine_in", window=("11:00", "12:00"))
    first = submit(asked)
    move(first.id, S.UNMATCHED)
    submit(asked)

    with pytest.raises(intake.CareRequestRepeatedError):
        move(first.id, S.SUBMITTED)


def test_an_id_that_is_taken_is_refused(town):
    asked = wish(town.elder_id, id=uuid4())
    submit(asked)

    with pytest.raises(intake.CareRequestIdTakenError):
        submit(replace(asked, service_code="meal_dine_in"))


@pytest.mark.feature("R2")
def test_an_illegal_move_is_a_conflict_that_names_the_allowed_states(town):
    card = submit(wish(town.elder_id))

    with pytest.raises(intake.IllegalMoveError) as told:
        move(card.id, S.COMPLETED)

    assert told.value.facts["allowed"] == ["accepted", "canceled", "offered", "on_hold", "unmatched", "voided"]


def test_what_is_not_on_hold_cannot_be_resumed(town):
    card = move(submit(wish(town.elder_id)).id, S.OFFERED)

    with pytest.raises(intake.IllegalMoveError):
        intake.resume_request(card.id, actor=SYSTEM, now=NOW)


@pytest.mark.feature("R2")
def test_each_move_leaves_who_when_why_and_from_where_to_where(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])
    card = submit(wish(town.elder_id), actor=daughter)
    later = NOW + timedelta(minutes=5)
    intake.hold_request(card.id, reason=HoldReason.IN_HOSPITAL, actor=daughter, now=later)

    first, second = intake.find_events(card.id, actor=daughter)

    assert (first.kind, first.facts["from_status"], first.facts["to_status"]) == (
        "care_request.submitted",
        None,
        "submitted",
    )
    assert (second.kind, second.at, second.actor_id, second.reason) == (
        "care_request.held",
        later,
        daughter.account_id,
        "in_hospital",
    )
    assert (second.facts["from_status"], second.facts["to_status"]) == ("submitted", "on_hold")


@pytest.mark.feature("R2")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from(S), max_size=15))
def test_whatever_is_tried_the_events_rebuild_the_present_state(town, wishes):
    with storage.savepoint():
        card = submit(wish(town.elder_id, id=uuid4()))
        for to in wishes:
            try:
                move(card.id, to, reason="not_needed", service_at_site_id=town.offers["食堂"])
            except intake.IllegalMoveError as refused:
                assert to.value not in refused.facts["allowed"]  # noqa: PT017 - the property is about both outcomes
            except intake.ProofMissingError:
                assert to is S.COMPLETED
        present = intake.get_request(card.id, actor=SYSTEM)

        assert intake.rebuild_state(journal.find_entries(card.id)) == state_of(present)
        move(card.id, S.VOIDED) if present.status is not S.VOIDED else None


def test_canceling_cancels_the_visits_and_gives_the_place_back(town):
    card = submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "13:00")))
    [planned] = visits.plan_visits(
        [visits.NewVisit(town.elder_id, "meal_dine_in", card.window_from_at, card.window_to_at, visit_min=30)],
        actor=SYSTEM,
        at=NOW,
    )
    place = {"service_on": card.service_on, "period": card.period}
    directory.take_place(town.offers["食堂"], maximum=10, **place)
    move(card.id, S.ACCEPTED, service_at_site_id=town.offers["食堂"], visit_ids=[planned.visit_id])

    intake.cancel_request(card.id, reason=CancelReason.DIED, actor=SYSTEM, now=NOW)

    assert visits.get_visit(planned.visit_id).status is visits.VisitStatus.CANCELED
    assert directory.find_slot(town.offers["食堂"], **place).taken == 0


def test_reopening_forgets_who_served(town):
    card = submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "13:00")))
    move(card.id, S.ACCEPTED, service_at_site_id=town.offers["食堂"])

    again = move(card.id, S.SUBMITTED)

    assert (again.status, again.service_at_site_id, again.visit_ids) == (S.SUBMITTED, None, ())


def test_a_coordinator_sees_what_the_own_organization_serves_and_nothing_else(app, town):
    coordinator = actor_as(app, Role.COORDINATOR, organization_id=town.organizations["食堂"])
    card = submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "13:00")))
    with pytest.raises(intake.CareRequestNotFoundError):
        intake.get_request(card.id, actor=coordinator)

    move(card.id, S.ACCEPTED, service_at_site_id=town.offers["食堂"])

    assert intake.get_request(card.id, actor=coordinator).id == card.id
    assert [each.id for each in intake.find_requests(coordinator, wanted=RequestFilter()).requests] == [card.id]
    assert intake.find_requested_elders([town.organizations["食堂"]]) == {town.elder_id}


def test_a_list_is_read_page_by_page_and_misses_none(app, town):
    [far] = put_elders(elder_record(area=OTHER_DISTRICT, point_ll=point_ll(1, 1)))
    submit(wish(far))
    wanted = [
        submit(wish(town.elder_id, on=f"2026-04-{day:02}"), now=NOW + timedelta(minutes=day // 2)).id
        for day in range(1, 10)
    ]
    officer = actor_as(app, Role.DISTRICT_OFFICER, area="120198")

    read, after = [], None
    while True:
        page = intake.find_requests(officer, wanted=RequestFilter(), limit=4, after=after)
        read += [each.id for each in page.requests]
        after = page.next_place
        if after is None:
            break

    assert sorted(read) == sorted(wanted)


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"status": S.CANCELED}, 1),
        ({"service_code": "meal_dine_in"}, 1),
        ({"area_code": "120198001"}, 2),
        ({"area_code": "120198002"}, 0),
        ({}, 2),
    ],
)
def test_a_list_takes_filters(town, wanted, count):
    submit(wish(town.elder_id, "meal_dine_in", window=("11:00", "13:00")))
    bath = submit(wish(town.elder_id))
    intake.cancel_request(bath.id, reason=CancelReason.NOT_NEEDED, actor=SYSTEM, now=NOW)

    assert len(intake.find_requests(SYSTEM, wanted=RequestFilter(**wanted)).requests) == count


@pytest.mark.feature("R3")
def test_of_two_who_ask_for_the_same_at_once_one_is_told_the_id_of_the_other(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
    barrier, told = threading.Barrier(2), []

    def ask() -> None:
        with real_app.app_context():
            barrier.wait()
            try:
                with storage.transaction():
                    told.append(("made", submit(wish(town.elder_id)).id))
            except intake.CareRequestRepeatedError as refused:
                told.append(("repeat", refused.facts["care_request_id"]))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(kind for kind, _ in told) == ["made", "repeat"]
    assert len({request_id for _, request_id in told}) == 1


def test_the_window_is_checked_before_anything_is_stored(app, town):
    daughter = actor_as(app, Role.FAMILY, elder_ids=[town.elder_id])

    with pytest.raises(intake.InvalidCareRequestError) as told:
        submit(wish(town.elder_id, on="2026-03-29"), actor=daughter)

    assert list(told.value.fields) == ["window_to_at"]
    assert intake.find_requests(SYSTEM, wanted=RequestFilter()).requests == []


def test_the_day_of_a_service_is_the_local_date(town):
    late = wish(town.elder_id, window=("23:30", "23:59"))

    card = submit(late)

    # 23:30 in Tianjin is 15:30 of the same date in UTC, 00:30 would be 16:30 of the date before
    assert card.service_on.isoformat() == "2026-03-31"
    assert (
        submit(
            replace(late, window_from_at=local("2026-04-01 00:30"), window_to_at=local("2026-04-01 01:30"))
        ).service_on.isoformat()
        == "2026-04-01"
    )
    assert ZONE.key == "Asia/Shanghai"
