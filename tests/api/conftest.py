"""Every reply that a test of the API receives is held against the OpenAPI document."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from dispatch.api import blueprints
from tests import things as things_module
from tests.conftest import make_settings, opened_app
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
def things_app(engine_name: str, keep, make_migrated, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that also has the routes of `tests.things`, on a database of its own."""

    @contextmanager
    def app_with_things() -> Iterator[Flask]:
        real = blueprints.blueprints()
        with ExitStack() as stack:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(blueprints, "blueprints", lambda: [*real, things_module.bp])
                settings = make_settings(make_migrated(engine_name), tmp_path_factory.mktemp("var"))
                made = stack.enter_context(opened_app(settings))
            yield made

    return keep(engine_name, app_with_things)


@pytest.fixture
def things(things_app: Flask) -> CheckedClient:
    """A caller of that application."""
    return CheckedClient(things_app, things_app.response_class, use_cookies=True)


@pytest.fixture(scope="session")
def planner(things_app: Flask) -> dict[str, str]:
    """The headers of a planner of that application."""
    return sign_in(things_app, role="planner", area="120198")
