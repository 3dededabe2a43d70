"""What the documentation page shows, taken from the OpenAPI document and the family of errors."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app

from dispatch.actor import Role
from dispatch.api.docs_curl import curl_line
from dispatch.api.docs_meanings import meaning_in
from dispatch.api.docs_purposes import CHINESE_PURPOSES, EXAMPLE_QUERIES
from dispatch.api.docs_words import JOBS, OTHER_JOB, PAGE, Job
from dispatch.api.problems import OF_STATUS, status_of
from dispatch.api.roles import ROLE_NAMES
from dispatch.errors import DispatchError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

METHODS = ("get", "post", "put", "patch", "delete")
SPECIAL = {403: "role-needed", 503: "database-busy"}  # what most calls mean by these
DEEPEST = 4  # levels of an answer that the table spells out


class Line(NamedTuple):
    """A parameter or a field."""

    name: str
    place: str
    type: str
    is_required: bool
    meaning: str


class Reply(NamedTuple):
    """One documented answer."""

    status: str
    content_type: str
    lines: list[Line]


class Call(NamedTuple):
    """One operation."""

    anchor: str
    method: str
    path: str
    purpose: str
    open_to: str
    parameters: list[Line]
    body: list[Line]
    curl: str
    replies: list[Reply]
    codes: list[str]


class Section(NamedTuple):
    """A job with its calls, and the codes of errors of the rooms behind it."""

    job: Job
    calls: list[Call]
    codes: list[str]


class ErrorLine(NamedTuple):
    """One error code with its sentences in both languages."""

    code: str
    status: int
    zh: str
    en: str
    zh_detail: str
    en_detail: str


def job_sections(document: dict[str, Any], *, base_url: str, reader: Locale) -> list[Section]:
    """Put all calls of the document under the jobs they serve, in the jobs' order."""
    endpoints = _endpoints()
    calls: defaultdict[str, list[Call]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                endpoint = endpoints[method.upper(), path]
                blueprint = endpoint.partition(".")[0]
                job = next((job for job in JOBS if blueprint in job.blueprints), OTHER_JOB)
                call = _call(document, method, path, endpoint=endpoint, base_url=base_url, reader=reader)
                calls[job.anchor].append(call)
    codes = _codes_by_room()
    return [
        Section(job, calls[job.anchor], sorted({code for room in job.rooms for code in codes[room]}))
        for job in (*JOBS, OTHER_JOB)
        if calls[job.anchor]
    ]


def error_lines() -> list[ErrorLine]:
    """List every error code there is, with its sentences, sorted."""
    lines = {
        code: ErrorLine(code, status, title.zh, title.en, "", "")
        for status, (code, title) in sorted(OF_STATUS.items(), reverse=True)
    }
    for kind in all_errors():
        detail = kind.detail or Words("", "")
        lines[kind.slug] = ErrorLine(
            kind.slug, status_of(kind), kind.title.zh, kind.title.en, _plain(detail.zh), _plain(detail.en)
        )
    return [lines[code] for code in sorted(lines)]


def all_errors(base: type[DispatchError] = DispatchError) -> Iterator[type[DispatchError]]:
    """Give every error of the house but the base of all."""
    for kind in base.__subclasses__():
        yield kind
        yield from all_errors(kind)


def _plain(detail: str) -> str:
    """Show `{name}` of a detail as a blank to be filled in."""
    return detail.replace("{", "<").replace("}", ">")


def _codes_by_room() -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for kind in all_errors():
        found[kind.__module__.split(".")[1]].add(kind.slug)
    return found


def _endpoints() -> dict[tuple[str, str], str]:
    found = {}
    for rule in current_app.url_map.iter_rules():
        # the document writes {name} where the rule has <converter:name>
        path = "".join(f"{{{part}}}" if is_dynamic else part for is_dynamic, part in rule._trace).lstrip("|")  # noqa: SLF001 - what url_for walks
        for method in rule.methods or ():
            found[method, path] = rule.endpoint
    return found


def _call(document: dict[str, Any], method: str, path: str, *, endpoint: str, base_url: str, reader: Locale) -> Call:
    operation = document["paths"][path][method]
    shared = document["paths"][path].get("parameters", [])
    parameters = [resolve(document, one) for one in (*shared, *operation.get("parameters", []))]
    content = operation.get("requestBody", {}).get("content", {})
    body: dict[str, Any] = next((one.get("schema", {}) for one in content.values()), {})
    roles = operation.get("x-open-to", [])
    comma = "、" if reader is Locale.ZH else ", "
    names = [ROLE_NAMES[Role(role)].text(reader) for role in roles if role != "anyone"]
    english = operation.get("summary", "")
    return Call(
        anchor=endpoint.replace(".", "-"),
        method=method.upper(),
        path=path,
        purpose=CHINESE_PURPOSES.get(endpoint, english) if reader is Locale.ZH else english,
        open_to=comma.join(names) or PAGE["anyone"].text(reader),
        parameters=[_parameter(document, one, reader=reader) for one in parameters],
        body=list(_fields(document, body, reader=reader)),
        curl=curl_line(
            document,
            operation,
            method=method,
            path=path,
            parameters=parameters,
            wanted=EXAMPLE_QUERIES.get(endpoint, ()),
            base_url=base_url,
        ),
        replies=list(_replies(document, operation, reader=reader)),
        codes=_codes(operation, parameters),
    )


def _codes(operation: dict[str, Any], parameters: Iterable[dict[str, Any]]) -> list[str]:
    """Tell from the form of a call which of the common errors it can meet."""
    places = {one["in"] for one in parameters}
    headers = {one["name"] for one in parameters if one["in"] == "header"}
    statuses = {503}
    if operation.get("security"):
        statuses |= {401, 403}
    if "query" in places:
        statuses |= {400}
    if "path" in places:
        statuses |= {404}
    if "requestBody" in operation:
        statuses |= {400, 413, 415, 422}
    if "Idempotency-Key" in headers:
        statuses |= {400}
    if "If-Match" in headers:
        statuses |= {412, 428}
    codes = {SPECIAL.get(status, OF_STATUS[status][0]) for status in statuses}
    if "Idempotency-Key" in headers:
        codes.add("idempotency-key-reused")
    return sorted(codes)


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the document."""
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _parameter(document: dict[str, Any], one: dict[str, Any], *, reader: Locale) -> Line:
    return Line(
        name=one["name"],
        place=PAGE[f"place_{one['in']}"].text(reader),
        type=_type(document, one.get("schema", {})),
        is_required=one.get("required", False),
        meaning=_meaning(resolve(document, one.get("schema", {})), one.get("description"), reader=reader),
    )


def _replies(document: dict[str, Any], operation: dict[str, Any], *, reader: Locale) -> Iterator[Reply]:
    for status, one in sorted(operation.get("responses", {}).items()):
        reply = resolve(document, one)
        if status.isdecimal() and int(status) < 400:  # noqa: PLR2004 - errors have a table of their own
            for content_type, content in (reply.get("content") or {"": {}}).items():
                yield Reply(status, content_type, list(_fields(document, content.get("schema", {}), reader=reader)))


def _fields(
    document: dict[str, Any], schema: dict[str, Any], *, reader: Locale, path: str = "", depth: int = 0
) -> Iterator[Line]:
    schema = _present(document, schema)
    if schema.get("type") == "array":
        yield from _fields(document, schema.get("items", {}), reader=reader, path=f"{path}[]", depth=depth)
        return
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        place = f"{path}.{name}" if path else name
        found = _present(document, below)
        yield Line(
            place,
            "",
            _type(document, below),
            name in required,
            _meaning(found, below.get("description"), reader=reader),
        )
        if depth < DEEPEST:
            yield from _fields(document, found, reader=reader, path=place, depth=depth + 1)


def _present(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Resolve a schema; of "this or null" take this."""
    schema = resolve(document, schema)
    for word in ("anyOf", "oneOf", "allOf"):
        choices = [one for one in schema.get(word, []) if one.get("type") != "null"]
        if choices and "properties" not in schema:
            return resolve(document, choices[0])
    return schema


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    found = _present(document, schema)
    kind = found.get("type", "object" if "properties" in found else "")
    kinds = [kind] if isinstance(kind, str) else list(kind)
    words = " | ".join(one for one in kinds if one)
    if "array" in kinds:
        words = words.replace("array", f"{_type(document, found.get('items', {})) or 'any'}[]")
    return f"{words} ({found['format']})" if "format" in found else words


def _meaning(schema: dict[str, Any], description: str | None, *, reader: Locale) -> str:
    parts = [meaning_in(reader, description or schema.get("description", ""))]
    if "enum" in schema:
        parts.append(" | ".join(str(one) for one in schema["enum"] if one is not None))
    for name, sign in (("minimum", "≥"), ("maximum", "≤"), ("exclusiveMinimum", ">"), ("exclusiveMaximum", "<")):
        if name in schema:
            parts.append(f"{sign} {schema[name]}")
    if "default" in schema and schema["default"] is not None:
        parts.append(PAGE["default"].text(reader, value=json.dumps(schema["default"], ensure_ascii=False)))
    return "; ".join(part for part in parts if part)
