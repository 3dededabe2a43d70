"""How often one caller may ask; who asks more often is told when to ask again (429)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_limiter import Limiter

from dispatch import accounts, clock

if TYPE_CHECKING:
    from flask import Flask

    from dispatch.config import Settings

# what costs as much as ten others
COSTLY = frozenset(
    {
        "matching.find_candidates",
        "matching.assign",
        "coverage.create_run",
        "sitings.create_siting",
        "imports.create_import",
        "geopackage.export_run",
        "reports.get_report",
    }
)
COSTLY_SHARE = 10
# a map asks for dozens of these at once: they have a limit of their own, so many times as high
TILES = frozenset({"tiles.show_tile"})
TILES_SHARE = 10
NEVER_LIMITED = frozenset({"health.live", "health.ready", "metrics.show_metrics"})  # asked by machines, all the time


def limit_requests(app: Flask, *, settings: Settings) -> None:
    """
    Count requests by account or partner key, and by address where nobody is signed in, within each minute.

    Each process counts for itself, so that a caller whom several processes serve may ask so many times as often.
    """
    if settings.rate_limit is None:
        return

    def costly_or_not() -> str:
        if request.endpoint in TILES:
            return f"{settings.rate_limit * TILES_SHARE} per minute"  # type: ignore[operator] # see above
        share = COSTLY_SHARE if request.endpoint in COSTLY else 1
        return f"{max(1, settings.rate_limit // share)} per minute"  # type: ignore[operator] # see above

    def who() -> str:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() == "bearer" and accounts.looks_like_key(token):
            index = accounts.read_key(token)
            if index is not None:
                return f"key {index.hex()}"
        elif kind.lower() == "bearer":
            said = accounts.read_token(token, secret=settings.secret_key, now=clock.utc_now())
            if said is not None:
                return f"account {said.account_id}"
        return f"address {request.remote_addr}"

    limiter = Limiter(
        who,
        application_limits=[f"{settings.rate_limit} per minute"],
        application_limits_exempt_when=lambda: request.endpoint in TILES,
        default_limits=[costly_or_not],
        headers_enabled=True,
        storage_uri="memory://",
        key_prefix="dispatch",
    )
    limiter.request_filter(lambda: request.endpoint in NEVER_LIMITED)
    limiter.init_app(app)
