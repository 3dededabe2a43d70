"""Start processes, wait until they answer, and end them together, however this one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

PR_SET_PDEATHSIG = 1  # from linux/prctl.h: a child gets the signal when its parent dies
START_LIMIT_S = 180  # where other work keeps the cores busy, loading and compiling takes minutes
STOP_LIMIT_S = 10


def supervise(
    commands: Sequence[Sequence[str]], *, environment: dict[str, str], ready_url: str, greet: Callable[[], None]
) -> int:
    """
    Run `python -m` commands until one ends or this process is told to stop; then end them all.

    Parameters
    ----------
    commands : sequence of sequence of str
        What comes after `python -m`.
    environment : dict
        Their environment.
    ready_url : str
        Answers 200 once everything serves.
    greet : callable
        Called once, then.

    Returns
    -------
    int
        0 where it was told to stop, 1 where a command ended by itself.

    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # SIGHUP: the terminal was closed; SIGINT: a script that starts us in the background has it ignored
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    processes = [_start(command, environment) for command in commands]
    try:
        code = _watch(processes, ready_url=ready_url, greet=greet)
    except KeyboardInterrupt:
        code = 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # from here on there is only one way: all end
    _stop(processes)
    return code


def _watch(processes: list[subprocess.Popen[bytes]], *, ready_url: str, greet: Callable[[], None]) -> int:
    limit = time.monotonic() + START_LIMIT_S
    while not _answers(ready_url):
        if any(process.poll() is not None for process in processes):
            click.echo("a process ended before it was ready; see above", err=True)
            return 1
        if time.monotonic() > limit:
            click.echo(f"not ready after {START_LIMIT_S} s; see above, and {ready_url} for the reason", err=True)
            return 1
        time.sleep(0.1)
    greet()
    while all(process.poll() is None for process in processes):
        time.sleep(0.2)
    click.echo("a process ended by itself; see above", err=True)
    return 1


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # a session of its own, so that Ctrl-C reaches this process only and the others end in order
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, "-m", *command],
        env=os.environ | environment,
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, before any thread exists
    )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http to this machine
            return bool(answer.status == 200)  # noqa: PLR2004 - a status code
    except (urllib.error.URLError, OSError):
        return False


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    limit = time.monotonic() + STOP_LIMIT_S
    for process in processes:
        try:
            process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
