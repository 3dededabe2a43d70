"""flask-smorest, set straight: what the document says is what the server does."""

from __future__ import annotations

import functools
import http
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import flask_smorest
from flask import Response, make_response, request
from flask_smorest import Api as SmorestApi
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from dispatch.api.guards import find_faults
from dispatch.api.problems import CONTENT_TYPE, RequestError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

GEOJSON = "application/geo+json"
LOCATION_DOC = {"Location": {"schema": {"type": "string"}}}
NOT_JSON = Words(
    "内容不是有效的 JSON，检查括号、引号和逗号。", "The body is not valid JSON; check brackets, quotes and commas."
)
VERSION_TAG = re.compile("v([0-9]{1,9})(?:-[0-9a-z-]+)?")
JSON_WANTED = Words("加上请求头 Content-Type: application/json。", "Add the header Content-Type: application/json.")


class ProblemSchema(Schema):
    """The one form of every error (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "in the reader's language, at most 40 characters"})
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "stable; the same in every language"})
    detail = fields.String()
    facts = fields.Dict(keys=fields.String())
    fields_ = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), data_key="fields")


class Parser(FlaskParser):
    """Refuses what it does not know, and what is not JSON."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, RAISE) | {"headers": None}

    def load_json(self, req: Any, schema: Any) -> Any:  # noqa: ANN401 - webargs' signature
        """Read the body, or say what is wrong with it."""
        if not req.is_json:
            raise RequestError(415, detail=JSON_WANTED)
        if not req.get_data(cache=True):
            raise RequestError(400, detail=NOT_JSON)
        try:
            body = super().load_json(req, schema)
        except (ValueError, RecursionError):  # numbers of thousands of digits, thousands of brackets
            raise RequestError(400, detail=NOT_JSON) from None
        faults = find_faults(body)
        if faults:
            raise RequestError(422, fields=faults)
        return body

    def handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002 - webargs' signature
        """Say that it is no JSON."""
        raise RequestError(400, detail=NOT_JSON)


class Blueprint(flask_smorest.Blueprint):
    """A blueprint whose content types are sent as documented, and whose query errors are 400."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: Any, *, location: str = "json", **kwargs: Any) -> Any:  # noqa: ANN401 - smorest's signature
        """Read query or body; a query that cannot be read is 400, a body that is not true is 422."""
        if location != "query":
            return super().arguments(schema, location=location, **kwargs)
        kwargs.setdefault("error_status_code", 400)
        read = super().arguments(schema, location=location, **kwargs)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            reader: Callable[..., Any] = read(view)
            reader.takes_query = True  # type: ignore[attr-defined] # others may not be sent a query at all
            return reader

        return decorate

    def response(
        self,
        status_code: int,
        schema: Any = None,  # noqa: ANN401 - smorest's signature
        *,
        content_type: str = "application/json",
        also: tuple[str, ...] = (),
        **kwargs: Any,  # noqa: ANN401 - smorest's signature
    ) -> Any:  # noqa: ANN401 - smorest's signature
        """Document a reply and send it with the documented content type, or as one that it may `also` be."""
        document = super().response(status_code, schema, content_type=content_type, **kwargs)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            answered = document(view)

            @functools.wraps(answered)
            def answer(*args: Any, **kw: Any) -> Any:  # noqa: ANN401 - a view's own
                reply = make_response(answered(*args, **kw))
                if reply.status_code == status_code and reply.content_length != 0 and reply.mimetype not in also:
                    reply.content_type = content_type
                return reply

            if also:
                content = {kind: {"schema": schema} for kind in (content_type, *also)}
                notes = deepcopy(getattr(answer, "_apidoc", {}))
                replies = notes.setdefault("manual_doc", {}).setdefault("responses", {})
                replies[str(status_code)] = {"description": http.HTTPStatus(status_code).phrase, "content": content}
                answer._apidoc = notes  # type: ignore[attr-defined] # noqa: SLF001 - where flask-smorest keeps it
            return answer

        return decorate


class Api(SmorestApi):
    """Every error in the document is a problem."""

    ERROR_SCHEMA = ProblemSchema

    def _init_spec(self, **kwargs: Any) -> None:  # noqa: ANN401 - smorest's signature
        super()._init_spec(**kwargs)
        converter = self.ma_plugin.converter
        converter.add_attribute_function(_json_schema)
        converter.attribute_functions = [
            _default(function) if function.__name__ == "field2default" else function
            for function in converter.attribute_functions
        ]

    def _register_responses(self) -> None:
        content = {CONTENT_TYPE: {"schema": ProblemSchema}}
        for status in http.HTTPStatus:
            reply: dict[str, Any] = {"description": status.phrase}
            if status >= http.HTTPStatus.BAD_REQUEST:
                reply["content"] = content
            self.spec.components.response(status.name, reply, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "Any error", "content": content}, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leave errors to `problems`."""


