"""One file that holds the whole database, made while others write, and put back so that it is proved to be equal."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from dispatch.errors import ConflictError, UnavailableError
from dispatch.storage.copying import NotABackupError, dump_database, is_sqlite, load_database
from dispatch.storage.current import reading
from dispatch.storage.digests import TableDigest, digest_tables
from dispatch.storage.engine import engine
from dispatch.storage.migrations import alembic_config, schema_state
from dispatch.storage.resealing import count_by_key, find_sealed_columns
from dispatch.storage.sealing import key_ring
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

FORMAT = 1
MANIFEST, DATABASE, NETWORKS = "manifest.json", "database", "networks"
LARGEST_MANIFEST_BYTES = 10_000_000
EMPTY = "nothing"  # what `schema_state` says of a database without tables


class BackupOfAnotherVersionError(ConflictError):
    """A newer program made the backup: this one does not know its tables."""

    slug = "backup-of-another-version"
    title = Words("备份来自另一个版本", "A backup of another version")
    detail = Words(
        "备份来自版本 {version}（格式 {format}，数据库 {revision}），本程序不认识。请先安装该版本，再恢复。",
        "The backup was made by version {version} (format {format}, database {revision}), which this program does not "
        "know. Install that version first, then restore.",
    )


class BackupOfAnotherEngineError(ConflictError):
    """A backup goes back to the kind of database that it came from."""

    slug = "backup-of-another-engine"
    title = Words("备份来自另一种数据库", "A backup of another database engine")
    detail = Words(
        "备份来自 {made_on}，这里是 {present}。请把 DISPATCH_DATABASE_URL 指向 {made_on}。",
        "The backup came from {made_on}, this is {present}. Point DISPATCH_DATABASE_URL to {made_on}.",
    )


class BackupKeysMissingError(ConflictError):
    """Fields of the backup are sealed with keys that are not at hand."""

    slug = "backup-keys-missing"
    title = Words("缺少备份所用的密钥", "Keys of the backup are missing")
    detail = Words(
        "备份里的字段用密钥 {numbers} 加密，DISPATCH_FIELD_KEYS 里没有。先补上这些密钥。",
        "Fields of the backup are sealed with keys {numbers}, which DISPATCH_FIELD_KEYS lacks. Add them first.",
    )


class DatabaseNotEmptyError(ConflictError):
    """A backup is put into an empty database unless what is there may go."""

    slug = "database-not-empty"
    title = Words("数据库里已有数据", "The database is not empty")
    detail = Words(
        "数据库在 {revision}，里面有数据。停止服务、先备份现有数据，再用 --replace 恢复。",
        "The database is at {revision} and holds data. Stop the service, back up what is there, then use --replace.",
    )


class RestoredOtherwiseError(UnavailableError):
    """What was put back is not what was kept."""

    slug = "restored-otherwise"
    title = Words("恢复后的数据与备份不一致", "What was restored differs from the backup")
    detail = Words("这些表不一致：{tables}。请换一份备份。", "These tables differ: {tables}. Take another backup.")


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup says of itself."""

    format: int
    made_at: str
    version: str
    engine: str
    revision: str
    key_numbers: list[int]
    database_sha256: str
    database_bytes: int
    tables: list[TableDigest]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(each.rows for each in self.tables)


