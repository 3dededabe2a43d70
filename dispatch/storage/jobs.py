"""
Jobs: asking for one, looking at it, canceling it, and what a worker writes while it runs one.

All of these work inside the caller's transaction. Whoever may not see a job is told that there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from dispatch.actor import SYSTEM, Actor, Role
from dispatch.errors import ConflictError, NotFoundError
from dispatch.storage.columns import new_id
from dispatch.storage.current import savepoint, session
from dispatch.storage.engine import engine
from dispatch.storage.idempotency import IdempotencyKeyReusedError
from dispatch.storage.job_rows import OPEN, Job, JobError, JobStatus, JobView, kept_words, view_of
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import Protocol
    from uuid import UUID

    class Tell(Protocol):
        """Writes a move of a job into the journal."""

        def __call__(self, kind: str, *, job: JobView, actor: Actor, at: datetime) -> None:
            """Write it, in the present transaction."""


MOST_BEGINNINGS = 20
"""A job that took its worker down with it this often is not begun again."""


class JobNotFoundError(NotFoundError):
    """No such job, or somebody else's."""

    slug = "job-not-found"
    title = Words("没有这个后台任务，或者不归你管", "No such job, or it is not yours")


class JobEndedError(ConflictError):
    """The job has ended already."""

    slug = "job-ended"
    title = Words("这个后台任务已经结束", "This job has ended")
    detail = Words("任务已是 {status}，不能再改。", "The job is {status} and cannot be changed.")


class JobStoppedError(Exception):
    """A job was canceled while it ran: told to the worker, never to a caller."""


LOST = JobError(
    "job-lost",
    title=Words("任务多次中断，已放弃", "The job broke off too often"),
    detail=Words(
        "运行它的进程中断了 {count} 次。请管理员查看日志后再提交。",
        "The process that ran it ended {count} times. Have the logs looked at before asking again.",
    ),
)


@dataclass(frozen=True, slots=True)
class JobPort:
    """
    What runs jobs, as storage sees it; `app` plugs it in.

    `send` hands a job to the engine in the present transaction, `tell` writes the journal, `migrate` brings
    the engine's own tables up to date; `tables` are their names.
    """

    send: Callable[[JobView], None]
    tell: Tell
    migrate: Callable[[], None]
    tables: frozenset[str]


_ports: WeakKeyDictionary[sa.Engine, JobPort] = WeakKeyDictionary()


def install_jobs(port: JobPort) -> None:
    """Give the present application what runs its jobs."""
    _ports[engine()] = port


def job_port() -> JobPort | None:
    """Give what runs the present application's jobs."""
    return _ports.get(engine())


def request_job(
    name: str, *, key: str, args: dict[str, Any], actor: Actor, at: datetime, area_code: str | None = None
) -> JobView:
    """
    Ask for a job: it runs after the present transaction has been committed, or not at all.

    Parameters
    ----------
    name : str
        Which kind of job; `jobs` knows how to do it.
    key : str
        Chosen by who asks. The same key again gives the job that there is.
    args : dict
        Ids, codes, dates and numbers; nothing personal.
    actor, at
        Who asks, and when. The job is theirs.
    area_code : str, optional
        Officers of this area see the job too.

    Raises
    ------
    IdempotencyKeyReusedError
        The key belongs to a job of another kind, with other arguments, or of somebody else.

    """
    row = Job(
        id=new_id(),
        name=name,
        key=key,
        args=args,
        area_code=area_code,
        requested_by=actor.account_id,
        requested_at=at,
        status=JobStatus.QUEUED.value,
        done=0,
        begun=0,
        sendings=1,
    )
    try:
        with savepoint():
            session().add(row)
    except sa.exc.IntegrityError:
        known = session().scalars(sa.select(Job).where(Job.key == key)).one()
        if (known.name, known.args, known.requested_by) != (name, args, actor.account_id):
            raise IdempotencyKeyReusedError from None
        return view_of(known)
    view = view_of(row)
    _port().send(view)
    return view


def get_job(job_id: UUID, *, actor: Actor) -> JobView:
    """Give a job that the actor may see: one's own, or one of an officer's area."""
    row = session().get(Job, job_id)
    if row is None or not _is_visible(row, actor):
        raise JobNotFoundError
    return view_of(row)


def find_jobs(
    *,
    actor: Actor,
    status: JobStatus | None = None,
    name: str | None = None,
    before_id: UUID | None = None,
    limit: int = 50,
) -> list[JobView]:
    """Find the jobs that the actor may see, the newest first; `before_id` reads on."""
    query = sa.select(Job).where(_visible(actor)).order_by(Job.id.desc()).limit(limit)
    if status is not None:
        query = query.where(Job.status == status.value)
    if name is not None:
        query = query.where(Job.name == name)
    if before_id is not None:
        query = query.where(Job.id < before_id)
    return [view_of(row) for row in session().scalars(query)]


def oldest_job_at() -> datetime | None:
    """Say since when the oldest job waits that no worker has begun; None where none waits."""
    return session().scalar(sa.select(sa.func.min(Job.requested_at)).where(Job.status == JobStatus.QUEUED.value))


def count_open_jobs() -> dict[tuple[str, str], int]:
    """Count the jobs that wait or run, by name and status."""
    query = sa.select(Job.name, Job.status, sa.func.count()).where(Job.status.in_(OPEN)).group_by(Job.name, Job.status)
    return {(name, status): count for name, status, count in session().execute(query)}


