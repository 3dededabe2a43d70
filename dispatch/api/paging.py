"""Cursor paging: opaque, stable while rows are added, and bounded."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Any

from flask import has_request_context, request
from marshmallow import Schema, ValidationError, fields, validate

from dispatch.api.access import settings
from dispatch.words import Words

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
LONGEST = 2_000  # characters; what a list sorts by may be a long name
MARK_BYTES = 6
BROKEN = Words("游标无效，从第一页重新读取。", "The cursor is broken; start again from the first page.")


class CursorField(fields.Field[list[Any]]):
    """
    An opaque place in a list: what `encode_cursor` made for the same route.

    It bears a mark that only this service can make, so what comes out has the parts that went in.
    """

    def __init__(self, *, route: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Take cursors of the present route, or of the one that is named by its endpoint."""
        super().__init__(**kwargs)
        self._route = route

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:  # noqa: ANN401, ARG002 - marshmallow's signature
        given = str(value)
        try:
            packed = base64.urlsafe_b64decode(given.encode("ascii") + b"=" * (-len(given) % 4))
        except (binascii.Error, ValueError):
            packed = b""
        mark, text = packed[:MARK_BYTES], packed[MARK_BYTES:]
        if len(given) > LONGEST or not hmac.compare_digest(mark, _mark(text, route=self._route)):
            raise ValidationError([BROKEN])  # put into the reader's language later
        found: list[Any] = json.loads(text)
        return found


class PageQuery(Schema):
    """What every list accepts; derive from it and add filters."""

    limit = fields.Integer(load_default=LIMIT_DEFAULT, validate=validate.Range(1, LIMIT_MAX))
    cursor = CursorField(
        load_default=None,
        metadata={
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "maxLength": LONGEST,
            "description": "`next_cursor` of the page before",
        },
    )


def encode_cursor(*parts: str | int) -> str:
    """Make the opaque cursor of a place in the present route's list."""
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_mark(text) + text).decode().rstrip("=")


def place_of(query: dict[str, Any]) -> int:
    """Give how many rows of a list that only grows were sent already, by the cursor of `next_place`."""
    found = query["cursor"]
    return int(found[0]) if found and isinstance(found[0], int) and found[0] > 0 else 0


def next_place(found: list[Any], *, query: dict[str, Any]) -> str | None:
    """Give the cursor of the next page where one row more than the limit was found."""
    limit: int = query["limit"]
    return encode_cursor(place_of(query) + limit) if len(found) > limit else None


def _mark(text: bytes, *, route: str = "") -> bytes:
    route = route or (str(request.endpoint) if has_request_context() else "")
    secret = settings().secret_key.encode()
    return hmac.digest(secret, b"cursor:" + route.encode() + b":" + text, "sha256")[:MARK_BYTES]