def make_backup(
    file: Path, *, networks_dir: Path | None, version: str, made_at: datetime, say: Callable[[str], None]
) -> BackupManifest:
    """
    Write the whole database, as of one moment, into a file that only its owner can read; others go on writing.

    Parameters
    ----------
    file : Path
        Where to; it appears at the end, whole, and replaces one of that name.
    networks_dir : Path or None
        The folder of street networks to take along.
    version : str
        The program's.
    made_at : datetime
        When.
    say : callable
        Is told each step.

    Raises
    ------
    PostgresToolsError
        Where pg_dump is missing, too old or fails.

    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        dumped = Path(folder) / DATABASE
        say("database")
        tables = dump_database(dumped)
        present, _ = schema_state()
        manifest = BackupManifest(
            format=FORMAT,
            made_at=made_at.isoformat(),
            version=version,
            engine=engine().dialect.name,
            revision=present,
            key_numbers=_key_numbers(),
            database_sha256=_sha256(dumped),
            database_bytes=dumped.stat().st_size,
            tables=tables,
        )
        (Path(folder) / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
        say("archive")
        packed = Path(folder) / "packed"
        packed.touch(mode=0o600)
        with tarfile.open(packed, "w:gz", compresslevel=1) as archive:
            archive.add(Path(folder) / MANIFEST, MANIFEST)
            archive.add(dumped, DATABASE)
            if networks_dir is not None and networks_dir.is_dir():
                archive.add(networks_dir, NETWORKS)
        packed.replace(file)
    return manifest


def read_backup(file: Path) -> BackupManifest:
    """
    Say what a backup holds, without unpacking it.

    Raises
    ------
    NotABackupError
        Where it is none.

    """
    with _opened(file) as archive:
        return _read_manifest(archive, file=file)


def restore_backup(file: Path, *, networks_dir: Path, may_replace: bool, say: Callable[[str], None]) -> BackupManifest:
    """
    Put a backup back in one transaction, then compare every table with what the backup says.

    Street networks that are in the backup and not in the folder are put there; others stay as they are.

    Raises
    ------
    NotABackupError, BackupOfAnotherVersionError, BackupOfAnotherEngineError, BackupKeysMissingError
        Where the file cannot be used here; nothing was changed.
    DatabaseNotEmptyError
        Where the database holds tables and `may_replace` is not given; nothing was changed.
    PostgresToolsError
        Where psql or pg_restore is missing or fails; nothing was changed.
    RestoredOtherwiseError
        Where tables differ at the end.

    """
    near = Path(str(engine().url.database)).parent if is_sqlite() else file.parent
    with _opened(file) as archive, tempfile.TemporaryDirectory(prefix=".restore-", dir=near) as folder:
        manifest = _read_manifest(archive, file=file)
        _check_usable(manifest, may_replace=may_replace)
        say("archive")
        try:
            archive.extractall(folder, filter="data")
        except (tarfile.TarError, OSError, EOFError) as fault:
            raise NotABackupError(file=file.name, why=type(fault).__name__) from fault
        dumped = Path(folder) / DATABASE
        if not dumped.is_file() or _sha256(dumped) != manifest.database_sha256:
            raise NotABackupError(file=file.name, why="SHA-256")
        say("database")
        load_database(dumped, work_dir=Path(folder))
        say("comparison")
        _compare(manifest)
        if (Path(folder) / NETWORKS).is_dir():
            _put_networks(Path(folder) / NETWORKS, networks_dir)
    return manifest


def _check_usable(manifest: BackupManifest, *, may_replace: bool) -> None:
    if manifest.format != FORMAT or not _is_known(manifest.revision):
        raise BackupOfAnotherVersionError(version=manifest.version, format=manifest.format, revision=manifest.revision)
    if manifest.engine != engine().dialect.name:
        raise BackupOfAnotherEngineError(made_on=manifest.engine, present=engine().dialect.name)
    missing = sorted(set(manifest.key_numbers) - key_ring().field_keys.keys())
    if missing:
        raise BackupKeysMissingError(numbers=", ".join(map(str, missing)))
    present, _ = schema_state()
    if present != EMPTY and not may_replace:
        raise DatabaseNotEmptyError(revision=present)


def _is_known(revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(alembic_config()).get_revision(revision) is not None
    except CommandError:
        return False


def _key_numbers() -> list[int]:
    with engine().connect().execution_options(is_reading=True) as connection:
        look = sa.inspect(connection)
        # a database of an older version lacks columns and whole tables that this program knows
        present = {(table, each["name"]) for (_, table), found in look.get_multi_columns().items() for each in found}
    with reading():
        sealed = [each for each in find_sealed_columns() if (each.column.table.name, each.column.name) in present]
        held = [count_by_key(each) for each in sealed]
    return sorted({number for counts in held for number in counts})


def _compare(manifest: BackupManifest) -> None:
    with engine().connect().execution_options(is_reading=True) as connection:
        present = {each.table: each for each in digest_tables(connection)}
    wanted = {each.table: each for each in manifest.tables}
    differ = sorted(name for name in present.keys() | wanted.keys() if present.get(name) != wanted.get(name))
    if differ:
        raise RestoredOtherwiseError(tables=", ".join(differ))


def _put_networks(source: Path, target: Path) -> None:
    for folder in sorted(source.iterdir()):
        if not (target / folder.name).exists():
            shutil.copytree(folder, target / folder.name)


# The file


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        archive = tarfile.open(file, "r:gz")  # noqa: SIM115 - closed below
    except (tarfile.TarError, OSError, EOFError) as fault:
        raise NotABackupError(file=file.name, why=type(fault).__name__) from fault
    with archive:
        yield archive


def _read_manifest(archive: tarfile.TarFile, *, file: Path) -> BackupManifest:
    try:
        member = archive.next()
        held = archive.extractfile(member) if member is not None and member.name == MANIFEST else None
        if held is None:
            raise NotABackupError(file=file.name, why=MANIFEST)
        told: dict[str, Any] = json.loads(held.read(LARGEST_MANIFEST_BYTES))
        if told.get("format") != FORMAT:
            raise BackupOfAnotherVersionError(
                version=str(told.get("version")), format=str(told.get("format")), revision=str(told.get("revision"))
            )
        tables = [TableDigest(**each) for each in told.pop("tables")]
        return BackupManifest(**told, tables=tables)
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise NotABackupError(file=file.name, why=type(fault).__name__) from fault


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
