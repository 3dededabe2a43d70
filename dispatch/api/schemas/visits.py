"""Visits, logs and the visit rate in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import geo, visits
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.elder_parts import KNOWN_AT

ANSWERS_MAX = 100  # of one checklist
TEXT_MAX = 100  # characters of a code or version


class FixSchema(Schema):
    """Where the phone was."""

    lon = fields.Float(required=True, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))
    crs = fields.Enum(
        geo.ReferenceSystem, by_value=True, required=True, metadata={"description": "what lon and lat mean"}
    )
    accuracy_m = fields.Float(load_default=None, allow_none=True, validate=validate.Range(0, 1e6))


class VisitLogSchema(Schema):
    """
    What was done on a visit.

    Six elements make it a visit: service, elder, place, carer, start and end; its date is the local date of
    the start.
    """

    log_id = fields.UUID(required=True, metadata={"description": "made by the phone; the same when it is sent again"})
    service_code = fields.String(required=True, validate=validate.Length(1, TEXT_MAX), metadata={"example": "visiting"})
    elder_id = fields.UUID(required=True)
    carer_id = fields.UUID(required=True, metadata={"description": "one's own"})
    place = fields.Enum(visits.Place, by_value=True, required=True)
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True)
    mode = fields.Enum(visits.VisitMode, by_value=True, required=True)
    outcome = fields.Enum(visits.VisitOutcome, by_value=True, required=True)
    device_at = fields.AwareDateTime(required=True, metadata={"description": "the phone's clock when this was made"})
    visit_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "of the planned visit"})
    fix = fields.Nested(FixSchema, load_default=None, allow_none=True)
    checklist_version = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, TEXT_MAX))
    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(1, TEXT_MAX)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=ANSWERS_MAX),
        metadata={"description": "of the checklist, by question"},
    )

    @post_load
    def to_entry(self, data: dict[str, Any], **_: Any) -> visits.VisitLogEntry:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation is asked with; the fix in WGS 84."""
        fix = data.pop("fix")
        if fix:
            data["fix_ll"] = geo.to_wgs84((fix["lon"], fix["lat"]), crs=fix["crs"])
            data["fix_accuracy_m"] = fix["accuracy_m"]
        return visits.VisitLogEntry(**data)


class KeptLogSchema(Schema):
    """A log as it was kept."""

    log_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    elder_id = fields.UUID(required=True)
    carer_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    mode = fields.Enum(visits.VisitMode, by_value=True, required=True)
    outcome = fields.Enum(visits.VisitOutcome, by_value=True, required=True)
    service_on = fields.Date(required=True, metadata={"description": "the local date of the start"})
    started_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True)
    place = fields.Enum(visits.Place, by_value=True, required=True)
    device_at = fields.AwareDateTime(required=True, metadata={"description": "the phone's clock"})
    received_at = fields.AwareDateTime(required=True, metadata={"description": "our clock"})
    verdict = fields.Enum(visits.Verdict, by_value=True, required=True)


class LogQuery(PageQuery):
    """Which logs."""

    elder = fields.UUID(load_default=None)


class KeptLogsSchema(Schema):
    """A page of logs, the latest first."""

    items = fields.List(fields.Nested(KeptLogSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DayQuery(Schema):
    """Which day."""

    on = fields.Date(load_default=None, metadata={"description": "local date; today where it is left out"})


class VisitSchema(Schema):
    """A visit of one carer's day."""

    visit_id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    service_code = fields.String(required=True)
    purpose = fields.Enum(visits.VisitPurpose, by_value=True, required=True)
    window_from_at = fields.AwareDateTime(required=True)
    window_to_at = fields.AwareDateTime(required=True)
    start_at = fields.AwareDateTime(required=True, allow_none=True)
    visit_min = fields.Integer(required=True)
    pair_id = fields.UUID(required=True, allow_none=True, metadata={"description": "of the visit that goes with it"})
    slot_no = fields.Integer(required=True)
    status = fields.Enum(visits.VisitStatus, by_value=True, required=True)
    outcome = fields.Enum(visits.VisitOutcome, by_value=True, required=True, allow_none=True)


class DaySchema(Schema):
    """One carer's day, in order."""

    on = fields.Date(required=True)
    items = fields.List(fields.Nested(VisitSchema), required=True)


class RateQuery(Schema):
    """Which area and month."""

    area = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198"})
    month = fields.String(
        required=True, validate=validate.Regexp(r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$"), metadata={"example": "2026-03"}
    )
    names = fields.Boolean(
        load_default=False, metadata={"description": "with who was not visited; each name shown leaves an access line"}
    )
    known_at = fields.AwareDateTime(load_default=None, metadata={"description": KNOWN_AT})


class CountSchema(Schema):
    """Due = visited + unvisited; null where a count is hidden."""

    due = fields.Integer(required=True, allow_none=True)
    visited = fields.Integer(required=True, allow_none=True)
    unvisited = fields.Integer(required=True, allow_none=True)
    rate_strict_share = fields.Float(
        required=True, allow_none=True, metadata={"description": "visited / due; null where nobody was due"}
    )
    suppressed = fields.Boolean(required=True, metadata={"description": "true: small counts are hidden"})


class AreaCountSchema(CountSchema):
    """Of one area."""

    area_code = fields.String(required=True)


class CarerCountSchema(CountSchema):
    """Of one community worker; null: nobody answered for these elders."""

    carer_id = fields.UUID(required=True, allow_none=True)


class CategoryCountSchema(CountSchema):
    """Of one category; rows overlap."""

    category = fields.String(required=True)


class SetRuleSchema(Schema):
    """The category set that decided who was due."""

    area_code = fields.String(required=True)
    set_key = fields.String(required=True)
    members = fields.List(fields.String(), required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    is_open = fields.Boolean(required=True, metadata={"description": "the text's list is not closed"})
    clause = fields.String(required=True, allow_none=True)


class ModeRuleSchema(Schema):
    """The modes that counted; without a rule of the area door visits only."""

    area_code = fields.String(required=True, allow_none=True)
    modes = fields.List(fields.String(), required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True)


class UnvisitedSchema(Schema):
    """An elder who was due and not visited."""

    elder_id = fields.UUID(required=True)
    name = fields.String(required=True)
    area_code = fields.String(required=True)
    carer_id = fields.UUID(required=True, allow_none=True)


class RateSchema(CountSchema):
    """The visit rate of an area in a month, before any exclusion, with its period and rules."""

    area_code = fields.String(required=True)
    month = fields.String(required=True)
    period_from = fields.Date(required=True)
    period_to = fields.Date(required=True, metadata={"description": "not included"})
    counted_at = fields.AwareDateTime(required=True, metadata={"description": "what was known then"})
    is_month_over = fields.Boolean(required=True)
    rule_version = fields.String(required=True)
    sets = fields.List(fields.Nested(SetRuleSchema), required=True)
    modes = fields.List(fields.Nested(ModeRuleSchema), required=True)
    services = fields.List(fields.String(), required=True, metadata={"description": "whose logs count"})
    outcomes = fields.List(fields.String(), required=True, metadata={"description": "that count as a visit"})
    by_area = fields.List(
        fields.Nested(AreaCountSchema),
        required=True,
        metadata={"description": "of all levels below; areas of one level add up to the whole"},
    )
    by_worker = fields.List(fields.Nested(CarerCountSchema), required=True, allow_none=True)
    by_category = fields.List(fields.Nested(CategoryCountSchema), required=True)
    unvisited_elders = fields.List(
        fields.Nested(UnvisitedSchema), required=True, allow_none=True, metadata={"description": "null without `names`"}
    )
