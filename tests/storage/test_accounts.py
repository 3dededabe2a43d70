"""Accounts on both engines: what is kept of them, who may sign in, and what they are granted on a day."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import jwt
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from dispatch import accounts, journal, storage
from dispatch.accounts import passwords
from dispatch.accounts.models import Account
from dispatch.accounts.tokens import AUDIENCE, ISSUER
from dispatch.actor import SYSTEM, Grant, Role, ScopeKind

NOW = datetime(2026, 3, 31, 17, 0, tzinfo=UTC)  # one in the morning of 1 April in Tianjin
ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "s" * 48
ANOTHER = "another-password"
WRONG = "wrong-password"
RECORD = accounts.AccountRecord(
    username="Zhang.San",
    password="a-good-long-password",  # noqa: S106 - opens nothing
    display_name="张三",
    grants=(Grant(Role.PLANNER, ScopeKind.AREA, "120198"),),
)


def _create(record: accounts.AccountRecord = RECORD) -> UUID:
    with storage.transaction():
        return accounts.create_account(record, actor=SYSTEM, now=NOW, zone=ZONE)


@pytest.mark.usefixtures("db")
class TestMaking:
    def test_only_a_hash_of_the_password_is_kept(self):
        account_id = _create()

        with storage.reading() as session:
            kept = session.get(Account, account_id).password_hash

        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert RECORD.password not in repr(RECORD)

    def test_grants_begin_on_the_local_date(self):
        account_id = _create()

        with storage.reading():
            before = accounts.find_actor(account_id, on=date(2026, 3, 31))
            after = accounts.find_actor(account_id, on=date(2026, 4, 1))

        assert before.grants == ()
        assert after.grants == (Grant(Role.PLANNER, ScopeKind.AREA, "120198"),)

    def test_a_second_account_of_that_name_is_refused_however_it_is_spelled(self):
        _create()

        with pytest.raises(accounts.UsernameTakenError):
            _create(replace(RECORD, username=" ｚｈａｎｇ．san"))  # noqa: RUF001 - full width, as an input method may write it

    @pytest.mark.parametrize("username", ["a", "two words", "x" * 65, "a/b", "", "tab\t"])
    def test_names_that_cannot_be_typed_again_are_refused(self, username):
        with pytest.raises(accounts.UsernameInvalidError):
            _create(replace(RECORD, username=username.replace("tab\t", "a\tb")))

    @pytest.mark.parametrize("password", ["short", "x" * 201])
    def test_short_and_endless_passwords_are_refused(self, password):
        with pytest.raises(accounts.WeakPasswordError):
            _create(replace(RECORD, password=password))

    @pytest.mark.parametrize(
        "grant",
        [
            Grant(Role.PLANNER, ScopeKind.ORGANIZATION, str(uuid4())),
            Grant(Role.PLANNER, ScopeKind.AREA, "1201"),
            Grant(Role.PLANNER, ScopeKind.AREA, ""),
            Grant(Role.PLANNER, ScopeKind.AREA, "１２"),  # noqa: RUF001 - full width digits
            Grant(Role.FAMILY, ScopeKind.ELDER, "the neighbor"),
            Grant(Role.CARER, ScopeKind.OWN, str(uuid4())),
        ],
    )
    def test_a_role_is_granted_for_a_fitting_scope_only(self, grant):
        with pytest.raises(accounts.GrantInvalidError):
            _create(replace(RECORD, grants=(grant,)))

    def test_making_an_account_is_in_the_journal_without_its_name(self):
        account_id = _create()

        with storage.reading():
            entries = journal.find_entries(account_id)

        assert [entry.kind for entry in entries] == ["account.created"]
        assert entries[0].facts == {"roles": ["planner"]}

    def test_an_own_grant_is_the_account_itself(self):
        account_id = _create(replace(RECORD, grants=(Grant(Role.CARER, ScopeKind.OWN, ""),)))

        with storage.reading():
            found = accounts.get_account(account_id)

        assert found.grants[0].grant.scope_ref == str(account_id)
        assert found.grants[0].valid_from == date(2026, 4, 1)

    def test_no_account_is_not_found(self):
        with storage.reading(), pytest.raises(accounts.AccountNotFoundError):
            accounts.get_account(uuid4())


@pytest.mark.usefixtures("db")
class TestPutting:
    def _put(self, *records, at=NOW):
        with storage.transaction():
            return accounts.put_accounts(records, actor=SYSTEM, at=at, zone=ZONE)

    def test_the_same_again_changes_nothing(self):
        first = self._put(RECORD)
        second = self._put(RECORD)

        assert (first, second) == ((1, 0, 0), (0, 0, 1))

    def test_a_new_password_and_name_are_taken_over(self):
        self._put(RECORD)

        counted = self._put(replace(RECORD, password=ANOTHER, display_name="张三丰"))

        assert counted == (0, 1, 0)
        with storage.reading():
            signed_in = accounts.authenticate("zhang.san", password=ANOTHER)
            assert accounts.get_account(signed_in.account_id).display_name == "张三丰"

    def test_a_grant_that_is_not_given_again_ends_and_stays_on_record(self):
        self._put(RECORD)
        later = NOW + timedelta(days=10)

        self._put(replace(RECORD, grants=(Grant(Role.PLANNER, ScopeKind.AREA, "120199"),)), at=later)

        with storage.reading():
            found = accounts.list_accounts()[0]
            spans = [(one.grant.scope_ref, one.valid_from, one.valid_to) for one in found.grants]
            before = accounts.find_actor(found.id, on=date(2026, 4, 10))
            after = accounts.find_actor(found.id, on=date(2026, 4, 11))
        assert spans == [
            ("120198", date(2026, 4, 1), date(2026, 4, 11)),
            ("120199", date(2026, 4, 11), None),
        ]
        assert before.covers_area("120198002")
        assert not after.covers_area("120198002")
        assert after.covers_area("120199002")


@pytest.mark.usefixtures("db")
class TestSigningIn:
    def test_the_right_password_tells_who_it_is(self):
        account_id = _create()

        with storage.reading():
            signed_in = accounts.authenticate("zhang.san", password=RECORD.password)

        assert signed_in == (account_id, False)

    @pytest.mark.parametrize("username", ["zhang.san", "nobody", "not a name!", "", "x" * 500])
    def test_wrong_and_unknown_get_the_same_answer(self, username):
        _create()

        with storage.reading(), pytest.raises(accounts.SignInFailedError) as caught:
            accounts.authenticate(username, password=WRONG)

        assert caught.value.facts == {}

    @pytest.mark.parametrize("username", ["zhang.san", "nobody", "not a name!"])
    def test_unknown_names_cost_one_hash_like_known_ones(self, username, monkeypatch):
        # counted, not timed: the work is the same, so the time is
        _create()
        verified = []

        class Counting:
            def verify(self, password_hash, password):
                verified.append(password_hash)
                return passwords.PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1).verify(
                    password_hash, password
                )

        monkeypatch.setattr(passwords, "_hasher", Counting())
        with storage.reading(), pytest.raises(accounts.SignInFailedError):
            accounts.authenticate(username, password=WRONG)

        assert len(verified) == 1

    def test_nobodys_hash_has_todays_parameters(self):
        assert not passwords.is_old_hash(passwords.NOBODYS_HASH)
        assert not passwords.is_right_password("", password_hash=None)

    def test_a_disabled_account_signs_in_no_more_and_acts_no_more(self):
        account_id = _create()

        with storage.transaction():
            accounts.disable_account("ZHANG.SAN", actor=SYSTEM, now=NOW)

        with storage.reading():
            assert accounts.find_actor(account_id, on=date(2026, 4, 1)) is None
            with pytest.raises(accounts.SignInFailedError):
                accounts.authenticate("zhang.san", password=RECORD.password)

    def test_an_account_is_enabled_again(self):
        account_id = _create()
        with storage.transaction():
            accounts.disable_account("zhang.san", actor=SYSTEM, now=NOW)
            accounts.enable_account("zhang.san", actor=SYSTEM, now=NOW)
            accounts.enable_account("zhang.san", actor=SYSTEM, now=NOW)

        with storage.reading():
            kinds = [entry.kind for entry in journal.find_entries(account_id)]
            assert accounts.authenticate("zhang.san", password=RECORD.password).account_id == account_id
        assert kinds == ["account.created", "account.disabled", "account.enabled"]

    def test_disabling_nobody_is_an_error(self):
        with storage.transaction(), pytest.raises(accounts.AccountNotFoundError):
            accounts.disable_account("nobody", actor=SYSTEM, now=NOW)

    def test_a_hash_with_other_parameters_is_renewed(self):
        account_id = _create()
        old = PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1).hash(RECORD.password)
        with storage.transaction() as session:
            session.execute(sa.update(Account).values(password_hash=old))

        with storage.reading():
            before = accounts.authenticate("zhang.san", password=RECORD.password)
        with storage.transaction():
            accounts.renew_hash(account_id, password=RECORD.password)
        with storage.reading():
            after = accounts.authenticate("zhang.san", password=RECORD.password)

        assert (before.has_old_hash, after.has_old_hash) == (True, False)


class TestTurns:
    def test_one_password_at_a_time_is_computed(self, monkeypatch):
        at_once, most, lock = [0], [0], threading.Lock()

        class Slow:
            def hash(self, _password):
                with lock:
                    at_once[0] += 1
                    most[0] = max(most[0], at_once[0])
                for _ in range(20_000):
                    pass
                with lock:
                    at_once[0] -= 1
                return "hash"

        monkeypatch.setattr(passwords, "_hasher", Slow())
        crowd = [threading.Thread(target=passwords.hash_password, args=("x" * 10,)) for _ in range(8)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()

        assert most[0] == passwords.AT_ONCE

    def test_who_waits_too_long_is_told_so(self, monkeypatch):
        monkeypatch.setattr(passwords, "TURN_TIMEOUT_S", 0.01)

        with passwords._turn(), pytest.raises(accounts.SignInsBusyError):
            passwords.hash_password("x" * 10)


class TestTokens:
    ACCOUNT = UUID("01980000-0000-7000-8000-00000000000a")
    SESSION = UUID("01980000-0000-7000-8000-00000000000b")

    def _claims(self, **changes):
        good = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(self.ACCOUNT),
            "sid": str(self.SESSION),
            "iat": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 900,
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def _read(self, token, *, at=NOW):
        return accounts.read_token(token, secret=SECRET, now=at)

    def test_a_token_tells_the_account_until_it_ends(self):
        token, expires_in_s = accounts.issue_token(
            self.ACCOUNT, session_id=self.SESSION, secret=SECRET, now=NOW, ttl_min=15
        )

        assert expires_in_s == 900
        assert self._read(token) == (self.ACCOUNT, self.SESSION)
        assert self._read(token, at=NOW + timedelta(seconds=899)) == (self.ACCOUNT, self.SESSION)
        assert self._read(token, at=NOW + timedelta(seconds=900)) is None
        assert self._read(token, at=NOW - timedelta(seconds=1)) is None

    def test_another_secret_opens_nothing(self):
        token, _ = accounts.issue_token(self.ACCOUNT, session_id=self.SESSION, secret="t" * 48, now=NOW, ttl_min=15)

        assert self._read(token) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "somebody"},
            {"aud": "another-api"},
            {"iss": None},
            {"aud": None},
            {"sub": None},
            {"sid": None},
            {"sid": "not-an-id"},
            {"sid": 7},
            {"sid": ["a"]},
            {"iat": None},
            {"exp": None},
            {"sub": "not-an-id"},
            {"sub": 7},
            {"exp": "soon"},
            {"exp": True},
            {"exp": 9e18},
        ],
        ids=str,
    )
    def test_claims_that_are_missing_or_others_are_refused(self, changes):
        token = jwt.encode(self._claims(**changes), SECRET, algorithm="HS256") if changes != {"sub": 7} else None
        if token is None:
            token = jwt.api_jws.encode(b'{"iss":"dispatch","sub":7}', SECRET, algorithm="HS256")

        assert self._read(token) is None

    def test_the_same_claims_unchanged_are_good(self):
        assert self._read(jwt.encode(self._claims(), SECRET, algorithm="HS256")) == (self.ACCOUNT, self.SESSION)

    def test_an_unsigned_token_and_other_algorithms_are_refused(self):
        unsigned = jwt.encode(self._claims(), None, algorithm="none")
        longer = jwt.encode(self._claims(), SECRET * 2, algorithm="HS512")

        assert self._read(unsigned) is None
        assert accounts.read_token(longer, secret=SECRET * 2, now=NOW) is None

    @pytest.mark.parametrize("text", ["", "x", "a.b.c", "a.b", "é.é.é", "..", "{}", "\x00.\x00.\x00", "a" * 10_000])
    def test_noise_is_no_token(self, text):
        assert self._read(text) is None
