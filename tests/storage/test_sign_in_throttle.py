"""Tries are counted in the database, for names that exist and names that do not."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dispatch import accounts, storage
from dispatch.accounts.models import SignInTries
from dispatch.accounts.operations import forget_tries

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
HERE = "192.0.2.7"


def _try(name="zhang.san", *, address=HERE, now=NOW):
    with storage.transaction():
        accounts.count_try(name, address=address, now=now)


def _forget(name="zhang.san", *, address=HERE):
    with storage.transaction():
        forget_tries(name, address=address)


@pytest.mark.usefixtures("db")
class TestNames:
    def test_the_sixth_try_waits_half_a_minute(self):
        for _ in range(5):
            _try()

        with pytest.raises(accounts.TooManyTriesError) as caught:
            _try(now=NOW + timedelta(seconds=29))
        assert caught.value.facts == {"retry_after_s": 1}
        _try(now=NOW + timedelta(seconds=30))
        with pytest.raises(accounts.TooManyTriesError) as caught:
            _try(now=NOW + timedelta(seconds=31))
        assert caught.value.facts == {"retry_after_s": 59}

    def test_a_refused_try_does_not_lengthen_the_wait(self):
        for _ in range(5):
            _try()
        for _ in range(20):
            with pytest.raises(accounts.TooManyTriesError):
                _try(now=NOW + timedelta(seconds=10))

        _try(now=NOW + timedelta(seconds=30))

    def test_the_right_password_begins_anew(self):
        for _ in range(5):
            _try()
        _forget()

        for _ in range(5):
            _try()
        with pytest.raises(accounts.TooManyTriesError):
            _try()

    def test_names_are_counted_as_they_are_kept(self):
        for name in ("zhang.san", "ZHANG.SAN", " zhang.san ", "ｚｈａｎｇ．san", "Zhang.San"):  # noqa: RUF001 - full width
            _try(name)

        with pytest.raises(accounts.TooManyTriesError):
            _try()

    def test_another_name_is_free(self):
        for _ in range(5):
            _try()
        for _ in range(5):
            _try("li.si")

        for name in ("zhang.san", "li.si"):
            with pytest.raises(accounts.TooManyTriesError):
                _try(name)


@pytest.mark.usefixtures("db")
class TestAddresses:
    def test_the_hundredth_failure_of_an_address_makes_every_name_wait(self):
        for number in range(100):
            _try(f"name{number}")

        with pytest.raises(accounts.TooManyTriesError):
            _try("somebody.else")
        _try("somebody.else", address="192.0.2.8")

    def test_signing_in_does_not_wipe_out_the_failures_of_its_address(self):
        for number in range(99):
            _try(f"name{number}")
        _try("the.attackers.own")
        _forget("the.attackers.own")

        _try("one.more")
        with pytest.raises(accounts.TooManyTriesError):
            _try("too.many")

    @pytest.mark.parametrize(
        ("first", "second"),
        [("2001:db8::1", "2001:db8::ffff:2"), ("::ffff:192.0.2.7", "192.0.2.7"), (None, "not an address")],
    )
    def test_addresses_of_one_place_count_together(self, first, second):
        for number in range(100):
            _try(f"name{number}", address=first)

        with pytest.raises(accounts.TooManyTriesError):
            _try("another", address=second)

    def test_neither_name_nor_address_is_kept(self):
        _try()

        with storage.reading() as session:
            kept = [row.key for row in session.scalars(sa.select(SignInTries))]

        assert [len(key) for key in kept] == [16, 16]

    def test_what_was_forgotten_is_removed(self):
        _try("old.name", address="192.0.2.9")

        _try("new.name", now=NOW + timedelta(hours=2))

        with storage.reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(SignInTries)) == 2


def test_many_at_once_count_as_many(real_app):
    start, refused = threading.Barrier(8), []

    def ask() -> None:
        with real_app.app_context():
            start.wait(timeout=10)
            try:
                _try()
            except accounts.TooManyTriesError:
                refused.append(1)

    crowd = [threading.Thread(target=ask) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert len(refused) == 3  # five are free
