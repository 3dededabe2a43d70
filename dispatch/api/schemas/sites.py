"""Sites and services at sites on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import directory
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE, LONGEST_QUERY
from dispatch.api.schemas.coverage_queries import box_field
from dispatch.api.schemas.directory import LONGEST_TEXT, NAME, OrganizationSchema
from dispatch.api.schemas.geometry import PointOutSchema, PointSchema, crs_field

MOST = 1_000_000


def service_field(**options: Any) -> fields.String:  # noqa: ANN401 - marshmallow's options
    """Give the field of a query that says which service is looked for."""
    return fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_QUERY),
        metadata={"description": "code or Chinese label; services below it in the tree count too", **options},
    )


class StageSchema(Schema):
    """A stage of a site, from a date up to, not including, another."""

    stage = fields.Enum(directory.Stage, by_value=True, required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> tuple[Any, ...]:  # noqa: ANN401 - marshmallow's signature
        """Give (stage, from, to)."""
        return data["stage"].value, data["valid_from"], data["valid_to"]


class SiteChangeSchema(Schema):
    """What a site shall be: what is left out becomes empty."""

    name = fields.String(required=True, validate=NAME)
    facility_type = fields.String(required=True, validate=NAME, metadata={"example": "day_care_center"})
    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198001001"})
    address = fields.String(required=True, validate=validate.Length(0, LONGEST_TEXT))
    institution_class = fields.String(load_default=None, allow_none=True, validate=NAME)
    floor_area_m2 = fields.Float(
        load_default=None, allow_none=True, validate=validate.Range(0, MOST, min_inclusive=False)
    )
    stages = fields.List(fields.Nested(StageSchema), load_default=(), validate=validate.Length(0, 50))
    verified_at = fields.AwareDateTime(load_default=None, allow_none=True)
    verified_by = fields.String(load_default=None, allow_none=True, validate=NAME)

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401 - marshmallow's signature; each schema gives its own value
        """Give the value."""
        return directory.SiteChange(**data | {"stages": tuple(data["stages"])})


class NewSiteSchema(SiteChangeSchema):
    """A site that shall be created; without a point it is unlocated."""

    organization_id = fields.UUID(required=True)
    point = fields.Nested(PointSchema, load_default=None, allow_none=True)
    hours = fields.String(
        load_default=None, allow_none=True, validate=NAME, metadata={"example": "Mo-Fr 08:00-17:00; PH off"}
    )
    hours_from = fields.Date(load_default=None, allow_none=True, metadata={"description": "today where it is left out"})
    source = fields.String(load_default=None, allow_none=True, validate=NAME)
    source_ref = fields.String(load_default=None, allow_none=True, validate=NAME)

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401 - marshmallow's signature; each schema gives its own value
        """Give the value."""
        return directory.NewSite(**data | {"stages": tuple(data["stages"])})


class SiteSchema(Schema):
    """One site; without a point it is unlocated."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    facility_type = fields.String(required=True)
    institution_class = fields.String(required=True, allow_none=True)
    area_code = fields.String(required=True)
    address = fields.String(required=True)
    point = fields.Nested(PointOutSchema, required=True, allow_none=True)
    is_located = fields.Boolean(required=True)
    floor_area_m2 = fields.Float(required=True, allow_none=True)
    organization_id = fields.UUID(required=True)
    organization_name = fields.String(required=True)
    stage = fields.Enum(
        directory.Stage,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "today; null where nobody said so"},
    )
    freshness = fields.Enum(directory.Freshness, by_value=True, required=True)
    source = fields.String(required=True)
    source_ref = fields.String(required=True)
    collected_at = fields.AwareDateTime(required=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)
    verified_by = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class SitePageSchema(Schema):
    """Sites."""

    items = fields.List(fields.Nested(SiteSchema), required=True)
    is_calendar_estimated = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "open_at: true where holidays of that year are not announced yet; null without it"},
    )
    next_cursor = fields.String(required=True, allow_none=True)


class SiteQuery(PageQuery):
    """Which sites."""

    bbox = box_field()
    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "in this area or below"})
    facility_type = fields.String(load_default=None, validate=NAME)
    service = service_field(example="助餐")
    stale = fields.Boolean(
        load_default=None, metadata={"description": "true: verified longer ago than the facility type allows"}
    )
    located = fields.Boolean(
        load_default=None, metadata={"description": "false: the worklist of those without a point"}
    )
    open_at = fields.AwareDateTime(load_default=None, metadata={"description": "known to be open then"})
    q = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST_QUERY),
        metadata={
            "description": "a part of the name of the site or of a service there: characters, pinyin or initials",
            "example": "养老",
        },
    )
    crs = crs_field()


class CrsQuery(Schema):
    """In which reference system."""

    crs = crs_field()


class PriceSchema(Schema):
    """What it costs."""

    unit = fields.Enum(directory.PriceUnit, by_value=True, required=True)
    amount_cents = fields.Integer(required=True, validate=validate.Range(0, MOST))


class VacancySchema(Schema):
    """How many, and how many are free, as of `updated_at`; where it is stale nobody may rely on it."""

    unit = fields.Enum(directory.CapacityUnit, by_value=True, required=True)
    maximum = fields.Integer(required=True)
    available = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(required=True)
    stale = fields.Boolean(
        required=True, metadata={"description": "true: said longer ago than the area allows; not counted as free"}
    )


