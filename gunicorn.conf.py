"""
gunicorn's settings, read by `gunicorn wsgi:app` from the folder that it is started in.

`WEB_CONCURRENCY` is the number of processes, `GUNICORN_CMD_ARGS="--bind 127.0.0.1:8001"` changes anything else.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, for heartbeats and counters
IN_MEMORY = str(MEMORY) if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 30
max_requests = 2_000  # then a process makes room for a new one, so that no leak grows for ever
max_requests_jitter = 200  # and not all at once
worker_tmp_dir = IN_MEMORY
preload_app = False  # a connection to the database must not be shared by processes
forwarded_allow_ips = ""  # who asks is read from X-Forwarded-For by the application: DISPATCH_PROXIES

# gunicorn's own lines in the form of the application's; those of requests are the application's own
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "dispatch.logs.Formatter"}},
    "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["json"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": [], "propagate": True},
        # with any logging configured gunicorn writes a line of its own for each request, which must not be
        "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
    },
}

# each process counts into a file of its own; whichever is asked adds them up. Set before anything counts, once.
MADE_HERE = f"dispatch-metrics-{os.getpid()}-"
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=MADE_HERE, dir=IN_MEMORY)
COUNTERS = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
COUNTERS.mkdir(parents=True, exist_ok=True)  # a folder that is named and not there would fail every request


def on_starting(server: Any) -> None:  # noqa: ARG001, ANN401 - gunicorn's signature
    """
    Compile what searches streets and plans once, before there are processes that serve.

    Each of them would compile it for itself at the same time, and be ended for not answering within the time limit.
    In a process of its own, so that this one, which only watches, stays small.
    """
    warmings = (
        "from dispatch import streets; streets.warm_kernels()",
        "from dispatch import planner; planner.warm(); planner.warm_questions()",
    )
    started = [subprocess.Popen([sys.executable, "-c", each]) for each in warmings]  # noqa: S603 - our own words
    for each in started:
        each.wait()


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001, ANN401 - gunicorn's signature
    """Let a process that ended no longer count as one that lives; what it counted stays counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - it looks for the folder when it is imported

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:  # noqa: ARG001, ANN401 - gunicorn's signature
    """Remove the counters, unless somebody else named the folder: others may count there too."""
    if COUNTERS.name.startswith(MADE_HERE):
        shutil.rmtree(COUNTERS, ignore_errors=True)
