"""Coverage on the wire: runs, and GeoJSON of gaps, areas, circles and hexagons."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from dispatch import coverage
from dispatch.api.schemas.coverage_queries import AREA_CODE, NAME_MAX_LENGTH

MOMENT_MAX_LENGTH = 20


class CoverageRunWishSchema(Schema):
    """A coverage run that is wanted."""

    area_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=AREA_CODE,
        metadata={"example": "120198", "description": "needed without scenario_id"},
    )
    service_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={
            "description": "code or Chinese label; services below it count too; needed without scenario_id",
            "example": "day_care",
        },
    )
    scenario_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "its changes are taken as made; what is left out of the question is the scenario's"},
    )
    mode = fields.Enum(coverage.Mode, by_value=True, load_default=coverage.Mode.WALK)
    speed_mps = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(coverage.SPEED_MIN_MPS, coverage.SPEED_MAX_MPS),
        metadata={"example": 1.0, "description": "of elders on foot; 1.0 where left out. A carer's is the mode's own"},
    )
    limit_min = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(coverage.LIMIT_MIN_MIN, coverage.LIMIT_MAX_MIN),
        metadata={"example": 15, "description": "15 for elders on foot and 30 for carers where left out"},
    )
    as_of = fields.Date(load_default=None, allow_none=True, metadata={"description": "sites and homes of this date"})
    at_local = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOMENT_MAX_LENGTH),
        metadata={
            "description": "only sites open then count, on local clocks: Su 18:00 (the first from as_of on), or "
            "2026-03-29T18:00"
        },
    )
    unknown_hours = fields.Enum(
        coverage.UnknownHours,
        by_value=True,
        load_default=coverage.UnknownHours.EXCLUDE,
        metadata={"description": "what a site without hours means at at_local"},
    )
    capacity = fields.Enum(
        coverage.CapacityRule,
        by_value=True,
        load_default=coverage.CapacityRule.IGNORED,
        metadata={"description": "which places limit who is covered"},
    )

    @validates_schema
    def needs_a_question(self, data: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a wish that says neither what is asked nor which scenario says it."""
        missing = [name for name in ("area_code", "service_code") if data.get(name) is None]
        if missing and data.get("scenario_id") is None:
            raise ValidationError({name: ["Missing data for required field."] for name in missing})


class CoverageJudgedSchema(Schema):
    """How many areas of a level count as covered; those with nobody and no site are left out."""

    counted = fields.Integer(required=True)
    covered = fields.Integer(required=True)
    covered_share = fields.Float(required=True, allow_none=True)
    left_out = fields.Integer(required=True)
    borderline = fields.Integer(required=True)


class CoverageSettlementSchema(CoverageJudgedSchema):
    """The same for the communities of town or country, with their elders and own sites."""

    elders = fields.Integer(required=True, allow_none=True)
    covered_elders = fields.Integer(required=True, allow_none=True)
    covered_elders_share = fields.Float(required=True, allow_none=True)
    with_own_site = fields.Integer(required=True)


class CoverageSettlementsSchema(Schema):
    """Town and country."""

    urban = fields.Nested(CoverageSettlementSchema, required=True)
    rural = fields.Nested(CoverageSettlementSchema, required=True)


class CoverageTotalsSchema(Schema):
    """The figures of the whole area. People, communities and subdistricts are three figures."""

    elders = fields.Integer(required=True, allow_none=True)
    covered = fields.Integer(required=True, allow_none=True)
    covered_share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "unlocated elders count as uncovered; null without elders"},
    )
    located_share = fields.Float(required=True, allow_none=True, metadata={"description": "unlocated elders left out"})
    unlocated_elders = fields.Integer(required=True, allow_none=True)
    sites = fields.Integer(required=True)
    unlocated_sites = fields.Integer(required=True)
    places = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of the sites here; null where capacity was ignored"}
    )
    places_an_elder = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "mean of the two-step floating catchment; null where capacity was ignored"},
    )
    band = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(allow_none=True),
        required=True,
        metadata={
            "description": "covered at 10, 12, 15, 18, 20 minutes, at the slower speed, by the straight line; "
            "within_limit: near enough, with or without a place"
        },
    )
    communities = fields.Nested(CoverageJudgedSchema, required=True)
    subdistricts = fields.Nested(CoverageJudgedSchema, required=True)
    settlements = fields.Nested(CoverageSettlementsSchema, required=True)
    outside_communities = fields.Integer(
        required=True, allow_none=True, metadata={"description": "elders whose community is not known"}
    )


