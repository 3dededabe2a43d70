"""The long street with two runs, one of them published, and a server that real clients can ask."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from dispatch import coverage, storage, streets
from dispatch.actor import SYSTEM
from tests.conftest import NOW, make_settings, opened_app
from tests.factories.accounts import sign_in
from tests.openapi import CheckedClient
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

LAYERS = ("sites", "circles", "gaps", "hexagons", "areas")


@dataclass(frozen=True)
class Ground:
    """An application with two runs: of day care, published, and of meals, which nobody but its readers sees."""

    app: Flask
    published: UUID
    private: UUID
    officer: dict[str, str]
    planner: dict[str, str]

    def client(self) -> CheckedClient:
        """Give a caller whose replies are held against the document."""
        return CheckedClient(self.app, self.app.response_class)


@pytest.fixture(scope="session")
def ground(engine_name: str, keep, make_migrated, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Put the world on record, compute, publish. Change nothing in it."""

    @contextmanager
    def app_with_runs() -> Iterator[tuple[Flask, UUID, UUID]]:
        settings = make_settings(make_migrated(engine_name), tmp_path_factory.mktemp("gis"))
        network = world.make_network()
        streets.save_network(network, folder=settings.networks_dir / settings.network)
        with opened_app(settings) as made:
            with made.app_context():
                published, private = put_runs(network)
            yield made, published, private

    app, published, private = keep(engine_name, app_with_runs)
    with app.app_context():  # signed in for each file: a token does not hold for a whole run of the tests
        officer = sign_in(app, role="district_officer", area=world.DISTRICT)
        planner = sign_in(app, role="planner", area=world.DISTRICT)
    return Ground(app, published, private, officer, planner)


def put_runs(network: streets.Network) -> tuple[UUID, UUID]:
    """Compute day care and meals, and publish the first."""
    with storage.transaction():
        world.put_world()
        world.put_site("m", point_xy=(1500.0, 0.0), area=world.C3, service_code="meals")
        published, private = (
            coverage.run_coverage(
                coverage.RunWish(area_code=world.DISTRICT, service_code=service, as_of=world.AS_OF),
                network=network,
                actor=SYSTEM,
                now=NOW,
            ).id
            for service in ("day_care", "meals")
        )
    publish(published)
    return published, private


def publish(run_id: UUID) -> None:
    """Publish a run as its command does."""
    with storage.reading():
        draft = coverage.draft_publication(run_id, actor=SYSTEM)
    hiding = coverage.hide_counts(draft)
    with storage.transaction():
        coverage.store_publication(draft, hiding=hiding, actor=SYSTEM, at=NOW)


@pytest.fixture(scope="session")
def served(ground: Ground) -> Iterator[str]:
    """Serve the ground on loopback; gives its address."""
    server = make_server("127.0.0.1", 0, ground.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
