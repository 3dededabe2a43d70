"""Builds everything; the only file that knows every room."""

from __future__ import annotations

import sys

from flask import Flask

from dispatch import api, cli, storage
from dispatch.config import Settings, SettingsError, read_settings
from dispatch.errors import DispatchError


def create_app(settings: Settings | None = None, *, is_serving: bool = True) -> Flask:
    """
    Build the application.

    Parameters
    ----------
    settings : Settings, optional
        Read from the environment where they are not given.
    is_serving : bool
        A server refuses to start on a database that is not upgraded; a command that upgrades it does not.

    Raises
    ------
    SettingsError
        Where a setting is missing.
    SchemaOutdatedError
        Where the database is not upgraded.

    """
    settings = settings or read_settings(needs_secret=is_serving)
    app = Flask("dispatch", static_folder=None)
    app.config["DISPATCH_SETTINGS"] = settings
    storage.install(app, url=settings.database_url)
    if is_serving:
        with app.app_context(), storage.database_faults():
            storage.check_schema()
            storage.engine().dispose()  # a server forks after this
    api.install(app, body_max_bytes=settings.body_max_bytes)
    return app


def main() -> None:
    """Run the command line; errors that say what to do end it with one line and status 1."""
    try:
        cli.run(create_app)
    except (DispatchError, SettingsError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