class CoverageRunSchema(Schema):
    """A stored run with everything it rests on."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    mode = fields.String(required=True)
    speed_mps = fields.Float(required=True)
    limit_s = fields.Integer(required=True)
    as_of = fields.Date(required=True)
    at_local = fields.String(
        required=True, allow_none=True, metadata={"description": "sites had to be open then, on local clocks"}
    )
    unknown_hours = fields.String(required=True, validate=validate.OneOf([one.value for one in coverage.UnknownHours]))
    capacity = fields.String(required=True, validate=validate.OneOf([one.value for one in coverage.CapacityRule]))
    network_id = fields.String(required=True)
    network_date = fields.AwareDateTime(required=True, allow_none=True, attribute="network_at")
    rule_version = fields.String(required=True)
    inputs_hash = fields.String(required=True)
    scenario_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "its changes were taken as made, see assumptions"}
    )
    scenario_version = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf([one.value for one in coverage.RunStatus]))
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True)
    totals = fields.Nested(CoverageTotalsSchema, required=True)
    assumptions = fields.Dict(keys=fields.String(), required=True)


class CoverageRunsSchema(Schema):
    """Runs, the newest first."""

    items = fields.List(fields.Nested(CoverageRunSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CoverageGeometrySchema(Schema):
    """A GeoJSON geometry in WGS 84, longitude first."""

    type = fields.String(required=True, validate=validate.OneOf(["Polygon", "MultiPolygon"]))
    coordinates = fields.List(fields.Raw(), required=True)


class CoverageAreaPropertiesSchema(Schema):
    """The figures of one area. Counts of 1 to 4 and what would give them away are null: `suppressed`."""

    run_id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    level = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    elders = fields.Integer(required=True, allow_none=True)
    covered = fields.Integer(required=True, allow_none=True)
    uncovered = fields.Integer(required=True, allow_none=True)
    covered_share = fields.Float(required=True, allow_none=True)
    located_share = fields.Float(required=True, allow_none=True)
    unlocated_elders = fields.Integer(required=True, allow_none=True)
    sites = fields.Integer(required=True)
    unlocated_sites = fields.Integer(required=True)
    band = fields.Dict(keys=fields.String(), values=fields.Integer(allow_none=True), required=True)
    is_covered = fields.Boolean(required=True, allow_none=True, attribute="state")
    is_borderline = fields.Boolean(required=True, allow_none=True)
    nearest_site_id = fields.UUID(required=True, allow_none=True)
    nearest_site_name = fields.String(required=True, allow_none=True)
    nearest_s = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of the median uncovered elder of the area"}
    )
    over_limit_min = fields.Integer(required=True, allow_none=True)
    places = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of the sites here; null where capacity was ignored"}
    )
    places_an_elder = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "mean of the two-step floating catchment; null where capacity was ignored"},
    )
    unmet = fields.Integer(
        required=True, allow_none=True, metadata={"description": "requests that found nobody; with rank=unmet only"}
    )
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class CoverageCirclePropertiesSchema(Schema):
    """One site of the run."""

    site_id = fields.UUID(required=True)
    name = fields.String(required=True)
    area_code = fields.String(required=True)
    lon = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    snap_m = fields.Float(required=True, allow_none=True)
    reached = fields.Integer(required=True, allow_none=True, metadata={"description": "elders within the limit of it"})
    places = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "how many it can take; null where capacity was ignored"},
    )
    served = fields.Integer(
        required=True, allow_none=True, metadata={"description": "how many have a place here; null as above"}
    )
    planned = fields.Boolean(
        required=True, metadata={"description": "only a scenario has it; site_id is the id of the scenario's change"}
    )
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class CoverageCellPropertiesSchema(Schema):
    """One H3 cell, resolution 9."""

    cell = fields.String(required=True)
    walk_s = fields.Integer(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    elders = fields.Integer(required=True, allow_none=True)
    uncovered = fields.Integer(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class CoverageFeatureSchema(Schema):
    """A GeoJSON feature; one without an outline has the geometry null."""

    type = fields.String(required=True, validate=validate.Equal("Feature"))
    id = fields.String(required=True)
    geometry = fields.Nested(CoverageGeometrySchema, required=True, allow_none=True)


class CoverageAreaFeatureSchema(CoverageFeatureSchema):
    """An area or its gap."""

    properties = fields.Nested(CoverageAreaPropertiesSchema, required=True)


class CoverageCircleFeatureSchema(CoverageFeatureSchema):
    """A service circle."""

    properties = fields.Nested(CoverageCirclePropertiesSchema, required=True)


class CoverageCellFeatureSchema(CoverageFeatureSchema):
    """A hexagon."""

    properties = fields.Nested(CoverageCellPropertiesSchema, required=True)


class CoverageCollectionSchema(Schema):
    """A GeoJSON feature collection with what it rests on."""

    type = fields.String(required=True, validate=validate.Equal("FeatureCollection"))
    run_id = fields.UUID(required=True)
    assumptions = fields.Dict(keys=fields.String(), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CoverageAreasGeoJson(CoverageCollectionSchema):
    """Areas or gaps."""

    features = fields.List(fields.Nested(CoverageAreaFeatureSchema), required=True)


class CoverageCirclesGeoJson(CoverageCollectionSchema):
    """Circles."""

    features = fields.List(fields.Nested(CoverageCircleFeatureSchema), required=True)


class CoverageCellsGeoJson(CoverageCollectionSchema):
    """Hexagons."""

    features = fields.List(fields.Nested(CoverageCellFeatureSchema), required=True)


class CoverageChangeSchema(Schema):
    """How one community differs."""

    area_code = fields.String(required=True)
    covered_before = fields.Integer(required=True, allow_none=True)
    covered_after = fields.Integer(required=True, allow_none=True)
    change = fields.Integer(required=True, allow_none=True)
    was_covered = fields.Boolean(required=True, allow_none=True, attribute="state_before")
    is_covered = fields.Boolean(required=True, allow_none=True, attribute="state_after")
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class RunEditSchema(Schema):
    """An edit of the network that a run was made with."""

    edit_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    is_idle = fields.Boolean(required=True, metadata={"description": "no street was near: nothing came of it"})


class CoverageComparisonSchema(Schema):
    """Two runs side by side: the changes and `outside_communities` add up to `change`."""

    a = fields.Nested(CoverageRunSchema, required=True, attribute="before")
    b = fields.Nested(CoverageRunSchema, required=True, attribute="after")
    covered_before = fields.Integer(required=True, allow_none=True)
    covered_after = fields.Integer(required=True, allow_none=True)
    change = fields.Integer(required=True, allow_none=True)
    gained = fields.List(fields.Nested(CoverageChangeSchema), required=True)
    lost = fields.List(fields.Nested(CoverageChangeSchema), required=True)
    unchanged = fields.Integer(required=True)
    outside_communities = fields.Integer(required=True, allow_none=True)
    edits_gained = fields.List(
        fields.Nested(RunEditSchema),
        required=True,
        metadata={"description": "edits of the network that only the second was made with"},
    )
    edits_lost = fields.List(
        fields.Nested(RunEditSchema),
        required=True,
        metadata={"description": "edits of the network that only the first was made with"},
    )
    people_gained = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "covered in b and not in a; less people_lost it is change"},
    )
    people_lost = fields.Integer(required=True, allow_none=True, metadata={"description": "covered in a and not in b"})
    communities_gained = fields.List(
        fields.String(), required=True, metadata={"description": "codes of those that came to count as covered"}
    )
    communities_lost = fields.List(
        fields.String(), required=True, metadata={"description": "codes of those that ceased to count as covered"}
    )
