"""`dispatch backup`: what is put back equals what was kept; a file that does not fit changes nothing."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import tomllib
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dispatch import storage
from dispatch.app import create_app
from dispatch.cli import backup, tree
from dispatch.storage import KeyRing
from tests.conftest import make_settings
from tests.factories.elders import AT, elder_record, make_id_no, put_elders, put_places

ELDERS = 40


@pytest.fixture
def filled(real_app):
    """An application with elders, whose numbers are sealed with key 1."""
    with real_app.app_context():
        with storage.transaction():
            put_places("120198001001")
            put_elders(*[elder_record(id_no=make_id_no(number=number)) for number in range(ELDERS)])
        yield real_app


@pytest.fixture
def other(engine_name, make_database, tmp_path):
    """Another, empty database of the same engine."""
    made = create_app(make_settings(make_database(engine_name), tmp_path / "other"), is_serving=False)
    yield made
    with made.app_context():
        storage.engine().dispose()


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "kept" / "monday.backup"


def run(app, *words: str):
    return CliRunner().invoke(backup.backup_commands, [str(word) for word in words], obj=lambda **_: app)


def digests(app) -> dict[str, tuple[int, str]]:
    with app.app_context(), storage.engine().connect().execution_options(is_reading=True) as connection:
        return {each.table: (each.rows, each.digest) for each in storage.digest_tables(connection)}


def add_elder(number: int) -> None:
    with storage.transaction():
        put_elders(elder_record(id_no=make_id_no(number=number)))


def repack(file: Path, *, change_manifest=lambda _: None, change_database=lambda content: content) -> None:
    """Write the archive again with something changed, as somebody else's program might have written it."""
    with tarfile.open(file, "r:gz") as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
    told = json.loads(members["manifest.json"])
    change_manifest(told)
    members["manifest.json"] = json.dumps(told).encode()
    members["database"] = change_database(members["database"])
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_restored_into_an_empty_database_everything_is_equal_and_can_be_read(filled, other, file):
    before = digests(filled)

    made = run(filled, "make", file)
    restored = run(other, "restore", file)

    assert (made.exit_code, restored.exit_code) == (0, 0), restored.output
    assert "restored: every table equals the backup" in restored.output
    assert digests(other) == before
    assert any(rows == ELDERS for rows, _ in before.values())
    with other.app_context(), storage.reading():
        assert len(list(storage.session().scalars(sa.text("select id from elder")))) == ELDERS


def test_restoring_undoes_whatever_happened_since(filled, file):
    before = digests(filled)
    run(filled, "make", file)
    add_elder(ELDERS + 1)
    with storage.transaction() as session:
        session.execute(sa.text("update elder set name = 'other'"))
        session.execute(sa.text("create table left_over (id integer primary key)"))
    assert digests(filled) != before

    refused = run(filled, "restore", file)
    still = digests(filled)
    restored = run(filled, "restore", file, "--replace")

    assert isinstance(refused.exception, storage.DatabaseNotEmptyError)
    assert "left_over" in " ".join(still)
    assert restored.exit_code == 0, restored.exception
    assert digests(filled) == before


def test_a_backup_beside_writers_is_one_moment(filled, other, file):
    stop, written = threading.Event(), []

    def write() -> None:
        number = ELDERS
        while not stop.is_set() or len(written) < 3:
            number += 1
            with filled.app_context():
                add_elder(number)
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = run(filled, "make", file)
    finally:
        stop.set()
        writer.join()
    restored = run(other, "restore", file)

    assert (made.exit_code, restored.exit_code) == (0, 0), (made.exception, restored.exception)
    with other.app_context(), storage.reading() as session:
        people = session.scalar(sa.text("select count(*) from elder"))
        told = session.scalar(sa.text("select count(*) from journal_entry where kind = 'elder.registered'"))
    assert ELDERS <= people <= ELDERS + len(written)
    assert people == told  # an elder and the line that tells of it were written in one transaction


def test_the_file_is_for_its_owner_only_and_nothing_else_is_left(filled, file):
    run(filled, "make", file, "--without-networks")

    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_show_says_what_a_file_holds_without_a_database(filled, file):
    run(filled, "make", file)

    shown = run(None, "show", file)

    assert shown.exit_code == 0
    assert "field keys: 1" in shown.output
    assert f"elder\t{ELDERS}\t" in shown.output


