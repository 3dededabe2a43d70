"""What storage asks of the job engine: hand a job over in the present transaction, keep the engine's tables."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dispatch import journal, storage

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.actor import Actor

# what `DBOS.migrate` and `SQLAlchemyDatasource.migrate` make; on SQLite they stand beside our own tables
ENGINE_TABLES = frozenset(
    {
        "application_versions",
        "datasource_outputs",
        "dbos_datasource_migrations",
        "dbos_migrations",
        "notifications",
        "operation_outputs",
        "queues",
        "streams",
        "workflow_events",
        "workflow_events_history",
        "workflow_input",
        "workflow_output",
        "workflow_schedules",
        "workflow_status",
    }
)


def make_port(url: str) -> storage.JobPort:
    """Make the port of the application whose database stands at `url`."""

    @functools.cache
    def client() -> Any:  # noqa: ANN401 - DBOS's client
        return load_engine().make_client(url)

    def send(job: storage.JobView) -> None:
        load_engine().send(client(), connection=storage.session().connection(), job_id=job.id, sending=job.sendings)

    def migrate() -> None:
        load_engine().migrate(url)

    return storage.JobPort(send=send, tell=_tell, migrate=migrate, tables=ENGINE_TABLES)


def load_engine() -> Any:  # noqa: ANN401 - a module of this room
    """Load DBOS: half a second that commands do not spend, and a server spends before it serves."""
    return import_module("dispatch.jobs.engine")


def _tell(kind: str, *, job: storage.JobView, actor: Actor, at: datetime) -> None:
    facts = {"name": job.name} | ({} if job.area_code is None else {"area_code": job.area_code})
    if job.error is not None:
        facts["code"] = job.error.code
    journal.append(kind, actor=actor, at=at, subject_id=job.id, **facts)
