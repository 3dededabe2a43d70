"""Sitings on the wire: what is wanted, what is proposed, and before and after by area."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from dispatch import areas, coverage, geo
from dispatch.api.language import say
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.coverage_queries import AREA_CODE, NAME_MAX_LENGTH, CoverageRunQuery, refused
from dispatch.api.schemas.geometry import CRS_WANTED
from dispatch.coverage import END_WORDS, Candidate, CandidateSource, Siting, SitingEnd
from dispatch.words import Words

WHOLE = validate.Range(0, coverage.WHOLE_MAX)
PLACES = validate.Range(1, coverage.WHOLE_MAX)


class CandidatesField(fields.List[Any]):
    """A list that is counted before its items are read, so that too long a one costs nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:  # noqa: ANN401 - marshmallow's signature
        if isinstance(value, list) and len(value) > coverage.CANDIDATES_MAX:
            most = coverage.CANDIDATES_MAX
            raise refused(
                Words(
                    f"最多 {most} 个候选点，这里有 {len(value)} 个；请只给出较好的。",
                    f"At most {most} candidates are possible; these are {len(value)}. Give the better ones.",
                )
            )
        found: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        return found


class SitingCandidateSchema(Schema):
    """A place where a site could stand."""

    lon = fields.Float(required=True, metadata={"minimum": -180, "maximum": 180, "example": 117.2})
    lat = fields.Float(required=True, metadata={"minimum": -90, "maximum": 90, "example": 39.1})
    label = fields.String(load_default="", validate=validate.Length(max=coverage.LABEL_MAX_LENGTH))
    capacity = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=PLACES,
        metadata={"description": "how much of the weight it takes; null: that of the wish"},
    )
    cost = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=WHOLE,
        metadata={"description": "in the unit of the budget; null: that of the wish"},
    )


