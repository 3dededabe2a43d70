"""Notices: who is told, once, in an order in which no reader misses any."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dispatch import accounts, elders, intake, journal, notices, storage, visits
from dispatch.accounts.models import RoleGrant
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.jobs import following
from dispatch.jobs.following import follow_all
from dispatch.notices.models import Notice
from dispatch.words import Locale
from tests.factories.accounts import make_account
from tests.factories.intake import NOW, move
from tests.factories.notices import ZONE, tell_all
from tests.worlds.tiny_day import OTHER_DISTRICT, make_tiny_day

S = intake.RequestStatus
LIMIT_S = 60


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with its elder, a team for baths and nobody else."""
    with storage.transaction():
        made = make_tiny_day()
        made.bath_team()
        yield made


@pytest.fixture
def people(app, town):
    """An account of everybody who might be told, and of some who must not be."""
    here, there = "120198", OTHER_DISTRICT[:6]
    return {
        "elder": make_account(app, role=Role.ELDER, elder_ids=[town.elder_id]),
        "daughter": make_account(app, role=Role.FAMILY, elder_ids=[town.elder_id]),
        "operator": make_account(app, role=Role.OPERATOR, area=here),
        "other operator": make_account(app, role=Role.OPERATOR, area=here),
        "coordinator": make_account(app, role=Role.COORDINATOR, organization_id=town.organizations["浴"]),
        "officer": make_account(app, role=Role.DISTRICT_OFFICER, area=here),
        "supervisor": make_account(app, role=Role.DISTRICT_OFFICER, area="120198001"),
        "officer there": make_account(app, role=Role.DISTRICT_OFFICER, area=there),
        "planner": make_account(app, role=Role.PLANNER, area=here),
    }


def told(people, *kinds):
    """Give who was told of entries of these kinds."""
    names = {account_id: name for name, account_id in people.items()}
    rows = storage.session().execute(sa.select(Notice.account_id).where(Notice.kind.in_(kinds)))
    return sorted(names[row.account_id] for row in rows)


def operator_of(people):
    return Actor(people["operator"], (Grant(Role.OPERATOR, ScopeKind.AREA, "120198"),))


def ask_by_phone(town, people):
    return town.ask("bathing_home", actor=operator_of(people), channel=intake.Channel.PHONE, on_behalf_of="女儿")


def read(account_id, *, after=None, limit=50, locale=Locale.ZH):
    actor = accounts.find_actor(account_id, on=NOW.date())
    page = {"after_no": after, "limit": limit, "locale": locale, "zone": ZONE}
    return notices.read_feed(account_id, actor=actor, ties=elders.Ties(), on=NOW.date(), **page)


@pytest.mark.feature("O5")
def test_a_request_tells_the_family_and_whoever_asked_and_nobody_else(town, people):
    request_id = ask_by_phone(town, people)

    tell_all(request_id, at=NOW)

    assert told(people, "care_request.submitted") == ["daughter", "elder", "operator"]


@pytest.mark.feature("O5")
def test_an_accepted_request_tells_the_provider_too_and_an_unmatched_one_the_officers_of_the_area(town, people):
    first = ask_by_phone(town, people)
    town.assign(first, "浴")
    second = town.ask("meal_dine_in")
    move(second, S.UNMATCHED)

    tell_all(first, at=NOW)
    tell_all(second, at=NOW)

    assert told(people, "care_request.accepted") == ["coordinator", "daughter", "elder", "operator"]
    assert told(people, "care_request.unmatched") == ["daughter", "elder", "officer", "supervisor"]


def test_carers_are_told_of_their_own_visits(app, town, people):
    people["X"] = make_account(app, role=Role.CARER)
    storage.session().execute(
        sa.text("UPDATE carer SET account_id = :account WHERE id = :carer").bindparams(
            sa.bindparam("account", type_=sa.Uuid()), sa.bindparam("carer", type_=sa.Uuid())
        ),
        {"account": people["X"], "carer": town.carers["X"]},
    )
    made = town.assign(ask_by_phone(town, people), "浴")

    for visit_id in made.visit_ids:
        tell_all(visit_id, at=NOW)

    assert told(people, "visit.assigned") == ["X"]

    [mine] = [each for each in made.visit_ids if visits.get_visit(each).carer_id == town.carers["X"]]
    visits.take_carer_away(mine, reason="sick", actor=SYSTEM, at=NOW)
    tell_all(mine, at=NOW)

    assert told(people, "visit.unassigned") == ["X"]


