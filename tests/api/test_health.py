"""Alive and ready."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from dispatch import storage, streets
from dispatch.actor import SYSTEM
from dispatch.api.networks import imported_network
from tests.worlds.tiny_day import tiny_network


def test_alive_asks_nothing_of_the_database(client, monkeypatch):
    monkeypatch.setattr(storage, "session", None)

    reply = client.get("/livez")

    assert (reply.status_code, reply.get_json()) == (200, {"status": "ok"})


def test_without_a_network_it_is_not_ready_and_says_what_to_do(client):
    reply = client.get("/readyz")

    assert (reply.status_code, reply.get_json()["code"]) == (503, "network-not-found")
    assert "dispatch streets import" in reply.get_json()["detail"]


def test_an_outdated_database_is_not_ready_and_says_what_to_do(real_app):
    with real_app.app_context(), storage.engine().begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '0001_add_journal'"))

    reply = real_app.test_client().get("/readyz")

    assert (reply.status_code, reply.get_json()["code"]) == (503, "schema-outdated")
    assert reply.headers["Retry-After"] == "5"
    assert "dispatch db upgrade" in reply.get_json()["detail"]


@pytest.fixture
def network_folder(things_app):
    settings = things_app.config["DISPATCH_SETTINGS"]
    folder = settings.networks_dir / settings.network
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_with_a_network_it_is_ready_and_says_which(things, network_folder):
    network = tiny_network()
    streets.save_network(network, folder=network_folder)

    reply = things.get("/readyz")

    assert reply.status_code == 200
    told = reply.get_json()
    assert told["network"] == streets.network_identity(network.manifest)
    assert (told["database"], told["oldest_job_at"], told["workers"]) == (storage.engine().dialect.name, None, 0)


def test_ready_says_since_when_the_oldest_job_waits(things, network_folder, things_app):
    streets.save_network(tiny_network(), folder=network_folder)
    at = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
    with things_app.app_context():
        with storage.transaction():
            job = storage.request_job("coverage_run", key="oldest", args={}, actor=SYSTEM, at=at)
        told = things.get("/readyz").get_json()
        with storage.transaction():
            storage.cancel_job(job.id, actor=SYSTEM, at=at)

    assert told["oldest_job_at"] == "2026-03-31T04:00:00+00:00"
    assert things.get("/readyz").get_json()["oldest_job_at"] is None


def test_a_database_that_cannot_be_written_is_not_ready(things, network_folder, monkeypatch):
    streets.save_network(tiny_network(), folder=network_folder)

    def locked(*_name, **_at):
        raise sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("attempt to write a readonly database"))

    monkeypatch.setattr(storage, "beat", locked)

    reply = things.get("/readyz")

    assert (reply.status_code, reply.get_json()["code"]) == (503, "database-busy")


def test_with_a_full_disk_it_is_not_ready(things, network_folder, monkeypatch):
    streets.save_network(tiny_network(), folder=network_folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=42_000_000))

    reply = things.get("/readyz")

    assert (reply.status_code, reply.get_json()["code"]) == (503, "disk-almost-full")
    assert "42 MB" in reply.get_json()["detail"]


def test_a_network_is_opened_once_and_again_when_it_was_replaced(things_app, network_folder):
    with things_app.app_context():
        streets.save_network(tiny_network(), folder=network_folder)
        first, second = imported_network(), imported_network()
        streets.save_network(tiny_network(), folder=network_folder)
        replaced = imported_network()

    assert first is second
    assert replaced is not first
