"""
Every route, asked by everybody for everyone's records: the calls are made from the routes and the OpenAPI document.

A new route is walked without any word here where its address, its query and its body can be read off the document.
Where they cannot, `test_the_walk_gets_into_every_route` says which row of `BODIES`, `QUERIES` or `IDS` to add.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dispatch import storage
from dispatch.storage.engine import database
from tests.openapi import contract_of
from tests.walk.rows import BODIES, ENTRY_PARTS, IDS, OUTSIDE, QUERIES, SITE_PARTS
from tests.walk.world import make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.walk.world import Caller, Known, World

ZIPPED = b"PK\x03\x04"
TARGETS = ("tied_here", "other_here", "tied_there", None)  # None: ids that nobody has
# variables and fields that name a record of somebody's
RECORD_IDS = {
    "elder",
    "elder_id",
    "request_id",
    "series_id",
    "visit_id",
    "run",
    "run_id",
    "siting_id",
    "edit_id",
    "plan_id",
    "a",
    "session_id",
    "text_id",
    "closure_id",
    "site_id",
    "webhook_id",
}
PLACES = {"area", "area_code"}
NOBODY = "nobody"


class Line(NamedTuple):
    """A line of the access log that a call left."""

    elder_id: UUID
    account_id: UUID | None
    role: str | None


@dataclass
class Step:
    """One call and what came back."""

    caller: str
    endpoint: str
    target: str
    address: str
    status: int
    text: str
    sent: tuple[str, ...]  # ids that the call named: an answer may repeat them
    lines: list[Line] = field(default_factory=list)
    is_about_one: bool = False
    path: str = ""
    names_elder: bool = False  # in address, query or body

    def __str__(self) -> str:
        return f"{self.caller} of {self.target}: {self.address} -> {self.status}"

    def anonymous(self) -> str:
        """Give the answer with the ids that were sent left out, to compare what two say."""
        told = self.text
        for each in self.sent:
            told = told.replace(each, "…")
        return told


class Walker:
    """Makes the calls; what each changes is undone before the next."""

    def __init__(self, app: Flask, *, world: World, connection: sa.Connection, session: Session) -> None:
        self.app, self.world, self.connection, self.session = app, world, connection, session
        self.document = contract_of(app).document
        self.client = app.test_client()
        self.last_line = connection.scalar(sa.text("SELECT coalesce(max(line_no), 0) FROM access_log"))

    def walk(self, caller: Caller | None) -> Iterator[Step]:
        """Ask for everything as one caller."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: (rule.rule, str(rule.methods))):
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield from self._ask(caller, endpoint=rule.endpoint, rule=rule.rule, method=method)

    def _ask(self, caller: Caller | None, *, endpoint: str, rule: str, method: str) -> Iterator[Step]:
        view = self.app.view_functions[endpoint]
        roles = view.__open_to__
        is_open = not roles or (caller is not None and caller.role in roles)
        operation = self._operation(rule, method)
        names = set(re.findall(r"<[^:>]*:?([^>]+)>", rule))
        queries = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "query"}
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        properties = set(self._schema(body).get("properties", {})) if body else set()
        named = names | set(queries) | properties
        targets = TARGETS if is_open and named & (RECORD_IDS | PLACES) else TARGETS[:1]
        wishes = [(name, queries) for name in targets]
        if set(queries) & PLACES | set(queries) & RECORD_IDS:  # and as it is asked without saying for whom
            wishes.append((TARGETS[0], {name: each for name, each in queries.items() if each.get("required")}))
        for name, asked in wishes:
            known = self.world.elders.get(name) if name else None
            for ids in self._choices(names, known=known, rule=rule, caller=caller):
                yield self._call(
                    caller,
                    endpoint=endpoint,
                    method=method,
                    rule=rule,
                    ids=ids,
                    queries=asked,
                    body=body,
                    known=known,
                    is_about_one=is_open and bool(roles) and bool(named & RECORD_IDS),
                )

    def _choices(
        self, names: set[str], *, known: Known | None, rule: str, caller: Caller | None
    ) -> list[dict[str, str]]:
        """Give the values that the variables of an address take for a target, one mapping for each call."""
        found: list[dict[str, str]] = [{}]
        for name in sorted(names):
            values = self._values(name, known=known, rule=rule, caller=caller)
            found = [each | {name: str(value)} for each in found for value in values]
        return found

    def _values(self, name: str, *, known: Known | None, rule: str, caller: Caller | None) -> list[object]:  # noqa: PLR0911 - one for each name
        if name in IDS and not callable(IDS[name]):
            return [IDS[name]]
        if known is None:
            return [uuid4()]
        if name == "elder_id":
            return [known.elder_id]
        if name == "request_id":
            return list(known.requests)
        if name == "contact_id":
            return [known.contact_id]
        if name == "entry_id":
            part = next((each for each in (*ENTRY_PARTS, *SITE_PARTS) if f"/{each}/" in rule), "")
            return [known.entries.get(part) or self.world.sides[known.side].get(part) or uuid4()]
        if name in IDS:
            return [IDS[name](self.world, known, caller)]
        return [self.world.sides[known.side].get(name, uuid4())]

    def _call(
        self,
        caller: Caller | None,
        *,
        endpoint: str,
        method: str,
        rule: str,
        ids: dict[str, str],
        queries: dict[str, Any],
        body: Any,
        known: Known | None,
        is_about_one: bool,
    ) -> Step:
        url = re.sub(r"<[^:>]*:?([^>]+)>", lambda found: ids[found[1]], rule)
        query = self._query(endpoint, queries=queries, known=known, caller=caller)
        sent_body = self._body(endpoint, schema=body, known=known, caller=caller) if body else None
        headers = dict(caller.headers) if caller else {}
        if method != "GET":
            headers["Idempotency-Key"] = uuid4().hex
        if method in {"PUT", "PATCH", "DELETE"} or "series_id" in ids:
            headers["If-Match"] = f'"v{known.version if known and "elder_id" in ids else 1}"'
        savepoint = self.connection.begin_nested()
        try:
            reply = self.client.open(url, method=method, headers=headers, query_string=query, json=sent_body)
            text, status = text_of(reply), reply.status_code
            lines = self._new_lines()
        finally:
            self.session.close()
            savepoint.rollback()
        sent = tuple(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", url + json.dumps([query, sent_body])))
        sent += tuple(value for name, value in query.items() if name in {"area", "area_code", "parent"})
        asked = url + (f"?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else "")
        return Step(
            caller=caller.name if caller else NOBODY,
            endpoint=endpoint,
            target=known.name if known else NOBODY,
            address=f"{method} {asked}",
            status=status,
            text=text,
            sent=sent,
            lines=lines,
            is_about_one=is_about_one,
            path=url,
            names_elder=bool(self.world.find_elders(url + json.dumps([query, sent_body]))),
        )

    def _new_lines(self) -> list[Line]:
        rows = self.connection.execute(
            sa.text("SELECT elder_id, account_id, role FROM access_log WHERE line_no > :last"), {"last": self.last_line}
        )
        return [Line(UUID(str(row[0])), UUID(str(row[1])) if row[1] else None, row[2]) for row in rows]

    def _query(
        self, endpoint: str, *, queries: dict[str, Any], known: Known | None, caller: Caller | None
    ) -> dict[str, str]:
        area = self.world.community(known) if known else f"{OUTSIDE}001001"
        query: dict[str, str] = {}
        for name, each in queries.items():
            schema = each["schema"]
            if name == "area":
                query[name] = area
            elif name == "elder":
                query[name] = str(known.elder_id if known else uuid4())
            elif schema.get("type") == "boolean" and name not in {"located", "stale"}:
                query[name] = "true"
            elif each.get("required"):
                query[name] = str(self._value(name, schema, known=known, caller=caller))
        row = QUERIES.get(endpoint, {})
        query |= row(self.world, known, caller) if callable(row) else row
        return {name: value for name, value in query.items() if value is not None}

    def _body(self, endpoint: str, *, schema: Any, known: Known | None, caller: Caller | None) -> Any:
        made = self._value("", schema, known=known, caller=caller)
        row = BODIES.get(endpoint, {})
        return made | (row(self.world, known, caller) if callable(row) else row)

    def _value(self, name: str, schema: dict[str, Any], *, known: Known | None, caller: Caller | None) -> Any:  # noqa: PLR0911 - one for each form
        """Make a value that a schema allows; what names a record names the target's."""
        schema = self._schema(schema)
        named = self._named(name, known=known, caller=caller)
        if named is not None:
            return named
        if "example" in schema:
            return schema["example"]
        if "enum" in schema:
            return next(each for each in schema["enum"] if each is not None)
        kinds = schema.get("type", "object")
        kind = next(each for each in kinds if each != "null") if isinstance(kinds, list) else kinds
        if kind == "object":
            needed = set(schema.get("required", ()))
            return {
                each: self._value(each, below, known=known, caller=caller)
                for each, below in schema.get("properties", {}).items()
                if each in needed
            }
        if kind == "array":
            item = schema.get("items", {})
            return [self._value(name, item, known=known, caller=caller) for _ in range(schema.get("minItems", 0))]
        if kind == "boolean":
            return True
        if kind in {"integer", "number"}:
            return schema.get("minimum", 1)
        by_format = {"uuid": str(uuid4()), "date": "2026-03-30", "date-time": "2026-03-30T08:00:00+08:00"}
        return by_format.get(schema.get("format", ""), "甲" * max(2, schema.get("minLength", 0)))

    def _named(self, name: str, *, known: Known | None, caller: Caller | None) -> str | None:
        if name == "elder_id":
            return str(known.elder_id if known else uuid4())
        if name == "carer_id" and caller is not None and caller.carer_id:
            return str(caller.carer_id)
        if name == "area_code":
            return self.world.community(known) if known else f"{OUTSIDE}001001"
        name = name.removeprefix("partner_")
        of_side = {
            "service_at_site_id",
            "service_id",
            "site_id",
            "organization_id",
            "run",
            "run_id",
            "siting_id",
            "a",
            "b",
        }
        if name in of_side:
            side = self.world.sides[known.side] if known else {}
            found = side.get({"run": "run_id", "a": "run_id", "b": "run_id"}.get(name, name), uuid4())
            return str(found)
        return None

    def _operation(self, rule: str, method: str) -> dict[str, Any]:
        path = re.sub(r"<[^:>]*:?([^>]+)>", r"{\1}", rule)
        found: dict[str, Any] = self.document["paths"][path]
        operation = found[method.lower()]
        return operation | {"parameters": found.get("parameters", []) + operation.get("parameters", [])}

    def _schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = dict(schema)
        while "$ref" in whole:
            found: Any = self.document
            for part in whole.pop("$ref").removeprefix("#/").split("/"):
                found = found[part]
            whole = found | whole
        for part in whole.pop("allOf", []):
            whole = self._schema(part) | whole
        return whole


@contextmanager
def opened(app: Flask) -> Iterator[Walker]:
    """Put the world on record in a transaction that is undone at the end; calls of its walker are undone one by one."""
    with app.app_context(), storage.engine().connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        database.session.registry.set(session)
        yield Walker(app, world=make_world(app), connection=connection, session=session)
        session.close()
        outer.rollback()


@contextmanager
def walked(app: Flask) -> Iterator[tuple[World, list[Step]]]:
    """Put the world on record, let everybody ask for everything, and undo it all."""
    with opened(app) as walker:
        callers = (*walker.world.callers.values(), None)
        yield walker.world, [step for caller in callers for step in walker.walk(caller)]


def text_of(reply: TestResponse) -> str:
    """Give what a reply says; of a workbook all of its parts."""
    content = reply.get_data()
    if not content.startswith(ZIPPED):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
