"""Code lists, organizations and services on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import directory
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE, LONGEST_QUERY

LONGEST_NAME, LONGEST_TEXT = 200, 1000
NAME = validate.Length(1, LONGEST_NAME)
OLDEST, LONGEST_VISIT_MIN = 150, 1440


class CodeSchema(Schema):
    """One code; without a source it is a proposal of this product."""

    code = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    label = fields.String(required=True, metadata={"description": "in the reader's language"})
    label_zh = fields.String(required=True)
    label_en = fields.String(required=True)
    source_file = fields.String(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class CodeListSchema(Schema):
    """One code list."""

    list = fields.String(required=True)
    items = fields.List(fields.Nested(CodeSchema), required=True)


class CodeListNameSchema(Schema):
    """The name of a list, and how many codes it holds."""

    list = fields.String(required=True)
    codes = fields.Integer(required=True)


class CodeListsSchema(Schema):
    """All code lists."""

    items = fields.List(fields.Nested(CodeListNameSchema), required=True)


class OrganizationQuery(PageQuery):
    """Which organizations."""

    q = fields.String(load_default=None, validate=validate.Length(1, LONGEST_QUERY))


class OrganizationSchema(Schema):
    """Who operates sites and services."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    operator_kind = fields.String(required=True, metadata={"description": "a code of operator_kind"})
    uscc = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)
    source_ref = fields.String(required=True)


class OrganizationPageSchema(Schema):
    """Organizations."""

    items = fields.List(fields.Nested(OrganizationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ServiceSchema(Schema):
    """What an organization offers, and to whom."""

    id = fields.UUID(required=True)
    organization_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    name = fields.String(required=True)
    delivery = fields.String(required=True, validate=validate.OneOf(list(directory.Delivery)))
    visit_min = fields.Integer(required=True, allow_none=True)
    minimum_age = fields.Integer(required=True, allow_none=True)
    maximum_age = fields.Integer(required=True, allow_none=True)
    categories = fields.List(fields.String(), required=True, allow_none=True)
    grades = fields.List(fields.String(), required=True, allow_none=True)
    registration_prefix = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(list(directory.ServiceStatus)))
    source_ref = fields.String(required=True)


class StandingSiteSchema(Schema):
    """A site of an organization that is not closed."""

    id = fields.UUID(required=True, attribute="site_id")
    name = fields.String(required=True)
    area_code = fields.String(required=True)
    stage = fields.Enum(directory.Stage, by_value=True, required=True, allow_none=True)


class OrganizationCardSchema(OrganizationSchema):
    """One organization with its services and the sites that are not closed."""

    services = fields.List(fields.Nested(ServiceSchema), required=True)
    sites = fields.List(fields.Nested(StandingSiteSchema), required=True)


class NewOrganizationSchema(Schema):
    """An organization that shall be created."""

    name = fields.String(required=True, validate=NAME)
    description = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    operator_kind = fields.String(required=True, validate=NAME, metadata={"example": "company"})
    uscc = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9A-Z]{18}\Z"))
    source = fields.String(load_default=None, allow_none=True, validate=NAME)
    source_ref = fields.String(load_default=None, allow_none=True, validate=NAME)

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> directory.NewOrganization:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return directory.NewOrganization(**data)


class NewServiceSchema(Schema):
    """A service that shall be created."""

    organization_id = fields.UUID(required=True)
    service_code = fields.String(required=True, validate=NAME, metadata={"example": "meal_dine_in"})
    name = fields.String(required=True, validate=NAME)
    delivery = fields.Enum(directory.Delivery, by_value=True, required=True)
    visit_min = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, LONGEST_VISIT_MIN))
    minimum_age = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, OLDEST))
    maximum_age = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, OLDEST))
    categories = fields.List(fields.String(validate=NAME), load_default=None, allow_none=True)
    grades = fields.List(fields.String(validate=NAME), load_default=None, allow_none=True)
    registration_prefix = fields.String(load_default=None, allow_none=True, validate=AREA_CODE)
    source_ref = fields.String(load_default=None, allow_none=True, validate=NAME)

    @post_load
    def to_value(self, data: dict[str, Any], **_: Any) -> directory.NewService:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        for name in ("categories", "grades"):
            data[name] = None if data[name] is None else tuple(data[name])
        return directory.NewService(**data | {"delivery": data["delivery"].value})
