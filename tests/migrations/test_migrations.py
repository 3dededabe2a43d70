"""The schema goes up, down and up again on both engines, with rows in every table, and is what the models say."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from dispatch import storage
from dispatch.app import create_app
from dispatch.jobs.port import ENGINE_TABLES
from dispatch.storage import Base
from tests.conftest import make_settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "migrations"
VERSIONS = sorted((FOLDER / "versions").glob("*.py"))
NOW = dt.datetime(2026, 3, 31, 4, 0, tzinfo=dt.UTC)
OTHERS = {"alembic_version", *ENGINE_TABLES}  # the job engine's own stand beside ours on SQLite


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


@pytest.fixture
def empty_app(engine_name, make_database, tmp_path):
    made = create_app(make_settings(make_database(engine_name), tmp_path), is_serving=False)
    with made.app_context():
        yield made
        storage.engine().dispose()


def _fill() -> dict[str, int]:
    """Put one row into every table, whatever its columns, with the checks and references of the database kept."""
    metadata = sa.MetaData()
    with storage.engine().connect().execution_options(is_reading=True) as connection:
        metadata.reflect(connection)
    keys: dict[str, dict[str, object]] = {}
    with storage.engine().begin() as connection:
        for table in metadata.sorted_tables:
            if table.name in OTHERS:
                continue
            values = {column.name: _value(column, keys) for column in table.columns if not _is_counted(column)}
            row = {name: value for name, value in values.items() if value is not None}
            answer = connection.execute(table.insert().values(row))
            keys[table.name] = row | dict(
                zip(table.primary_key.columns.keys(), answer.inserted_primary_key, strict=True)
            )
    return _count(metadata)


def _count(metadata: sa.MetaData) -> dict[str, int]:
    with storage.engine().connect().execution_options(is_reading=True) as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in metadata.sorted_tables
            if table.name not in OTHERS
        }


def _is_counted(column: sa.Column) -> bool:
    return column.primary_key and isinstance(column.type, sa.Integer) and len(column.table.primary_key.columns) == 1


SAMPLES: tuple[tuple[type[sa.types.TypeEngine], object], ...] = (
    (sa.Boolean, True),
    (sa.DateTime, NOW),
    (sa.Date, NOW.date()),
    (sa.Time, dt.time(8)),
    (sa.JSON, {}),
    (sa.LargeBinary, b"x"),
    (sa.Integer, 1),
    (sa.Numeric, 1),
    (sa.Float, 1.0),
    (sa.String, "120198"),
)


def _value(column: sa.Column, keys: dict[str, dict[str, object]]) -> object:
    for reference in column.foreign_keys:
        target = reference.column
        # a reference to the table itself may be empty
        return keys[target.table.name][target.name] if target.table.name in keys else None
    if column.nullable:
        return None
    if isinstance(column.type, sa.Uuid):
        return uuid4()
    if getattr(column.type, "length", None) == 32:  # how SQLite gives a UUID back
        return uuid4().hex
    ends = "to" in column.name.split("_")
    if ends and isinstance(column.type, sa.DateTime | sa.Time):  # a span ends after it began
        return NOW + dt.timedelta(days=1) if isinstance(column.type, sa.DateTime) else dt.time(9)
    return _allowed(column) or next(sample for kind, sample in SAMPLES if isinstance(column.type, kind))


def _allowed(column: sa.Column) -> str | None:
    """Give the first member of a closed list, taken from the model's CHECK."""
    for check in (
        Base.metadata.tables[column.table.name].constraints if column.table.name in Base.metadata.tables else ()
    ):
        if isinstance(check, sa.CheckConstraint):
            found = re.match(rf"{column.name} IN \('([^']*)'", str(check.sqltext))
            if found:
                return found[1]
    return None


class TestUpAndDown:
    def test_up_down_and_up_again_with_rows_in_every_table(self, empty_app):  # noqa: ARG002 - its database
        storage.migrate()
        first = _fill()
        assert set(first.values()) == {1}
        steps = [step.revision for step in _script().walk_revisions()]  # newest first

        for revision in steps[1:]:
            storage.downgrade(revision)
            assert storage.schema_state()[0] == revision
        storage.downgrade("base")
        assert set(sa.inspect(storage.engine()).get_table_names()) <= OTHERS
        storage.migrate()

        again = _fill()
        assert again == first
        assert storage.schema_differences() == []

    def test_going_up_again_keeps_what_is_there(self, empty_app):  # noqa: ARG002 - its database
        storage.migrate()
        counted = _fill()

        storage.migrate()

        metadata = sa.MetaData()
        with storage.engine().connect().execution_options(is_reading=True) as connection:
            metadata.reflect(connection)
        assert _count(metadata) == counted

    def test_models_and_schema_do_not_differ(self, empty_app):  # noqa: ARG002 - its database
        storage.migrate()

        assert storage.schema_differences() == []

    def test_a_difference_would_be_seen(self, empty_app):  # noqa: ARG002 - its database
        storage.migrate()
        with storage.engine().begin() as connection:
            connection.exec_driver_sql("ALTER TABLE account ADD COLUMN shoe_size INTEGER")

        assert storage.schema_differences() != []

    def test_an_empty_database_is_refused_by_a_server_and_says_what_to_do(self, empty_app):  # noqa: ARG002 - its database
        with pytest.raises(storage.SchemaOutdatedError, match="dispatch db upgrade"):
            storage.check_schema()


class TestFiles:
    def test_there_is_one_head_and_head_txt_names_it(self):
        heads = _script().get_heads()

        assert heads == [(FOLDER / "HEAD.txt").read_text(encoding="utf-8").strip()]

    def test_files_are_numbered_in_their_order(self):
        order = [step.revision for step in reversed(list(_script().walk_revisions()))]

        assert order == [path.stem for path in VERSIONS]
        assert [name[:4] for name in order] == [f"{number:04}" for number in range(1, len(order) + 1)]

    @pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
    def test_nothing_of_the_program_is_imported(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            name.split(".")[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }

        assert "dispatch" not in imported

    @pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
    def test_each_has_a_way_back(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

        assert not isinstance(functions["downgrade"].body[0], ast.Pass | ast.Raise)
