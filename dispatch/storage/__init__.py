"""The database: session, the only commit, column types, migrations, and keys that make a request happen once."""

from dispatch.storage.columns import Base, Dated, Json, UtcDateTime, in_force, new_id, one_of
from dispatch.storage.current import reading, savepoint, session, transaction
from dispatch.storage.engine import DatabaseBusyError, database_faults, engine, install
from dispatch.storage.idempotency import IdempotencyKeyReusedError, StoredReply, find_reply, keep_reply
from dispatch.storage.migrations import (
    SchemaOutdatedError,
    check_schema,
    downgrade,
    migrate,
    schema_differences,
    schema_state,
)
from dispatch.storage.versions import StaleVersionError, check_version

__all__ = [
    "Base",
    "DatabaseBusyError",
    "Dated",
    "IdempotencyKeyReusedError",
    "Json",
    "SchemaOutdatedError",
    "StaleVersionError",
    "StoredReply",
    "UtcDateTime",
    "check_schema",
    "check_version",
    "database_faults",
    "downgrade",
    "engine",
    "find_reply",
    "in_force",
    "install",
    "keep_reply",
    "migrate",
    "new_id",
    "one_of",
    "reading",
    "savepoint",
    "schema_differences",
    "schema_state",
    "session",
    "transaction",
]
