"""Asking a provider over HTTP: bounded in time and size, and whatever comes back is judged, never raised."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import urllib3

from dispatch.notices.values import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_S, READ_S, WHOLE_S = 3.0, 8.0, 20.0
ANSWER_MAX_BYTES = 65_536
HTTP_OK = 200
CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class AskingFailedError(Exception):
    """No answer that can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Asker:
    """Keeps connections to one provider."""

    def __init__(self, *, connect_s: float = CONNECT_S, read_s: float = READ_S, whole_s: float = WHOLE_S) -> None:
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=connect_s, read=read_s), maxsize=2
        )
        self._whole_s = whole_s

    def ask(
        self, method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """
        Ask once; the JSON object of the answer comes back.

        Raises
        ------
        AskingFailedError
            Where there was no answer in time, another status than 200, or no JSON object.

        """
        try:
            reply = self._pool.request(
                method, url, body=body, headers=dict(headers or {}), redirect=False, preload_content=False
            )
            try:
                status, content = reply.status, self._read(reply)
            finally:
                reply.close()  # also what was not read to its end: nothing of it may answer the next question
        except urllib3.exceptions.TimeoutError:
            raise AskingFailedError("timeout") from None
        except (urllib3.exceptions.HTTPError, OSError):
            raise AskingFailedError("connection") from None
        if status != HTTP_OK:
            raise AskingFailedError(f"http_{status}")
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            raise AskingFailedError("unreadable") from None
        if not isinstance(found, dict):
            raise AskingFailedError("unreadable")
        return found

    def _read(self, reply: urllib3.BaseHTTPResponse) -> bytes:
        """Read an answer that may come drop by drop, or never end."""
        end_s, found = time.monotonic() + self._whole_s, b""
        while piece := reply.read1(ANSWER_MAX_BYTES):
            found += piece
            if len(found) > ANSWER_MAX_BYTES:
                raise AskingFailedError("unreadable")
            if time.monotonic() > end_s:
                raise AskingFailedError("timeout")
        return found


def plain_code(code: object) -> str:
    """Give a provider's code as it may be kept: a sentence of theirs may hold a number."""
    text = str(code)
    return text if CODE.fullmatch(text) and sum(sign.isdigit() for sign in text) < len("1380000") else "other"


def later(error: str) -> Outcome:
    """Give the outcome of a try after which nobody knows."""
    return Outcome(Result.LATER, error=error)


def never(error: str) -> Outcome:
    """Give the outcome of a message that will not be taken."""
    return Outcome(Result.NEVER, error=error)
