"""The only place where errors become `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from dispatch import accounts, errors, logs, storage
from dispatch.api.language import locale, say
from dispatch.api.messages import translate
from dispatch.streets import NetworkBrokenError, NetworkNotFoundError
from dispatch.words import Words

if TYPE_CHECKING:
    from flask import Flask

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:dispatch:problem:"
RETRY_AFTER_S = 5
logger = logging.getLogger(__name__)

STATUS_OF_KIND: tuple[tuple[type[errors.DispatchError], int], ...] = (
    # what deviates from its kind stands first
    (accounts.SignInFailedError, 401),
    (accounts.TooManyTriesError, 429),
    (accounts.RefreshRefusedError, 401),
    (accounts.RefreshReusedError, 401),
    (accounts.SessionEndedError, 401),
    (accounts.DeviceRevokedError, 401),
    (storage.StaleVersionError, 412),
    (NetworkNotFoundError, 503),
    (NetworkBrokenError, 503),
    (errors.NotFoundError, 404),
    (errors.NotAllowedError, 403),
    (errors.InvalidError, 422),
    (errors.ConflictError, 409),
    (errors.UnavailableError, 503),
)
OF_STATUS: dict[int, tuple[str, Words]] = {
    400: ("bad-request", Words("请求的写法有误", "The request is malformed")),
    401: ("not-signed-in", Words("没有登录，或登录已过期", "Not signed in, or signed in too long ago")),
    403: ("not-allowed", Words("你的角色不能做这件事", "Your role may not do this")),
    404: ("not-found", Words("没有这个地址或这条记录", "No such address or record")),
    405: ("method-not-allowed", Words("这个地址不支持这种操作", "This address does not take this method")),
    406: ("not-acceptable", Words("不能以要求的格式答复", "No answer in the wanted format")),
    412: ("stale-version", Words("这条记录刚被别人改过", "This record was changed by somebody else")),
    413: ("body-too-large", Words("提交的内容太大", "The content is too large")),
    415: ("wrong-media-type", Words("内容类型不对", "Wrong media type")),
    422: ("invalid", Words("填写的内容有误", "The content is not valid")),
    428: ("version-required", Words("修改时要带 If-Match", "Send If-Match with a change")),
    429: ("too-many-requests", Words("试得太多了，请稍后再试", "Too many tries; try again later")),
    500: ("server-failed", Words("服务器出错了，刚才的操作没有生效", "The server failed; nothing was changed")),
    503: ("unavailable", Words("暂时不可用，请稍后再试", "Not available now; try again later")),
}
REFERENCE = Words(
    "编号 {reference}，可以重试；再出错请把编号告诉管理员。",
    "Reference {reference}. Try again; if it fails again, tell your administrator the reference.",
)

TOO_LARGE = Words(
    "这里最多 {limit_bytes} 字节；分几次提交，或只留需要的内容。",
    "At most {limit_bytes} bytes are taken here; send it in parts, or only what is needed.",
)

NO_JSON = Words("请求的正文不是有效的 JSON，改正后再提交。", "The body is no valid JSON; correct it and send it again.")


class RequestError(Exception):
    """The request itself is wrong (not its content): a status of the 400s with a sentence and fields."""

    def __init__(
        self, status: int, *, detail: Words | None = None, fields: dict[str, list[Words | str]] | None = None
    ) -> None:
        """Say which status, and in both languages what to do."""
        super().__init__(detail.en if detail else OF_STATUS[status][1].en)
        self.status = status
        self.detail = detail
        self.fields = fields or {}


def problem(
    status: int,
    *,
    code: str,
    title: str,
    detail: str | None = None,
    facts: dict[str, Any] | None = None,
    fields: dict[str, Any] | None = None,
) -> Response:
    """Build the reply."""
    body: dict[str, Any] = {"type": TYPE_PREFIX + code, "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    if facts:
        body["facts"] = facts
    if fields:
        body["fields"] = fields
    reply = Response(json.dumps(body, ensure_ascii=False, default=_plain), status=status, content_type=CONTENT_TYPE)
    reply.headers["Content-Language"] = locale().value
    if status == 503:  # noqa: PLR2004 - a status code
        reply.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == 401:  # noqa: PLR2004 - a status code
        reply.headers["WWW-Authenticate"] = "Bearer"
    return reply


def install_problems(app: Flask) -> None:
    """Let every error leave by this door."""
    app.register_error_handler(errors.DispatchError, _from_error)
    app.register_error_handler(RequestError, _from_request_error)
    app.register_error_handler(ValidationError, _from_validation)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(Exception, _from_fault)


def status_of(kind: type[errors.DispatchError]) -> int:
    """Give the HTTP status that errors of a kind get."""
    return next((status for family, status in STATUS_OF_KIND if issubclass(kind, family)), 500)


def _from_error(error: errors.DispatchError) -> Response:
    reply = problem(
        status_of(type(error)),
        code=error.slug,
        title=say(error.title),
        detail=error.text(locale()) if error.detail else None,
        facts=error.facts,
        fields={name: [_word(word) for word in words] for name, words in error.fields.items()},
    )
    if "retry_after_s" in error.facts:
        reply.headers["Retry-After"] = str(error.facts["retry_after_s"])
    return reply


def _from_request_error(error: RequestError) -> Response:
    code, title = OF_STATUS[error.status]
    fields = {name: [_word(word) for word in words] for name, words in error.fields.items()}
    return problem(
        error.status, code=code, title=say(title), detail=say(error.detail) if error.detail else None, fields=fields
    )


def _from_validation(error: ValidationError, status: int = 422) -> Response:
    code, title = OF_STATUS[status]
    fields: dict[str, list[str]] = {}
    messages = error.messages if isinstance(error.messages, dict) else {"_": error.messages}
    _flatten(messages, "", fields)
    return problem(status, code=code, title=say(title), fields=fields)


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    cause = getattr(error, "exc", None)
    if isinstance(cause, ValidationError):
        # webargs wraps what it found under the place where it looked ("json", "query")
        found = cause.normalized_messages()  # type: ignore[no-untyped-call] # marshmallow left its type out
        return _from_validation(ValidationError({k: v for place in found.values() for k, v in _named(place)}), status)
    if status < 400 and error.response is not None:  # noqa: PLR2004 - a redirect is no error
        return Response(status=status, headers=dict(error.get_headers()))
    code, title = OF_STATUS.get(status, OF_STATUS[500 if status >= 500 else 400])  # noqa: PLR2004 - status classes
    facts = {"limit_bytes": request.max_content_length} if status == 413 else {}  # noqa: PLR2004 - a status code
    detail = say(TOO_LARGE, **facts) if facts else None
    if status == 400 and request.is_json:  # noqa: PLR2004 - a status code
        detail = say(NO_JSON)
    reply = problem(status, code=code, title=say(title), detail=detail, facts=facts)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            reply.headers[name] = value
    return reply


def _from_fault(error: Exception) -> Response:
    reference = uuid4().hex[:8].upper()
    # without its message, which may hold values of a row
    logger.error("Unhandled fault %s", reference, extra={"route": str(request.url_rule), **logs.describe_fault(error)})
    code, title = OF_STATUS[500]
    return problem(
        500, code=code, title=say(title), detail=say(REFERENCE, reference=reference), facts={"reference": reference}
    )


def _named(place: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - what marshmallow gives
    return list(place.items()) if isinstance(place, dict) else [("_", place)]


def _flatten(messages: Any, path: str, found: dict[str, list[str]]) -> None:  # noqa: ANN401 - a tree of any depth
    if isinstance(messages, dict):
        for name, below in messages.items():
            plain = path if name in {"_schema", "key", "value"} and path else f"{path}.{name}" if path else str(name)
            _flatten(below, plain, found)
    elif isinstance(messages, list):
        for below in messages:
            _flatten(below, path, found)
    else:
        found.setdefault(path, []).append(_word(messages))


def _plain(fact: object) -> str:
    return say(fact) if isinstance(fact, Words) else str(fact)


def _word(message: Words | str) -> str:
    return say(message) if isinstance(message, Words) else translate(str(message), locale())