class SitingWishSchema(Schema):
    """The next sites that are wanted."""

    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    service_code = fields.String(
        required=True,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "code or Chinese label; services below it count too", "example": "day_care"},
    )
    picks = fields.Integer(
        required=True,
        validate=validate.Range(1, coverage.PICKS_MAX),
        metadata={"description": "how many sites at most", "example": 3},
    )
    source = fields.Enum(
        CandidateSource,
        by_value=True,
        load_default=CandidateSource.REGISTER,
        metadata={
            "description": "candidates: `register`: its sites that are planned, under construction or suspended; "
            "`points`: those sent along; `nodes`: all nodes of the streets in the area, as a job only"
        },
    )
    candidates = CandidatesField(
        fields.Nested(SitingCandidateSchema),
        load_default=list,
        validate=validate.Length(max=coverage.CANDIDATES_MAX),
    )
    crs = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "enum": [*(system.value for system in geo.ReferenceSystem), None],
            "description": "of the candidates; needed with `points`",
            "example": "wgs84",
        },
    )
    capacity = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=PLACES,
        metadata={"description": "how much of the weight each site takes; null: all that it reaches"},
    )
    cost = fields.Integer(load_default=1, validate=WHOLE, metadata={"description": "of each site, in any unit"})
    budget = fields.Integer(
        load_default=None, allow_none=True, validate=WHOLE, metadata={"description": "of all sites, in the same unit"}
    )
    weight = fields.Enum(
        coverage.SitingWeight,
        by_value=True,
        load_default=coverage.SitingWeight.ELDERS,
        metadata={"description": "what a home counts for: its elder, a member of `category`, its unmatched requests"},
    )
    category = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "code or Chinese label; with the weight `category`"},
    )
    is_proof_wanted = fields.Boolean(
        load_default=False, metadata={"description": "look for a better choice until there is none; as a job only"}
    )
    proof_s = fields.Integer(
        load_default=60,
        validate=validate.Range(1, coverage.PROOF_MAX_S),
        metadata={"description": "the proof ends after so many seconds"},
    )
    searched_max = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, coverage.SEARCHED_MAX),
        metadata={"description": "the proof ends after so many nodes of its tree: at the same place each time"},
    )
    speed_mps = fields.Float(
        load_default=1.0,
        validate=validate.Range(coverage.SPEED_MIN_MPS, coverage.SPEED_MAX_MPS),
        metadata={"example": 1.0},
    )
    limit_min = fields.Integer(
        load_default=15,
        validate=validate.Range(coverage.LIMIT_MIN_MIN, coverage.LIMIT_MAX_MIN),
        metadata={"example": 15},
    )
    as_of = fields.Date(load_default=None, allow_none=True, metadata={"description": "sites and homes of this date"})

    @post_load
    def read_candidates(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401 - marshmallow's signature
        """Bring the candidates into WGS 84."""
        crs, sent = data.pop("crs"), data["candidates"]
        if sent and crs is None:
            raise ValidationError({"crs": [CRS_WANTED["required"]]})
        # one outside the study area is outside the area too, and is told so one by one
        points = areas.read_points([((one["lon"], one["lat"]), crs) for one in sent], study_area=None)
        faults: dict[str, Any] = {
            f"candidates.{number}": point.fields
            for number, point in enumerate(points)
            if isinstance(point, areas.InvalidPointError)
        }
        if faults:
            first = next(iter(faults.values()))
            raise ValidationError({"crs": first["crs"]} if "crs" in first else faults)
        data["candidates"] = tuple(
            Candidate(
                point.lonlat,
                label=one["label"],
                capacity=data["capacity"] if one["capacity"] is None else one["capacity"],
                cost=data["cost"] if one["cost"] is None else one["cost"],
            )
            for point, one in zip(points, sent, strict=True)
            if isinstance(point, areas.Point)
        )
        return data


class SitingPickSchema(Schema):
    """One proposed site. A gain of 1 to 4, and what would give it away, is null: `suppressed`."""

    rank = fields.Integer(required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    label = fields.String(required=True)
    site_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "the site of the register that it is"}
    )
    capacity = fields.Integer(required=True, allow_none=True)
    cost = fields.Integer(required=True)
    gain = fields.Integer(
        required=True, allow_none=True, metadata={"description": "weight that it covers beside all before it"}
    )
    snap_m = fields.Float(required=True, metadata={"description": "to its street"})
    scenario_change = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "the change that opens it in a scenario: send it to `/v1/coverage/scenarios`"},
    )
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        """Take longitude and latitude from the point."""
        if attr in {"lon", "lat"}:
            return obj.point_ll[attr == "lat"]
        return super().get_attribute(obj, attr, default)


class SitingRefusedSchema(Schema):
    """A candidate that was not considered."""

    number = fields.Integer(required=True, metadata={"description": "its place in what was sent, from 0"})
    label = fields.String(required=True)
    site_id = fields.UUID(required=True, allow_none=True)
    reason = fields.Enum(coverage.Refusal, by_value=True, required=True)


class SitingProofSchema(Schema):
    """How far the proof came, and how large the model was after the reductions."""

    state = fields.String(required=True, validate=validate.OneOf([one.value for one in coverage.ProofState]))
    candidates = fields.Integer(required=True)
    groups = fields.Integer(required=True)
    searched = fields.Integer(required=True, metadata={"description": "nodes of the tree"})


