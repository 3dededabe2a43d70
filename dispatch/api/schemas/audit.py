"""The chain over journal and access log on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields

from dispatch import journal


class BreakSchema(Schema):
    """The first damage of one lane."""

    damage = fields.Enum(journal.Damage, by_value=True, required=True)
    lane_no = fields.Integer(required=True, allow_none=True)
    index_no = fields.Integer(
        required=True, allow_none=True, metadata={"description": "place in the lane, from 0; null: a line without link"}
    )
    table_name = fields.String(required=True, allow_none=True)
    line_no = fields.Integer(required=True, allow_none=True)


class HeadSchema(Schema):
    """The last link of one lane."""

    lane_no = fields.Integer(required=True)
    links = fields.Integer(required=True)
    link_hash = fields.String(required=True, metadata={"description": "SHA-256 in hex"})


class VerificationSchema(Schema):
    """What was found when the chain was gone through from its beginning."""

    is_whole = fields.Boolean(required=True)
    first_broken = fields.Nested(BreakSchema, required=True, allow_none=True)
    breaks = fields.List(
        fields.Nested(BreakSchema), required=True, metadata={"description": "the first damage of each lane"}
    )
    entries = fields.Integer(required=True, metadata={"description": "lines of the journal"})
    access_lines = fields.Integer(required=True, metadata={"description": "lines of the access log"})
    links = fields.Integer(required=True, metadata={"description": "links gone through"})
    removed_lines = fields.Integer(
        required=True, metadata={"description": "access lines that are gone because their time was over"}
    )
    heads = fields.List(fields.Nested(HeadSchema), required=True)
    root_hash = fields.String(required=True, metadata={"description": "one hash for the heads of all lanes"})
    anchors = fields.Integer(required=True, metadata={"description": "heads kept outside that were compared"})
    newest_anchor_at = fields.AwareDateTime(required=True, allow_none=True)
