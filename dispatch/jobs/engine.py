"""DBOS, set as the house needs it; the only file that names it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, SQLAlchemyDatasource

from dispatch import storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa
    from dbos._datasource import DatasourceOptions

NAME = "dispatch"
QUEUE = "jobs"
FLOW = "run_job"
VERSION = "1"  # pinned: by default it is a hash of the source, and an edited comment would orphan what is under way
POLL_S = 0.2  # how often a worker looks for waiting jobs
JOBS_AT_ONCE = 2  # that one worker runs
UNDER_WAY = ("ENQUEUED", "PENDING", "DELAYED")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
MOST_RECOVERIES = 1_000_000  # the job's own row counts how often it was begun, and gives up
DELETED_AT_ONCE = 500
serializer = DBOSPortableJSONSerializer()  # the default one is pickle

_logger = logging.getLogger("dbos")
_logger.handlers = [logging.NullHandler()]  # its own one prints statements with their values
_logger.propagate = True
_logger.setLevel(logging.WARNING)


def migrate(url: str) -> None:
    """Make or change the engine's own tables."""
    DBOS.migrate(url)
    SQLAlchemyDatasource.migrate(url)


def make_client(url: str) -> DBOSClient:
    """Make what hands jobs over; it connects when it must, which is never inside a transaction of ours."""
    return DBOSClient(
        system_database_url=url, application_name=NAME, serializer=serializer, lazy=True, retry_connection_errors=False
    )


def send(client: DBOSClient, *, connection: sa.Connection, job_id: UUID, sending: int) -> None:
    """Put a job into the queue, in the transaction of the connection."""
    client.enqueue_in_transaction(
        connection,
        {"workflow_name": FLOW, "queue_name": QUEUE, "workflow_id": flow_id(job_id, sending=sending)},
        str(job_id),
    )


def flow_id(job_id: UUID, *, sending: int) -> str:
    """Name the flow of a job: a flow that has ended is not begun again, so each sending has its own."""
    return str(job_id) if sending == 1 else f"{job_id}.{sending}"


class Engine:
    """DBOS in a worker: runs `run(job_id)` for each job of the queue, and again where a process was lost."""

    def __init__(self, url: str, *, worker: str, run: Callable[[str], None]) -> None:
        """
        Set it up; nothing runs before `start`.

        Parameters
        ----------
        url : str
            The database.
        worker : str
            Unique among the workers that run, and the same after a restart: at its start a worker takes up
            what the same name left.
        run : callable
            Given the id of a job.

        """
        self._client = make_client(url)
        self._options: DatasourceOptions = {}
        if not url.startswith("sqlite"):
            self._options["isolation_level"] = "READ COMMITTED"  # as everywhere in the house
        DBOS(
            config={
                "name": NAME,
                "system_database_url": url,
                "executor_id": worker,
                "application_version": VERSION,
                "serializer": serializer,
                "run_migrations": False,
                "log_level": "WARNING",
                "max_executor_threads": 8,
                "db_engine_kwargs": {"hide_parameters": True},
            }
        )
        self._source = SQLAlchemyDatasource.create(
            url, engine=storage.engine(), serializer=serializer, run_migrations=False
        )
        DBOS.workflow(name=FLOW, max_recovery_attempts=MOST_RECOVERIES)(run)

    def start(self) -> None:
        """Take up what was left under this name, and begin to take jobs from the queue."""
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=JOBS_AT_ONCE, polling_interval_sec=POLL_S)

    def once(self, name: str, operation: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the operation gives
        """
        Carry out an operation in one transaction, exactly once in the life of a flow.

        Its outcome is kept in the same transaction, so that whoever runs the flow again is given it.
        """

        def work() -> Any:  # noqa: ANN401 - what the operation gives
            with storage.session_bound_to(self._source.sql_session()):
                return operation()

        return self._source.run_tx_step({**self._options, "name": name}, work)

    def rescue(self, worker: str) -> int:
        """Put everything back into the queue that a lost worker was running; gives how much it was."""
        lost = self._client.list_workflows(status="PENDING", executor_id=worker, load_input=False, load_output=False)
        if lost:
            self._client.resume_workflows([flow.workflow_id for flow in lost], queue_name=QUEUE)
        return len(lost)

    def find_under_way(self, flow_ids: Iterable[str]) -> set[str]:
        """Find which of the flows wait or run."""
        wanted = list(flow_ids)
        if not wanted:
            return set()
        found = self._client.list_workflows(
            workflow_ids=wanted, status=list(UNDER_WAY), load_input=False, load_output=False
        )
        return {flow.workflow_id for flow in found}

    def delete_ended(self, *, before: datetime) -> None:
        """Delete what the engine keeps of flows that began before a time and have ended."""
        old = self._client.list_workflows(
            status=list(ENDED),
            end_time=before.isoformat(),
            limit=DELETED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if old:
            self._client.delete_workflows([flow.workflow_id for flow in old])

    def stop(self) -> None:
        """Take no more; what runs is left to whoever starts under this name, or rescues it."""
        _logger.setLevel(logging.CRITICAL)  # it prints a traceback for each flow under way
        DBOS.destroy()