class SitingAreaSchema(Schema):
    """
    One area before and after: kept and gained are covered after, kept and lost before.

    With `outside` they add up to `elders`.
    """

    area_code = fields.String(required=True)
    level = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    elders = fields.Integer(required=True, allow_none=True)
    covered_before = fields.Integer(required=True, allow_none=True)
    covered_after = fields.Integer(required=True, allow_none=True)
    share_before = fields.Float(required=True, allow_none=True)
    share_after = fields.Float(required=True, allow_none=True)
    gained = fields.Integer(required=True, allow_none=True)
    kept = fields.Integer(required=True, allow_none=True)
    lost = fields.Integer(required=True, allow_none=True)
    outside = fields.Integer(required=True, allow_none=True)
    weight = fields.Integer(required=True, allow_none=True)
    weight_before = fields.Integer(required=True, allow_none=True)
    weight_after = fields.Integer(required=True, allow_none=True)
    with_way_before = fields.Integer(
        required=True, allow_none=True, metadata={"description": "elders with a way to any site"}
    )
    with_way_after = fields.Integer(required=True, allow_none=True)
    mean_walk_s_before = fields.Float(
        required=True, allow_none=True, metadata={"description": "of those with a way to any site"}
    )
    mean_walk_s_after = fields.Float(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")


class SitingSchema(Schema):
    """A stored siting with everything it rests on. `refused` comes with one siting, not with the list."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    service_code = fields.String(required=True)
    as_of = fields.Date(required=True)
    speed_mps = fields.Float(required=True)
    limit_s = fields.Integer(required=True)
    network_id = fields.String(required=True)
    network_date = fields.AwareDateTime(required=True, allow_none=True, attribute="network_at")
    rule_version = fields.String(required=True)
    inputs_hash = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf([one.value for one in coverage.RunStatus]))
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True)
    wish = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "what was asked for, without the candidates"}
    )
    objective = fields.Integer(
        required=True, allow_none=True, metadata={"description": "weight that the picks add together"}
    )
    best_bound = fields.Integer(
        required=True, allow_none=True, metadata={"description": "no choice of sites adds more"}
    )
    gap = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "(best_bound - objective) / objective; 0: no choice is better"},
    )
    guaranteed_share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "of the best choice, that this way of choosing reaches whatever the numbers are"},
    )
    end = fields.String(required=True, validate=validate.OneOf([one.value for one in SitingEnd]))
    end_reason = fields.Method("say_end", required=True, metadata={"type": "string"})
    proof = fields.Nested(SitingProofSchema, required=True)
    considered = fields.Integer(required=True, metadata={"description": "candidates that could be used"})
    refusals = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "how many candidates were not considered, by reason"},
    )
    total = fields.Nested(SitingAreaSchema, required=True)
    picks = fields.List(fields.Nested(SitingPickSchema), required=True)
    refused = fields.List(fields.Nested(SitingRefusedSchema), required=True)
    suppressed = fields.Boolean(required=True, attribute="is_suppressed")
    assumptions = fields.Dict(keys=fields.String(), required=True)

    def say_end(self, found: Siting) -> str:
        """Say in the reader's language why no further site was picked."""
        return say(END_WORDS[SitingEnd(found.end)])


class SitingQuery(CoverageRunQuery):
    """Which sitings."""


class SitingsSchema(Schema):
    """Sitings, the newest first."""

    items = fields.List(fields.Nested(SitingSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SitingAreasQuery(PageQuery):
    """Which areas."""

    level = fields.Enum(areas.Level, by_value=True, load_default=areas.Level.COMMUNITY)


class SitingAreasSchema(Schema):
    """Areas before and after, in the order of codes."""

    items = fields.List(fields.Nested(SitingAreaSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SitingPointSchema(Schema):
    """A GeoJSON point in WGS 84, longitude first."""

    type = fields.String(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(fields.Float(), required=True)


class SitingPickFeatureSchema(Schema):
    """A proposed site as a GeoJSON feature."""

    type = fields.String(required=True, validate=validate.Equal("Feature"))
    id = fields.String(required=True)
    geometry = fields.Nested(SitingPointSchema, required=True)
    properties = fields.Nested(SitingPickSchema, required=True)


class SitingPicksGeoJson(Schema):
    """Proposed sites as GeoJSON, the first pick first."""

    type = fields.String(required=True, validate=validate.Equal("FeatureCollection"))
    siting_id = fields.UUID(required=True)
    assumptions = fields.Dict(keys=fields.String(), required=True)
    features = fields.List(fields.Nested(SitingPickFeatureSchema), required=True)