def cancel_job(job_id: UUID, *, actor: Actor, at: datetime) -> JobView:
    """
    Cancel a job: at once where it waits, between two parts where it runs.

    Asking again changes nothing. Journal: job.canceled, once it is.

    Raises
    ------
    JobNotFoundError
        No such job, or somebody else's.
    JobEndedError
        It has succeeded or failed.

    """
    row = _locked(job_id)
    if row is None or not _is_visible(row, actor):
        raise JobNotFoundError
    if row.status == JobStatus.CANCELED:
        return view_of(row)
    if row.status not in OPEN:
        raise JobEndedError(status=row.status)
    row.cancel_requested_at = row.cancel_requested_at or at
    if row.status == JobStatus.QUEUED:
        _end(row, JobStatus.CANCELED, actor=actor, at=at)
    return view_of(row)


def begin_job(job_id: UUID, *, worker: str, at: datetime) -> JobView | None:
    """
    Begin a job, or begin it again after its worker was lost; None where nothing is left to do.

    Journal: job.started, the first time.
    """
    row = _locked(job_id)
    if row is None or row.status not in OPEN:
        return None
    if row.cancel_requested_at is not None:
        _end(row, JobStatus.CANCELED, actor=SYSTEM, at=at)
        return None
    if row.begun >= MOST_BEGINNINGS:
        detail = LOST.detail and Words(*(text.format(count=row.begun) for text in (LOST.detail.zh, LOST.detail.en)))
        _fail(row, JobError(LOST.code, title=LOST.title, detail=detail), at=at)
        return None
    is_first = row.status == JobStatus.QUEUED
    row.begun += 1
    row.worker = worker
    row.status = JobStatus.RUNNING.value
    row.started_at = row.started_at or at
    view = view_of(row)
    if is_first:
        _port().tell("job.started", job=view, actor=SYSTEM, at=at)
    return view


def report_progress(job_id: UUID, *, done: int, total: int | None, step: Words | None) -> None:
    """
    Write how far a running job is.

    Raises
    ------
    JobStoppedError
        It is to stop: somebody canceled it, or it has ended.

    """
    alive = session().execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.status == JobStatus.RUNNING.value, Job.cancel_requested_at.is_(None))
        .values(done=done, total=total, step=kept_words(step))
        .execution_options(synchronize_session=False)
        .returning(Job.id)
    )
    if alive.first() is None:
        raise JobStoppedError


def succeed_job(job_id: UUID, *, result: dict[str, Any], at: datetime) -> None:
    """
    End a job with its result, in the transaction that also holds its last effect. Journal: job.succeeded.

    Raises
    ------
    JobStoppedError
        It was canceled or has ended before: the effect must not stay.

    """
    row = _locked(job_id)
    if row is None or row.status != JobStatus.RUNNING or row.cancel_requested_at is not None:
        raise JobStoppedError
    row.result = result
    row.done = row.total = max(row.total or 0, row.done, 1)
    row.step = None
    _end(row, JobStatus.SUCCEEDED, actor=SYSTEM, at=at)


def fail_job(job_id: UUID, *, error: JobError, at: datetime) -> None:
    """End a running job with what went wrong, unless it has ended. Journal: job.failed."""
    row = _locked(job_id)
    if row is not None and row.status in OPEN:
        _fail(row, error, at=at)


def stop_job(job_id: UUID, *, at: datetime) -> None:
    """End a job that was canceled while it ran, unless it has ended. Journal: job.canceled."""
    row = _locked(job_id)
    if row is not None and row.status in OPEN and row.cancel_requested_at is not None:
        _end(row, JobStatus.CANCELED, actor=SYSTEM, at=at)


def find_open_jobs(*, requested_before: datetime, limit: int) -> list[JobView]:
    """Find jobs that have not ended though they were asked for some time ago, the oldest first."""
    query = sa.select(Job).where(Job.status.in_(OPEN), Job.requested_at < requested_before)
    return [view_of(row) for row in session().scalars(query.order_by(Job.requested_at).limit(limit))]


def send_again(job_id: UUID, *, sendings: int) -> None:
    """Hand a job to the engine again that the engine no longer has, unless somebody else just did."""
    row = _locked(job_id)
    if row is not None and row.status in OPEN and row.sendings == sendings:
        row.sendings += 1
        _port().send(view_of(row))


def _port() -> JobPort:
    port = job_port()
    if port is None:
        raise RuntimeError("no job engine is installed")
    return port


def _locked(job_id: UUID) -> Job | None:
    # fresh: what this session read before may have been changed since
    query = sa.select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def _fail(row: Job, error: JobError, *, at: datetime) -> None:
    row.error = {"code": error.code, "title": kept_words(error.title), "detail": kept_words(error.detail)}
    _end(row, JobStatus.FAILED, actor=SYSTEM, at=at)


def _end(row: Job, status: JobStatus, *, actor: Actor, at: datetime) -> None:
    row.status = status.value
    row.finished_at = at
    _port().tell(f"job.{status.value}", job=view_of(row), actor=actor, at=at)


def _is_visible(row: Job, actor: Actor) -> bool:
    if actor.is_system or (actor.account_id is not None and row.requested_by == actor.account_id):
        return True
    return row.area_code is not None and actor.covers_area(row.area_code, Role.DISTRICT_OFFICER)


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.is_system:
        return sa.true()
    prefixes: Iterable[str] = actor.area_prefixes(Role.DISTRICT_OFFICER)
    return sa.or_(
        Job.requested_by == actor.account_id, *(Job.area_code.startswith(one, autoescape=True) for one in prefixes)
    )
