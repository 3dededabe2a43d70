"""The start page, the readable documentation, and the document that both describe: OpenAPI 3.1."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, make_response, render_template, request
from marshmallow import Schema, fields, validate

from dispatch import storage, streets
from dispatch.api.access import open_to_anyone
from dispatch.api.docs_model import error_lines, job_sections
from dispatch.api.docs_words import DOORS, PAGE, RULES
from dispatch.api.language import locale
from dispatch.api.networks import imported_network
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.errors import UnavailableError
from dispatch.words import Locale, Words

if TYPE_CHECKING:
    from flask import Response

VERSION = "0.1.0"  # of the product, as in pyproject.toml
TEMPLATES = Path(__file__).parent / "templates"
STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
STYLE_SHA256 = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# nothing is loaded from anywhere, no script runs; the one style sheet is known by its hash
POLICY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_SHA256}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# the name and password are those of the made-up districts
SIGN_IN_LINE = (
    "TOKEN=$(curl -s {base_url}/v1/auth/tokens -H 'Content-Type: application/json' "
    """-d '{{"username": "planner1", "password": "demo-planner-2026"}}' """
    r"""| sed 's/.*"access_token": *"\([^"]*\)".*/\1/')"""
)
HTML = "text/html; charset=utf-8"

bp = Blueprint("docs", __name__, description="Start page, documentation", template_folder="templates")


class LanguageQuery(Schema):
    """The language of a page that is read in a browser."""

    lang = fields.String(
        load_default=None,
        validate=validate.OneOf([one.value for one in Locale]),
        metadata={"description": "language of the page; without it Accept-Language decides"},
    )


@bp.get("/")
@open_to_anyone
@bp.arguments(LanguageQuery, location="query")
@bp.response(200, {"type": "string"}, content_type=HTML)
def show_start(query: dict[str, str | None]) -> Response:
    """Show what this is, where to go, and whether it is well."""
    return _page("start.html", query["lang"], doors=DOORS, health=_health())


@bp.get("/docs")
@open_to_anyone
@bp.arguments(LanguageQuery, location="query")
@bp.response(200, {"type": "string"}, content_type=HTML)
def show_docs(query: dict[str, str | None]) -> Response:
    """Show every call: what it is for, who may, how to ask, what comes back."""
    reader = _reader(query["lang"])
    document = openapi_document()
    base_url = request.host_url.rstrip("/")
    return _page(
        "docs.html",
        query["lang"],
        sections=job_sections(document, base_url=base_url, reader=reader),
        errors=error_lines(),
        rules=RULES,
        sign_in_line=SIGN_IN_LINE.format(base_url=base_url),
    )


@bp.get("/openapi.json")
@open_to_anyone
@conditional
@bp.response(200, {"type": "object"})
def show_openapi() -> Response:
    """Give the OpenAPI 3.1 document of this very server."""
    text = json.dumps(openapi_document(), ensure_ascii=False, indent=1)
    return make_response(text, 200, {"Content-Type": "application/json"})


def openapi_document() -> dict[str, Any]:
    """Give the document; it is made once for each application."""
    kept = current_app.extensions
    if "dispatch-document" not in kept:
        spec = kept["flask-smorest"]["apis"][""]["ext_obj"].spec
        # through JSON, so that keys are text, as a reader of the document sees them
        kept["dispatch-document"] = json.loads(json.dumps(spec.to_dict()))
    found: dict[str, Any] = kept["dispatch-document"]
    return found


def _page(template: str, language: str | None, **content: object) -> Response:
    reader = _reader(language)
    other = Locale.EN if reader is Locale.ZH else Locale.ZH
    say = functools.partial(_say, reader)
    reply = make_response(
        render_template(
            template,
            say=say,
            page=PAGE,
            reader=reader,
            other=other,
            style=STYLE,
            version=VERSION,
            **content,
        )
    )
    reply.headers["Content-Security-Policy"] = POLICY
    reply.headers["Content-Language"] = reader.value
    reply.headers["Vary"] = "Accept-Language"
    return reply


def _reader(language: str | None) -> Locale:
    return Locale(language) if language else locale()


def _say(reader: Locale, words: Words, /, **facts: object) -> str:
    return words.text(reader, **facts)


def _health() -> list[tuple[Words, str | None, Words | None]]:
    """Say of each thing that answers rest on what is there, or what is wrong: (what, present, trouble)."""
    lines: list[tuple[Words, str | None, Words | None]] = []
    try:
        with storage.database_faults():
            storage.check_schema()
        lines.append((PAGE["database"], storage.schema_state()[0], None))
    except UnavailableError as error:
        lines.append((PAGE["database"], None, error.title))
    try:
        lines.append((PAGE["network"], streets.network_identity(imported_network().manifest), None))
    except (streets.NetworkNotFoundError, streets.NetworkBrokenError) as error:
        lines.append((PAGE["network"], None, error.title))
    return lines
