"""Sites that may be one, on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch.api.schemas.coverage_queries import AREA_CODE

MOST_PAIRS = 200


class AlikeSitesQuery(Schema):
    """Where to look."""

    area = fields.String(load_default="", validate=AREA_CODE, metadata={"example": "120198"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_PAIRS))


class SitePlaceSchema(Schema):
    """One of the two."""

    site_id = fields.UUID(required=True)
    name = fields.String(required=True)
    area_code = fields.String(required=True)
    address = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "of the record; a change sends it as `If-Match`"})


class AlikePairSchema(Schema):
    """Two sites that may be one."""

    one = fields.Nested(SitePlaceSchema, required=True)
    other = fields.Nested(SitePlaceSchema, required=True)
    likeness = fields.Float(required=True, metadata={"description": "of the names without common words, 0 to 1"})
    away_m = fields.Float(required=True, allow_none=True, metadata={"description": "null: one of them has no point"})


class AlikeSitesSchema(Schema):
    """Pairs, the most alike first."""

    items = fields.List(fields.Nested(AlikePairSchema), required=True)


class MergeSchema(Schema):
    """Into which one."""

    into_id = fields.UUID(required=True, metadata={"description": "the site that stays"})


class MergedSchema(Schema):
    """What became of it."""

    site_id = fields.UUID(required=True)
    merged_into_id = fields.UUID(required=True)
