"""Short texts: who is sent one and when, and an outbox in which none is lost and none counts as sent too early."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dispatch import accounts, areas, clock, elders, intake, journal, notices, privacy, storage, webhooks
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.jobs.notices import REACTIONS, send_due
from dispatch.notices import Outcome, Result, TextFilter, TextStatus
from dispatch.notices.models import ShortText
from dispatch.notices.providers.asking import Asker
from tests.factories.accounts import make_account
from tests.factories.elders import elder_record, put_elders
from tests.factories.intake import NOW, local, move
from tests.factories.notices import ZONE, Postman, tell_all
from tests.fakes.gateways import HANG, HANG_UP, Gateway, taken
from tests.worlds.tiny_day import AREA, make_tiny_day

S, T = intake.RequestStatus, TextStatus
OFFICER = Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120198"),))
ELDERS_PHONE, SONS_PHONE = "13800002345", "13800009876"
SENT = Result.SENT


@pytest.fixture
def town(db, monkeypatch):  # noqa: ARG001 - what is put is undone
    """The town with an elder who has a phone and a son, and one team for baths; it is 09:00."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with storage.transaction():
        made = make_tiny_day(phone=ELDERS_PHONE)
        made.bath_team()
        son = elders.ContactRecord("戚某", elders.Relation.CHILD, SONS_PHONE, 1)
        elders.put_contact(
            made.elder_id, record=son, actor=OFFICER, at=NOW, on=NOW.date(), ties=elders.Ties(), version=None
        )
        yield made


def texts(*columns):
    return storage.session().execute(sa.select(*columns).select_from(ShortText).order_by(ShortText.id)).all()


def accepted(town, *, at=NOW, told_at=None, **fields):
    """Have a request accepted and told of."""
    with storage.transaction():
        request_id = town.ask("bathing_home", now=at, **fields)
        town.assign(request_id, "浴", now=at)
        tell_all(request_id, at=told_at or at)
    return request_id


def recipients():
    return sorted(
        (row.recipient.partition(":")[0], row.template) for row in texts(ShortText.recipient, ShortText.template)
    )


def statuses():
    with storage.reading():
        return [row.status for row in texts(ShortText.status)]


@pytest.mark.feature("R1")
def test_the_elder_is_sent_what_was_arranged_in_chinese_once(town):
    request_id = accepted(town)
    with storage.transaction():
        tell_all(request_id, at=NOW)
    postman = Postman()

    assert send_due(postman, zone=ZONE) == 1
    assert send_due(postman, zone=ZONE) == 0

    [message] = postman.given
    # two carers start together at 14:20, by the worked example
    assert message.text.endswith("姓老人：上门助浴已有机构接单，3月31日14:20。")
    assert message.phone == f"+86{ELDERS_PHONE}"
    assert statuses() == [T.SENT]


def test_who_has_no_phone_is_told_by_the_first_contact_and_an_emergency_goes_to_all(town):
    accepted(town, urgency=intake.Urgency.EMERGENCY)

    assert recipients() == [("contact", "accepted"), ("elder", "accepted")]


def test_the_first_contact_is_told_where_the_elder_has_no_number(town):
    storage.session().execute(sa.text("UPDATE elder SET phone_sealed = NULL, phone_index = NULL"))
    accepted(town)

    assert recipients() == [("contact", "accepted")]


@pytest.mark.parametrize(
    ("at", "due"), [("2026-03-30 22:00", "2026-03-31 08:00"), ("2026-03-30 20:00", "2026-03-30 20:00")]
)
def test_at_night_a_text_waits_for_the_morning(town, at, due):
    accepted(town, at=local(at))

    assert [row.due_at for row in texts(ShortText.due_at)] == [local(due)]


def test_an_emergency_waits_for_no_morning(town):
    accepted(town, at=local("2026-03-30 22:00"), urgency=intake.Urgency.EMERGENCY)
    assert {row.due_at for row in texts(ShortText.due_at)} == {local("2026-03-30 22:00")}


def test_an_area_may_have_other_quiet_hours(town):
    for key, hour in (("short_text.quiet_from_h", 23), ("short_text.quiet_to_h", 6)):
        record = areas.RuleRecord(AREA[:6], key, value=hour, status="adopted", valid_from=NOW.date())
        areas.put_rule(record, actor=SYSTEM, at=NOW)
    accepted(town, at=local("2026-03-30 22:00"))

    assert [row.due_at for row in texts(ShortText.due_at)] == [local("2026-03-30 22:00")]