def _json_schema(_converter: object, field: fields.Field[Any], **_kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - apispec's signature
    """
    Take `metadata={"json_schema": {...}}` of a field into the document as it is.

    apispec drops words of JSON Schema that it does not know, such as `prefixItems` of a position.
    """
    found: dict[str, Any] = field.metadata.get("json_schema", {})
    return found


def _default(document: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Leave "nothing" out of the defaults in the document: a pattern may forbid to send it."""

    def say(field: fields.Field[Any], **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - apispec's signature
        return {name: value for name, value in document(field, **kwargs).items() if value not in (None, "")}

    return say


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give the reply of a GET an ETag, and answer 304 where the caller has it already."""

    @functools.wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - a view's own
        reply = make_response(view(*args, **kwargs))
        if reply.status_code == http.HTTPStatus.OK:
            if "ETag" not in reply.headers:
                reply.add_etag()
            reply.headers["Cache-Control"] = "no-cache, private"
            reply.headers["Vary"] = ", ".join([*reply.headers.getlist("Vary"), "Accept-Language, Authorization"])
            reply.make_conditional(request)
            if reply.status_code == http.HTTPStatus.PRECONDITION_FAILED:  # an If-Match that names another version
                raise RequestError(412)
        return reply

    notes = deepcopy(getattr(answer, "_apidoc", {}))
    responses = notes.setdefault("manual_doc", {}).setdefault("responses", {})
    responses["304"] = {"description": "Not modified: the caller's copy (`If-None-Match`) is the present one"}
    answer._apidoc = notes  # type: ignore[attr-defined] # noqa: SLF001 - where flask-smorest keeps it
    return answer


def version_wanted() -> int:
    """
    Read the version from `If-Match`, which every change must carry.

    Raises
    ------
    RequestError
        428 where there is none, 412 where it is no version of ours.

    """
    tags = list(request.if_match.as_set(include_weak=True)) if request.if_match else []
    if not tags:
        raise RequestError(
            428,
            detail=Words(
                "先读取这条记录，把它的 ETag 放进 If-Match。", "Read the record first and send its ETag as If-Match."
            ),
        )
    ours = VERSION_TAG.fullmatch(tags[0])
    if len(tags) > 1 or ours is None:
        raise RequestError(412)
    return int(ours[1])


def with_version(
    body: Any,  # noqa: ANN401 - what the schema dumps
    version: int,
    status: int = 200,
    *,
    view: str = "",
) -> tuple[Any, int, dict[str, str]]:
    """
    Send a record with its version as ETag.

    `view` (small letters, digits and hyphens) tells apart what one version shows on other days or to other readers.
    """
    return body, status, {"ETag": f'"v{version}-{view}"' if view else f'"v{version}"'}


def moved(path: str) -> Response:
    """Send on for good, with the same query."""
    asked = request.query_string.decode()
    reply = Response(status=301, headers={"Location": f"{path}?{asked}" if asked else path})
    del reply.headers["Content-Type"]
    return reply
