"""Files that bring a register in: sent here, read by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import request
from marshmallow import Schema, fields, validate

from dispatch import clock, storage
from dispatch.actor import Role
from dispatch.api.access import RoleNeededError, actor, open_to, settings
from dispatch.api.jobs import accepted
from dispatch.api.plumbing import Blueprint
from dispatch.api.problems import RequestError
from dispatch.api.schemas.jobs import JobSchema
from dispatch.words import Words

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response

    from dispatch.storage import JobView

bp = Blueprint("imports", __name__, url_prefix="/v1", description="Files that bring a register in")

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART_BYTES = 512 * 1024
LISTING_TYPE = "residential_institution"  # what public listings of institutions hold
NAME_MAX_LENGTH = 60
EMPTY = Words(
    "请求里没有文件：把 CSV 或 XLSX 文件作为请求内容发来。", "No file: send the CSV or XLSX file as the body."
)
WRONG_TYPE = Words(
    "内容类型应为 text/csv 或 XLSX 的类型。", "The content type must be text/csv or that of XLSX: {xlsx}."
)


class Register(NamedTuple):
    """A register that files may bring in: which job does it, and who may ask."""

    job: str
    roles: tuple[Role, ...]


REGISTERS = {
    "sites": Register("import_sites", (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)),
    "elders": Register("import_elders", (Role.DISTRICT_OFFICER,)),
}
FILE_DOC = {
    "required": True,
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (CSV, XLSX)},
}


class ImportQuery(Schema):
    """How a file is to be read."""

    register = fields.String(required=True, validate=validate.OneOf(list(REGISTERS)))
    source = fields.String(
        required=True,
        validate=[validate.Length(1, NAME_MAX_LENGTH), validate.Regexp(r".*\S")],
        metadata={
            "description": "where the list comes from; the same name when it comes again",
            "example": "list-2026",
        },
    )
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "only report; nothing is stored", "example": True}
    )
    facility_type = fields.String(
        load_default=LISTING_TYPE,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "of sites: the type of rows that name none (a code)"},
    )


@bp.post("/imports")
@open_to(*sorted({role for register in REGISTERS.values() for role in register.roles}))
@bp.doc(requestBody=FILE_DOC)
@bp.arguments(ImportQuery, location="query")
@bp.response(202, JobSchema)
def create_import(query: dict[str, Any]) -> Response:
    """Bring a CSV or XLSX file into a register, as a job: rows of one's area; its result is the report of rows."""
    register = REGISTERS[query["register"]]
    if not actor().has_role(*register.roles):
        raise RoleNeededError(roles=[role.value for role in register.roles])
    upload_id = _keep_file()
    with storage.transaction():
        return accepted(_request(query, upload_id=upload_id, job=register.job))


def _request(query: dict[str, Any], *, upload_id: UUID, job: str) -> JobView:
    args = {
        "upload_id": str(upload_id),
        "file": f"{query['register']}.{'csv' if request.mimetype == CSV else 'xlsx'}",
        "source": query["source"],
        "is_dry_run": query["dry_run"],
        "facility_type": query["facility_type"],
    }
    # the same file again changes nothing, so each sending may be a job of its own
    return storage.request_job(job, key=str(upload_id), args=args, actor=actor(), at=clock.utc_now())


def _keep_file() -> UUID:
    """Keep the body piece by piece, so that nobody waits for the database while it arrives."""
    if request.mimetype not in {CSV, XLSX}:
        raise RequestError(415, detail=Words(WRONG_TYPE.zh, WRONG_TYPE.en.format(xlsx=XLSX)))
    request.max_content_length = settings().upload_max_bytes
    part = request.stream.read(PART_BYTES)
    if not part:
        raise RequestError(400, detail=EMPTY)
    with storage.transaction():
        upload_id = storage.begin_upload(actor=actor(), at=clock.utc_now())
    part_no = 0
    while part:
        with storage.transaction():
            storage.add_upload_part(upload_id, part_no=part_no, content=part)
        part, part_no = request.stream.read(PART_BYTES), part_no + 1
    return upload_id