def test_whoever_switched_them_off_is_sent_none_but_in_an_emergency(app, town):
    own = make_account(app, role=Role.ELDER, elder_ids=[town.elder_id])
    actor = accounts.find_actor(own, on=NOW.date())
    notices.put_wish(actor=actor, is_on=False, at=NOW)

    accepted(town)
    assert recipients() == []


def test_a_relative_gives_a_number_that_is_on_record_and_is_sent_it_there(app, town):
    daughter = make_account(app, role=Role.FAMILY, elder_ids=[town.elder_id])
    actor = accounts.find_actor(daughter, on=NOW.date())

    with pytest.raises(notices.InvalidMessageSettingsError):
        notices.put_wish(actor=actor, is_on=True, phone="13900001111", at=NOW)
    with pytest.raises(notices.InvalidMessageSettingsError):
        notices.put_wish(actor=actor, is_on=True, phone="12", at=NOW)
    shown = notices.put_wish(actor=actor, is_on=True, phone=SONS_PHONE, at=NOW)
    accepted(town)

    assert shown.phone_masked == "138****9876"
    assert recipients() == [("account", "accepted"), ("elder", "accepted")]


def test_a_text_that_waited_goes_to_nobody_who_was_unbound_meanwhile(app, town):
    daughter = make_account(app, role=Role.FAMILY, elder_ids=[town.elder_id])
    notices.put_wish(actor=accounts.find_actor(daughter, on=NOW.date()), is_on=True, phone=SONS_PHONE, at=NOW)
    accepted(town)
    with storage.transaction():
        accounts.unbind(daughter, elder_id=town.elder_id, actor=OFFICER, at=NOW, on=NOW.date())
    postman = Postman()

    send_due(postman, zone=ZONE)

    assert [each.phone for each in postman.given] == [f"+86{ELDERS_PHONE}"]
    with storage.reading():
        assert [row.error for row in texts(ShortText.error, ShortText.account_id) if row.account_id] == ["no_address"]


def test_the_number_of_an_account_goes_with_its_last_grant(app, town):
    daughter = make_account(app, role=Role.FAMILY, elder_ids=[town.elder_id])
    notices.put_wish(actor=accounts.find_actor(daughter, on=NOW.date()), is_on=True, phone=SONS_PHONE, at=NOW)

    for is_bound in (True, False):
        with storage.transaction():
            if not is_bound:
                accounts.unbind(daughter, elder_id=town.elder_id, actor=OFFICER, at=NOW, on=NOW.date())
            for entry in journal.find_entries(daughter):
                if entry.kind == "grant.ended":
                    REACTIONS[entry.kind](entry, NOW)
        assert (notices.get_wish(daughter).phone_masked is not None) is is_bound


def test_a_copy_of_the_elders_data_shows_no_number_that_a_text_went_to(town):
    accepted(town)

    copy = privacy.give_copy(town.elder_id, at=NOW)

    assert [row["phone"] for row in copy.tables["short_text"]] == ["138****2345"]


def test_a_text_that_waited_goes_to_the_number_of_now_and_to_none_that_was_deleted(town):
    storage.session().execute(sa.text("UPDATE elder SET phone_sealed = NULL, phone_index = NULL"))
    accepted(town)
    accepted(town, on="2026-04-07")
    made = {"actor": OFFICER, "at": NOW, "on": NOW.date(), "ties": elders.Ties(), "version": None}
    [son] = elders.list_contacts(town.elder_id, actor=SYSTEM, on=NOW.date(), ties=elders.Ties())
    gone = Postman()

    record = elders.ContactRecord("戚某", elders.Relation.CHILD, "13800008888", 1)
    with storage.transaction():
        elders.put_contact(town.elder_id, record=record, contact_id=son.contact_id, **made)
        [first, _] = texts(ShortText.id)
        message, _ = notices.claim_text(first.id, at=NOW, zone=ZONE, provider="postman")
        elders.remove_contact(town.elder_id, contact_id=son.contact_id, **made)
    send_due(gone, zone=ZONE)

    assert message.phone == "+8613800008888"
    assert (gone.given, statuses()) == ([], [T.SENDING, T.DROPPED])


