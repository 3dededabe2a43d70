"""
Requests per second and waiting times of the demo's calls and of phones' own ones under gunicorn, beside an empty view.

A scratch database is seeded, the demo's own server is started on it (2 workers of 4 threads), and beside it
the same server with an empty Flask view. Calls are measured in turns, so that all meet the same machine.
The measuring client runs on the same cores and is part of every figure, of the floor's too.
"""

# ruff: noqa: E402 - the first lines mend the path
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Python puts the folder of a script first on the path, where this file would stand for the standard library's `http`.
sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != HERE]
if __name__ == "http":  # a script beside this one asked for the standard library's
    del sys.modules["http"]
    __import__("http")

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

ROOT = HERE.parent
WORKERS, THREADS = 2, 4  # as `dispatch demo` starts its server
START_TIMEOUT_S = 300
DISTRICT = "120198"


class Call(NamedTuple):
    """One request; `path` is asked for each time, so that it may differ."""

    method: str
    path: Callable[[], str]
    headers: dict[str, str]
    body: str | None = None
    is_new: bool = False  # each time under a key of its own, so that it is done anew


class Served(NamedTuple):
    """How one call was served."""

    waits_ms: list[float]
    errors: int
    duration_s: float


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="dispatch-http-") as folder, _servers(Path(folder)) as (port, floor_port):
        calls = {"floor": (floor_port, Call("GET", lambda: "/", {}))}
        calls |= {name: (port, call) for name, call in _demo_calls(Path(folder), port).items()}
        for place, call in calls.values():  # the first answers read files and compile
            _measure(place, call, duration_s=2.0, at_once=2)
        found = {f"at_once_{at_once}": _rounds(calls, options=options, at_once=at_once) for at_once in options.at_once}
    result = {
        "server": f"gunicorn gthread, {WORKERS} workers x {THREADS} threads",
        "engine": os.environ.get("DISPATCH_DATABASE_URL", "sqlite").partition(":")[0],
        "cores": os.cpu_count(),
        "rounds": options.rounds,
        "seconds_each": options.seconds,
        **found,
    }
    if options.json:
        print(json.dumps(result, indent=1))
        return
    print(f"{result['server']}, {result['engine']}, {result['cores']} cores")
    for at_once in options.at_once:
        print(f"\n{at_once} at once     requests/s   p50 ms   p95 ms   p99 ms   errors")
        for name, one in found[f"at_once_{at_once}"].items():
            print(
                f"{name:<12}{one['requests_per_s']:>12.1f}{one['p50_ms']:>9.1f}{one['p95_ms']:>9.1f}"
                f"{one['p99_ms']:>9.1f}{one['errors']:>9}"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each call and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 4], help="connections at once")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _rounds(calls: dict[str, tuple[int, Call]], *, options: argparse.Namespace, at_once: int) -> dict[str, Any]:
    kept: dict[str, list[Served]] = {name: [] for name in calls}
    for _ in range(options.rounds):
        for name, (port, call) in calls.items():
            kept[name].append(_measure(port, call, duration_s=options.seconds, at_once=at_once))
    return {name: _summary(served) for name, served in kept.items()}


def _summary(rounds: list[Served]) -> dict[str, float]:
    waits = sorted(wait for served in rounds for wait in served.waits_ms)

    def share(part: float) -> float:
        return round(waits[min(len(waits) - 1, int(part * len(waits)))], 2)

    return {
        "requests": len(waits),
        "errors": sum(served.errors for served in rounds),
        "requests_per_s": round(len(waits) / sum(served.duration_s for served in rounds), 1),
        "p50_ms": share(0.5),
        "p95_ms": share(0.95),
        "p99_ms": share(0.99),
    }


