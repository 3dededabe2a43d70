"""Offers in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from dispatch import assignment, elders, intake
from dispatch.api.language import say
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.directory import Period


class OfferedRequestSchema(Schema):
    """What a provider is told of a request before it answers; of the elder the id alone."""

    elder_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    urgency = fields.Enum(intake.Urgency, by_value=True, required=True)
    service_on = fields.Date(required=True)
    period = fields.String(required=True, validate=validate.OneOf([each.value for each in Period]))
    window_from_at = fields.AwareDateTime(required=True)
    window_to_at = fields.AwareDateTime(required=True)
    carers_needed = fields.Integer(required=True, metadata={"description": "0: as many as the service found asks for"})
    carer_sex = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([None, *(each.value for each in elders.Sex)])
    )
    status = fields.Enum(intake.RequestStatus, by_value=True, required=True)


class RequestOfferSchema(Schema):
    """A request put before one provider for a limited time."""

    id = fields.UUID(required=True)
    care_request_id = fields.UUID(required=True)
    service_at_site_id = fields.UUID(required=True, metadata={"description": "the service at a site that is asked"})
    turn_no = fields.Integer(required=True, metadata={"description": "counts the offers of a request from 1"})
    round_no = fields.Integer(
        required=True,
        metadata={"description": "goes up when the request is reopened; then everybody may be asked again"},
    )
    made_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "an answer counts that arrives before it; at it the next is asked"}
    )
    status = fields.Enum(assignment.OfferStatus, by_value=True, required=True)
    status_label = fields.Function(
        lambda card: say(card.status_words), required=True, metadata={"type": "string", "description": "for reading"}
    )
    decline_reason = fields.Enum(assignment.DeclineReason, by_value=True, required=True, allow_none=True)
    decline_label = fields.Function(
        lambda card: say(card.decline_words) if card.decline_words else None,
        required=True,
        metadata={"type": ["string", "null"], "description": "why it was declined, for reading"},
    )
    withdraw_reason = fields.Enum(
        assignment.WithdrawReason,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={
            "description": "officer, rerouted (offered to another), cannot_serve (found on accepting), assigned "
            "(given directly), held, ended"
        },
    )
    made_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    request = fields.Nested(OfferedRequestSchema, required=True)


class RequestOfferQuery(PageQuery):
    """Which offers."""

    status = fields.Enum(assignment.OfferStatus, by_value=True, load_default=None)
    request = fields.UUID(load_default=None, metadata={"description": "of one care request"})
    provider = fields.UUID(load_default=None, metadata={"description": "made to one service at a site"})
    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "of this area and below"})


class RequestOffersSchema(Schema):
    """A page of offers, newest first."""

    items = fields.List(fields.Nested(RequestOfferSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DeclineSchema(Schema):
    """Why an offer is declined."""

    reason = fields.Enum(assignment.DeclineReason, by_value=True, required=True)


class RequestOfferWishSchema(Schema):
    """To whom a request is offered."""

    service_at_site_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "left out: the next provider in order"}
    )
