"""Calendar feeds on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from dispatch import calendars
from dispatch.words import Words

ELDER_WANTED = Words("kind 为 elder 时填 elder_id，为 carer 时不填。", "Give elder_id with kind elder, and only then.")


class CalendarFeedWishSchema(Schema):
    """Whose days the calendar is to show."""

    kind = fields.Enum(calendars.FeedKind, by_value=True, required=True, metadata={"example": "elder"})
    elder_id = fields.UUID(load_default=None, metadata={"description": "of kind `elder`: whom one is bound to"})

    @validates_schema
    def check_elder(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Want the elder where it is one's calendar."""
        if (data.get("kind") is calendars.FeedKind.ELDER) != (data.get("elder_id") is not None):
            raise ValidationError({"elder_id": [ELDER_WANTED]})


class CalendarFeedSchema(Schema):
    """A calendar address of one's own, without its secret part."""

    id = fields.UUID(required=True)
    kind = fields.Enum(calendars.FeedKind, by_value=True, required=True)
    elder_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class CalendarFeedWithPathSchema(CalendarFeedSchema):
    """A calendar address that was just made."""

    path = fields.String(
        required=True, metadata={"description": "secret, shown this once: put it behind the service's own address"}
    )


class CalendarFeedsSchema(Schema):
    """The calendar addresses of one's own."""

    items = fields.List(fields.Nested(CalendarFeedSchema), required=True)
