"""Changes of a plan by hand, checked and made: what `benchmarks/board.py` times of them."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

from dispatch.assignment.operations.changing import standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

MARK_MS = 100.0
WARM = 12  # checks before the first that counts: each process lays the plan out once
OK = 200


class _Desk:
    """A coordinator's desk: the plan's stops, and what is asked about them."""

    def __init__(self, ask: Callable[..., dict[str, Any]], *, plan_id: UUID) -> None:
        self.ask, self.path = ask, f"/v1/plans/{plan_id}"
        self.chance = random.Random(7)  # noqa: S311 - made-up wishes, no secrets
        plan = ask("GET", self.path)
        self.version: int = plan["version"]
        self.tours = [tour for tour in plan["tours"] if tour["stops"]]
        self.visits = [(tour["carer_id"], stop["visit_id"]) for tour in self.tours for stop in tour["stops"]]
        self.starts = {stop["visit_id"]: stop["start_at"] for tour in self.tours for stop in tour["stops"]}
        self.pinned: list[str] = []

    def wish(self, kind: str) -> dict[str, Any]:
        """Make up a change: any visit, any carer or other visit of the day."""
        _, visit_id = self.chance.choice(self.visits)
        carer_id, other_id = self.chance.choice(self.visits)
        more: dict[str, dict[str, Any]] = {
            "move": {"carer_id": carer_id},
            "swap": {"other_visit_id": other_id},
            "split": {"start_at": self.starts[visit_id], "other_start_at": self.starts[other_id]},
        }
        return {"kind": kind, "visit_id": visit_id} | more.get(kind, {})

    def check(self, kind: str) -> None:
        """Ask what a change would do."""
        self.ask("POST", f"{self.path}/check", self.wish(kind))

    def change(self) -> None:
        """Pin a visit, or let go the one that was pinned last: what no rule forbids."""
        if self.pinned:
            wish = {"kind": "unpin", "visit_id": self.pinned.pop()}
        else:
            wish = self.wish("pin")
            self.pinned.append(wish["visit_id"])
        made = self.ask("POST", f"{self.path}/changes", wish | {"reason": "测量"}, {"If-Match": f'"v{self.version}"'})
        self.version = made["plan"]["version"]


def ask(port: int, headers: dict[str, str], *, plan_id: UUID, asks: int) -> dict[str, list[float]]:
    """Time checks, changes and the first check after each over HTTP, in milliseconds."""

    def call(
        method: str, path: str, body: dict[str, Any] | None = None, more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        sent = headers | (more or {}) | ({"Content-Type": "application/json"} if body else {})
        connection.request(method, path, body=json.dumps(body) if body else None, headers=sent)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        return _read(reply.status, text)

    desk = _Desk(call, plan_id=plan_id)
    for _ in range(WARM):
        desk.check("move")
    found: dict[str, list[float]] = {"check": [], "change": [], "first_after_change": []}
    for number in range(asks):
        found["check"].append(
            _timed(lambda kind=("move", "swap", "pin", "split")[number % 4]: desk.check(kind), time.perf_counter)
        )
    for _ in range(asks):
        found["change"].append(_timed(desk.change, time.perf_counter))
        found["first_after_change"].append(_timed(lambda: desk.check("move"), time.perf_counter))
    return found


def ask_here(app: Flask, *, plan_id: UUID, signed: tuple[str, str], asks: int) -> dict[str, float]:
    """Time checks in this process: the middle of their processor time in milliseconds, by what it knows of the plan."""
    client = app.test_client()
    username, password = signed
    tokens = client.post("/v1/auth/tokens", json={"username": username, "password": password}).get_json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def call(
        method: str, path: str, body: dict[str, Any] | None = None, more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        reply = client.open(path, method=method, json=body, headers=headers | (more or {}))
        return _read(reply.status_code, reply.get_data())

    desk = _Desk(call, plan_id=plan_id)
    kept = standing._KEPT  # noqa: SLF001 - to stand for other processes
    took: dict[str, list[float]] = {}

    def check(name: str, kind: str = "move") -> None:
        took.setdefault(name, []).append(_timed(lambda: desk.check(kind), time.process_time))

    desk.check("move")
    for _ in range(asks):
        for kind in ("move", "swap", "pin", "split"):
            check(f"check {kind}", kind)
    for _ in range(asks):
        before = dict(kept)
        took.setdefault("change", []).append(_timed(desk.change, time.process_time))
        check("first after change, same process")
        kept.clear()
        kept.update(before)
        check("first after change, another")
        for plan, laid in list(kept.items()):
            kept[plan] = _aged(laid)
        check("first after a minute")
        kept.clear()
        check("first of all")
    return {name: round(statistics.median(times), 1) for name, times in took.items()}


def _aged(laid: standing.Laid) -> standing.Laid:
    names = {name: getattr(laid, name) for name in laid.__slots__ if name not in {"laid_at", "lock"}}
    return standing.Laid(**names, laid_at=laid.laid_at - timedelta(hours=1))


def _timed(work: Callable[[], None], watch: Callable[[], float]) -> float:
    begun = watch()
    work()
    return (watch() - begun) * 1e3


def _read(status: int, text: bytes) -> dict[str, Any]:
    if status not in {OK, 201}:
        sys.exit(f"{status}: {text[:300]!r}")
    found: dict[str, Any] = json.loads(text)
    return found
