"""All blueprints, and what every request goes through."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.middleware.proxy_fix import ProxyFix

from dispatch.api.access import TEST_HEADER, TEST_KEYS, is_test
from dispatch.api.guards import guard_request
from dispatch.api.limits import limit_requests
from dispatch.api.metrics import count_requests
from dispatch.api.plumbing import Api
from dispatch.api.problems import install_problems
from dispatch.api.request_lines import install_request_lines

if TYPE_CHECKING:
    from flask import Flask

    from dispatch.api.plumbing import Blueprint
    from dispatch.config import Settings


# in the order of the document; each module holds `bp`
MODULES = (
    "auth",
    "sessions",
    "passwords",
    "accounts",
    "areas",
    "compounds",
    "codes",
    "organizations",
    "sites",
    "duplicates",
    "site_parts",
    "beds",
    "maps",
    "hours",
    "services",
    "coverage",
    "coverage_people",
    "scenarios",
    "reports",
    "network_edits",
    "sitings",
    "publications",
    "ogc",
    "indicators",
    "geopackage",
    "tiles",
    "elders",
    "elder_parts",
    "circles",
    "elder_accounts",
    "emergencies",
    "phone_desk",
    "privacy",
    "carers",
    "access_log",
    "feed",
    "messages_sent",
    "category_sets",
    "care_requests",
    "sla",
    "supervisor_tasks",
    "quotes",
    "subsidies",
    "care_series",
    "matching",
    "offers",
    "visits",
    "webhooks",
    "calendars",
    "doing",
    "plans",
    "plan_changes",
    "days",
    "confirmations",
    "audit",
    "jobs",
    "imports",
    "health",
    "metrics",
    "docs",
)
ABOUT = (
    "The backend a city runs its home and community elder care on. 时间一律带时区；坐标为 WGS 84，经度在前。"
    "Errors are application/problem+json with a stable `code`."
)


def blueprints() -> list[Blueprint]:
    """Give all blueprints of the API."""
    return [import_module(f"dispatch.api.{name}").bp for name in MODULES]


def install(app: Flask, *, settings: Settings) -> None:
    """Put the API on the application."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as its documentation says
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    app.config.update(
        API_TITLE="dispatch",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=settings.body_max_bytes,
        API_SPEC_OPTIONS=_spec_options(),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined] # Flask's default provider has it
    install_request_lines(app)
    count_requests(app)
    limit_requests(app, settings=settings)
    app.before_request(guard_request)
    install_problems(app)
    smorest = Api(app)
    smorest.spec.components.security_scheme(
        "bearer",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "an access token, or the key of a partner system: dk_live_…, or dk_test_…, of which nothing "
            "is kept (reply header Dispatch-Test: nothing-kept)",
        },
    )
    for blueprint in blueprints():
        smorest.register_blueprint(blueprint)
    app.after_request(_harden)


def _spec_options() -> dict[str, Any]:
    return {"info": {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}}


def _harden(reply: Any) -> Any:  # noqa: ANN401 - Flask's response
    if is_test() or request.headers.get("Authorization", "").partition(" ")[2].startswith(TEST_KEYS):
        reply.headers[TEST_HEADER] = "nothing-kept"
    reply.headers.setdefault("X-Content-Type-Options", "nosniff")
    reply.headers.setdefault("Referrer-Policy", "no-referrer")
    reply.headers.setdefault("Cache-Control", "no-store")
    return reply