def test_the_grants_in_force_when_the_entry_is_read_decide(town, people):
    request_id = ask_by_phone(town, people)
    for name in ("daughter", "operator"):
        storage.session().execute(
            sa.text("UPDATE role_grant SET valid_to = :today WHERE account_id = :account").bindparams(
                sa.bindparam("today", type_=sa.Date()), sa.bindparam("account", type_=sa.Uuid())
            ),
            {"today": NOW.date(), "account": people[name]},
        )

    tell_all(request_id, at=NOW)

    assert told(people, "care_request.submitted") == ["elder"]


def test_a_relative_who_was_unbound_reads_nothing_of_what_was_told_before(town, people):
    other_id = storage.new_id()
    request_id = ask_by_phone(town, people)
    tell_all(request_id, at=NOW)
    bound = accounts.find_actor(people["daughter"], on=NOW.date())
    unbound = Actor(people["daughter"], (Grant(Role.FAMILY, ScopeKind.ELDER, str(other_id)),))
    page = {"after_no": None, "limit": 9, "locale": Locale.ZH, "zone": ZONE, "ties": elders.Ties(), "on": NOW.date()}

    before = notices.read_feed(people["daughter"], actor=bound, **page)
    after = notices.read_feed(people["daughter"], actor=unbound, **page)
    nobody = notices.read_feed(people["daughter"], actor=Actor(people["daughter"]), **page)

    assert (len(before.cards), before.unseen) == (1, 1)
    assert (after.cards, after.elder_ids, after.unseen) == (nobody.cards, nobody.elder_ids, nobody.unseen)
    assert (after.cards, after.elder_ids, after.unseen) == ((), frozenset(), 0)


def test_an_entry_that_is_read_twice_tells_each_account_once(town, people):
    request_id = ask_by_phone(town, people)

    assert tell_all(request_id, at=NOW) == 3
    assert tell_all(request_id, at=NOW) == 0

    assert len(told(people, "care_request.submitted")) == 3


def test_an_entry_of_an_unknown_kind_or_of_half_a_year_ago_tells_nobody(town, people):
    request_id = ask_by_phone(town, people)
    journal.append("care_request.admired", actor=SYSTEM, at=NOW, subject_id=request_id)

    assert tell_all(request_id, at=NOW, kinds={"care_request.admired"}) == 0
    assert tell_all(request_id, at=NOW + timedelta(days=181)) == 0


def test_a_feed_is_read_to_its_end_page_by_page_and_on_from_there(town, people):
    request_id = ask_by_phone(town, people)
    move(request_id, S.ON_HOLD, reason="away")
    move(request_id, S.SUBMITTED)
    tell_all(request_id, at=NOW)

    first = read(people["daughter"], limit=2)
    second = read(people["daughter"], after=first.last_no, limit=2)
    end = read(people["daughter"], after=second.last_no)
    move(request_id, S.CANCELED, reason="not_needed")
    tell_all(request_id, at=NOW)
    later = read(people["daughter"], after=end.last_no)

    kinds = [card.kind.partition(".")[2] for page in (first, second, end, later) for card in page.cards]
    assert kinds == ["submitted", "held", "resumed", "canceled"]
    assert (first.has_more, second.has_more, end.cards, end.last_no) == (True, False, (), second.last_no)


