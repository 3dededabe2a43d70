"""Alive and ready."""

from __future__ import annotations

import shutil

import pytest
import sqlalchemy as sa

from dispatch import storage, streets
from dispatch.api.networks import current_network
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
    assert reply.get_json()["network"] == streets.network_identity(network.manifest)


def test_a_network_is_opened_once_and_again_when_it_was_replaced(things_app, network_folder):
    with things_app.app_context():
        streets.save_network(tiny_network(), folder=network_folder)
        first, second = current_network(), current_network()
        streets.save_network(tiny_network(), folder=network_folder)
        replaced = current_network()

    assert first is second
    assert replaced is not first
