"""Background jobs: how far they are, what came of them, and canceling them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify, make_response, request

from dispatch import clock, storage
from dispatch.api.access import account_id, actor, open_to_every_account
from dispatch.api.once import KEY_MAX_LENGTH, KEY_WANTED
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, conditional
from dispatch.api.problems import RequestError
from dispatch.api.schemas.jobs import JobQuery, JobSchema, JobsSchema

if TYPE_CHECKING:
    from flask import Response

    from dispatch.storage import JobView

RETRY_AFTER_S = 1
ASYNC = "respond-async"
PREFER_DOC = {
    "in": "header",
    "name": "Prefer",
    "description": "`respond-async` (RFC 7240): answer 202 at once and do it as a job",
    "schema": {"type": "string", "maxLength": 200},
}
JOB_KEY_DOC = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "sent again with the same key it is the same job",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX_LENGTH},
}

bp = Blueprint("jobs", __name__, url_prefix="/v1", description="Work in the background")


@bp.get("/jobs")
@open_to_every_account
@bp.arguments(JobQuery, location="query")
@bp.response(200, JobsSchema)
def list_jobs(query: dict[str, Any]) -> dict[str, Any]:
    """List one's own jobs, and those of one's area as an officer, the newest first."""
    place = query["cursor"]
    with storage.reading():
        found = storage.find_jobs(
            actor=actor(),
            status=query["status"],
            name=query["name"],
            before_id=UUID(place[0]) if place else None,
            limit=query["limit"] + 1,
        )
    shown = found[: query["limit"]]
    return {"items": shown, "next_cursor": encode_cursor(str(shown[-1].id)) if len(found) > len(shown) else None}


@bp.get("/jobs/<uuid:job_id>")
@open_to_every_account
@conditional
@bp.response(200, JobSchema)
def get_job(job_id: UUID) -> JobView:
    """Give a job: how far it is and, once it has ended, its result or what went wrong."""
    with storage.reading():
        return storage.get_job(job_id, actor=actor())


@bp.post("/jobs/<uuid:job_id>/cancellation")
@open_to_every_account
@bp.response(200, JobSchema)
def cancel(job_id: UUID) -> JobView:
    """Cancel a job: at once where it waits, between two parts where it runs; rows an import has stored stay."""
    with storage.transaction():
        return storage.cancel_job(job_id, actor=actor(), at=clock.utc_now())


def is_job_preferred() -> bool:
    """Say whether the caller prefers not to wait: `Prefer: respond-async` (RFC 7240, section 4.1)."""
    wishes = (part.partition("=")[0].strip().lower() for part in request.headers.get("Prefer", "").split(","))
    return ASYNC in wishes


def job_key() -> str:
    """
    Give the key of the job that is asked for: the caller's own `Idempotency-Key`, or a new one.

    Raises
    ------
    RequestError
        400 where the header is empty or too long.

    """
    key = request.headers.get("Idempotency-Key", str(storage.new_id()))
    if not 1 <= len(key) <= KEY_MAX_LENGTH:
        raise RequestError(400, detail=KEY_WANTED, fields={"Idempotency-Key": [KEY_WANTED]})
    return f"{account_id()} {key}"


def accepted(job: JobView) -> Response:
    """Answer that a job was taken, and where to look how far it is."""
    reply = make_response(jsonify(JobSchema().dump(job)), 202)
    reply.headers["Location"] = f"/v1/jobs/{job.id}"
    reply.headers["Retry-After"] = str(RETRY_AFTER_S)
    reply.headers["Preference-Applied"] = ASYNC
    return reply
