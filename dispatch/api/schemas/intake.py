"""Care requests in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import elders, intake
from dispatch.actor import Role
from dispatch.api.language import say
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.quotes import QuoteSchema
from dispatch.directory import Period

CODE = validate.Length(1, 60)
AREA = AREA_CODE
WINDOW_DOC = "the window in which the service may begin and end; at most 7 days long, at most 60 days ahead"


class AskedSchema(Schema):
    """What is asked for, once or again and again, but for when."""

    id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "made by the caller (UUIDv7), or by the server where it is left out"},
    )
    elder_id = fields.UUID(required=True)
    service_code = fields.String(
        required=True,
        validate=CODE,
        metadata={"description": "of the list `service`; a group such as `bathing` is served by any of its members"},
    )
    channel = fields.Enum(
        intake.Channel,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "elder and family: app; community worker: worker; an operator must say phone"},
    )
    urgency = fields.Enum(intake.Urgency, by_value=True, load_default=intake.Urgency.ROUTINE)
    carer_sex = fields.Enum(
        elders.Sex,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "a wish about the carer's sex is a hard rule"},
    )
    carers_needed = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 2),
        metadata={"description": "more than the service asks for; left out, the code list decides"},
    )
    pairing = fields.Enum(
        intake.Pairing,
        by_value=True,
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([intake.Pairing.SIMULTANEOUS]),
        metadata={"description": "how two carers work together; only simultaneous is served so far"},
    )
    on_behalf_of = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, intake.ON_BEHALF_MAX_LENGTH),
        metadata={"description": "who asked, in a request by phone: the elder, a daughter, a neighbor"},
    )


class CareRequestWishSchema(AskedSchema):
    """What somebody asks for."""

    window_from_at = fields.AwareDateTime(required=True, metadata={"description": WINDOW_DOC})
    window_to_at = fields.AwareDateTime(required=True)
    is_draft = fields.Boolean(
        load_default=False,
        metadata={"description": "true: nobody is asked yet; the answer has the quote to confirm it with"},
    )
    quote_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "a quote of POST /v1/quotes that was seen; it must still hold"},
    )
    service_at_site_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "whose price is quoted; binds nobody, and a quote that is named decides"},
    )
    even_if_not_offered = fields.Boolean(
        load_default=False,
        metadata={"description": "true: put the need on record where nobody in the district offers the service"},
    )

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> intake.RequestWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        sex = data.pop("carer_sex")
        return intake.RequestWish(**data, carer_sex=sex.value if sex else None)


class CareRequestSchema(Schema):
    """A care request; of the elder the id alone."""

    id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    area_code = fields.String(required=True, metadata={"description": "where the elder lived when it was asked"})
    service_code = fields.String(required=True)
    channel = fields.Enum(intake.Channel, by_value=True, required=True)
    urgency = fields.Enum(intake.Urgency, by_value=True, required=True)
    requested_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    on_behalf_of = fields.String(required=True, allow_none=True)
    service_on = fields.Date(required=True, metadata={"description": "local date on which the window begins"})
    period = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Period]),
        metadata={"description": "of the day in which the window begins: before 11:00, before 16:00, later"},
    )
    window_from_at = fields.AwareDateTime(required=True)
    window_to_at = fields.AwareDateTime(required=True)
    carers_needed = fields.Integer(required=True, metadata={"description": "0: as many as the service found asks for"})
    pairing = fields.Enum(intake.Pairing, by_value=True, required=True, allow_none=True)
    carer_sex = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([None, *(each.value for each in elders.Sex)])
    )
    service_at_site_id = fields.UUID(required=True, allow_none=True, metadata={"description": "who serves it"})
    visit_ids = fields.List(fields.UUID(), required=True)
    status = fields.Enum(intake.RequestStatus, by_value=True, required=True)
    status_label = fields.Function(
        lambda card: say(card.status_words), required=True, metadata={"type": "string", "description": "for reading"}
    )
    status_before_hold = fields.Enum(intake.RequestStatus, by_value=True, required=True, allow_none=True)
    next_states = fields.List(
        fields.Enum(intake.RequestStatus, by_value=True),
        required=True,
        metadata={"description": "the states that the state machine allows from here"},
    )
    submitted_at = fields.AwareDateTime(required=True, metadata={"description": "of a draft: when it was drafted"})
    quote_id = fields.UUID(required=True, allow_none=True, metadata={"description": "with which it was asked"})
    quote = fields.Nested(
        QuoteSchema, required=True, allow_none=True, metadata={"description": "what it was said to cost"}
    )
    version = fields.Integer(required=True)


class CareRequestQuery(PageQuery):
    """Which requests."""

    status = fields.Enum(intake.RequestStatus, by_value=True, load_default=None)
    elder = fields.UUID(load_default=None, metadata={"description": "of one elder"})
    area = fields.String(load_default=None, validate=AREA, metadata={"description": "of this area and below"})
    service = fields.String(load_default=None, validate=CODE, metadata={"description": "a code of the list `service`"})


class CareRequestsSchema(Schema):
    """A page of requests, newest first."""

    items = fields.List(fields.Nested(CareRequestSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class EventSchema(Schema):
    """One entry of the journal: what happened to the request."""

    kind = fields.String(required=True, metadata={"example": "care_request.submitted"})
    at = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    role = fields.Enum(
        Role,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "in which it was done; null: the system, or before roles were noted"},
    )
    reason = fields.String(required=True, allow_none=True)
    reason_label = fields.String(required=True, allow_none=True, metadata={"description": "for reading"})
    from_status = fields.Enum(intake.RequestStatus, by_value=True, required=True, allow_none=True)
    to_status = fields.Enum(intake.RequestStatus, by_value=True, required=True)
    facts = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "ids and codes: provider, offer, turn, visit"}
    )


class EventsSchema(Schema):
    """All entries of one request, oldest first; the last one's `to_status` is the present state."""

    items = fields.List(fields.Nested(EventSchema), required=True)


class CancellationSchema(Schema):
    """Why a request is canceled."""

    reason = fields.Enum(intake.CancelReason, by_value=True, required=True)


class HoldSchema(Schema):
    """Why a request waits."""

    reason = fields.Enum(intake.HoldReason, by_value=True, required=True)
