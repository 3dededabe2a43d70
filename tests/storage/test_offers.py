"""Offers: made in order, accepted in time, declined, run out; nobody is asked twice in a round."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch import areas, assignment, directory, intake, journal, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories import offers
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, ZONE, local
from tests.worlds.tiny_day import AREA, HOME_XY, NETWORK, make_tiny_day, point_ll

S, Status = intake.RequestStatus, assignment.OfferStatus
OFFICER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))
TEN = local("2026-03-30 10:00")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with three canteens, the nearest first in every search."""
    with storage.transaction():
        made = make_tiny_day()
        for name, x in (("近", 1100), ("中", 1300), ("远", 1500)):
            made.provider(name, at=(x, 500), capacity=(10, 10))
        yield made


def coordinator(town, name):
    return Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(town.organizations[name])),))


def status(request_id):
    return intake.get_request(request_id, actor=SYSTEM).status


def slot(town, name, request_id):
    card = intake.get_request(request_id, actor=SYSTEM)
    found = directory.find_slot(town.offers[name], service_on=card.service_on, period=card.period)
    return found.taken if found else 0


@pytest.mark.feature("R6")
def test_the_best_provider_is_asked_first_and_the_request_is_offered(town):
    request_id = town.ask()

    made = offers.offer_next(request_id)

    assert (made.service_at_site_id, made.turn_no, made.round_no) == (town.offers["近"], 1, 1)
    assert (made.status, made.made_at, made.made_by) == (Status.OPEN, NOW, None)
    assert status(request_id) is S.OFFERED
    [entry] = [each for each in journal.find_entries(request_id) if each.kind == "offer.made"]
    assert entry.facts["offer_id"] == str(made.id)
    assert intake.rebuild_state(journal.find_entries(request_id)).status is S.OFFERED


@pytest.mark.feature("R6")
@pytest.mark.parametrize(
    ("urgency", "made_at", "ends"),
    [  # domain 3.6: one offer stands 3, 10, 60 and 240 minutes; the last two count from 08:00 to 20:00 only
        ("emergency", "2026-03-30 23:00", "2026-03-30 23:03"),
        ("urgent", "2026-03-30 10:00", "2026-03-30 10:10"),
        ("soon", "2026-03-30 19:30", "2026-03-31 08:30"),
        ("routine", "2026-03-30 18:00", "2026-03-31 10:00"),
    ],
)
def test_an_offer_stands_as_long_as_the_urgency_says(town, urgency, made_at, ends):
    request_id = town.ask(urgency=intake.Urgency(urgency))

    made = offers.offer_next(request_id, at=local(made_at))

    assert made.expires_at == local(ends)


@pytest.mark.feature("R6")
def test_a_second_before_its_end_an_offer_is_accepted(town):
    request_id = town.ask(urgency=intake.Urgency.URGENT)
    made = offers.offer_next(request_id, at=TEN)

    answer = offers.accept(made.id, actor=coordinator(town, "近"), at=TEN + 10 * MINUTE - SECOND)

    assert answer.outcome.status is S.SCHEDULED
    assert (answer.offer.status, answer.offer.ended_at) == (Status.ACCEPTED, TEN + 10 * MINUTE - SECOND)
    assert slot(town, "近", request_id) == 1


@pytest.mark.feature("R6")
def test_at_its_end_an_offer_has_run_out_though_nobody_swept(town):
    request_id = town.ask(urgency=intake.Urgency.URGENT)
    made = offers.offer_next(request_id, at=TEN)

    with pytest.raises(assignment.OfferExpiredError):
        offers.accept(made.id, actor=coordinator(town, "近"), at=TEN + 10 * MINUTE)
    with pytest.raises(assignment.OfferExpiredError):
        offers.decline(made.id, actor=coordinator(town, "近"), at=TEN + 10 * MINUTE)

    assert assignment.get_offer(made.id, actor=SYSTEM).status is Status.OPEN
    assert slot(town, "近", request_id) == 0


@pytest.mark.feature("R6")
def test_who_declines_and_who_lets_it_run_out_is_not_asked_again_and_the_last_one_leaves_it_unmatched(town):
    request_id = town.ask()
    first = offers.offer_next(request_id)
    offers.decline(first.id, actor=coordinator(town, "近"))
    second = offers.offer_next(request_id)
    offers.expire(second.id, at=second.expires_at)
    third = offers.offer_next(request_id, at=second.expires_at)
    offers.decline(third.id, at=second.expires_at)

    last = offers.offer_next(request_id, at=second.expires_at)

    assert [each.service_at_site_id for each in (first, second, third)] == [town.offers[name] for name in "近中远"]
    assert [each.turn_no for each in (first, second, third)] == [1, 2, 3]
    assert last is None
    assert status(request_id) is S.UNMATCHED
    entry = journal.find_entries(request_id)[-1]
    assert (entry.kind, entry.reason) == ("care_request.unmatched", "all_declined")
    assert entry.facts["reason_counts"] == {"declined_this": 3}
    assert [intake.close_tasks(request_id, reason=intake.CloseReason.HANDLED, actor=SYSTEM, at=NOW)] == [1]
    assert [slot(town, name, request_id) for name in "近中远"] == [0, 0, 0]


