"""One job in the hands of a worker: who asked, how far it is, and its end."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from dispatch import accounts, clock, dates, logs, storage
from dispatch.actor import SYSTEM
from dispatch.errors import DispatchError, NotAllowedError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from uuid import UUID

    from dispatch.actor import Actor
    from dispatch.config import Settings

    Handler = Callable[["Task"], None]
    Once = Callable[[str, Callable[[], Any]], Any]
    Apart = Callable[[], AbstractContextManager[object]]

TOLD_EVERY_S = 0.5  # progress is written, and a wish to cancel seen, at most this often
logger = logging.getLogger(__name__)


class RequesterGoneError(NotAllowedError):
    """Whoever asked for the job has no account any more, or a disabled one."""

    slug = "requester-gone"
    title = Words("提交任务的账号已停用", "The account that asked is disabled")


FAULT = Words("任务出错了，没有保存结果", "The job failed; no result was stored")
FAULT_DETAIL = Words(
    "可以重新提交；再出错请把任务编号告诉管理员。",
    "Ask again; if it fails again, tell your administrator the job's id.",
)


class Task:
    """What a handler is given."""

    def __init__(self, job: storage.JobView, *, settings: Settings, once: Once, apart: Apart) -> None:
        """
        Take a job that was begun.

        `once` does an operation exactly once, `apart` opens a place with a session of its own.
        """
        self.job = job
        self.args: Mapping[str, Any] = job.args
        self.settings = settings
        self._once, self._apart = once, apart
        self._told_s = 0.0
        self._step: Words | None = None

    def actor(self) -> Actor:
        """
        Give whoever asked, with the rights they hold now; call it inside a reading or transaction.

        Raises
        ------
        RequesterGoneError
            The account is gone or disabled.

        """
        if self.job.requested_by is None:
            return SYSTEM
        today = dates.service_date(clock.utc_now(), self.settings.time_zone)
        found = accounts.find_actor(self.job.requested_by, on=today)
        if found is None:
            raise RequesterGoneError
        return found

    def apart(self) -> AbstractContextManager[object]:
        """Open a place with a session of its own: for who looks at something while a computation runs."""
        return self._apart()

    def tell(self, done: int, *, total: int | None, step: Words | None = None) -> None:
        """
        Say how far it is; call it between parts, as often as you like, and never inside a transaction that writes.

        Written for each new step, and within one now and then.

        Raises
        ------
        storage.JobStoppedError
            Somebody canceled the job.

        """
        now_s = time.monotonic()
        if step == self._step and now_s - self._told_s < TOLD_EVERY_S:
            return
        self._told_s, self._step = now_s, step
        with self._apart(), storage.transaction():
            storage.report_progress(self.job.id, done=done, total=total, step=step)

    def finish(self, operation: Callable[[], dict[str, Any]]) -> None:
        """
        End the job with the effect of an operation and the result that it gives: all of it once, or nothing.

        Raises
        ------
        storage.JobStoppedError
            Somebody canceled the job; the effect does not stay.

        """

        def end() -> dict[str, Any]:
            result = operation()
            storage.succeed_job(self.job.id, result=result, at=clock.utc_now())
            return result

        self._once("finish", end)


def run_task(task: Task, *, handler: Handler) -> None:
    """
    Run a job to its end, whichever it is.

    A database that is away is no end: the job is sent again later.
    """
    job_id = task.job.id
    try:
        handler(task)
    except storage.DatabaseBusyError:
        raise
    except storage.JobStoppedError:
        with storage.transaction():
            storage.stop_job(job_id, at=clock.utc_now())
    except DispatchError as error:
        _fail(job_id, error=_told(error))
    except Exception as fault:  # noqa: BLE001 - the edge; logged below
        # without its message, which may hold values of a row
        logger.error("Job %s failed", job_id, extra=logs.describe_fault(fault))  # noqa: TRY400 - see above
        _fail(job_id, error=storage.JobError("job-failed", title=FAULT, detail=FAULT_DETAIL))


def _fail(job_id: UUID, *, error: storage.JobError) -> None:
    with storage.transaction():
        storage.fail_job(job_id, error=error, at=clock.utc_now())


def _told(error: DispatchError) -> storage.JobError:
    detail = Words(error.text(Locale.ZH), error.text(Locale.EN)) if error.detail else None
    return storage.JobError(error.slug, title=error.title, detail=detail)
