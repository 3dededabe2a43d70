"""From the journal to a receiver that is down, hangs, lies, repeats or is gone: at least once, signed, in order."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from dispatch import accounts, clock, journal, storage, webhooks
from dispatch.actor import SYSTEM
from dispatch.jobs.following import FOLLOWERS
from dispatch.jobs.webhooks import Sender
from dispatch.webhooks import DeliveryStatus, Fault, Scope, StopReason
from tests.conftest import NOW
from tests.factories.accounts import make_account
from tests.factories.elders import put_places
from tests.factories.webhooks import always, drop, receiving, subscribe

ON = date(2026, 3, 31)
AREA = "120198"


@dataclass
class Time:
    """The time as the test says it."""

    now: datetime = NOW

    def pass_(self, **span) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def time(monkeypatch):
    found = Time()
    monkeypatch.setattr(clock, "utc_now", lambda: found.now)
    return found


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture
def officer(app, db):  # noqa: ARG001 - what it writes is undone
    return make_account(app, role="district_officer", area=AREA)


@pytest.fixture
def hook(db, officer, receiver, time, monkeypatch):  # noqa: ARG001 - as above
    """A subscription to sites of the district; every site that is told of lies in it."""
    monkeypatch.setattr(
        "dispatch.webhooks.operations.planning.locate_event",
        lambda entry, *, on: webhooks.EventPlace(entry.facts.get("area", f"{AREA}001001")),  # noqa: ARG005 - its own
    )
    with storage.transaction():
        put_places(f"{AREA}001001")
        return subscribe(officer, url=receiver.url, at=NOW, on=ON, scope=Scope(AREA), kinds=("site.*",))


@pytest.fixture
def sender(app):
    return Sender(apart=app.app_context, settings=app.config["DISPATCH_SETTINGS"])


def happen(*subjects, kind="site.changed", **facts):
    """Let things happen, and have the follower read them."""
    with storage.transaction():
        for subject in subjects:
            journal.append(kind, actor=SYSTEM, at=clock.utc_now(), subject_id=subject, **facts)
        entries = [journal.find_entries(subject)[-1] for subject in subjects]
        for entry in entries:
            FOLLOWERS["webhooks"][entry.kind](entry, clock.utc_now())
    return [f"evt_{entry.cursor.seq}" for entry in entries]


def deliveries(hook, **wanted):
    with storage.reading():
        return webhooks.find_deliveries(hook.id, actor=SYSTEM, **wanted)


def card(hook):
    with storage.reading():
        return webhooks.get_webhook(hook.id, actor=SYSTEM)


@pytest.mark.feature("O5")
def test_what_happens_is_sent_once_in_order_signed_and_noted(hook, receiver, sender):
    told = happen("a", "b", "c")

    assert sender.serve(hook.id) == 3
    assert sender.serve(hook.id) == 0

    assert receiver.event_ids == told
    assert all(each.is_signed_with(hook.secret) for each in receiver.got)
    assert not receiver.got[0].is_signed_with("whsec_" + "A" * 43 + "=")
    assert receiver.got[0].path == "/hook"
    assert int(receiver.got[0].headers["webhook-timestamp"]) == int(NOW.timestamp())
    found = deliveries(hook)
    assert [each.event_id for each in found] == told[::-1]
    assert {(each.status, each.last_status, each.tries) for each in found} == {(DeliveryStatus.DELIVERED, 204, 1)}


def test_the_follower_writes_each_event_once_however_often_it_reads_it(hook):
    happen("a")
    with storage.transaction():
        [entry] = journal.find_entries("a")
        FOLLOWERS["webhooks"][entry.kind](entry, NOW)

    assert len(deliveries(hook)) == 1


def test_other_areas_other_kinds_and_what_was_before_are_not_told(hook):
    happen("a", area="120199001001")
    happen("b", kind="visit.missed")
    with storage.transaction():
        journal.append("site.changed", actor=SYSTEM, at=NOW - timedelta(seconds=1), subject_id="c")
        [entry] = journal.find_entries("c")
        FOLLOWERS["webhooks"][entry.kind](entry, NOW)

    assert deliveries(hook) == []


@pytest.mark.feature("O5")
def test_a_receiver_down_for_an_hour_gets_each_event_at_least_once(hook, receiver, sender, time):
    receiver.answer = drop
    told = []
    for minute in range(60):
        told += happen(f"s{minute}")
        sender.serve(hook.id)
        time.pass_(minutes=1)
    tried = len(receiver.got)
    receiver.got.clear()
    receiver.answer = always(200)

    for _ in range(8 * 60):  # the longest wait of an event that was tried n times in the hour is two hours
        time.pass_(minutes=1)
        sender.serve(hook.id)

    assert set(receiver.event_ids) == set(told)
    assert tried < 30  # it was left alone between: every 5 minutes once it had failed for a while
    assert {each.status for each in deliveries(hook, limit=200)} == {DeliveryStatus.DELIVERED}
    assert card(hook).failing_since_at is None


def test_killed_between_sending_and_storing_it_is_sent_again_under_the_same_id(hook, receiver, app, time):
    told = happen("a")

    class KilledError(BaseException):
        """Nothing runs after it."""

    def send_and_die(outgoing, **how):
        webhooks.send(outgoing, **how)
        raise KilledError

    dying = Sender(apart=app.app_context, settings=app.config["DISPATCH_SETTINGS"], send=send_and_die)
    with pytest.raises(KilledError):
        dying.serve(hook.id)
    other = Sender(apart=app.app_context, settings=app.config["DISPATCH_SETTINGS"])
    assert other.serve(hook.id) == 0  # the dead one's lease
    time.pass_(seconds=webhooks.LEASE.total_seconds() + 1)

    assert other.serve(hook.id) == 1

    assert receiver.event_ids == told * 2
    assert deliveries(hook)[0].tries == 2


@pytest.mark.parametrize(
    ("answer", "status", "fault"),
    [
        (always(500), 500, Fault.STATUS),
        (always(404), 404, Fault.STATUS),
        (always(302, Location="http://127.0.0.1:1/"), 302, Fault.STATUS),  # not followed
        (drop, None, Fault.CONNECTION),
    ],
)
def test_what_is_no_success_is_sent_again_later(hook, receiver, sender, time, answer, status, fault):
    receiver.answer = answer
    happen("a", "b")

    assert sender.serve(hook.id) == 1  # the second waits for a receiver that does not answer well
    assert sender.serve(hook.id) == 0

    last = deliveries(hook)[1]
    assert (last.status, last.last_status, last.last_fault, last.tries) == (DeliveryStatus.WAITING, status, fault, 1)
    assert timedelta(seconds=4) <= last.try_at - time.now <= timedelta(seconds=6)
    receiver.answer = always(204)
    time.pass_(seconds=7)
    assert sender.serve(hook.id) == 2


def test_a_success_with_garbage_is_a_success_and_nothing_of_it_is_kept(hook, receiver, sender):
    receiver.answer = always(200, body=b"\xff<html>no" * 100)
    happen("a")

    sender.serve(hook.id)

    assert deliveries(hook)[0].status is DeliveryStatus.DELIVERED


def test_retry_after_is_waited_for(hook, receiver, sender, time):
    receiver.answer = always(503, Retry_After="1200")
    happen("a")
    sender.serve(hook.id)

    time.pass_(seconds=1_199)
    assert sender.serve(hook.id) == 0
    receiver.answer = always(200)
    time.pass_(seconds=2)
    assert sender.serve(hook.id) == 1


def test_a_receiver_that_is_gone_is_stopped_and_its_events_wait(hook, receiver, sender):
    receiver.answer = always(410)
    happen("a")
    sender.serve(hook.id)
    happen("b")

    stopped = card(hook)
    assert (stopped.is_active, stopped.stopped_because, stopped.waiting) == (False, StopReason.GONE, 1)
    with storage.reading():
        last = journal.find_entries(hook.id)[-1]
    assert (last.kind, last.facts) == ("webhook.stopped", {"because": "gone"})


def test_a_receiver_that_fails_for_five_days_is_stopped(hook, receiver, sender, time):
    receiver.answer = always(500)
    for _ in range(6):
        happen("a")
        sender.serve(hook.id)
        time.pass_(days=1)

    assert card(hook).stopped_because is StopReason.FAILING


def test_an_event_that_fails_nine_times_is_given_up_and_can_be_replayed(hook, receiver, sender, time):
    receiver.answer = lambda got: (500 if b'"poison"' in got.body else 200, {}, b"")
    happen("poison")
    for day in range(10):
        sender.serve(hook.id)
        time.pass_(hours=12)
        happen(f"good{day}")
        time.pass_(hours=17)
        sender.serve(hook.id)

    [failed] = deliveries(hook, status=DeliveryStatus.FAILED)
    assert failed.tries == 10
    assert card(hook).is_active  # the others were taken
    receiver.answer = always(200)
    with storage.transaction():
        webhooks.replay_delivery(hook.id, delivery_id=failed.id, actor=SYSTEM, at=time.now)
    sender.serve(hook.id)
    assert deliveries(hook, status=DeliveryStatus.FAILED) == []


def test_after_a_change_of_secrets_both_sign_for_a_day_and_then_the_new_one_alone(hook, receiver, sender, time):
    with storage.transaction():
        fresh = webhooks.rotate_secret(hook.id, actor=SYSTEM, at=NOW)
    happen("a")
    sender.serve(hook.id)
    time.pass_(hours=24)
    happen("b")
    sender.serve(hook.id)

    first, second = receiver.got
    assert first.is_signed_with(hook.secret)
    assert first.is_signed_with(fresh.secret)
    assert not second.is_signed_with(hook.secret)
    assert second.is_signed_with(fresh.secret)


def test_whose_owner_may_not_be_told_any_more_is_told_nothing(hook, officer, receiver, sender):
    happen("a")
    with storage.transaction():
        accounts.disable_account(accounts.get_account(officer).username, actor=SYSTEM, now=NOW)

    assert sender.serve(hook.id) == 0
    happen("b")

    assert receiver.got == []
    assert card(hook).stopped_because is StopReason.OWNER_LEFT
    assert len(deliveries(hook)) == 1


def test_a_name_that_turns_inside_later_is_not_called(hook, receiver, app):
    happen("a")

    def send(outgoing, **how):
        return webhooks.send(outgoing, **how, resolver=lambda _host, *, port: ["10.0.0.1"])  # noqa: ARG005 - its own

    Sender(apart=app.app_context, settings=app.config["DISPATCH_SETTINGS"], send=send).serve(hook.id)

    assert receiver.got == []
    assert deliveries(hook)[0].last_fault is Fault.ADDRESS


def test_one_receiver_that_hangs_keeps_no_other_waiting(real_app, time):  # noqa: ARG001 - it stands still
    let_go = threading.Event()
    with real_app.app_context(), receiving() as slow, receiving() as quick:
        slow.answer = lambda _: (let_go.wait(30), (204, {}, b""))[1]
        owner = make_account(real_app, role="district_officer", area=AREA)
        with storage.transaction():
            put_places(f"{AREA}001001")
            hooks = [subscribe(owner, url=each.url, at=NOW, on=ON, scope=Scope(AREA)) for each in (slow, quick)]
        with storage.transaction():
            for each in hooks:
                webhooks.ping(each.id, actor=SYSTEM, at=NOW)
        sender = Sender(apart=real_app.app_context, settings=real_app.config["DISPATCH_SETTINGS"])
        arrived = threading.Event()
        quick.answer = lambda _: (arrived.set(), (204, {}, b""))[1]

        assert sender.start_due() == 2

        assert arrived.wait(30)  # while the other hangs
        assert deliveries(hooks[0])[0].status is DeliveryStatus.WAITING
        let_go.set()
        sender.wait()
        assert {deliveries(each)[0].status for each in hooks} == {DeliveryStatus.DELIVERED}
        assert slow.got[0].event_id.startswith("ping_")