def test_a_text_that_was_overtaken_or_whose_time_has_come_is_dropped(town, monkeypatch):
    overtaken = accepted(town)
    with storage.transaction():
        move(overtaken, S.SUBMITTED, reason="no_staff")
    over = Postman()
    send_due(over, zone=ZONE)
    assert (over.given, statuses()) == ([], [T.DROPPED])

    with storage.transaction():
        move(overtaken, S.CANCELED, reason="not_needed")
    accepted(town)
    monkeypatch.setattr(clock, "utc_now", lambda: local("2026-03-31 14:20"))
    send_due(over, zone=ZONE)
    assert over.given == []
    with storage.reading():
        assert sorted(row.error for row in texts(ShortText.error)) == ["over", "overtaken"]


def test_old_entries_wake_nobody(town):
    accepted(town, told_at=NOW + timedelta(hours=13))

    assert recipients() == []


def test_what_the_provider_did_not_take_is_tried_again_later_and_in_the_end_has_failed(town, monkeypatch):
    accepted(town)
    postman = Postman(says=lambda _message: Outcome(Result.LATER, error="timeout"))
    now, tries = NOW, []

    for _ in range(notices.MOST_TRIES):
        monkeypatch.setattr(clock, "utc_now", lambda now=now: now)
        tries.append((send_due(postman, zone=ZONE), statuses()))
        now += notices.wait_after(len(tries))

    assert tries == [(1, [T.QUEUED])] * (notices.MOST_TRIES - 1) + [(1, [T.FAILED])]
    assert len({message.id for message in postman.given}) == 1  # the provider can drop repetitions
    with storage.reading():
        cards, counts = notices.list_texts(OFFICER, wanted=TextFilter(status=T.FAILED), limit=9)
        nothing, _ = notices.list_texts(
            Actor(None, (Grant(Role.DISTRICT_OFFICER, ScopeKind.AREA, "120199"),)), wanted=TextFilter(), limit=9
        )
    assert [(card.phone_masked, card.error, card.tries) for card in cards] == [("138****2345", "timeout", 8)]
    assert (counts[T.FAILED], nothing) == (1, [])

    with storage.transaction():
        notices.retry_text(cards[0].id, actor=OFFICER, at=now)
    postman.says = lambda message: Outcome(SENT, provider_message_id=str(message.id))
    monkeypatch.setattr(clock, "utc_now", lambda: now)
    assert (send_due(postman, zone=ZONE), statuses()) == (1, [T.SENT])
    with storage.transaction(), pytest.raises(notices.ShortTextNotFailedError):
        notices.retry_text(cards[0].id, actor=OFFICER, at=now)


def test_refused_for_good_is_failed_at_once(town):
    accepted(town)

    send_due(Postman(says=lambda _message: Outcome(Result.NEVER, error="gateway.INVALID_PHONE")), zone=ZONE)

    assert statuses() == [T.FAILED]


def test_killed_between_sending_and_storing_it_is_sent_again_under_the_same_id(town, monkeypatch):
    accepted(town)
    postman = Postman()

    def killed(_message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(Postman(says=killed, given=postman.given), zone=ZONE)
    assert statuses() == [T.SENDING]
    assert send_due(postman, zone=ZONE) == 0  # its lease still runs
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(seconds=121))

    assert (send_due(postman, zone=ZONE), statuses()) == (1, [T.SENT])
    assert [message.id for message in postman.given] == [postman.given[0].id] * 2


def test_a_late_word_counts_as_sent_and_a_late_failure_changes_nothing(town):
    accepted(town)
    with storage.reading():
        [text_id] = notices.find_due_texts(at=NOW, limit=9)
    tries = []
    for at in (NOW, NOW + timedelta(seconds=121)):  # the first is slow: its lease is over
        with storage.transaction():
            tries.append(notices.claim_text(text_id, at=at, zone=ZONE, provider="slow")[1])
    with storage.transaction():
        assert notices.store_outcome(text_id, outcome=Outcome(Result.NEVER, error="x"), try_no=1, at=NOW) is T.SENDING
        assert (
            notices.store_outcome(text_id, outcome=Outcome(SENT, provider_message_id="p"), try_no=1, at=NOW) is T.SENT
        )
        assert notices.store_outcome(text_id, outcome=Outcome(Result.LATER, error="x"), try_no=2, at=NOW) is T.SENT
    assert tries == [1, 2]


