"""Where the next sites help most: asked for, computed at once or as a job, and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from dispatch import clock, coverage, dates, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.jobs import JOB_KEY_DOC, PREFER_DOC, accepted, is_job_preferred, job_key
from dispatch.api.networks import imported_network
from dispatch.api.paging import next_place, place_of
from dispatch.api.plumbing import GEOJSON, Blueprint, conditional
from dispatch.api.problems import RequestError
from dispatch.api.schemas.jobs import JobSchema
from dispatch.api.schemas.sitings import (
    SitingAreasQuery,
    SitingAreasSchema,
    SitingPicksGeoJson,
    SitingQuery,
    SitingSchema,
    SitingsSchema,
    SitingWishSchema,
)
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response

    from dispatch.coverage import Siting

JOB_WANTED = Words(
    "要证明，或从全部路网节点中选址，请加请求头 Prefer: respond-async，作为后台任务去做。",
    "A proof, or a search over all nodes, is done as a job: add the header Prefer: respond-async.",
)
BODY_MAX_BYTES = (
    8 * 2**20
)  # 20,000 candidates with labels of 100 characters; far more short ones are counted and refused

bp = Blueprint("sitings", __name__, url_prefix="/v1", description="Where the next sites help most")


@bp.before_request
def let_candidates_in() -> None:
    """Take bodies that hold as many candidates as may be sent."""
    request.max_content_length = max(BODY_MAX_BYTES, settings().body_max_bytes)


@bp.post("/coverage/sitings")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.doc(parameters=[PREFER_DOC, JOB_KEY_DOC])
@bp.arguments(SitingWishSchema)
@bp.alt_response(202, schema=JobSchema, description="Taken as a job, on `Prefer: respond-async`", success=True)
@bp.response(201, SitingSchema)
def create_siting(wish: dict[str, Any]) -> Siting | Response:
    """Propose the best next sites for a service in an area, and store them; at once, or as a job."""
    started_at = clock.utc_now()
    as_of = wish.pop("as_of") or dates.service_date(started_at, settings().time_zone)
    wanted = coverage.SitingWish(**wish, as_of=as_of)
    if is_job_preferred():
        with storage.transaction():
            return accepted(coverage.request_siting(wanted, key=job_key(), actor=actor(), at=started_at))
    if wanted.is_proof_wanted or wanted.source is coverage.CandidateSource.NODES:
        raise RequestError(422, detail=JOB_WANTED, fields={"Prefer": [JOB_WANTED]})
    with storage.reading():
        inputs = coverage.prepare_siting(wanted, actor=actor())
    findings = coverage.compute_siting(inputs, network=imported_network())
    packed = coverage.pack_siting(findings, actor=actor(), started_at=started_at, finished_at=clock.utc_now())
    with storage.transaction():
        siting_id = coverage.store_siting(packed, actor=actor())
    with storage.reading():
        return coverage.get_siting(siting_id, actor=actor())


@bp.get("/coverage/sitings")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@bp.arguments(SitingQuery, location="query")
@bp.response(200, SitingsSchema)
def list_sitings(query: dict[str, Any]) -> dict[str, Any]:
    """List the sitings of one's area, the newest first."""
    with storage.reading():
        found = coverage.find_sitings(
            actor(),
            area_code=query["area"],
            service_code=query["service"],
            skip=place_of(query),
            limit=query["limit"] + 1,
        )
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.get("/coverage/sitings/<uuid:siting_id>")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.response(200, SitingSchema)
def get_siting(siting_id: UUID) -> Siting:
    """Give one siting: the proposed sites with their gains, how good the choice is, before and after."""
    with storage.reading():
        return coverage.get_siting(siting_id, actor=actor())


@bp.get("/coverage/sitings/<uuid:siting_id>/areas")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.arguments(SitingAreasQuery, location="query")
@bp.response(200, SitingAreasSchema)
def list_areas(query: dict[str, Any], siting_id: UUID) -> dict[str, Any]:
    """List the areas of a level before and after, in the order of codes."""
    with storage.reading():
        siting = coverage.get_siting(siting_id, actor=actor())
        found = coverage.find_siting_areas(
            siting, actor=actor(), level=query["level"], skip=place_of(query), limit=query["limit"] + 1
        )
    return {"items": found[: query["limit"]], "next_cursor": next_place(found, query=query)}


@bp.get("/coverage/sitings/<uuid:siting_id>/picks")
@open_to(Role.PLANNER, Role.DISTRICT_OFFICER)
@conditional
@bp.response(200, SitingPicksGeoJson, content_type=GEOJSON)
def list_picks(siting_id: UUID) -> dict[str, Any]:
    """Give the proposed sites as GeoJSON, the first pick first."""
    with storage.reading():
        siting = coverage.get_siting(siting_id, actor=actor())
    return {
        "type": "FeatureCollection",
        "siting_id": siting.id,
        "assumptions": siting.assumptions,
        "features": [
            {
                "type": "Feature",
                "id": str(pick.rank),
                "geometry": {"type": "Point", "coordinates": list(pick.point_ll)},
                "properties": pick,
            }
            for pick in siting.picks
        ],
    }
