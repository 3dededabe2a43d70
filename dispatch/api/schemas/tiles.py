"""Vector tiles on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch.api.schemas.ogc import NAME_MAX_LENGTH, LayerRunSchema


class TileQuery(Schema):
    """Which runs a layer of coverage shows; the other layers rest on none."""

    service = fields.String(
        load_default=None,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "code or Chinese label", "example": "day_care"},
    )
    run = fields.UUID(load_default=None, metadata={"description": "one run instead of the newest of each service"})


class VectorLayerSchema(Schema):
    """What stands in the tiles."""

    id = fields.String(required=True)
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), required=True, data_key="fields")


class TileJsonSchema(Schema):
    """TileJSON 3.0, as map clients read it."""

    tilejson = fields.String(required=True)
    name = fields.String(required=True)
    attribution = fields.String(required=True)
    tiles = fields.List(fields.String(), required=True)
    minzoom = fields.Integer(required=True)
    maxzoom = fields.Integer(required=True)
    bounds = fields.List(fields.Float(), required=True)
    vector_layers = fields.List(fields.Nested(VectorLayerSchema), required=True)
    runs = fields.List(
        fields.Nested(LayerRunSchema), required=True, metadata={"description": "those that the tiles rest on"}
    )
