"""A POST with an `Idempotency-Key` happens once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from flask import request

from dispatch import clock, storage
from dispatch.api.access import account_id
from dispatch.api.problems import RequestError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from marshmallow import Schema

KEY_MAX_LENGTH = 100
KEY_WANTED = Words(
    "加上请求头 Idempotency-Key：手机自己生成的编号（如 UUID），重发时不变。",
    "Add the header Idempotency-Key: an id made by the caller (a UUID, say), the same when it is sent again.",
)
HEADER = "Idempotency-Key"
HEADER_DOC = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX_LENGTH},
}
OPTIONAL_HEADER_DOC = HEADER_DOC | {"required": False}


def once(operation: Callable[[], Any], *, schema: Schema, status: int) -> tuple[dict[str, Any], int]:
    """
    Carry out an operation once per account and key; call it inside a transaction.

    A repetition gives the first answer again; the same key with another body is 422.

    Raises
    ------
    RequestError
        400 where the header is missing or too long.

    """
    key, place = _asked()
    before = storage.find_reply(key, **place)
    if before:
        return before.reply, before.status
    reply = _dumped(operation(), schema=schema)
    storage.keep_reply(key, status=status, reply=reply, at=clock.utc_now(), **place)
    return reply, status


def once_where_keyed(operation: Callable[[], Any], *, schema: Schema, status: int) -> tuple[dict[str, Any], int]:
    """Carry out an operation as `once` does where the caller sends a key; without one each request is a new one."""
    if HEADER in request.headers:
        return once(operation, schema=schema, status=status)
    return _dumped(operation(), schema=schema), status


def find_earlier() -> tuple[dict[str, Any], int] | None:
    """
    Give what this request was answered before, or None; call it before a computation that no transaction spans.

    Raises
    ------
    RequestError
        400 where the key is too long.

    """
    if HEADER not in request.headers:
        return None
    key, place = _asked()
    before = storage.find_reply(key, **place)
    return (before.reply, before.status) if before else None


def _asked() -> tuple[str, dict[str, Any]]:
    """Give the key of this request, and what else tells a repetition from another request."""
    key = request.headers.get(HEADER, "")
    if not 1 <= len(key) <= KEY_MAX_LENGTH:
        raise RequestError(400, detail=KEY_WANTED, fields={HEADER: [KEY_WANTED]})
    body = json.dumps(request.get_json(), sort_keys=True, ensure_ascii=False).encode()
    return key, {
        "account_id": account_id(),
        "route": f"{request.method} {request.path}",
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


def _dumped(body: Any, *, schema: Schema) -> dict[str, Any]:  # noqa: ANN401 - what the schema dumps
    reply: dict[str, Any] = json.loads(json.dumps(schema.dump(body), default=str))
    return reply