def test_the_family_reads_the_name_and_staff_its_first_character_in_the_language_of_the_reader(town, people):
    tell_all(ask_by_phone(town, people), at=NOW)

    [of_daughter] = read(people["daughter"]).cards
    [of_operator] = read(people["operator"]).cards
    elsewhere = sa.update(RoleGrant).where(RoleGrant.account_id == people["operator"]).values(scope_ref="120199")
    storage.session().execute(elsewhere)
    [of_former] = read(people["operator"]).cards
    [in_english] = read(people["daughter"], locale=Locale.EN).cards

    # the window of the request begins at 14:00 on 31 March in Tianjin
    [name] = storage.session().scalars(sa.text("SELECT name FROM elder"))
    assert of_daughter.text == f"{name}的上门助浴请求已收到（3月31日14:00）。"
    assert of_operator.text == f"{name[:1]}**的上门助浴请求已收到（3月31日14:00）。"
    assert (of_former.text, of_former.elder_id) == ("一位老人的上门助浴请求已收到（3月31日14:00）。", None)
    assert in_english.text.endswith("was asked for (31 Mar 14:00).")


def test_what_was_seen_stays_seen_and_no_more_than_there_is_can_be(town, people):
    tell_all(ask_by_phone(town, people), at=NOW)
    [card] = read(people["daughter"]).cards

    assert notices.mark_seen(people["daughter"], actor=SYSTEM, up_to_no=card.no + 99, at=NOW) == 0
    assert notices.mark_seen(people["daughter"], actor=SYSTEM, up_to_no=0, at=NOW) == 0
    second = town.ask("meal_dine_in")
    tell_all(second, at=NOW)

    assert [each.is_seen for each in read(people["daughter"]).cards] == [True, False]
    assert (read(people["daughter"]).unseen, read(people["operator"]).unseen) == (1, 1)


def test_notices_over_their_time_go_in_order_and_a_feed_read_less_far_says_so(town, people):
    tell_all(ask_by_phone(town, people), at=NOW)
    [old] = read(people["daughter"]).cards
    later = NOW + timedelta(days=181)
    tell_all(town.ask("meal_dine_in", now=NOW), at=NOW + timedelta(days=2))

    assert notices.forget_notices(before=later - timedelta(days=180), dry_run=True) == 3
    assert notices.forget_notices(before=later - timedelta(days=180), dry_run=False) == 3

    page = read(people["daughter"], after=old.no - 1)
    assert (len(page.cards), page.has_gap) == (1, True)
    assert read(people["daughter"], after=page.last_no).has_gap is False


@pytest.mark.feature("O5")
def test_two_who_write_at_once_leave_no_number_behind_a_reader(real_app):
    """A reader who came to the later writer's number would never see the earlier one's: the counter forbids it."""
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
    daughter = make_account(real_app, role=Role.FAMILY, elder_ids=[town.elder_id])
    with real_app.app_context(), storage.transaction():
        requests = [town.ask("meal_dine_in", on=f"2026-04-{day:02}") for day in range(1, 13)]
    done, seen, errors = threading.Event(), [], []

    def write(mine):
        with real_app.app_context():
            for request_id in mine:
                for _ in range(50):
                    try:
                        with storage.transaction():
                            tell_all(request_id, at=NOW)
                            time.sleep(0.01)  # hold the number that was taken
                        break
                    except (storage.DatabaseBusyError, RuntimeError):
                        continue  # as the follower does: once more
                else:
                    errors.append(request_id)

    def follow():
        with real_app.app_context():
            last = None
            while True:
                is_over = done.is_set()
                with storage.reading():
                    page = read(daughter, after=last, limit=3)
                seen.extend(card.care_request_id for card in page.cards)
                last = page.last_no
                if is_over and not page.cards:
                    return

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(requests[start::3],)) for start in range(3)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()

    assert errors == []
    assert sorted(seen) == sorted(requests)
    assert len(set(seen)) == len(seen)


def test_the_follower_turns_the_journal_into_notices(real_app, monkeypatch):
    monkeypatch.setattr(following.clock, "utc_now", lambda: NOW)
    with real_app.app_context(), storage.transaction():
        town = make_tiny_day()
    daughter = make_account(real_app, role=Role.FAMILY, elder_ids=[town.elder_id])
    with real_app.app_context():
        with storage.transaction():
            town.ask("meal_dine_in")
        limit_s = time.monotonic() + LIMIT_S
        cards = ()
        while not cards and time.monotonic() < limit_s:
            follow_all({"notices": following.FOLLOWERS["notices"]})
            with storage.reading():
                cards = read(daughter).cards

    assert [card.kind for card in cards] == ["care_request.submitted"]