@pytest.mark.feature("O5")
def test_a_gateway_that_does_everything_wrong_loses_nothing_and_is_believed_at_last(town, monkeypatch):
    accepted(town)
    lie = {"code": "OK", "message_id": "G0", "out_id": "of another"}
    says = iter([HANG, HANG_UP, (500, b""), (200, b"OK"), {"code": "BUSY"}, lie])
    now, seen = NOW, []
    with Gateway(says=lambda asked: next(says, None) or taken(asked, "DUPLICATE")) as gateway:
        sms = notices.SmsGateway(
            url=gateway.url,
            key_id="key",
            secret="hush",  # noqa: S106 - opens nothing
            signature="某区养老",
            templates=dict.fromkeys(notices.Template, "SMS_1"),
            asker=Asker(connect_s=1.0, read_s=0.3, whole_s=0.6),
        )
        for tries in range(1, 9):
            monkeypatch.setattr(clock, "utc_now", lambda now=now: now)
            send_due(sms, zone=ZONE)
            with storage.reading():
                seen += [(row.status, row.error) for row in texts(ShortText.status, ShortText.error)]
            now += notices.wait_after(tries)

    errors = ["timeout", "connection", "http_500", "unreadable", "gateway.BUSY", "answer_of_another"]
    assert seen == [*((T.QUEUED, error) for error in errors), (T.SENT, None), (T.SENT, None)]
    assert len(gateway.asked) == len(errors) + 1  # what was sent is not sent again
    assert len({asked.form["out_id"] for asked in gateway.asked}) == 1


def test_officers_and_coordinators_with_a_number_are_told_of_an_emergency_without_the_elder(app, town):
    for role, scope in ((Role.DISTRICT_OFFICER, {"area": "120198"}), (Role.DISTRICT_OFFICER, {"area": "120199"})):
        account_id = make_account(app, role=role, **scope)
        notices.put_wish(
            actor=accounts.find_actor(account_id, on=NOW.date()), is_on=False, phone=f"13900{scope['area']}", at=NOW
        )
    with storage.transaction():
        for urgency in (intake.Urgency.EMERGENCY, intake.Urgency.ROUTINE):
            request_id = town.ask("meal_dine_in" if urgency == "routine" else "bathing_home", urgency=urgency)
            move(request_id, S.UNMATCHED)
            tell_all(request_id, at=NOW)
    postman = Postman()

    send_due(postman, zone=ZONE)

    alarms = [message for message in postman.given if message.template is notices.Template.ALARM]
    assert [message.phone for message in alarms] == ["+8613900120198"]
    assert alarms[0].text == "紧急请求无人应答：上门助浴，3月31日14:00，请立即登录处理。"


def test_where_nobody_sends_nothing_is_put_into_the_outbox(town):
    request_id = town.ask("meal_dine_in")
    move(request_id, S.UNMATCHED)

    for entry in journal.find_entries(request_id):
        notices.tell(entry, at=NOW, zone=ZONE, sends_texts=False)

    assert recipients() == []


def test_no_transaction_is_open_while_a_provider_is_asked(real_app, monkeypatch):
    """While it is asked, somebody else can write at once: on SQLite an open transaction would keep the only writer."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    with real_app.app_context():
        with storage.transaction():
            town = make_tiny_day(phone=ELDERS_PHONE)
            town.bath_team()
        accepted(town)
        written = []

        def write():
            with real_app.app_context(), storage.transaction():
                [other_id] = put_elders(elder_record("living_alone"))
                written.append(other_id)

        def says(message):
            assert not storage.session().in_transaction()
            thread = threading.Thread(target=write)
            thread.start()
            thread.join()
            return Outcome(SENT, provider_message_id=str(message.id))

        assert send_due(Postman(says=says), zone=ZONE) == 1
        assert len(written) == 1


@pytest.mark.feature("X6")
def test_texts_go_with_the_elder_and_when_their_time_is_over(town):
    accepted(town)
    later = NOW + timedelta(days=181)

    with storage.transaction():
        found = {
            each.key: each.over
            for each in privacy.apply_retention(
                actor=SYSTEM, at=later, on=later.date(), dry_run=False, also={**notices.ENDS, **webhooks.ENDS}
            )
        }

    assert found["short_texts"] == 1
    assert statuses() == []
    assert privacy.ERASURE["short_text"] is privacy.Fate.DELETED
