"""Scenarios on the wire: their changes, their versions, what they would mean."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate, validates_schema

from dispatch import coverage, streets
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.coverage_queries import AREA_CODE, NAME_MAX_LENGTH, refused
from dispatch.api.schemas.geometry import PointSchema
from dispatch.api.schemas.jobs import SaidField
from dispatch.words import Words

CAPACITY_MAX = 100_000
POINTS_MAX = 5_000
HOURS_MAX_LENGTH = 500
ADDRESS_MAX_LENGTH = 200
KINDS = [kind.value for kind in coverage.ChangeKind]
STATUSES = [status.value for status in coverage.ScenarioStatus]
QUESTION_NEEDED = Words(
    "给出 area_code 和 service_code，或给出 base_run_id。", "Give area_code and service_code, or base_run_id."
)
NAME = validate.Length(1, NAME_MAX_LENGTH)


class ScenarioGeometrySchema(Schema):
    """A GeoJSON geometry in WGS 84, longitude first."""

    type = fields.String(required=True, validate=validate.OneOf(["Point", "LineString", "Polygon"]))
    coordinates = fields.List(fields.Raw(), required=True, validate=validate.Length(1, POINTS_MAX))


class ScenarioStreetEditSchema(Schema):
    """An edit of the street network: a path or gate that is added, or ground that is closed."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in streets.StreetEditKind]))
    geometry_ll = fields.Nested(
        ScenarioGeometrySchema,
        required=True,
        metadata={"description": "a line; of a closure also a point or polygon; WGS 84"},
    )
    is_bridge = fields.Boolean(load_default=False, metadata={"description": "a path that is joined at its ends only"})
    reason = fields.String(required=True, validate=validate.Length(1, ADDRESS_MAX_LENGTH))


class ScenarioChangeWishSchema(Schema):
    """
    One change. `open` takes `name` and `point`; `close`, `move`, `capacity`, `hours` take `site_id`.

    Further: `move` takes `point`, `capacity` and `hours` what they are named after; `network_edit` takes `edit`.
    """

    kind = fields.Enum(coverage.ChangeKind, by_value=True, required=True, metadata={"example": "open"})
    site_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "of the register"})
    name = fields.String(load_default=None, allow_none=True, validate=NAME)
    point = fields.Nested(PointSchema, load_default=None, allow_none=True)
    area_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=AREA_CODE,
        metadata={"description": "of a new site; without it the community that holds the point"},
    )
    facility_type = fields.String(
        load_default=None,
        allow_none=True,
        validate=NAME,
        metadata={"description": "of a new site; an adoption needs it"},
    )
    service_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=NAME,
        metadata={"description": "of a new site; without it the scenario's"},
    )
    organization_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "of a new site; an adoption needs it"}
    )
    address = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, ADDRESS_MAX_LENGTH))
    valid_from = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "when it is adopted: from this date on; the effect takes it as made"},
    )
    capacity = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, CAPACITY_MAX))
    hours = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, HOURS_MAX_LENGTH))

    edit = fields.Nested(ScenarioStreetEditSchema, load_default=None, allow_none=True)

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> coverage.ChangeWish:  # noqa: ANN401 - marshmallow's signature
        """Give it as a value."""
        return coverage.ChangeWish(**data)


def changes_field(*, required: bool) -> fields.List[Any]:
    """Make the field of a whole set of changes."""
    given: dict[str, Any] = {"required": True} if required else {"load_default": list}
    return fields.List(
        fields.Nested(ScenarioChangeWishSchema), validate=validate.Length(max=coverage.CHANGES_MAX), **given
    )


