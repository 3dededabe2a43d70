"""Builds everything; the only file that knows every room."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from flask import Flask

from dispatch import api, cli, jobs, logs, storage
from dispatch.config import KEYS_EXAMPLE, Settings, SettingsError, read_settings
from dispatch.errors import DispatchError

if TYPE_CHECKING:
    from dispatch.words import Words

SOFTWARE_FAULT = 70  # EX_SOFTWARE of sysexits.h
logger = logging.getLogger(__name__)


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
    with app.app_context():
        storage.install_jobs(jobs.make_port(settings.database_url))
    if settings.field_keys or settings.index_key:
        with app.app_context():
            storage.install_keys(_keys(settings))
    if is_serving:
        jobs.load_engine()
        with app.app_context(), storage.database_faults():
            storage.check_schema()
            storage.engine().dispose()  # a server forks after this
    api.install(app, settings=settings)
    return app


def _keys(settings: Settings) -> storage.KeyRing:
    try:
        return storage.read_keys(settings.field_keys, index_key=settings.index_key)
    except ValueError as error:
        raise SettingsError(
            f"DISPATCH_FIELD_KEYS or DISPATCH_INDEX_KEY cannot be read: {error}. Make a key: {KEYS_EXAMPLE}"
        ) from None


def _in_both(fault: Words | str) -> str:
    return fault if isinstance(fault, str) else f"{fault.zh} {fault.en}"


def main() -> None:
    """Run the command line; errors that say what to do end it with one line and status 1, faults of ours with 70."""
    try:
        logs.install(level=read_settings(needs_secret=False).log_level)
        cli.run(create_app, run_worker=jobs.run_worker)
    except (DispatchError, SettingsError) as error:
        sys.stderr.write(f"error: {error}\n")
        for field, faults in getattr(error, "fields", {}).items():
            sys.stderr.writelines(f"  {field}: {_in_both(fault)}\n" for fault in faults)
        sys.exit(1)
    except Exception as fault:  # noqa: BLE001 - the edge; without its message, which may hold values of a row
        logger.error("The command failed", extra=logs.describe_fault(fault))  # noqa: TRY400 - see above
        sys.exit(SOFTWARE_FAULT)
