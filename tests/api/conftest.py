"""Every reply that a test of the API receives is held against the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dispatch import storage
from dispatch.api import blueprints
from dispatch.app import create_app
from tests import things as things_module
from tests.conftest import make_settings
from tests.factories.accounts import sign_in
from tests.openapi import CheckedClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session


@pytest.fixture
def client(app: Flask, db: Session) -> CheckedClient:  # noqa: ARG001 - what the client does is undone
    """A caller of the API whose every reply must be as the document says."""
    return CheckedClient(app, app.response_class, use_cookies=True)


@pytest.fixture(scope="session")
def things_app(engine_name: str, make_database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application that also has the routes of `tests.things`, on a database of its own."""
    real = blueprints.blueprints()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blueprints, "blueprints", lambda: [*real, things_module.bp])
        made = create_app(make_settings(make_database(engine_name), tmp_path_factory.mktemp("var")), is_serving=False)
    made.testing = False
    with made.app_context():
        storage.migrate()
    yield made
    with made.app_context():
        storage.engine().dispose()


@pytest.fixture
def things(things_app: Flask) -> CheckedClient:
    """A caller of that application."""
    return CheckedClient(things_app, things_app.response_class, use_cookies=True)


@pytest.fixture(scope="session")
def planner(things_app: Flask) -> dict[str, str]:
    """The headers of a planner of that application."""
    return sign_in(things_app, role="planner", area="120198", username="planner1")
