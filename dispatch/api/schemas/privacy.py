"""A person's copy and erasure on the wire."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from marshmallow import Schema, fields

from dispatch import privacy


class PlainField(fields.Raw):
    """A value of any column; times and days as everywhere else."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        return value.isoformat() if isinstance(value, date | time) else value


class CopySchema(Schema):
    """Everything that is kept of a person."""

    elder_id = fields.UUID(required=True)
    made_at = fields.AwareDateTime(required=True)
    tables = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Dict(keys=fields.String(), values=PlainField(allow_none=True))),
        required=True,
        metadata={"description": "rows by table; sealed fields opened, the ID number masked"},
    )


class ErasureSchema(Schema):
    """Why it is erased."""

    basis = fields.Enum(privacy.ErasureBasis, by_value=True, required=True, metadata={"example": "own_request"})


class ErasedSchema(Schema):
    """What was erased."""

    elder_id = fields.UUID(required=True)
    erased_at = fields.AwareDateTime(required=True)
    rows = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "how many rows of each table lost something or went"},
    )
