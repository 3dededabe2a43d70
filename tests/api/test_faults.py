"""What goes wrong on our side is said without leaking anything, and a server that cannot serve does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from dispatch import clock, journal, logs, storage
from dispatch.accounts import passwords
from dispatch.accounts.models import Account
from dispatch.actor import SYSTEM
from tests.databases import on_server
from tests.factories.accounts import PASSWORD, make_account
from tests.things import SECRET

KEYS = {"DISPATCH_FIELD_KEYS": "1:" + "A" * 43, "DISPATCH_INDEX_KEY": "A" * 43}
ROOT = Path(__file__).parents[2]


class TestOurFaults:
    def test_expected_errors_carry_code_facts_and_fields(self, things):
        reply = things.get("/v1/things/taken")

        assert reply.status_code == 409
        assert reply.get_json() == {
            "type": "urn:dispatch:problem:thing-taken",
            "title": "东西被拿走了",
            "status": 409,
            "code": "thing-taken",
            "detail": "A1 被拿走了",
            "facts": {"name": "A1", "who": "别人"},
            "fields": {"point.crs": ["要写明坐标系"]},
        }

    def test_an_unexpected_fault_is_500_with_a_reference_that_the_log_has(self, things, caplog):
        caplog.handler.setFormatter(logs.Formatter())
        reply = things.get("/v1/things/fault")

        body = reply.get_json()
        assert (reply.status_code, body["code"]) == (500, "server-failed")
        assert body["facts"]["reference"] in caplog.text
        assert body["facts"]["reference"] in body["detail"]
        assert "RuntimeError" in caplog.text
        assert "our fault" not in reply.get_data(as_text=True)

    def test_a_row_that_the_database_refuses_is_neither_answered_nor_logged(self, things, caplog):
        caplog.handler.setFormatter(logs.Formatter())
        reply = things.get("/v1/things/database-fault")

        assert reply.status_code == 500
        assert "insert into" not in reply.get_data(as_text=True)
        assert not any(part in reply.get_data(as_text=True) for part in SECRET.splitlines())
        assert "IntegrityError" in caplog.text
        assert not any(part in caplog.text for part in SECRET.splitlines())


class TestDatabaseAway:
    """A locked or full database is 503 with a time to try again, and nothing was changed."""

    @pytest.fixture
    def impatient(self, real_app):
        """An application that waits 50 ms for a lock, with an account whose sign-in writes."""
        with real_app.app_context():
            made = storage.engine()
            is_postgres = made.dialect.name == "postgresql"
            sentence = "SET lock_timeout = '50ms'" if is_postgres else "PRAGMA busy_timeout = 50"

            @event.listens_for(made, "connect")
            def wait_briefly(connection, _record):
                connection.execute(sentence)
                if is_postgres:
                    connection.commit()

            make_account(real_app, role="planner", username="planner1")
            with storage.transaction() as session:
                weak = passwords.PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1)
                session.execute(sa.update(Account).values(password_hash=weak.hash(PASSWORD)))
            made.dispose()
        return real_app

    def _sign_in(self, app):
        return app.test_client().post("/v1/auth/tokens", json={"username": "planner1", "password": PASSWORD})

    def test_a_locked_database_is_503(self, impatient):
        with impatient.app_context():
            locking = storage.engine().connect()
            on_postgres = storage.engine().dialect.name == "postgresql"
            # on SQLite the connection has the one write lock since it began
            locking.exec_driver_sql("LOCK TABLE account IN EXCLUSIVE MODE" if on_postgres else "SELECT 1")

            refused = self._sign_in(impatient)
            locking.close()
            allowed = self._sign_in(impatient)

        assert (refused.status_code, refused.get_json()["code"]) == (503, "database-busy")
        assert refused.headers["Retry-After"] == "5"
        assert allowed.status_code == 200

    def test_a_full_database_is_503(self, impatient, engine_name):
        if engine_name == "postgresql":
            with impatient.app_context(), pytest.raises(storage.DatabaseBusyError), storage.database_faults():
                # what psycopg raises when the server's disk is full (SQLSTATE 53100)
                raise sa.exc.OperationalError("INSERT", {}, Exception("could not extend file: No space left on device"))
            return
        with impatient.app_context():

            @event.listens_for(storage.engine(), "connect")
            def leave_no_page(connection, _record):
                connection.execute("PRAGMA max_page_count = 1")  # the present size is the least it takes

            storage.engine().dispose()
            with pytest.raises(storage.DatabaseBusyError):
                self._write_much()
            with storage.reading():
                assert journal.find_entries("0") == []

    def _write_much(self):
        with storage.transaction():
            for number in range(2_000):
                journal.append("x.happened", actor=SYSTEM, at=clock.utc_now(), subject_id=str(number))

    def test_a_database_that_lets_nobody_in_is_503(self, real_app, engine_name):
        with real_app.app_context():
            url = storage.engine().url
            storage.engine().dispose()
            if engine_name == "postgresql":
                on_server(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
            else:
                Path(url.database).unlink()
                Path(url.database).mkdir()

            reply = real_app.test_client().get("/readyz")

            if engine_name == "postgresql":
                on_server(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true')

        assert (reply.status_code, reply.get_json()["code"]) == (503, "database-busy")


class TestStart:
    """`gunicorn wsgi:app` ends at once, with one line that says what to do."""

    def _start(self, tmp_path, **settings):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DISPATCH_")}
        return subprocess.run(
            [sys.executable, "-c", "import wsgi"],
            cwd=ROOT,
            env=kept | {"DISPATCH_VAR_DIR": str(tmp_path)} | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @pytest.mark.parametrize("secret", [None, "short"])
    def test_without_a_secret_it_does_not_start(self, tmp_path, secret):
        result = self._start(tmp_path, **({"DISPATCH_SECRET_KEY": secret} if secret else {}))

        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert "DISPATCH_SECRET_KEY" in result.stderr
        assert "short\n" not in result.stderr

    @pytest.mark.parametrize(
        ("keys", "said"),
        [
            ({}, "DISPATCH_FIELD_KEYS and DISPATCH_INDEX_KEY"),
            (KEYS | {"DISPATCH_FIELD_KEYS": "1:oops"}, "cannot be read"),
        ],
    )
    def test_without_keys_that_can_be_read_it_does_not_start(self, tmp_path, keys, said):
        result = self._start(tmp_path, DISPATCH_SECRET_KEY="s" * 40, **keys)

        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert said in result.stderr
        assert "oops" not in result.stderr

    def test_on_a_database_that_is_not_upgraded_it_does_not_start(self, tmp_path):
        result = self._start(tmp_path, DISPATCH_SECRET_KEY="s" * 40, **KEYS)

        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert "dispatch db upgrade" in result.stderr

    def test_where_the_database_is_away_it_does_not_start(self, tmp_path):
        result = self._start(
            tmp_path,
            DISPATCH_SECRET_KEY="s" * 40,
            **KEYS,
            DISPATCH_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        )

        assert result.returncode == 1
        assert result.stderr.count("\n") == 1
        assert "database" in result.stderr
