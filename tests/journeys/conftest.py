"""The made-up districts in a database of their own, for journeys that ask about known truth."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispatch import storage, streets
from dispatch.cli.db import upgrade_database
from dispatch.cli.seeding import load_seed
from seed import write_world
from tests.conftest import make_settings, opened_app

LOADED_AT = datetime(2026, 4, 7, 2, 0, tzinfo=UTC)  # after March was closed


@pytest.fixture(scope="session")
def seed_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seed")
    write_world(folder)
    return folder


@pytest.fixture(scope="session")
def truth(seed_folder):
    """The true figures, from a file that the product did not write."""
    return json.loads((seed_folder / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def seed_var(tmp_path_factory):
    return tmp_path_factory.mktemp("seed_var")


@pytest.fixture(scope="session")
def network(seed_folder, seed_var):
    folder = seed_var / "networks" / "seed"
    streets.import_osm(seed_folder / "network.osm", folder=folder, name="seed", imported_at=LOADED_AT)
    return streets.open_network(folder)


@pytest.fixture(scope="session")
def seeded(engine_name, keep, databases, seed_folder, seed_var):
    """An application on a database of its own that holds the made-up districts. Change nothing in it."""

    def settings(url):
        return replace(make_settings(url, seed_var), network="seed")

    def fill(url):
        with opened_app(settings(url)) as made, made.app_context():
            upgrade_database()
            load_seed(seed_folder, now=LOADED_AT)

    def seeded_app():
        return opened_app(settings(databases.copy(engine_name, template="seeded", fill=fill)))

    return keep(engine_name, seeded_app)


@pytest.fixture
def district(seeded):
    """The application with its context and a reading open."""
    with seeded.app_context(), storage.reading():
        yield seeded
