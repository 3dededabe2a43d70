"""Devices on both engines: a refresh token is good once, a lost answer comes again, a copied token ends the family."""

from __future__ import annotations

import base64
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dispatch import accounts, journal, storage
from dispatch.accounts.models import DeviceSession
from dispatch.accounts.refresh_tokens import first_token, next_token, read_refresh_token
from dispatch.actor import SYSTEM
from tests.factories.accounts import make_account

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
SECRET = "s" * 48
TERMS = {"secret": SECRET, "session_days": 30}
PHONE = accounts.Device("phone-0001", "值班手机")


def _open(account_id, *, device=PHONE, now=NOW):
    with storage.transaction():
        return accounts.open_session(account_id, device=device, now=now, **TERMS)


def _refresh(text, *, now):
    with storage.transaction():
        return accounts.refresh_session(text, now=now, **TERMS)


def _kinds(account_id):
    with storage.reading():
        return [(entry.kind, entry.reason) for entry in journal.find_entries(account_id)][1:]


@pytest.fixture
def account_id(app, db):  # noqa: ARG001 - undone afterwards
    return make_account(app)


class TestTurns:
    def test_a_token_gives_its_successor_and_that_one_the_next(self, account_id):
        opened = _open(account_id)

        second = _refresh(opened.refresh_token, now=NOW + timedelta(minutes=15)).get()
        third = _refresh(second.refresh_token, now=NOW + timedelta(minutes=30)).get()

        assert len({opened.refresh_token, second.refresh_token, third.refresh_token}) == 3
        assert {opened.session_id, second.session_id, third.session_id} == {opened.session_id}
        assert third.expires_at == NOW + timedelta(days=30, minutes=30)

    def test_no_token_is_kept_but_as_a_hash(self, account_id):
        opened = _open(account_id)

        with storage.reading() as session:
            kept = session.get(DeviceSession, opened.session_id).refresh_hash

        assert len(kept) == 32
        assert kept not in base64.urlsafe_b64decode(opened.refresh_token + "==")
        assert opened.refresh_token not in repr(opened)

    @pytest.mark.parametrize("after_s", [0, 1, 30])
    def test_a_lost_answer_is_given_again_for_30_seconds(self, account_id, after_s):
        opened = _open(account_id)
        first = _refresh(opened.refresh_token, now=NOW).get()

        again = _refresh(opened.refresh_token, now=NOW + timedelta(seconds=after_s)).get()

        assert again == first
        assert _refresh(first.refresh_token, now=NOW + timedelta(minutes=15)).refusal is None

    def test_reuse_after_30_seconds_ends_the_whole_family_and_is_in_the_journal(self, account_id):
        opened = _open(account_id)
        stolen = _refresh(opened.refresh_token, now=NOW).get()

        outcome = _refresh(opened.refresh_token, now=NOW + timedelta(seconds=31))

        assert isinstance(outcome.refusal, accounts.RefreshReusedError)
        after = _refresh(stolen.refresh_token, now=NOW + timedelta(seconds=32))
        assert isinstance(after.refusal, accounts.SessionEndedError)
        assert _kinds(account_id) == [
            ("session.opened", None),
            ("session.reuse_detected", None),
            ("session.ended", "token_reused"),
        ]

    def test_a_parent_whose_successor_was_used_is_reuse_within_the_30_seconds_too(self, account_id):
        opened = _open(account_id)
        second = _refresh(opened.refresh_token, now=NOW).get()
        _refresh(second.refresh_token, now=NOW + timedelta(seconds=5)).get()

        outcome = _refresh(opened.refresh_token, now=NOW + timedelta(seconds=6))

        assert isinstance(outcome.refusal, accounts.RefreshReusedError)

    def test_a_grandparent_is_still_known_long_after(self, account_id):
        opened = _open(account_id)
        token = opened
        for day in range(1, 20):
            token = _refresh(token.refresh_token, now=NOW + timedelta(days=day)).get()

        outcome = _refresh(opened.refresh_token, now=NOW + timedelta(days=20))

        assert isinstance(outcome.refusal, accounts.RefreshReusedError)

    def test_a_session_ends_30_days_after_its_last_turn(self, account_id):
        opened = _open(account_id)
        second = _refresh(opened.refresh_token, now=NOW + timedelta(days=29, hours=23)).get()

        late = _refresh(second.refresh_token, now=second.expires_at)

        assert isinstance(late.refusal, accounts.RefreshRefusedError)

    def test_two_at_once_get_one_successor(self, real_app):
        account_id = make_account(real_app)
        with real_app.app_context():
            opened = _open(account_id)
        start, outcomes = threading.Barrier(4), []

        def ask() -> None:
            with real_app.app_context():
                start.wait(timeout=10)
                outcomes.append(_refresh(opened.refresh_token, now=NOW))

        crowd = [threading.Thread(target=ask) for _ in range(4)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()

        assert len(outcomes) == 4
        assert {outcome.get().refresh_token for outcome in outcomes} == {
            next_token(read_refresh_token(opened.refresh_token, secret=SECRET), secret=SECRET).text
        }


class TestText:
    TOKEN = first_token(uuid4(), secret=SECRET)

    def test_a_token_of_ours_is_opened(self):
        assert read_refresh_token(self.TOKEN.text, secret=SECRET) == self.TOKEN

    def test_a_token_of_another_secret_is_not(self):
        assert read_refresh_token(self.TOKEN.text, secret="t" * 48) is None

    def test_no_byte_of_it_can_be_changed(self):
        packed = base64.urlsafe_b64decode(self.TOKEN.text + "=" * (-len(self.TOKEN.text) % 4))

        for place in range(len(packed)):
            changed = packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]
            text = base64.urlsafe_b64encode(changed).decode().rstrip("=")
            assert read_refresh_token(text, secret=SECRET) is None, place

    @pytest.mark.parametrize("text", ["", "x", "é" * 86, "a" * 200, "=" * 86, "A" * 86, "A" * 85, "a b" * 30])
    def test_noise_is_no_token(self, text):
        assert read_refresh_token(text, secret=SECRET) is None

    def test_the_successor_cannot_be_had_without_the_secret(self):
        assert next_token(self.TOKEN, secret=SECRET).text != next_token(self.TOKEN, secret="t" * 48).text


