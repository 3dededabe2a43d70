"""Candidates and assignments in JSON; times in seconds and minutes, money in cents."""

from __future__ import annotations

from marshmallow import Schema, fields

from dispatch import assignment, directory, intake
from dispatch.api.paging import PageQuery


class ChangeSchema(Schema):
    """The smallest change that would make the free time enough."""

    code = fields.String(required=True, metadata={"description": "later_end, shorter_visit, longer_day, other_day"})
    minutes = fields.Integer(required=True)


class ReasonSchema(Schema):
    """Why a provider cannot serve."""

    code = fields.Enum(assignment.ReasonCode, by_value=True, required=True)
    label = fields.String(required=True, metadata={"description": "in the reader's language"})
    minutes = fields.Integer(metadata={"description": "out_of_range: how long the way takes"})
    limit_min = fields.Integer(metadata={"description": "out_of_range: the limit"})
    is_at_least = fields.Boolean(
        metadata={"description": "out_of_range: not found within the search; `minutes` is what it takes at least"}
    )
    change = fields.Nested(ChangeSchema, metadata={"description": "no_time: what would do"})


class ScoreSchema(Schema):
    """The 1,000 points; the parts add up to the total."""

    travel = fields.Integer(required=True, metadata={"description": "of 350: 1 - time / limit"})
    time_fit = fields.Integer(required=True, metadata={"description": "of 200: 1 - minutes after the wish / 60"})
    continuity = fields.Integer(required=True, metadata={"description": "of 200: visits in 90 days / 3"})
    capacity = fields.Integer(required=True, metadata={"description": "of 100: free / maximum"})
    price = fields.Integer(required=True, metadata={"description": "of 150: 1 - own share / reference"})
    total = fields.Integer(required=True)


class CarerChoiceSchema(Schema):
    """A carer who would come."""

    carer_id = fields.UUID(required=True)
    display_name = fields.String(required=True, attribute="name")
    start_at = fields.AwareDateTime(required=True)
    end_at = fields.AwareDateTime(required=True)
    arrive_at = fields.AwareDateTime(required=True)
    wait_min = fields.Integer(required=True)
    travel_s = fields.Integer(required=True)


class ProviderSchema(Schema):
    """A service at a site; without `service_at_site_id` the site does not offer the service."""

    service_at_site_id = fields.UUID(required=True, allow_none=True)
    site_id = fields.UUID(required=True)
    site_name = fields.String(required=True)
    organization_id = fields.UUID(required=True)
    service_code = fields.String(required=True, allow_none=True)
    delivery = fields.Enum(directory.Delivery, by_value=True, required=True, allow_none=True)


class CandidateSchema(ProviderSchema):
    """A provider that can serve."""

    rank = fields.Integer(required=True)
    score = fields.Nested(ScoreSchema, required=True)
    start_at = fields.AwareDateTime(required=True)
    end_at = fields.AwareDateTime(required=True)
    visit_min = fields.Integer(required=True)
    travel_s = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "elder's walk, or the carer's way with parking and door"},
    )
    travel_min = fields.Integer(required=True, allow_none=True, metadata={"description": "as shown, rounded up"})
    travel_limit_min = fields.Integer(required=True, allow_none=True)
    carers = fields.List(
        fields.Nested(CarerChoiceSchema), required=True, metadata={"description": "empty for elder and family"}
    )
    places_free = fields.Integer(required=True, allow_none=True, metadata={"description": "null: not stated"})
    places_maximum = fields.Integer(required=True, allow_none=True)
    visits_90d = fields.Integer(required=True)
    price_cents = fields.Integer(required=True, allow_none=True)
    subsidy_cents = fields.Integer(
        required=True, allow_none=True, metadata={"description": "paid for this elder on that day; null: no price"}
    )
    own_share_cents = fields.Integer(
        required=True, allow_none=True, metadata={"description": "price less subsidy: what the points for price go by"}
    )
    price_unit = fields.Enum(directory.PriceUnit, by_value=True, required=True, allow_none=True)
    price_reference_cents = fields.Integer(required=True, allow_none=True)
    is_hours_known = fields.Boolean(required=True, metadata={"description": "false: taken to be open"})
    offers_28d = fields.Integer(
        required=True, allow_none=True, metadata={"description": "requests given to it in 28 days; null: not shown"}
    )
    last_offer_at = fields.AwareDateTime(required=True, allow_none=True)


class RejectedSchema(ProviderSchema):
    """A provider that cannot serve, with every reason."""

    rejected_because = fields.List(fields.Nested(ReasonSchema), required=True)


