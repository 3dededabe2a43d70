"""Webhooks on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from dispatch import webhooks
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.words import Words

LONGEST_URL, LONGEST_DESCRIPTION, MOST_KINDS = 2_000, 200, 60
ONE_SCOPE = Words("填 area_code 或 organization_id 其中一个。", "Give either area_code or organization_id.")
KIND = validate.Regexp(r"^[a-z_]{1,40}\.(?:[a-z_]{1,40}|\*)$")


def _url(**more: Any) -> fields.String:  # noqa: ANN401 - a field's own
    return fields.String(
        validate=validate.Length(1, LONGEST_URL),
        metadata={"description": "https; what lies inside only as the settings allow", "example": "https://a.cn/hook"},
        **more,
    )


def _kinds(**more: Any) -> fields.List[str]:  # noqa: ANN401 - a field's own
    return fields.List(
        fields.String(validate=KIND),
        validate=validate.Length(1, MOST_KINDS),
        metadata={"description": "of `GET /v1/webhooks/kinds`; `visit.*` is a whole family", "example": ["visit.*"]},
        **more,
    )


def _description(**more: Any) -> fields.String:  # noqa: ANN401 - a field's own
    return fields.String(
        validate=validate.Length(0, LONGEST_DESCRIPTION), metadata={"example": "区平台接收服务进度"}, **more
    )


class WebhookWishSchema(Schema):
    """A subscription as it is asked for."""

    url = _url(required=True)
    kinds = _kinds(required=True)
    description = _description(load_default="")
    area_code = fields.String(
        load_default=None,
        validate=AREA_CODE,
        metadata={"description": "officers and administrators: events of this area", "example": "120198"},
    )
    organization_id = fields.UUID(
        load_default=None, metadata={"description": "coordinators: events of this organization"}
    )

    @validates_schema
    def check_scope(self, data: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse none and both."""
        if (data.get("area_code") is None) == (data.get("organization_id") is None):
            raise ValidationError({"area_code": [ONE_SCOPE]})

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> webhooks.WebhookWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        scope = webhooks.Scope(data["area_code"], data["organization_id"])
        return webhooks.WebhookWish(data["url"], tuple(data["kinds"]), scope, data["description"])


class WebhookChangeSchema(Schema):
    """What is to be different; what is left out stays."""

    url = _url(load_default=None)
    kinds = _kinds(load_default=None)
    description = _description(load_default=None)
    is_active = fields.Boolean(
        load_default=None, metadata={"description": "true: switch on again, and answer for it from now on"}
    )

    @post_load
    def to_change(self, data: dict[str, Any], **_: Any) -> webhooks.WebhookChange:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        kinds = data["kinds"]
        return webhooks.WebhookChange(**(data | {"kinds": None if kinds is None else tuple(kinds)}))


class WebhookSchema(Schema):
    """A subscription, and how its receiver does."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    url = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    area_code = fields.String(required=True, allow_none=True)
    organization_id = fields.UUID(required=True, allow_none=True)
    description = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    stopped_because = fields.Enum(webhooks.StopReason, by_value=True, required=True, allow_none=True)
    owner_id = fields.UUID(required=True, metadata={"description": "whose right it rests on"})
    created_at = fields.AwareDateTime(required=True)
    failing_since_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: the last event was taken"}
    )
    succeeded_at = fields.AwareDateTime(required=True, allow_none=True)
    old_secret_until_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "until then the secret before signs too"}
    )
    waiting = fields.Integer(required=True, metadata={"description": "events that are still to be sent"})


class WebhookWithSecretSchema(WebhookSchema):
    """A subscription with its secret, which is given this once."""

    secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "shown this once; null where the call is repeated: have a new one made"},
    )


class WebhooksSchema(Schema):
    """Subscriptions, the oldest first."""

    items = fields.List(fields.Nested(WebhookSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WebhookKindsSchema(Schema):
    """The kinds of events that can be told."""

    items = fields.List(fields.String(), required=True)


class DeliverySchema(Schema):
    """One event for one receiver."""

    id = fields.UUID(required=True)
    event_id = fields.String(required=True, metadata={"description": "`webhook-id`: the same in every repetition"})
    kind = fields.String(required=True)
    status = fields.Enum(webhooks.DeliveryStatus, by_value=True, required=True)
    tries = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    try_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "when it is sent next"})
    attempted_at = fields.AwareDateTime(required=True, allow_none=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)
    last_status = fields.Integer(required=True, allow_none=True, metadata={"description": "what was answered last"})
    last_fault = fields.Enum(webhooks.Fault, by_value=True, required=True, allow_none=True)


class DeliveriesSchema(Schema):
    """What was to be sent, the newest first."""

    items = fields.List(fields.Nested(DeliverySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    status = fields.Enum(webhooks.DeliveryStatus, by_value=True, load_default=None)


class ReplayQuery(Schema):
    """From when on."""

    from_at = fields.AwareDateTime(
        required=True,
        data_key="from",
        metadata={"description": "events from then on; at most 30 days back", "example": "2026-03-30T08:00:00+08:00"},
    )
    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**62),
        metadata={"description": "`after` of the answer before, to go on"},
    )


class ReplayedSchema(Schema):
    """How many events are sent again."""

    count = fields.Integer(required=True)
    after = fields.Integer(
        required=True,
        allow_none=True,
        attribute="after_seq",
        metadata={"description": "null: that was all; otherwise send it to go on"},
    )
