"""Feeds, message settings and short texts in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch.api.paging import LONGEST, CursorField, PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.notices import Template, TextStatus

FEED_ROUTE = "feed.show_feed"
PHONE_MAX, WECHAT_CODE_MAX = 30, 128


class NoticeSchema(Schema):
    """One notice."""

    no = fields.Integer(required=True, metadata={"description": "rises; no two notices have the same"})
    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True, metadata={"description": "of what happened; more kinds may come"})
    text = fields.String(required=True, metadata={"description": "for reading, in the reader's language"})
    elder_id = fields.UUID(required=True, allow_none=True)
    care_request_id = fields.UUID(required=True, allow_none=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    is_seen = fields.Boolean(required=True)


class FeedSchema(Schema):
    """The next notices of one's own account, oldest first."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    cursor = fields.String(required=True, metadata={"description": "from where to read on, also without items"})
    has_more = fields.Boolean(required=True, metadata={"description": "more are there already"})
    has_gap = fields.Boolean(
        required=True, metadata={"description": "behind the cursor that was sent some are no longer kept"}
    )
    unseen = fields.Integer(required=True, metadata={"description": "notices not seen, counted up to 100"})


class SeenSchema(Schema):
    """Up to where a feed was seen."""

    cursor = CursorField(
        route=FEED_ROUTE,
        required=True,
        metadata={
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "maxLength": LONGEST,
            "description": "`cursor` of an answer of the feed",
        },
    )


class UnseenSchema(Schema):
    """How many are left."""

    unseen = fields.Integer(required=True, metadata={"description": "notices not seen, counted up to 100"})


class MessageSettingsSchema(Schema):
    """What one's own account wants of short texts."""

    is_on = fields.Boolean(required=True, metadata={"description": "false: none but in an emergency"})
    phone_masked = fields.String(
        required=True, allow_none=True, metadata={"description": "the account's own number, its middle hidden"}
    )
    has_wechat = fields.Boolean(required=True, metadata={"description": "the account is linked with WeChat"})


class MessageSettingsPutSchema(Schema):
    """What to change; a number or a WeChat account left out stays as it is, null forgets it."""

    is_on = fields.Boolean(required=True)
    phone = fields.String(
        allow_none=True,
        validate=validate.Length(1, PHONE_MAX),
        metadata={"description": "where to send them; a relative's must be on record with the elder"},
    )
    wechat_code = fields.String(
        allow_none=True,
        validate=validate.Length(1, WECHAT_CODE_MAX),
        metadata={"description": "what the program on the phone got when it signed in to WeChat"},
    )


class ShortTextsQuery(PageQuery):
    """Filters of the list of short texts."""

    status = fields.Enum(TextStatus, by_value=True, load_default=None)
    area = fields.String(load_default=None, validate=AREA_CODE)


class ShortTextSchema(Schema):
    """One short text, without name, sentence or whole number."""

    id = fields.UUID(required=True)
    template = fields.Enum(Template, by_value=True, required=True)
    kind = fields.String(required=True, metadata={"description": "of what happened"})
    area_code = fields.String(required=True, allow_none=True)
    phone_masked = fields.String(
        required=True, allow_none=True, metadata={"description": "its middle hidden; null: over WeChat alone"}
    )
    status = fields.Enum(TextStatus, by_value=True, required=True)
    made_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, metadata={"description": "not before: the quiet hours are over"})
    tries = fields.Integer(required=True)
    provider = fields.String(required=True, allow_none=True, metadata={"description": "who was asked last"})
    provider_message_id = fields.String(
        required=True, allow_none=True, metadata={"description": "under which the provider took it"}
    )
    error = fields.String(
        required=True, allow_none=True, metadata={"description": "code of what went wrong last, or why it was dropped"}
    )
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class TextCountsSchema(Schema):
    """How many short texts there are in each state."""

    queued = fields.Integer(required=True)
    sending = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    dropped = fields.Integer(required=True)


class ShortTextsSchema(Schema):
    """A page of short texts, the newest first, with counts of all that the reader may see."""

    items = fields.List(fields.Nested(ShortTextSchema), required=True)
    counts = fields.Nested(TextCountsSchema, required=True)
    next_cursor = fields.String(required=True, allow_none=True)