class AssumptionsSchema(Schema):
    """What the answer rests on."""

    rule_version = fields.String(required=True)
    network = fields.String(required=True, metadata={"description": "name@sha of the street network"})
    network_date = fields.AwareDateTime(required=True, allow_none=True)
    walk_speed_mps = fields.Float(required=True)
    walk_limit_min = fields.Integer(required=True)
    carer_walk_speed_mps = fields.Float(required=True)
    ebike_speed_kph = fields.Float(
        required=True, metadata={"description": "carers walk and ride on the same network of walkable streets"}
    )
    parking_and_door_s = fields.Integer(required=True)
    home_limit_min = fields.Integer(required=True)
    price_reference = fields.String(required=True)
    fair_share_days = fields.Integer(required=True)
    continuity_days = fields.Integer(required=True)
    subsidy_rules = fields.List(
        fields.String(), required=True, metadata={"description": "versions of the rules that pay a part of a price"}
    )


class MatchSchema(Schema):
    """Every provider of the elder's district: those that can serve by rank, the others with their reasons."""

    run_id = fields.UUID(required=True)
    care_request_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    service_on = fields.Date(required=True)
    view = fields.Enum(
        assignment.MatchView,
        by_value=True,
        required=True,
        metadata={"description": "all; own_rows: a coordinator's own providers; top: the best five, without carers"},
    )
    candidates = fields.List(fields.Nested(CandidateSchema), required=True)
    rejected = fields.List(fields.Nested(RejectedSchema), required=True)
    assumptions = fields.Nested(AssumptionsSchema, required=True)


class MatchRunQuery(PageQuery):
    """Which searches: a page of them."""


class StoredProviderSchema(Schema):
    """A service at a site, in ids; searches by older rules say neither whose it is nor which service."""

    service_at_site_id = fields.UUID(required=True, allow_none=True)
    site_id = fields.UUID(required=True)
    organization_id = fields.UUID(load_default=None, dump_default=None, allow_none=True)
    service_code = fields.String(load_default=None, dump_default=None, allow_none=True)


class StoredCandidateSchema(StoredProviderSchema):
    """A provider that could serve then."""

    rank = fields.Integer(required=True)
    score = fields.Nested(ScoreSchema, required=True)
    start_at = fields.AwareDateTime(required=True, allow_none=True)
    end_at = fields.AwareDateTime(load_default=None, dump_default=None, allow_none=True)
    travel_s = fields.Integer(required=True, allow_none=True)
    carer_ids = fields.List(fields.UUID(), required=True, metadata={"description": "empty for elder and family"})
    offers_28d = fields.Integer(
        required=True, allow_none=True, metadata={"description": "requests given to it in 28 days; null: not shown"}
    )


class StoredRejectedSchema(StoredProviderSchema):
    """A provider that could not serve then, with every reason."""

    rejected_because = fields.List(fields.Nested(ReasonSchema), required=True)


class RestsOnSchema(Schema):
    """The street network and the limits of then."""

    network = fields.String(required=True, metadata={"description": "name@sha of the street network"})
    network_date = fields.String(load_default=None, dump_default=None, allow_none=True)
    walk_speed_mps = fields.Float(required=True)
    walk_limit_min = fields.Integer(required=True)
    home_limit_min = fields.Integer(required=True)


class MatchRunSchema(Schema):
    """A search as it was stored; nothing in it is computed again."""

    run_id = fields.UUID(required=True)
    care_request_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    rule_version = fields.String(required=True, metadata={"description": "of the rules and weights of then"})
    inputs_hash = fields.String(
        required=True, metadata={"description": "SHA-256 of everything that was decided on; the same facts, the same"}
    )
    view = fields.Enum(assignment.MatchView, by_value=True, required=True)
    candidates = fields.List(fields.Nested(StoredCandidateSchema), required=True)
    rejected = fields.List(fields.Nested(StoredRejectedSchema), required=True)
    rests_on = fields.Nested(RestsOnSchema, required=True)


class MatchRunsSchema(Schema):
    """A page of searches, newest first."""

    items = fields.List(fields.Nested(MatchRunSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AssignmentWishSchema(Schema):
    """Whom a request is given to."""

    service_at_site_id = fields.UUID(required=True)


class AssignmentSchema(Schema):
    """What was made; `visit_ids` and `carers` in the order of the slots, empty for a service given at a site."""

    care_request_id = fields.UUID(required=True)
    service_at_site_id = fields.UUID(required=True)
    run_id = fields.UUID(required=True)
    status = fields.Enum(intake.RequestStatus, by_value=True, required=True)
    start_at = fields.AwareDateTime(required=True)
    end_at = fields.AwareDateTime(required=True)
    visit_ids = fields.List(fields.UUID(), required=True)
    carers = fields.List(fields.Nested(CarerChoiceSchema), required=True)
    pair_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True)
    assumptions = fields.Nested(AssumptionsSchema, required=True)
