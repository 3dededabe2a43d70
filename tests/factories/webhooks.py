"""Subscriptions, and a local receiver that does what a test tells it."""

from __future__ import annotations

import base64
import hmac
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import TYPE_CHECKING

from dispatch import accounts, webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime
    from uuid import UUID

# what a test's receiver needs: it stands on this machine and is not encrypted
LOOPBACK = webhooks.CallingPolicy((ip_network("127.0.0.0/8"),), frozenset({"127.0.0.1", "receiver.test"}))


@dataclass
class Got:
    """One call that a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        """The event's id, by which repeats are dropped."""
        return self.headers["webhook-id"]

    def is_signed_with(self, secret: str) -> bool:
        """Say whether a signature of the call was made with a secret, as the specification verifies it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.event_id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        ours = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        return f"v1,{ours}" in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """A local receiver: `answer` says with which status and headers, or hangs, or raises to drop the line."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], tuple[int, dict[str, str], bytes]] = lambda _: (204, {}, b"")

    @property
    def event_ids(self) -> list[str]:
        """The ids of the events that it was sent, repeats too."""
        return [each.event_id for each in self.got]


class DroppedError(Exception):
    """The receiver drops the line without an answer."""


def drop(_: Got) -> tuple[int, dict[str, str], bytes]:
    """Drop the line without an answer."""
    raise DroppedError


def always(status: int, *, body: bytes = b"", **headers: str) -> Callable[[Got], tuple[int, dict[str, str], bytes]]:
    """Answer every call alike."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (status, named, body)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Start a receiver on this machine, and end it."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            try:
                status, headers, text = receiver.answer(receiver.got[-1])
            except DroppedError:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def subscribe(
    account_id: UUID,
    *,
    url: str,
    at: datetime,
    on: date,
    scope: webhooks.Scope,
    kinds: tuple[str, ...] = ("care_request.*",),
) -> webhooks.WebhookCard:
    """Make a subscription of an account, with its secret."""
    actor = accounts.find_actor(account_id, on=on)
    return webhooks.subscribe(webhooks.WebhookWish(url, kinds, scope), actor=actor, at=at)