class ScenarioWishSchema(Schema):
    """A new scenario, with the question that it is asked with; with `base_run_id` the question is that run's."""

    name = fields.String(required=True, validate=NAME, metadata={"example": "东片加一个日照点"})
    area_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=AREA_CODE,
        metadata={"example": "120198", "description": "needed without base_run_id"},
    )
    service_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=NAME,
        metadata={"example": "day_care", "description": "code or Chinese label; needed without base_run_id"},
    )
    speed_mps = fields.Float(load_default=1.0, validate=validate.Range(coverage.SPEED_MIN_MPS, coverage.SPEED_MAX_MPS))
    limit_min = fields.Integer(load_default=15, validate=validate.Range(coverage.LIMIT_MIN_MIN, coverage.LIMIT_MAX_MIN))
    as_of = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "sites and homes of this date; null: of the day on which it is asked"},
    )
    base_run_id = fields.UUID(load_default=None, allow_none=True)
    changes = changes_field(required=False)

    @validates_schema
    def needs_a_question(self, data: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a scenario without a question."""
        if data.get("base_run_id") is None and not (data.get("area_code") and data.get("service_code")):
            raise refused(QUESTION_NEEDED)

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> coverage.ScenarioWish:  # noqa: ANN401 - marshmallow's signature
        """Give it as a value."""
        given = {name: value for name, value in data.items() if value is not None}
        return coverage.ScenarioWish(**given | {"changes": tuple(data["changes"])})


class ScenarioEditSchema(Schema):
    """All changes of a scenario, as they shall be; what is as before keeps its id."""

    name = fields.String(load_default=None, allow_none=True, validate=NAME)
    changes = changes_field(required=True)
    drop_base = fields.Boolean(
        load_default=False, metadata={"description": "let go of the base run; question and date stay"}
    )


class ScenarioQuery(PageQuery):
    """Which scenarios."""

    area = fields.String(load_default=None, validate=AREA_CODE)
    status = fields.Enum(coverage.ScenarioStatus, by_value=True, load_default=None)


class ScenarioChangeSchema(Schema):
    """One change on record; points in WGS 84."""

    id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    site_id = fields.UUID(required=True, allow_none=True)
    payload = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "what the change does: the fields of its kind; lon and lat in WGS 84"},
    )
    seen = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "how the register stood when it was entered; an adoption compares with it"},
    )
    adopted_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "of the site that came of it, once adopted"}
    )


class ScenarioHeadSchema(Schema):
    """A scenario without its changes."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    speed_mps = fields.Float(required=True)
    limit_min = fields.Integer(required=True)
    as_of = fields.Date(required=True, allow_none=True)
    base_run_id = fields.UUID(required=True, allow_none=True)
    owner_id = fields.UUID(required=True, allow_none=True, metadata={"description": "account of whoever made it"})
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    version = fields.Integer(required=True, metadata={"description": "of the record; a change sends it as `If-Match`"})
    created_at = fields.AwareDateTime(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account of the last change"})
    changes_hash = fields.String(required=True)
    change_count = fields.Integer(required=True)


class ScenarioSchema(ScenarioHeadSchema):
    """A scenario with its changes."""

    changes = fields.List(fields.Nested(ScenarioChangeSchema), required=True)


class ScenariosSchema(Schema):
    """Scenarios, the newest first."""

    items = fields.List(fields.Nested(ScenarioHeadSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class EffectRowSchema(Schema):
    """
    What changes for the people of an area.

    kept + lost = covered before, kept + gained = covered after; with `outside` they are all elders.
    """

    area_code = fields.String(required=True)
    level = fields.String(
        required=True, metadata={"description": "`elsewhere`: elders of the area whose community is not known"}
    )
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    elders = fields.Integer(required=True, allow_none=True)
    covered_before = fields.Integer(required=True, allow_none=True)
    covered_after = fields.Integer(required=True, allow_none=True)
    change = fields.Integer(required=True, allow_none=True)
    gained = fields.Integer(required=True, allow_none=True)
    kept = fields.Integer(required=True, allow_none=True)
    lost = fields.Integer(required=True, allow_none=True)
    outside = fields.Integer(required=True, allow_none=True, metadata={"description": "neither before nor after"})
    sites_before = fields.Integer(required=True)
    sites_after = fields.Integer(required=True)
    was_covered = fields.Boolean(required=True, allow_none=True, attribute="state_before")
    is_covered = fields.Boolean(required=True, allow_none=True, attribute="state_after")
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class StatesEffectSchema(Schema):
    """Communities that come to count as covered, stay so, cease to, or do not in either case."""

    gained = fields.Integer(required=True)
    kept = fields.Integer(required=True)
    lost = fields.Integer(required=True)
    outside = fields.Integer(required=True)
    left_out = fields.Integer(required=True, metadata={"description": "without elders and site"})


class ChangeNoteSchema(Schema):
    """What became of one change in this question."""

    change_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    is_applied = fields.Boolean(required=True)
    code = fields.String(required=True, metadata={"description": "`applied`, or why it cannot matter"})
    reason = SaidField(required=True, metadata={"type": "string"})


class EffectSchema(Schema):
    """What a scenario would mean against its base: `rows` and `elsewhere` add up to `totals`."""

    scenario_id = fields.UUID(required=True, attribute="scenario.id")
    version = fields.Integer(required=True, attribute="scenario.version")
    totals = fields.Nested(EffectRowSchema, required=True)
    communities = fields.Nested(StatesEffectSchema, required=True)
    rows = fields.List(
        fields.Nested(EffectRowSchema), required=True, metadata={"description": "one for each community, by code"}
    )
    elsewhere = fields.Nested(EffectRowSchema, required=True)
    notes = fields.List(fields.Nested(ChangeNoteSchema), required=True)
    assumptions = fields.Dict(keys=fields.String(), required=True)
