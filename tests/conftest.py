"""Fixtures: one migrated database per engine and test process, undone after each test (see CONTRIBUTING.md)."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from dispatch import coverage, storage
from dispatch.app import create_app
from dispatch.config import Settings
from dispatch.storage.engine import database
from tests.databases import Databases, drop_all, server_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
ENGINES = ("sqlite", "postgresql")
LONGEST = ("journeys", "migrations", "walk", "fuzz", "gis")  # the folders whose files take longest for their tests
NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)  # noon in Tianjin


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-postgres", action="store_true", help="fail where no PostgreSQL answers")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # a test process of xdist: the first process already asked
        config.postgres_version = config.workerinput["postgres"]
        config.run_id = config.workerinput["run"]
        return
    config.run_id = uuid4().hex[:12]
    config.postgres_version = server_version()
    if config.getoption("--require-postgres") and not config.postgres_version:
        raise pytest.UsageError("PostgreSQL is required and does not answer; set DISPATCH_TEST_POSTGRES_URL")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["postgres"] = node.config.postgres_version
    node.workerinput["run"] = node.config.run_id


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        names = [name for name in ENGINES if name == "sqlite" or metafunc.config.postgres_version]
        metafunc.parametrize("engine_name", names, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that all processes end at about the same time."""
    sizes = Counter(item.path for item in items)

    def turn(item: pytest.Item) -> tuple[int, int, str]:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        first = LONGEST.index(folder) if folder in LONGEST else len(LONGEST)
        return first, -sizes[item.path], str(item.path)

    items.sort(key=turn)


def _place_of(node_id: str) -> str:
    inside = node_id.rpartition("[")[2].rstrip("]").split("-") if node_id.endswith("]") else []
    return next((name for name in ENGINES if name in inside), "no database")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Drop what is left on the server; say which engines ran, with their counts, and every skip with its reason."""
    if hasattr(config, "workerinput"):
        return
    if getattr(config, "postgres_version", None):
        drop_all(config.run_id)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    ran = Counter(_place_of(report.nodeid) for kind in ("passed", "failed") for report in reporter.stats.get(kind, []))
    lines = [f"sqlite {sqlite3.sqlite_version}: {ran['sqlite']} tests"]
    version = config.postgres_version
    lines.append(
        f"postgresql {version}: {ran['postgresql']} tests" if version else "postgresql: NOT RUN, no server answered"
    )
    lines.append(f"no database: {ran['no database']} tests")
    skips = Counter((_reason(report), report.nodeid) for report in reporter.stats.get("skipped", []))
    lines += [f"skipped: {node_id}: {reason}" for reason, node_id in sorted(skips)] or ["skipped: none"]
    reporter.write_line("engines: " + "; ".join(lines[:3]))
    for line in lines[3:]:
        reporter.write_line(line)


def _reason(report: pytest.TestReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data that stands beside the checkout, not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data not found beside the checkout ({SHARED_DATA.parent.name}/{SHARED_DATA.name})")
    return SHARED_DATA


def make_settings(url: str, var_dir: Path) -> Settings:
    """Settings for a test: nothing is read from the environment."""
    return Settings(
        secret_key="test-secret-" + "x" * 40,
        field_keys="1:" + "A" * 43,
        index_key="B" * 42 + "A",
        database_url=url,
        var_dir=var_dir,
        network="test",
        time_zone=ZoneInfo("Asia/Shanghai"),
        study_area_ll=(116.6, 38.5, 118.2, 40.3),
        access_token_min=15,
        session_days=30,
        body_max_bytes=1_048_576,
        upload_max_bytes=67_108_864,
        proxies=0,
        metrics_from=(ip_network("127.0.0.0/8"),),
        log_level="info",
        rate_limit=None,
        webhook_inside=(ip_network("127.0.0.0/8"),),
        webhook_http=frozenset({"127.0.0.1", "receiver.test"}),
    )


@contextmanager
def opened_app(settings: Settings) -> Iterator[Flask]:
    """Build an application, and let go of its database at the end."""
    made = create_app(settings, is_serving=False)
    made.testing = False  # errors become problems, as in production
    yield made
    with made.app_context():
        storage.engine().dispose()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """The databases of this run; the processes of xdist have one folder for them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(pytestconfig, "workerinput") else base) / "databases"
    folder.mkdir(exist_ok=True)
    return Databases(folder, run=pytestconfig.run_id)


@pytest.fixture(scope="session")
def make_database(databases: Databases) -> Callable[[str], str]:
    """Make an empty database of an engine; the URL comes back."""
    return databases.empty


@pytest.fixture(scope="session")
def make_migrated(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Make a database of an engine as the migrations leave it; the URL comes back."""

    def fill(url: str) -> None:
        with opened_app(make_settings(url, tmp_path_factory.mktemp("template"))) as made, made.app_context():
            storage.migrate()

    return lambda engine_name: databases.copy(engine_name, template="migrated", fill=fill)


@pytest.fixture(scope="session")
def keep() -> Iterator[Callable[..., Any]]:
    """
    Make something once per engine and process: `keep(engine_name, thing)`, where `thing()` is a context manager.

    The tests of a file run on one engine, then on the other, and pytest makes a fixture of the session that depends on
    `engine_name` anew at every change: without this twice for every file.
    """
    kept: dict[tuple[str, str], Any] = {}
    with ExitStack() as stack:

        def once(engine_name: str, thing: Callable[[], AbstractContextManager[Any]]) -> Any:
            key = engine_name, thing.__qualname__
            if key not in kept:
                kept[key] = stack.enter_context(thing())
            return kept[key]

        yield once


@pytest.fixture(scope="session")
def app(engine_name: str, keep, make_migrated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated database of this test process; use it through `db` or `client`."""

    def shared_app() -> AbstractContextManager[Flask]:
        return opened_app(make_settings(make_migrated(engine_name), tmp_path_factory.mktemp("var")))

    made = keep(engine_name, shared_app)
    with made.app_context():
        yield made
    var_dir = made.config["DISPATCH_SETTINGS"].var_dir
    shutil.rmtree(var_dir)  # the networks of one file are not those of the next
    var_dir.mkdir()


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session whose work is undone after the test, commits included."""
    with app.app_context(), storage.engine().connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        database.session.registry.set(session)
        yield session
        session.close()
        outer.rollback()
        coverage.forget_bases()  # the journal's lines that told them apart are gone


@pytest.fixture
def client(app: Flask, db: Session) -> FlaskClient:  # noqa: ARG001 - what the client does is undone
    """A caller of the API."""
    return app.test_client()


@pytest.fixture
def real_app(engine_name: str, make_migrated, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, where commits are commits: for races and faults."""
    with opened_app(make_settings(make_migrated(engine_name), tmp_path)) as made:
        yield made


@pytest.fixture
def make_sibling() -> Iterator[Callable[..., Flask]]:
    """Another application on the same database with some settings changed: `make_sibling(app, proxies=1)`."""
    made = []

    def make(app: Flask, **changes: object) -> Flask:
        made.append(create_app(replace(app.config["DISPATCH_SETTINGS"], **changes), is_serving=False))
        return made[-1]

    yield make
    for one in made:
        with one.app_context():
            storage.engine().dispose()


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that opens a socket to elsewhere fails."""
    connect = socket.socket.connect

    def guard(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            pytest.fail("a socket to another host was opened")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guard)
