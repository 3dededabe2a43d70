"""Does a reply keep what the OpenAPI document promises?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

BODILESS = {204, 304}


class Contract:
    """The document of one application, ready to judge replies."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.registry = Registry().with_resource("urn:document", DRAFT202012.create_resource(document))
        # more fixed characters first: /v1/me before /v1/{anything}
        paths = sorted(document["paths"], key=lambda path: (path.count("{"), -len(path)))
        self.paths = [(re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))), path) for path in paths]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """Find what the document says of a call."""
        for pattern, name in self.paths:
            if pattern.fullmatch(path) and method in self.document["paths"][name]:
                return self.document["paths"][name][method]
        return None

    def faults(self, method: str, path: str, reply: TestResponse) -> list[str]:
        """List in what a reply differs from the document."""
        is_head = method == "HEAD"
        method = "get" if is_head else method.lower()
        operation = self.operation(method, path)
        if operation is None:  # no such address or method: a problem all the same
            documented: dict[str, Any] = self.document["components"]["responses"]["DEFAULT_ERROR"]
            if reply.status_code < 400:
                return [f"{method} {path} is not in the document and answers {reply.status_code}"]
        else:
            replies = operation["responses"]
            documented = self._resolve(replies.get(str(reply.status_code), replies.get("default", {})))
            if str(reply.status_code) not in replies and reply.status_code < 400:
                return [f"status {reply.status_code} is not documented (documented: {', '.join(replies)})"]
        if is_head or reply.status_code in BODILESS:
            return []
        return self._content_faults(reply, documented.get("content", {}))

    def _content_faults(self, reply: TestResponse, documented: dict[str, Any]) -> list[str]:
        if not reply.get_data():
            return ["a body is documented and there is none"] if documented else []
        contents = {name.partition(";")[0]: content for name, content in documented.items()}
        if reply.mimetype not in contents:
            return [f"content type {reply.mimetype} is not documented (documented: {', '.join(contents) or 'none'})"]
        if "json" not in reply.mimetype:
            return []
        return self._body_faults(reply.get_json(force=True), contents[reply.mimetype].get("schema", {}))

    def _body_faults(self, body: object, schema: dict[str, Any]) -> list[str]:
        located = {"$id": "urn:reply", **_absolute(schema)}
        validator = Draft202012Validator(located, registry=self.registry, format_checker=FormatChecker())
        return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(body)]

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: f"urn:document{below}" if name == "$ref" and isinstance(below, str) else _absolute(below)
            for name, below in schema.items()
        }
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema


def contract_of(app: Flask) -> Contract:
    """Give the contract of an application; it is read once, over HTTP as everybody reads it."""
    if "contract" not in app.extensions:
        reply = FlaskClient(app, app.response_class).get("/openapi.json")
        assert reply.status_code == 200, reply.get_data(as_text=True)
        app.extensions["contract"] = Contract(reply.get_json())
    return app.extensions["contract"]


class CheckedClient(FlaskClient):
    """A test client that does not accept a reply that the document does not promise."""

    def open(self, *args, **kwargs) -> TestResponse:
        """Ask, and check the answer."""
        reply = super().open(*args, **kwargs)
        method, path = reply.request.method, reply.request.path
        if method != "OPTIONS":
            faults = contract_of(self.application).faults(method, path, reply)
            assert not faults, f"{method} {path} -> {reply.status_code} breaks the document:\n" + "\n".join(faults)
        return reply
