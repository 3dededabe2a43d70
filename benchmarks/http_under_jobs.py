"""
Waiting times of the web process while its worker computes two jobs at a time, beside the same without jobs.

The demo's own server and worker are started on a scratch database. Calls are measured first with the worker idle, then
while coverage runs of the whole district are asked for without end, so that two run all the while. The measuring
client, the two jobs and the server share the cores.
"""

# ruff: noqa: E402 - the first lines mend the path
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Python puts the folder of a script first on the path, where `http.py` would stand for the standard library's `http`.
sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != HERE]

import argparse
import json
import os
import tempfile
import threading
from http.client import HTTPConnection
from typing import Any, Self

from benchmarks.http import DISTRICT, Call, _demo_calls, _measure, _servers, _summary

OPEN_JOBS = 4  # two run, two wait
WISH = json.dumps({"area_code": DISTRICT, "service_code": "day_care"})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each call")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 4], help="connections at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dispatch-http-") as folder, _servers(Path(folder)) as (port, _floor_port):
        calls = _demo_calls(Path(folder), port)
        planner = calls["gaps"].headers
        calls["livez"] = Call("GET", lambda: "/livez", {})
        calls["own jobs"] = Call("GET", lambda: "/v1/jobs?limit=5", planner)
        for call in calls.values():  # the first answers read files and compile
            _measure(port, call, duration_s=2.0, at_once=2)
        idle = _all(calls, port=port, options=options)
        with Busy(port, planner) as busy:
            loaded = _all(calls, port=port, options=options)
        print(
            json.dumps(
                {"cores": os.cpu_count(), "engine": _engine(), "idle": idle, "two jobs": loaded, **busy.said()},
                indent=1,
            )
        )


def _engine() -> str:
    return os.environ.get("DISPATCH_DATABASE_URL", "sqlite").partition(":")[0]


def _all(calls: dict[str, Call], *, port: int, options: argparse.Namespace) -> dict[str, Any]:
    return {
        f"at_once_{at_once}": {
            name: _summary([_measure(port, call, duration_s=options.seconds, at_once=at_once)])
            for name, call in calls.items()
        }
        for at_once in options.at_once
    }


class Busy:
    """Keeps the worker busy while the block runs."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._port, self._headers = port, headers
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep)
        self._running: list[int] = []
        self._begun = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun.wait(30)
        return self

    def __exit__(self, *_fault: object) -> None:
        self._ending.set()
        self._thread.join()

    def said(self) -> dict[str, Any]:
        """Say how many jobs ran while it was measured: the share of looks at which there were two."""
        two = sum(count == 2 for count in self._running)  # noqa: PLR2004 - two jobs
        return {"looks": len(self._running), "looks_with_two_running": two}

    def _keep(self) -> None:
        while not self._ending.wait(0.5):
            jobs = self._ask("GET", "/v1/jobs?limit=20")["items"]
            running = sum(job["status"] == "running" for job in jobs)
            open_jobs = running + sum(job["status"] == "queued" for job in jobs)
            for _ in range(OPEN_JOBS - open_jobs):
                self._ask("POST", "/v1/coverage/runs", body=WISH)
            if running == 2:  # noqa: PLR2004 - two jobs
                self._begun.set()
            if self._begun.is_set():
                self._running.append(running)

    def _ask(self, method: str, path: str, *, body: str | None = None) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = self._headers | {"Prefer": "respond-async", "Content-Type": "application/json"}
        connection.request(method, path, body=body, headers=headers)
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return found


if __name__ == "__main__":
    main()
