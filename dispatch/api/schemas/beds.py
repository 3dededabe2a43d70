"""Changes of beds on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from dispatch import directory
from dispatch.api.schemas.directory import NAME
from dispatch.words import Words

REF = validate.Length(1, 100)
NOT_ZERO = Words("增减数不能是 0。", "A change cannot be 0.")


class BedChangeWishSchema(Schema):
    """One change of a site's beds."""

    bed_type = fields.String(
        required=True, validate=NAME, metadata={"description": "of the list `bed_type`", "example": "care"}
    )
    stage = fields.Enum(directory.BedStage, by_value=True, required=True)
    delta = fields.Integer(
        required=True,
        validate=validate.Range(-directory.MOST_BEDS, directory.MOST_BEDS),
        metadata={"description": "how many beds more, or fewer (negative); not 0", "example": 40},
    )
    changed_on = fields.Date(required=True, metadata={"description": "from this date on", "example": "2026-03-01"})
    owner_level = fields.Enum(directory.OwnerLevel, by_value=True, load_default=None, allow_none=True)
    ref = fields.String(
        load_default=None,
        allow_none=True,
        validate=REF,
        metadata={"description": "names the change at the site, so that it counts once"},
    )

    @validates("delta")
    def is_a_change(self, delta: int, **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a change of nothing."""
        if delta == 0:
            raise ValidationError([NOT_ZERO])

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> directory.NewBedChange:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        owner = data["owner_level"]
        return directory.NewBedChange(**data | {"stage": data["stage"].value, "owner_level": owner and owner.value})


class BedChangeSchema(Schema):
    """One change of a site's beds, as it stays."""

    id = fields.UUID(required=True)
    site_id = fields.UUID(required=True)
    ref = fields.String(required=True, metadata={"description": "names the change at the site, so that it counts once"})
    bed_type = fields.String(required=True, metadata={"description": "of the list `bed_type`"})
    stage = fields.String(required=True, validate=validate.OneOf(list(directory.BedStage)))
    delta = fields.Integer(required=True, metadata={"description": "how many beds more, or fewer (negative); not 0"})
    changed_on = fields.Date(required=True, metadata={"description": "from this date on"})
    owner_level = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(directory.OwnerLevel)))
    recorded_at = fields.AwareDateTime(required=True)


class BedChangesSchema(Schema):
    """All changes of a site's beds, the oldest first: the stock is their sum."""

    items = fields.List(fields.Nested(BedChangeSchema), required=True)