@pytest.mark.feature("R6")
def test_with_nobody_who_could_serve_it_is_unmatched_at_once_and_says_why(town):
    request_id = town.ask("bathing_home")

    assert offers.offer_next(request_id) is None

    entry = journal.find_entries(request_id)[-1]
    assert (status(request_id), entry.reason) == (S.UNMATCHED, "no_candidate")


def test_a_window_that_has_passed_leaves_it_unmatched(town):
    request_id = town.ask()

    offers.offer_next(request_id, at=local("2026-04-01 09:00"))

    assert journal.find_entries(request_id)[-1].reason == "window_past"


def test_asking_again_while_an_offer_is_open_changes_nothing(town):
    request_id = town.ask()
    offers.offer_next(request_id)

    assert offers.offer_next(request_id) is None
    assert len(assignment.find_offers(SYSTEM, wanted=assignment.OfferFilter(care_request_id=request_id)).offers) == 1


def test_a_search_that_a_change_made_old_is_made_again(town):
    request_id = town.ask()
    proposal = assignment.propose(request_id, network=lambda: NETWORK, now=NOW, zone=ZONE)
    intake.hold_request(request_id, reason=intake.HoldReason.AWAY, actor=SYSTEM, now=NOW)
    intake.resume_request(request_id, actor=SYSTEM, now=NOW)

    assert assignment.settle_offering(proposal, actor=SYSTEM, at=NOW, zone=ZONE) is None
    assert status(request_id) is S.SUBMITTED
    assert offers.offer_next(request_id) is not None


