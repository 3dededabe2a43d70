"""A gateway on loopback that does to its caller what gateways do: answer, refuse, dawdle, lie, hang up."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = tuple[int, bytes] | None  # None: hang up without a word


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    json: Any


@dataclass
class Gateway:
    """Answers each request with what `says` gives; keeps all of them."""

    says: Callable[[Asked], Any] = lambda _asked: {}
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)  # until then `HANG` keeps its caller waiting
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._answer(body)

            def do_GET(self) -> None:
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                split = urlsplit(self.path)
                is_json = self.headers.get("Content-Type") == "application/json"
                asked = Asked(
                    split.path,
                    dict(parse_qsl(split.query)),
                    {} if is_json else dict(parse_qsl(body.decode())),
                    json.loads(body) if is_json and body else None,
                )
                gateway.asked.append(asked)
                said = gateway.says(asked)
                if said is HANG:
                    gateway.released.wait(30)
                    return
                if said is DROPS:
                    self.send_response(200)
                    self.end_headers()
                    while not gateway.released.wait(0.05):
                        try:
                            self.wfile.write(b" ")
                            self.wfile.flush()
                        except OSError:
                            return
                    return
                if said is HANG_UP:
                    self.close_connection = True
                    return
                status, content = said if isinstance(said, tuple) else (200, json.dumps(said).encode())
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


HANG, DROPS, HANG_UP = object(), object(), object()


def taken(asked: Asked, code: str = "OK") -> dict[str, str]:
    """Give the answer of a gateway that took a message."""
    return {"code": code, "message_id": f"G{len(asked.form['out_id'])}", "out_id": asked.form["out_id"]}
