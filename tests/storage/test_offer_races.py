"""Who takes the last place, and who accepts first: many at once, one succeeds and everybody else is told why."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from dispatch import assignment, directory, intake, storage
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories import offers
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW
from tests.worlds.tiny_day import AREA, HOME_XY, make_tiny_day, point_ll

CLIENTS = 50
OFFICER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))


def at_once(app, works) -> Counter:
    """Run works at the same time, each in a transaction of its own; counts "done", codes, and slugs."""
    barrier, told = threading.Barrier(len(works)), []

    def run(work) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with storage.transaction():
                    said = work()
            except (assignment.OfferEndedError, assignment.ProviderCannotServeError) as refused:
                said = ",".join(refused.facts.get("reasons", [refused.slug]))
            told.append(said)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(told)


def accepting(offer_id, *, actor):
    def work() -> str:
        outcome = offers.accept(offer_id, actor=actor).outcome
        if isinstance(outcome, assignment.Assignment):
            return "done"
        return ",".join(outcome.facts["reasons"])

    return work


def assigning(town, request_id, name):
    def work() -> str:
        town.assign(request_id, name, actor=OFFICER)
        return "done"

    return work


@pytest.mark.feature("R6")
def test_of_fifty_who_want_the_last_bath_one_gets_it_and_the_others_are_told_that_it_is_full(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("浴", service="bathing_site", capacity=(1, 1), at=(1100, 500))
        town.carer("师傅", of="浴", skills=("bathing",))
        home = {"area": AREA, "point_ll": point_ll(*HOME_XY)}
        elder_ids = put_elders(*(elder_record(name=f"老{number}", **home) for number in range(CLIENTS)))
        wanted = [town.ask("bathing_site", elder_id=elder_id) for elder_id in elder_ids]
        made = [offers.offer_next(request_id).id for request_id in wanted[: CLIENTS // 2]]
        coordinator = Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(town.organizations["浴"])),))

    told = at_once(
        real_app,
        [
            *(accepting(offer_id, actor=coordinator) for offer_id in made),
            *(assigning(town, request_id, "浴") for request_id in wanted[CLIENTS // 2 :]),
        ],
    )

    assert told == {"done": 1, "full": CLIENTS - 1}
    with real_app.app_context(), storage.reading():
        cards = [intake.get_request(request_id, actor=SYSTEM) for request_id in wanted]
        slot = directory.find_slot(town.offers["浴"], service_on=cards[0].service_on, period=cards[0].period)
        ended = Counter(assignment.get_offer(offer_id, actor=SYSTEM).status.value for offer_id in made)
        assert (slot.taken, slot.maximum) == (1, 1)
    assert Counter(card.status.value for card in cards)["scheduled"] == 1
    assert ended["accepted"] + ended["withdrawn"] == len(made)


@pytest.mark.feature("R6")
def test_of_many_coordinators_who_accept_one_offer_at_once_one_does(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("食堂", capacity=(10, 10))
        made = offers.offer_next(town.ask())
        coordinator = Actor(None, (Grant(Role.COORDINATOR, ScopeKind.ORGANIZATION, str(town.organizations["食堂"])),))

    told = at_once(real_app, [accepting(made.id, actor=coordinator) for _ in range(2)])

    assert told == {"done": 1, "offer-ended": 1}


@pytest.mark.feature("R6")
def test_two_searches_for_one_request_at_once_make_one_offer(real_app):
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
        town.provider("食堂", capacity=(10, 10))
        request_id = town.ask()

    told = at_once(real_app, [lambda: offers.offer_next(request_id) is not None for _ in range(4)])

    assert told == {True: 1, False: 3}
    with real_app.app_context(), storage.reading():
        page = assignment.find_offers(SYSTEM, wanted=assignment.OfferFilter(care_request_id=request_id))
    assert [one.turn_no for one in page.offers] == [1]


@pytest.mark.feature("R4")
def test_between_equal_providers_offers_never_differ_by_more_than_one(db):  # noqa: ARG001 - what is put is undone
    with storage.transaction():
        town = make_tiny_day()
        for name in "甲乙丙":
            town.provider(name, at=(1360, 500))
        home = {"area": AREA, "point_ll": point_ll(*HOME_XY)}
        elder_ids = put_elders(*(elder_record(name=f"老{number}", **home) for number in range(20)))
        for number, elder_id in enumerate(elder_ids):
            at = NOW + timedelta(minutes=number)
            made = offers.offer_next(town.ask(elder_id=elder_id, now=at), at=at)
            if number % 3 == 0:
                offers.decline(made.id, at=at)

            shares = assignment.find_shares(list(town.offers.values()), since_at=NOW - timedelta(days=28))
            counts = [shares[each].offers_28d if each in shares else 0 for each in town.offers.values()]
            assert max(counts) - min(counts) <= 1, (number, counts)
