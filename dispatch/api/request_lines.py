"""One line in the log for each request: which route, how it ended, how long it took, never what was in it."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from flask import g, request

from dispatch import logs

if TYPE_CHECKING:
    from flask import Flask, Response

    from dispatch.actor import Actor

HEADER = "X-Request-Id"
GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
NO_ROUTE = "none"  # an address that is no route of ours
SERVER_FAULT = 500
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
logger = logging.getLogger(__name__)


def install_request_lines(app: Flask) -> None:
    """Give every request an id, and write a line when it is answered."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if GIVEN_ID.fullmatch(given) else uuid4().hex
        g.begun_s = time.perf_counter()
        logs.about(request_id=g.request_id)

    @app.after_request
    def end(reply: Response) -> Response:
        if "request_id" not in g:  # another program's part of the application
            return reply
        reply.headers[HEADER] = g.request_id
        who: Actor | None = g.get("actor")
        level = logging.ERROR if reply.status_code >= SERVER_FAULT else logging.INFO
        facts = {
            "method": method_of_request(),
            "route": route_of_request(),
            "status": reply.status_code,
            "ms": round((time.perf_counter() - g.begun_s) * 1_000, 1),
            "account_id": str(who.account_id) if who is not None and who.account_id else None,
        }
        logger.log(level, "request", extra=facts)
        return reply


def route_of_request() -> str:
    """Give the route with its variables by name: what an address holds may name a person."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def method_of_request() -> str:
    """Give the method, as long as it is one of HTTP's own."""
    return request.method if request.method in METHODS else "other"
