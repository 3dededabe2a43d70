"""The process that runs jobs: `dispatch worker`."""

from __future__ import annotations

import fcntl
import itertools
import logging
import os
import signal
import socket
import threading
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import clock, storage
from dispatch.jobs.coverage_runs import run_coverage
from dispatch.jobs.day_plans import fail_orphans, plan_day
from dispatch.jobs.deadlines import fire_due
from dispatch.jobs.following import follow_all
from dispatch.jobs.imports import IMPORTS
from dispatch.jobs.notices import keep_sending
from dispatch.jobs.port import load_engine
from dispatch.jobs.sitings import site
from dispatch.jobs.task import Task, run_task
from dispatch.jobs.webhooks import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import FrameType
    from typing import TextIO

    from dispatch.config import Settings
    from dispatch.jobs.task import Handler

NICENESS = 10  # whoever waits for an answer goes first where cores are shared
SEEN_EVERY_S = 3.0
SWEEP_EVERY_S = 1.0
RESCUE_EVERY = 5  # sweeps
DELETE_EVERY = 3_600  # sweeps
UNSENT_AFTER = timedelta(seconds=30)  # a job that is still open is then looked up in the engine
LOOKED_UP_AT_ONCE = 500
FLOWS_KEPT = timedelta(days=7)
logger = logging.getLogger(__name__)

HANDLERS: Mapping[str, Handler] = {"coverage_run": run_coverage, "day_plan": plan_day, "siting": site, **IMPORTS}


def run_worker(
    app: Any,  # noqa: ANN401 - the Flask application; Flask itself stays at the edge
    *,
    name: str | None = None,
    say: Callable[[str], None] = lambda _sentence: None,
) -> None:
    """
    Run jobs until this process is told to stop (SIGTERM, SIGINT); it does not return.

    Parameters
    ----------
    app : Flask
        The application.
    name : str, optional
        Unique among the workers of one database, and the same after a restart. By default made of the
        machine's name and a number that no other worker on it has.
    say : callable
        Told once when it is ready.

    """
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    os.nice(NICENESS)
    settings = app.config["DISPATCH_SETTINGS"]
    mine, lock = (name, None) if name else claim_name(settings.var_dir)

    def run(job_id: str) -> None:
        with app.app_context():
            with storage.transaction():
                job = storage.begin_job(UUID(job_id), worker=mine, at=clock.utc_now())
            if job is not None:
                task = Task(job, settings=settings, once=engine.once, apart=app.app_context)
                run_task(task, handler=HANDLERS[job.name])

    with app.app_context():
        _see(mine)
        engine = load_engine().Engine(settings.database_url, worker=mine, run=run)
        beat = threading.Thread(target=_beat, args=(app, mine, stopping), daemon=True)
        beat.start()
        threading.Thread(target=keep_sending, args=(app,), kwargs={"stopping": stopping}, daemon=True).start()
        engine.start()
        sender = Sender(apart=app.app_context, settings=settings)
        say(mine)
        for count in itertools.count():
            sweep(engine, mine=mine, count=count, settings=settings, more=[sender.start_due])
            if stopping.wait(SWEEP_EVERY_S):
                break
    engine.stop()
    if lock is not None:
        lock.close()
    os._exit(0)  # threads that compute would hold the process until they are done


def sweep(
    engine: Any,  # noqa: ANN401 - loaded late, see `load_engine`
    *,
    mine: str,
    count: int,
    settings: Settings,
    more: Iterable[Callable[[], object]] = (),
) -> None:
    """Do what is due in a quiet moment; a fault in one part keeps none of the others, nor the worker, from going on."""
    parts: list[Callable[[], object]] = [lambda: fire_due(settings=settings), follow_all, fail_orphans, *more]
    if count % RESCUE_EVERY == 0:
        parts += [lambda: rescue_lost(engine, mine=mine), lambda: send_unsent(engine)]
    if count % DELETE_EVERY == 0:
        parts.append(lambda: engine.delete_ended(before=clock.utc_now() - FLOWS_KEPT))
    for part in parts:
        try:
            part()
        except Exception:
            logger.exception("A sweep of worker %s failed", mine)


def rescue_lost(engine: Any, *, mine: str) -> None:  # noqa: ANN401 - loaded late, see `load_engine`
    """Put back into the queue what workers were running that were not seen for too long."""
    limit = clock.utc_now() - storage.WORKER_LOST_AFTER
    with storage.reading():
        gone = [name for name in storage.find_gone_workers(unseen_since=limit) if name != mine]
    for name in gone:
        rescued = engine.rescue(name)
        logger.warning("Worker %s is gone; %d jobs went back into the queue", name, rescued)
        with storage.transaction():
            storage.forget_worker(name, unseen_since=limit)


def send_unsent(engine: Any) -> None:  # noqa: ANN401 - loaded late, see `load_engine`
    """Send jobs again that are open though the engine has ended or lost their flows."""
    module = load_engine()
    with storage.reading():
        jobs = storage.find_open_jobs(requested_before=clock.utc_now() - UNSENT_AFTER, limit=LOOKED_UP_AT_ONCE)
    flows = {module.flow_id(job.id, sending=job.sendings): job for job in jobs}
    under_way = engine.find_under_way(flows)
    for flow, job in flows.items():
        if flow not in under_way:
            with storage.transaction():
                storage.send_again(job.id, sendings=job.sendings)


def claim_name(var_dir: Path) -> tuple[str, TextIO]:
    """Take the first number that no other worker with this folder has, for as long as the file stays open."""
    folder = var_dir / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    mark = f"{zlib.crc32(str(var_dir).encode()):08x}"  # two installations on one machine share no lock
    for number in itertools.count(1):
        lock = (folder / f"{number}.lock").open("a", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # goes with the process, however it ends
        except BlockingIOError:
            lock.close()
            continue
        return f"{socket.gethostname()}-{mark}-{number}", lock
    raise AssertionError  # numbers do not end


def _see(name: str) -> None:
    with storage.transaction():
        storage.see_worker(name, at=clock.utc_now())


def _beat(app: Any, name: str, stopping: threading.Event) -> None:  # noqa: ANN401 - the Flask application
    with app.app_context():
        while not stopping.wait(SEEN_EVERY_S):
            try:
                _see(name)
            except Exception:
                logger.exception("Worker %s could not say that it lives", name)
