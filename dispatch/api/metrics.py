"""Numbers for Prometheus: requests by route, never by address, and what waits in the database."""

from __future__ import annotations

import ipaddress
import os
import time
from typing import TYPE_CHECKING

from flask import Response, g, request
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

from dispatch import clock, intake, storage
from dispatch.api.access import open_to_anyone, settings
from dispatch.api.plumbing import Blueprint
from dispatch.api.problems import RequestError
from dispatch.api.request_lines import method_of_request, route_of_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
PROXIED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")

REQUESTS = Counter("dispatch_requests", "Requests answered", ("method", "route", "status"))
DURATION = Histogram("dispatch_request_seconds", "Time to answer", ("method", "route"), buckets=BUCKETS_S)

bp = Blueprint("metrics", __name__, description="Numbers for monitoring")


@bp.get("/metrics")
@open_to_anyone
@bp.response(200, {"type": "string"}, content_type=CONTENT_TYPE_PLAIN_0_0_4)
def show_metrics() -> Response:
    """Give the numbers of all web processes of this machine, to whoever asks from inside; to others there are none."""
    _refuse_outsiders()
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # the library left its type out
        counted = b""
    else:
        counted = generate_latest(REGISTRY)
    registry.register(DatabaseCollector())
    return Response(counted + generate_latest(registry))


class DatabaseCollector:
    """What waits in the database, and who works on it, at the moment of asking."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Say nothing beforehand: without this the registry would ask the database once more."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the numbers."""
        now = clock.utc_now()
        with storage.reading():
            open_jobs = storage.count_open_jobs()
            waiting = {"job": storage.oldest_job_at(), "deadline": storage.oldest_deadline_at(at=now)}
            workers = storage.count_workers(seen_since=now - storage.WORKER_LOST_AFTER)
            breaches = intake.count_open_breaches(now=now)
            tasks = intake.count_open_tasks()
        jobs = GaugeMetricFamily("dispatch_jobs", "Jobs that wait or run", labels=("job", "status"))
        for (name, status), count in sorted(open_jobs.items()):
            jobs.add_metric((name, status), count)
        ages = GaugeMetricFamily(
            "dispatch_oldest_wait_seconds", "Age of the oldest that waits, 0: none", labels=("kind",)
        )
        for kind, since in waiting.items():
            ages.add_metric((kind,), 0.0 if since is None else (now - since).total_seconds())
        late = GaugeMetricFamily(
            "dispatch_open_breaches", "Clocks of requests past their limits that go on", labels=("clock",)
        )
        for each in intake.Clock:
            late.add_metric((each.value,), breaches.get(each, 0))
        waits = GaugeMetricFamily("dispatch_open_supervisor_tasks", "What waits for supervisors", labels=("task",))
        for kind in intake.TaskKind:
            waits.add_metric((kind.value,), tasks.get(kind, 0))
        yield from (jobs, ages, late, waits, GaugeMetricFamily("dispatch_workers", "Workers that live", value=workers))


def count_requests(app: Flask) -> None:
    """Count and time every request of an application."""

    @app.after_request
    def count(reply: Response) -> Response:
        method, route = method_of_request(), route_of_request()
        REQUESTS.labels(method, route, reply.status_code).inc()
        if "begun_s" in g:
            DURATION.labels(method, route).observe(time.perf_counter() - g.begun_s)
        return reply


def _refuse_outsiders() -> None:
    """Answer only who asks this process itself, from an address that is named in the settings."""
    # the peer's address, whatever a proxy is believed to say of others
    peer = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR") or ""
    if any(name in request.headers for name in PROXIED):
        raise RequestError(404)
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        raise RequestError(404) from None
    if not any(address in network for network in settings().metrics_from):
        raise RequestError(404)