def test_street_networks_go_along(filled, other, file):
    folder = filled.config["DISPATCH_SETTINGS"].networks_dir / "city"
    folder.mkdir(parents=True)
    (folder / "edges.bin").write_bytes(b"streets")

    run(filled, "make", file)
    run(other, "restore", file)

    assert (other.config["DISPATCH_SETTINGS"].networks_dir / "city" / "edges.bin").read_bytes() == b"streets"


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(revision="9999_from_the_future"),
        lambda told: told.update(format=2, version="9.0"),
    ],
    ids=["unknown tables", "unknown format"],
)
def test_a_backup_of_a_newer_version_is_refused_with_what_to_do(filled, other, file, change):
    run(filled, "make", file)
    repack(file, change_manifest=change)

    refused = run(other, "restore", file)

    assert isinstance(refused.exception, storage.BackupOfAnotherVersionError)
    assert "Install that version first" in str(refused.exception)
    assert digests(other) == {}


@pytest.mark.usefixtures("filled")
def test_a_backup_of_an_older_version_is_put_back_and_then_upgraded(other, file):
    storage.downgrade("0014_add_sign_in_tries")
    storage.make_backup(file, networks_dir=None, version="0.0.9", made_at=AT, say=lambda _: None)

    restored = run(other, "restore", file)
    with other.app_context():
        storage.migrate()
        storage.check_schema()

    assert "Run next: dispatch db upgrade" in restored.output
    with other.app_context(), storage.reading() as session:
        assert session.scalar(sa.text("select count(*) from elder")) == ELDERS


@pytest.mark.parametrize("damage", ["no archive", "cut off", "another archive", "a byte", "a path outside", "absent"])
def test_a_damaged_file_is_refused_and_nothing_is_changed(filled, other, file, damage):
    run(filled, "make", file)
    whole = file.read_bytes()
    if damage == "no archive":
        file.write_text("monday")
    elif damage == "cut off":
        file.write_bytes(whole[: len(whole) // 2])
    elif damage == "another archive":
        repack(file, change_manifest=lambda told: told.pop("tables"))
    elif damage == "a byte":
        repack(file, change_database=lambda content: content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "a path outside":
        with tarfile.open(file, "r:gz") as archive:
            manifest = archive.extractfile("manifest.json").read()
        with tarfile.open(file, "w:gz") as archive:
            for name, content in (("manifest.json", manifest), ("../outside", b"x")):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    else:
        file.unlink()

    refused = run(other, "restore", file)

    assert isinstance(refused.exception, storage.NotABackupError)
    assert digests(other) == {}
    assert not (file.parent.parent / "outside").exists()


def test_a_manifest_that_promises_other_rows_is_found_out(filled, other, file):
    def change(told):
        next(each for each in told["tables"] if each["table"].endswith("elder"))["rows"] += 1

    run(filled, "make", file)
    repack(file, change_manifest=change)

    refused = run(other, "restore", file)

    assert isinstance(refused.exception, storage.RestoredOtherwiseError)
    assert "elder" in str(refused.exception)


def test_a_backup_goes_back_to_its_own_kind_of_database(filled, other, file, engine_name):
    run(filled, "make", file)
    repack(file, change_manifest=lambda told: told.update(engine="oracle"))

    refused = run(other, "restore", file)

    assert isinstance(refused.exception, storage.BackupOfAnotherEngineError)
    assert engine_name in str(refused.exception)


def test_without_the_keys_of_the_backup_it_is_not_put_back(filled, other, file):
    run(filled, "make", file)
    with other.app_context():
        storage.install_keys(KeyRing({2: b"n" * 32}, b"i" * 32))

    refused = run(other, "restore", file)

    assert isinstance(refused.exception, storage.BackupKeysMissingError)
    assert "sealed with keys 1" in str(refused.exception)
    assert digests(other) == {}


def test_a_missing_tool_of_postgresql_is_named(filled, file, engine_name, monkeypatch):
    if engine_name == "sqlite":
        pytest.skip("SQLite needs no tool")
    monkeypatch.setenv("PATH", "")

    refused = run(filled, "make", file)

    assert isinstance(refused.exception, storage.PostgresToolsError)
    assert "postgresql-client" in str(refused.exception)
    assert not file.exists()


def test_the_command_names_the_version_of_the_package():
    told = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))

    assert told["project"]["version"] == tree.VERSION