class TestDevices:
    def test_signing_in_again_on_a_device_replaces_its_session(self, account_id):
        first = _open(account_id)
        second = _open(account_id, now=NOW + timedelta(hours=1))

        with storage.reading():
            listed = accounts.find_sessions(account_id, now=NOW + timedelta(hours=1))
        assert [(each.id, each.device_name) for each in listed] == [(second.session_id, "值班手机")]
        outcome = _refresh(first.refresh_token, now=NOW + timedelta(hours=2))
        assert isinstance(outcome.refusal, accounts.SessionEndedError)

    def test_the_same_device_of_another_account_stays(self, account_id, app):
        first = _open(account_id)
        _open(make_account(app))

        assert _refresh(first.refresh_token, now=NOW).refusal is None

    def test_at_most_twenty_devices_are_signed_in(self, account_id):
        opened = [_open(account_id, device=None, now=NOW + timedelta(minutes=n)) for n in range(21)]

        with storage.reading():
            listed = {each.id for each in accounts.find_sessions(account_id, now=NOW + timedelta(hours=1))}
        assert listed == {each.session_id for each in opened[1:]}

    def test_sessions_that_ended_long_ago_are_forgotten(self, account_id):
        old = _open(account_id)
        with storage.transaction():
            accounts.end_session(old.session_id, account_id=account_id, actor=SYSTEM, now=NOW)

        _open(account_id, device=None, now=NOW + timedelta(days=90))
        with storage.reading() as session:
            assert session.get(DeviceSession, old.session_id) is not None
        _open(account_id, device=None, now=NOW + timedelta(days=90, seconds=1))

        with storage.reading() as session:
            assert session.get(DeviceSession, old.session_id) is None

    def test_a_session_of_somebody_else_is_not_found(self, account_id, app):
        opened = _open(make_account(app))

        with storage.transaction(), pytest.raises(accounts.SessionNotFoundError):
            accounts.end_session(opened.session_id, account_id=account_id, actor=SYSTEM, now=NOW)

    def test_all_but_the_present_one_are_ended(self, account_id):
        here, there = _open(account_id), _open(account_id, device=None)

        with storage.transaction():
            count = accounts.end_sessions(account_id, actor=SYSTEM, now=NOW, but=here.session_id)

        assert count == 1
        assert _refresh(here.refresh_token, now=NOW).refusal is None
        assert isinstance(_refresh(there.refresh_token, now=NOW).refusal, accounts.DeviceRevokedError)

    def test_nobody_has_no_session(self, db):  # noqa: ARG002 - undone afterwards
        with storage.transaction(), pytest.raises(accounts.AccountNotFoundError):
            accounts.open_session(uuid4(), now=NOW, **TERMS)

    def test_enabling_an_account_again_does_not_bring_its_devices_back(self, app, db):  # noqa: ARG002 - undone afterwards
        account_id = make_account(app, username="leaver")
        opened = _open(account_id)
        with storage.transaction():
            accounts.disable_account("leaver", actor=SYSTEM, now=NOW)
            accounts.enable_account("leaver", actor=SYSTEM, now=NOW)

        outcome = _refresh(opened.refresh_token, now=NOW)

        assert isinstance(outcome.refusal, accounts.SessionEndedError)
        assert outcome.refusal.facts == {"because": "account_disabled"}