class CatchmentSchema(Schema):
    """Where it goes."""

    area_code = fields.String(required=True, allow_none=True)
    extent_ll = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    limit_min = fields.Integer(required=True, allow_none=True)


class OfferSchema(Schema):
    """A service at a site."""

    id = fields.UUID(required=True, attribute="service_at_site_id")
    service_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    name = fields.String(required=True, attribute="service_name")
    delivery = fields.Enum(directory.Delivery, by_value=True, required=True)
    status = fields.Enum(directory.ServiceStatus, by_value=True, required=True, attribute="service_status")
    organization_id = fields.UUID(required=True)
    visit_min = fields.Integer(required=True, allow_none=True)
    minimum_age = fields.Integer(required=True, allow_none=True)
    maximum_age = fields.Integer(required=True, allow_none=True)
    categories = fields.List(fields.String(), required=True, allow_none=True)
    grades = fields.List(fields.String(), required=True, allow_none=True)
    registration_prefix = fields.String(required=True, allow_none=True)
    hours = fields.String(required=True, allow_none=True, metadata={"description": "null: not known"})
    price = fields.Nested(PriceSchema, required=True, allow_none=True)
    catchments = fields.List(fields.Nested(CatchmentSchema), required=True)
    capacity = fields.Nested(VacancySchema, required=True, allow_none=True)


class BedsSchema(VacancySchema):
    """Beds of one type."""

    bed_type = fields.String(required=True)


class ClosureSchema(Schema):
    """Closed for a while."""

    id = fields.UUID(required=True)
    from_at = fields.AwareDateTime(required=True)
    to_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class StageOutSchema(Schema):
    """A stage of a site."""

    stage = fields.String(required=True, validate=validate.OneOf(list(directory.Stage)))
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class OperationOutSchema(Schema):
    """Who runs a site today, and how."""

    organization_id = fields.UUID(required=True)
    operator_kind = fields.String(required=True)
    founder_kind = fields.String(required=True)
    run_mode = fields.String(required=True)
    valid_from = fields.Date(required=True)


class AgreementOutSchema(Schema):
    """An agreement in force."""

    kind = fields.String(required=True, validate=validate.OneOf(list(directory.AgreementKind)))
    partner_organization_id = fields.UUID(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class SiteCardSchema(SiteSchema):
    """One site with everything on it."""

    organization = fields.Nested(OrganizationSchema, required=True)
    tier = fields.String(required=True)
    operator_kind = fields.String(required=True)
    source_crs = fields.String(required=True, allow_none=True, metadata={"description": "the system it arrived in"})
    source_raw = fields.Dict(
        keys=fields.String(), required=True, allow_none=True, metadata={"description": "the point as it was sent"}
    )
    stages = fields.List(fields.Nested(StageOutSchema), required=True)
    hours = fields.String(required=True, allow_none=True, metadata={"description": "of the house; null: not known"})
    closures = fields.List(fields.Nested(ClosureSchema), required=True)
    beds = fields.List(fields.Nested(BedsSchema), required=True)
    operation = fields.Nested(
        OperationOutSchema, required=True, allow_none=True, metadata={"description": "today; null where nobody said so"}
    )
    functions = fields.List(fields.String(), required=True, metadata={"description": "codes of function, today"})
    agreements = fields.List(fields.Nested(AgreementOutSchema), required=True)
    services = fields.List(fields.Nested(OfferSchema), required=True)
    open_now = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "the house or one of its services; null: not known"}
    )
    why_closed = fields.Enum(
        directory.WhyClosed, by_value=True, required=True, allow_none=True, metadata={"description": "null: not closed"}
    )
    closure_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "what was said of the closure that holds now"}
    )
    is_calendar_estimated = fields.Boolean(
        required=True, metadata={"description": "true where holidays of this year are not announced yet"}
    )


class NewCapacitySchema(Schema):
    """Places of a service at a site."""

    unit = fields.Enum(directory.CapacityUnit, by_value=True, required=True)
    maximum = fields.Integer(required=True, validate=validate.Range(0, MOST))
    available = fields.Integer(required=True, validate=validate.Range(0, MOST))


class NewOfferSchema(Schema):
    """A service that shall be given at a site, from a date on (today where it is left out)."""

    service_id = fields.UUID(required=True)
    hours = fields.String(
        load_default=None, allow_none=True, validate=NAME, metadata={"example": "Mo-Su 11:00-13:00; PH off"}
    )
    price = fields.Nested(PriceSchema, load_default=None, allow_none=True)
    catchments = fields.List(fields.String(validate=AREA_CODE), load_default=())
    extents_ll = fields.List(
        fields.Dict(keys=fields.String()),
        load_default=(),
        metadata={
            "example": [
                {"type": "Polygon", "coordinates": [[[117.1, 39.1], [117.2, 39.1], [117.2, 39.2], [117.1, 39.1]]]}
            ]
        },
    )
    capacity = fields.Nested(NewCapacitySchema, load_default=None, allow_none=True)
    valid_from = fields.Date(load_default=None, allow_none=True)

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> directory.NewOffer:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        price, capacity = data["price"], data["capacity"]
        return directory.NewOffer(
            service_id=data["service_id"],
            hours=data["hours"],
            price=(price["unit"].value, price["amount_cents"]) if price else None,
            catchments=tuple(data["catchments"]),
            extents_ll=tuple(data["extents_ll"]),
            capacity=(capacity["unit"].value, capacity["maximum"], capacity["available"]) if capacity else None,
            valid_from=data["valid_from"],
        )
