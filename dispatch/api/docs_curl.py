"""A command for each call that works when pasted, made from the document."""

from __future__ import annotations

import json
import shlex
from typing import Any
from urllib.parse import quote

SOME_ID = "01980000-0000-7000-8000-000000000001"
DEEPEST = 6
IN_PATH = {"code": "120198", "list_name": "service", "collection_id": "areas", "feature_id": "120198", "layer": "areas"}
# words for fields whose schema does not tell what a likely value is; the area is one of the made-up districts
LIKELY: dict[str, Any] = {
    "area": "120198",
    "area_code": "120198",
    "month": "2026-03",
    "service": "day_care",
    "service_code": "bathing_home",
    "near": "117.2,39.1",
    "bbox": "117.1,39.0,117.3,39.2",
    "crs": "wgs84",
    "lon": 117.2,
    "lat": 39.1,
}
OF_FORMAT = {
    "uuid": SOME_ID,
    "date": "2026-03-31",
    "date-time": "2026-03-31T08:00:00+08:00",
    "password": "demo-planner-2026",
}


def curl_line(
    document: dict[str, Any],
    operation: dict[str, Any],
    *,
    method: str,
    path: str,
    parameters: list[dict[str, Any]],
    wanted: tuple[str, ...],
    base_url: str,
) -> str:
    """Write the command; it takes the token from the variable TOKEN. `wanted` names optional parameters to give."""
    given = {(one["in"], one["name"]): one for one in parameters}
    for (place, name), one in given.items():
        if place == "path":
            value = IN_PATH.get(name) or _value(document, one.get("schema", {}), name)
            path = path.replace(f"{{{name}}}", quote(str(value)))
    query = "&".join(
        f"{name}={quote(str(_value(document, one.get('schema', {}), name)), safe=',:')}"
        for (place, name), one in given.items()
        if place == "query" and (one.get("required") or name in wanted)
    )
    words = ["curl", "-s"]
    if method != "get":
        words += ["-X", method.upper()]
    line = " ".join([*words, shlex.quote(base_url + path + ("?" + query if query else ""))])
    if operation.get("security"):
        line += ' -H "Authorization: Bearer $TOKEN"'
    if ("header", "Idempotency-Key") in given:
        line += ' -H "Idempotency-Key: $(date +%s)"'
    if ("header", "If-Match") in given:
        line += " -H 'If-Match: \"v1\"'"
    for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
        body = content.get("example", _value(document, content.get("schema", {}), ""))
        line += f" -H 'Content-Type: {content_type}' -d {shlex.quote(json.dumps(body, ensure_ascii=False))}"
        break
    return line


def _value(document: dict[str, Any], schema: dict[str, Any], name: str, depth: int = 0) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - one answer for each kind of schema
    """Think of a value that the schema allows."""
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    for word in ("example", "const"):
        if word in schema:
            return schema[word]
    if schema.get("examples"):
        return schema["examples"][0]
    if name in LIKELY and "properties" not in schema:
        return LIKELY[name]
    if "enum" in schema:
        return schema["enum"][0]
    for word in ("anyOf", "oneOf", "allOf"):
        if schema.get(word):
            return _value(document, schema[word][0], name, depth)
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = kinds if isinstance(kinds, str) else next(one for one in kinds if one != "null")
    if kind == "object":
        required = schema.get("required", ())
        below = schema.get("properties", {}) if depth < DEEPEST else {}
        return {key: _value(document, one, key, depth + 1) for key, one in below.items() if key in required}
    if kind == "array":
        enough = max(1, schema.get("minItems", 1))
        return [_value(document, schema.get("items", {}), name, depth + 1) for _ in range(enough)]
    if kind in {"integer", "number"}:
        return schema.get("default") or schema.get("minimum") or 1
    if kind == "boolean":
        return False
    return schema.get("default") or OF_FORMAT.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
