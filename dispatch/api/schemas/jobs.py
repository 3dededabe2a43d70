"""Background jobs on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from dispatch import storage
from dispatch.api.language import say
from dispatch.api.paging import PageQuery

if TYPE_CHECKING:
    from dispatch.words import Words

NAME_MAX_LENGTH = 60


class SaidField(fields.Field[Any]):
    """A sentence in the reader's language."""

    def _serialize(self, value: Words | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002 - marshmallow's signature
        return None if value is None else say(value)


class JobProgressSchema(Schema):
    """How far a job is."""

    done = fields.Integer(required=True, metadata={"description": "parts that are finished"})
    total = fields.Integer(required=True, allow_none=True, metadata={"description": "parts in all, where it is known"})
    step = SaidField(
        required=True,
        allow_none=True,
        metadata={"type": "string", "description": "what is being done, in the reader's language"},
    )


class JobErrorSchema(Schema):
    """Why a job failed; the codes are those of problems."""

    code = fields.String(required=True, metadata={"description": "stable; the same in every language"})
    title = SaidField(required=True, metadata={"type": "string"})
    detail = SaidField(required=True, allow_none=True, metadata={"type": "string"})


class JobSchema(Schema):
    """A job. It ends once: `succeeded` with a result, `failed` with an error, or `canceled`."""

    id = fields.UUID(required=True)
    name = fields.String(
        required=True, metadata={"description": "what is done: coverage_run, import_sites …", "example": "coverage_run"}
    )
    status = fields.Enum(storage.JobStatus, by_value=True, required=True)
    area_code = fields.String(required=True, allow_none=True)
    requested_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    is_cancel_requested = fields.Boolean(
        required=True, metadata={"description": "a running job ends between two parts"}
    )
    progress = fields.Nested(JobProgressSchema, required=True, dump_default=None)
    result = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "of a run `run_id`, of a siting `siting_id`, of an import the report of its rows"},
    )
    error = fields.Nested(JobErrorSchema, required=True, allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        """Take the progress from the job itself."""
        return obj if attr == "progress" else super().get_attribute(obj, attr, default)


class JobsSchema(Schema):
    """Jobs, the newest first."""

    items = fields.List(fields.Nested(JobSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class JobQuery(PageQuery):
    """Which jobs."""

    status = fields.Enum(storage.JobStatus, by_value=True, load_default=None)
    name = fields.String(load_default=None, validate=validate.Length(1, NAME_MAX_LENGTH))
