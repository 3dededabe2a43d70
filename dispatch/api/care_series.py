"""Care series: asking for a service again and again, pausing, excepting a date, ending."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify

from dispatch import clock, intake, storage
from dispatch.api.access import actor, log_access, open_to, settings
from dispatch.api.care_requests import CHANGERS, REQUESTERS, purpose_of
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, version_wanted, with_version
from dispatch.api.schemas.care_series import (
    CareSeriesListSchema,
    CareSeriesQuery,
    CareSeriesSchema,
    PauseEndSchema,
    PauseWishSchema,
    SeriesEndSchema,
    SeriesExceptionWishSchema,
    SeriesWishSchema,
)

if TYPE_CHECKING:
    from flask import Response

    from dispatch.intake import SeriesCard

bp = Blueprint("care_series", __name__, url_prefix="/v1", description="Care requests that come again and again")


@bp.post("/care-series")
@open_to(*REQUESTERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(SeriesWishSchema)
@bp.response(201, CareSeriesSchema)
def start(wish: intake.SeriesWish) -> tuple[Response, int]:
    """Ask for a service again and again; the requests are made in the background, four weeks ahead of each date."""

    def ask() -> SeriesCard:
        return intake.start_series(wish, actor=actor(), now=clock.utc_now(), zone=settings().time_zone)

    with storage.transaction():
        reply, status = once(ask, schema=CareSeriesSchema(), status=201)
        # the same answer again is a look again
        log_access([wish.elder_id], purpose=purpose_of(wish.elder_id, area_code=reply["area_code"]))
    return jsonify(reply), status


@bp.get("/care-series")
@open_to(*CHANGERS)
@bp.arguments(CareSeriesQuery, location="query")
@bp.response(200, CareSeriesListSchema)
def list_series(query: dict[str, Any]) -> dict[str, Any]:
    """List the series within one's scope, newest first; each elder shown leaves an access line."""
    wanted = intake.SeriesFilter(elder_id=query["elder"], area_code=query["area"], status=query["status"])
    place = query["cursor"]
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    with storage.transaction():
        page = intake.find_series(actor(), wanted=wanted, limit=query["limit"], after=after)
        _log_cards(page.series)
    end = page.next_place
    return {"items": page.series, "next_cursor": encode_cursor(end[0].isoformat(), str(end[1])) if end else None}


@bp.get("/care-series/<uuid:series_id>")
@open_to(*CHANGERS)
@bp.response(200, CareSeriesSchema)
def show(series_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Show one series with all its dates: the request of each, or why there is none."""
    with storage.transaction():
        card = intake.get_series(series_id, actor=actor())
        _log_cards([card])
    return with_version(card, card.version)


@bp.post("/care-series/<uuid:series_id>/pauses")
@open_to(*CHANGERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(PauseWishSchema)
@bp.response(201, CareSeriesSchema)
def pause(wish: intake.PauseWish, series_id: UUID) -> tuple[Response, int]:
    """Let a series wait: what was requested on these days is held, and nothing is made."""

    def wait() -> SeriesCard:
        return intake.pause_series(series_id, wish=wish, actor=actor(), now=clock.utc_now())

    with storage.transaction():
        _log_cards([intake.get_series(series_id, actor=actor())])
        reply, status = once(wait, schema=CareSeriesSchema(), status=201)
    return jsonify(reply), status


@bp.post("/care-series/<uuid:series_id>/pauses/<uuid:pause_id>/ending")
@open_to(*CHANGERS)
@bp.arguments(PauseEndSchema)
@bp.response(200, CareSeriesSchema)
def end_pause(wish: dict[str, Any], series_id: UUID, pause_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """End a pause: what it holds and is still ahead goes on."""
    version = version_wanted()
    with storage.transaction():
        card = intake.end_pause(series_id, pause_id=pause_id, on=wish["on"], version=version, **_change())
        _log_cards([card])
    return with_version(card, card.version)


@bp.post("/care-series/<uuid:series_id>/exceptions")
@open_to(*CHANGERS)
@bp.arguments(SeriesExceptionWishSchema)
@bp.response(200, CareSeriesSchema)
def make_exception(wish: intake.ExceptionWish, series_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Skip one date or move it; what was said of the date before is replaced."""
    version = version_wanted()
    with storage.transaction():
        card = intake.except_date(series_id, wish=wish, version=version, **_change())
        _log_cards([card])
    return with_version(card, card.version)


@bp.post("/care-series/<uuid:series_id>/ending")
@open_to(*CHANGERS)
@bp.arguments(SeriesEndSchema)
@bp.response(200, CareSeriesSchema)
def end(wish: dict[str, Any], series_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """End a series: requests still ahead are canceled, those begun or past stay."""
    version = version_wanted()
    with storage.transaction():
        card = intake.end_series(series_id, reason=wish["reason"], on=wish["on"], version=version, **_change())
        _log_cards([card])
    return with_version(card, card.version)


def _change() -> dict[str, Any]:
    return {"actor": actor(), "now": clock.utc_now(), "zone": settings().time_zone}


def _log_cards(cards: list[SeriesCard]) -> None:
    """Leave one line for each elder whose series is shown, by the reason why it may be."""
    shown = {card.elder_id: purpose_of(card.elder_id, area_code=card.area_code) for card in cards}
    for purpose in sorted(set(shown.values())):
        log_access(sorted(each for each, why in shown.items() if why is purpose), purpose=purpose)