def test_the_last_place_that_went_meanwhile_is_not_offered(town):
    town.provider("一位", at=(1050, 500), capacity=(1, 1))
    [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
    request_id, rival = town.ask(), town.ask(elder_id=other)
    proposal = assignment.propose(request_id, network=lambda: NETWORK, now=NOW, zone=ZONE)
    assert proposal.service_at_site_id == town.offers["一位"]
    town.assign(rival, "一位")

    made = assignment.settle_offering(proposal, actor=SYSTEM, at=NOW, zone=ZONE)

    assert made is None
    assert offers.offer_next(request_id).service_at_site_id != town.offers["一位"]


@pytest.mark.parametrize(
    ("network", "elder", "missing"),
    [(None, {}, "no_network"), (NETWORK, {"point_ll": None}, "home_unlocated")],
)
def test_what_the_search_lacks_is_named_to_a_supervisor_and_the_request_stays(town, network, elder, missing):
    [elder_id] = put_elders(elder_record(**({"area": AREA, "point_ll": point_ll(*HOME_XY), "name": "李四"} | elder)))
    request_id = town.ask(elder_id=elder_id)

    assert offers.offer_next(request_id, network=network) is None

    assert status(request_id) is S.SUBMITTED
    due = storage.find_due_deadlines(at=NOW + 5 * MINUTE, limit=9)
    assert [each.key for each in due if each.kind == intake.OFFERING] == [str(request_id)]
    closed = intake.close_tasks(
        request_id,
        reason=intake.CloseReason.RESOLVED,
        actor=SYSTEM,
        at=NOW,
        kinds=[intake.TaskKind.NOT_OFFERABLE],
    )
    assert closed == 1, missing


def test_where_the_area_leaves_it_to_officers_nobody_is_asked_until_one_does(town):
    areas.put_rules(
        [areas.RuleRecord("120198", "request.offering", "manual", local("2026-01-01 00:00").date())],
        actor=SYSTEM,
        at=NOW,
    )
    request_id = town.ask()

    assert offers.offer_next(request_id) is None
    made = assignment.offer_to(
        request_id, service_at_site_id=town.offers["远"], actor=OFFICER, network=NETWORK, now=NOW, zone=ZONE
    )

    assert (made.service_at_site_id, status(request_id)) == (town.offers["远"], S.OFFERED)


@pytest.mark.feature("R6")
def test_an_officer_takes_an_offer_back_and_the_next_is_asked(town):
    request_id = town.ask()
    first = offers.offer_next(request_id)

    back = assignment.withdraw_offer(first.id, actor=OFFICER, now=NOW)
    second = offers.offer_next(request_id)

    assert (back.status, back.withdraw_reason) == (Status.WITHDRAWN, assignment.WithdrawReason.OFFICER)
    assert second.service_at_site_id == town.offers["中"]


def test_an_officer_chooses_another_provider_and_the_open_offer_goes(town):
    request_id = town.ask()
    first = offers.offer_next(request_id)

    made = assignment.offer_to(
        request_id, service_at_site_id=town.offers["远"], actor=OFFICER, network=NETWORK, now=NOW, zone=ZONE
    )

    assert made.turn_no == 2
    assert assignment.get_offer(first.id, actor=SYSTEM).withdraw_reason is assignment.WithdrawReason.REROUTED
    with pytest.raises(assignment.OfferOpenError):
        assignment.offer_to(
            request_id, service_at_site_id=town.offers["远"], actor=OFFICER, network=NETWORK, now=NOW, zone=ZONE
        )
    with pytest.raises(assignment.ProviderCannotServeError) as told:
        assignment.offer_to(
            request_id, service_at_site_id=town.offers["近"], actor=OFFICER, network=NETWORK, now=NOW, zone=ZONE
        )
    assert told.value.facts["reasons"] == ["declined_this"]


@pytest.mark.feature("R6")
def test_giving_it_to_somebody_directly_takes_the_open_offer_of_another_back(town):
    request_id = town.ask()
    first = offers.offer_next(request_id)

    town.assign(request_id, "远", actor=OFFICER)

    ended = assignment.get_offer(first.id, actor=SYSTEM)
    assert (ended.status, ended.withdraw_reason) == (Status.WITHDRAWN, assignment.WithdrawReason.ASSIGNED)
    with pytest.raises(assignment.OfferEndedError):
        offers.accept(first.id, actor=coordinator(town, "近"))
    assert [slot(town, name, request_id) for name in "近远"] == [0, 1]


@pytest.mark.feature("R6")
def test_who_can_serve_no_more_is_told_why_and_the_next_is_asked(town):
    town.provider("一位", at=(1050, 500), capacity=(1, 1))
    [other] = put_elders(elder_record(area=AREA, point_ll=point_ll(*HOME_XY), name="李四"))
    request_id = town.ask()
    made = assignment.offer_to(
        request_id, service_at_site_id=town.offers["一位"], actor=OFFICER, network=NETWORK, now=NOW, zone=ZONE
    )
    town.assign(town.ask(elder_id=other), "一位")

    answer = offers.accept(made.id, actor=coordinator(town, "一位"))

    assert answer.outcome.facts["reasons"] == ["full"]
    assert (answer.offer.status, answer.offer.withdraw_reason) == (
        Status.WITHDRAWN,
        assignment.WithdrawReason.CANNOT_SERVE,
    )
    assert offers.offer_next(request_id).service_at_site_id == town.offers["近"]
    assert slot(town, "一位", request_id) == 1


@pytest.mark.feature("R6")
def test_who_gives_a_request_back_is_not_asked_first_again_and_a_new_round_begins(town):
    request_id = town.ask()
    first = offers.offer_next(request_id)
    offers.decline(first.id)
    second = offers.offer_next(request_id)
    offers.accept(second.id, actor=coordinator(town, "中"))

    assignment.reopen_request(request_id, actor=coordinator(town, "中"), now=NOW)
    third = offers.offer_next(request_id)

    # the one that declined in round 1 may be asked again, the one that gave it back may not
    assert (third.service_at_site_id, third.round_no, third.turn_no) == (town.offers["近"], 2, 3)
    assert slot(town, "中", request_id) == 0
    offers.decline(third.id)
    assert offers.offer_next(request_id).service_at_site_id == town.offers["远"]


def test_an_offer_is_for_the_own_organization_to_answer(town):
    request_id = town.ask()
    made = offers.offer_next(request_id)

    with pytest.raises(assignment.OfferNotFoundError):
        offers.accept(made.id, actor=coordinator(town, "中"))
    with pytest.raises(assignment.OfferNotYoursError):
        offers.accept(made.id, actor=OFFICER)


@pytest.mark.parametrize("move", ["hold", "cancel"])
def test_an_offer_of_a_request_that_is_held_or_canceled_cannot_be_accepted_and_is_closed(town, move):
    request_id = town.ask()
    made = offers.offer_next(request_id)
    if move == "hold":
        intake.hold_request(request_id, reason=intake.HoldReason.AWAY, actor=SYSTEM, now=NOW)
    else:
        intake.cancel_request(request_id, reason=intake.CancelReason.NOT_NEEDED, actor=SYSTEM, now=NOW)

    with pytest.raises(intake.IllegalMoveError):
        offers.accept(made.id, actor=coordinator(town, "近"))
    closed = assignment.close_offers(request_id, at=NOW)

    assert closed.withdraw_reason.value == {"hold": "held", "cancel": "ended"}[move]
    assert offers.offer_next(request_id) is None


def test_after_a_hold_the_same_provider_may_be_asked_again(town):
    request_id = town.ask()
    offers.offer_next(request_id)
    intake.hold_request(request_id, reason=intake.HoldReason.AWAY, actor=SYSTEM, now=NOW)
    assignment.close_offers(request_id, at=NOW)
    intake.resume_request(request_id, actor=SYSTEM, now=NOW)

    assert offers.offer_next(request_id).service_at_site_id == town.offers["近"]


@pytest.mark.feature("R6")
def test_shares_count_offers_however_they_ended(town):
    request_id = town.ask()
    offers.decline(offers.offer_next(request_id).id)
    offers.offer_next(request_id, at=NOW + MINUTE)

    shares = assignment.find_shares(None, since_at=NOW - timedelta(days=28))

    assert {each: (share.offers_28d, share.last_at) for each, share in shares.items()} == {
        town.offers["近"]: (1, NOW),
        town.offers["中"]: (1, NOW + MINUTE),
    }