def _measure(port: int, call: Call, *, duration_s: float, at_once: int) -> Served:
    waits: list[float] = []
    errors = [0]
    begin = time.perf_counter()

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() - begin < duration_s:
            start = time.perf_counter()
            headers = call.headers | ({"Idempotency-Key": str(uuid4())} if call.is_new else {})
            connection.request(call.method, call.path(), body=call.body, headers=headers)
            reply = connection.getresponse()
            reply.read()
            waits.append((time.perf_counter() - start) * 1_000)
            errors[0] += reply.status >= 400  # noqa: PLR2004 - a status code
        connection.close()

    crowd = [threading.Thread(target=ask) for _ in range(at_once)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return Served(waits, errors[0], time.perf_counter() - begin)


def _demo_calls(folder: Path, port: int) -> dict[str, Call]:
    accounts = {row["role"]: row for row in json.loads((folder / "demo-accounts.json").read_text(encoding="utf-8"))}
    demo = json.loads((folder / "seed" / "truth.json").read_text(encoding="utf-8"))["demo"]

    def token(role: str) -> dict[str, str]:
        wish = {name: accounts[role][name] for name in ("username", "password")}
        return {"Authorization": f"Bearer {_post(port, '/v1/auth/tokens', wish)['access_token']}"}

    start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
    wish = {
        "elder_id": demo["elder_id"],
        "service_code": "bathing_home",
        "channel": "app",
        "urgency": "routine",
        "window_from_at": start.isoformat(),
        "window_to_at": (start + timedelta(hours=2)).isoformat(),
    }
    request = _post(port, "/v1/care-requests", wish, **token("family"), **{"Idempotency-Key": "benchmark"})
    dice = random.Random(7)  # noqa: S311 - the same points each time

    def nearby() -> str:
        # within about a kilometre of the demo's point, so that no answer is the last one again
        lon, lat = (demo["point"][name] + dice.uniform(-0.01, 0.01) for name in ("lon", "lat"))
        query = {"near": f"{lon:.6f},{lat:.6f}", "crs": "wgs84", "within": "15min", "mode": "walk", "service": "meals"}
        return "/v1/services?" + urlencode(query, safe=",")

    return {
        "nearest": Call("GET", nearby, {}),
        "candidates": Call("POST", lambda: f"/v1/care-requests/{request['id']}/candidates", token("district_officer")),
        "gaps": Call("GET", lambda: f"/v1/coverage/gaps?area={DISTRICT}&service=day_care", token("planner")),
        "quote": _json("/v1/quotes", _quoted(wish), token("family"), is_new=True),
        "desk search": _json("/v1/phone-desk/search", {"q": "wang"}, token("operator")),
        "requests": Call("GET", lambda: "/v1/care-requests?status=submitted", token("operator")),
        "breaches": Call("GET", lambda: f"/v1/sla/breaches?area={DISTRICT}", token("district_officer")),
        "offers": Call("GET", lambda: "/v1/offers?status=open", token("coordinator")),
        "own visits": Call("GET", lambda: "/v1/me/visits", token("carer")),
        "feed": Call("GET", lambda: "/v1/me/feed", token("family")),
    }


def _json(path: str, body: dict[str, Any], headers: dict[str, str], *, is_new: bool = False) -> Call:
    return Call("POST", lambda: path, headers | {"Content-Type": "application/json"}, json.dumps(body), is_new)


def _quoted(wish: dict[str, Any]) -> dict[str, Any]:
    return {name: wish[name] for name in ("elder_id", "service_code", "window_from_at")}


def _post(port: int, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    if reply.status >= 400:  # noqa: PLR2004 - a status code
        sys.exit(f"POST {path} -> {reply.status} {text}")
    found: dict[str, Any] = json.loads(text)
    return found


@contextmanager
def _servers(folder: Path) -> Iterator[tuple[int, int]]:
    port, floor_port = _free_port(), _free_port()
    environment = os.environ | {"DISPATCH_VAR_DIR": str(folder), "NUMBA_CACHE_DIR": str(ROOT / "var" / "numba")}
    environment["DISPATCH_RATE_LIMIT"] = "off"  # one caller asks for thousands
    options = ["--worker-class=gthread", f"--workers={WORKERS}", f"--threads={THREADS}", "--log-level=warning"]
    commands = (
        ["-m", "dispatch", "demo", "--port", str(port)],
        ["-m", "gunicorn", "benchmarks.floor:app", f"--bind=127.0.0.1:{floor_port}", *options],
    )
    with (folder / "log").open("w", encoding="utf-8") as log:
        running = [
            subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)  # noqa: S603 - our own programs
            for command in commands
        ]
        try:
            _wait(floor_port, "/", running[1], folder / "log")
            _wait(port, "/readyz", running[0], folder / "log")
            yield port, floor_port
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
            for process in running:
                process.wait(timeout=30)


def _wait(port: int, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    patience = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < patience:
        if process.poll() is not None:
            sys.exit(f"a server ended:\n{log.read_text(encoding='utf-8')[-3_000:]}")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:  # noqa: PLR2004 - a status code
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.5)
    sys.exit(f"no server after {START_TIMEOUT_S} s:\n{log.read_text(encoding='utf-8')[-3_000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
