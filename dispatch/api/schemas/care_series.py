"""Care series in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import elders, intake
from dispatch.api.language import say
from dispatch.api.paging import PageQuery
from dispatch.api.schemas.intake import AREA, AskedSchema

RULE_DOC = "RFC 5545: FREQ DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, COUNT or UNTIL; a year at most"
TIME_DOC = "local time of the day, on whatever date"
TIME = "%H:%M"


class LocalTime(fields.Time):
    """A time of the day without a zone, such as 09:30."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Read and write hours and minutes."""
        kind = ["string", "null"] if kwargs.get("allow_none") else "string"
        shape = {"json_schema": {"type": kind, "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "09:30"}}
        kwargs["metadata"] = kwargs.get("metadata", {}) | shape
        super().__init__(format=TIME, **kwargs)


class SeriesWishSchema(AskedSchema):
    """What somebody asks for again and again."""

    rrule = fields.String(
        required=True,
        validate=validate.Length(1, intake.RRULE_MAX_LENGTH),
        metadata={"description": RULE_DOC, "example": "FREQ=WEEKLY;BYDAY=TU;COUNT=10"},
    )
    starts_on = fields.Date(required=True, metadata={"description": "local date from which the rule counts"})
    from_time = LocalTime(required=True, metadata={"description": TIME_DOC})
    to_time = LocalTime(required=True, metadata={"description": TIME_DOC})

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> intake.SeriesWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        sex = data.pop("carer_sex")
        return intake.SeriesWish(**data, carer_sex=sex.value if sex else None)


class PauseWishSchema(Schema):
    """From when to when a series is to wait, and why."""

    from_on = fields.Date(required=True, metadata={"description": "first local date of the pause"})
    to_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "first local date after it; left out, the pause lasts until it is ended"},
    )
    reason = fields.Enum(intake.HoldReason, by_value=True, required=True)

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> intake.PauseWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return intake.PauseWish(data["from_on"], data["to_on"], intake.PauseReason(data["reason"].value))


class PauseEndSchema(Schema):
    """When a pause ends."""

    on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "first local date on which the series goes on; left out: today"},
    )


class SeriesExceptionWishSchema(Schema):
    """What becomes of one date of a series."""

    on = fields.Date(required=True, metadata={"description": "a date that the series' rule gives"})
    kind = fields.Enum(intake.ExceptionKind, by_value=True, required=True)
    moved_to_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "the new local date"})
    from_time = LocalTime(load_default=None, allow_none=True, metadata={"description": TIME_DOC})
    to_time = LocalTime(load_default=None, allow_none=True, metadata={"description": TIME_DOC})

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> intake.ExceptionWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return intake.ExceptionWish(**data)


class SeriesEndSchema(Schema):
    """From when on a series ends, and why."""

    reason = fields.Enum(intake.CancelReason, by_value=True, required=True)
    on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "first local date on which there is none any more; left out: today"},
    )


class PauseSchema(Schema):
    """A pause of a series."""

    id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True, allow_none=True)
    reason = fields.Enum(
        intake.PauseReason,
        by_value=True,
        required=True,
        metadata={"description": "moved_out and admitted come from the record; an officer ends such a pause"},
    )


class SeriesExceptionSchema(Schema):
    """One date of a series that is skipped or moved."""

    on = fields.Date(required=True)
    kind = fields.Enum(intake.ExceptionKind, by_value=True, required=True)
    moved_to_on = fields.Date(required=True, allow_none=True)
    from_time = LocalTime(required=True, allow_none=True)
    to_time = LocalTime(required=True, allow_none=True)


class OccurrenceSchema(Schema):
    """One date of a series: what became of it, and why where nobody comes."""

    on = fields.Date(required=True, metadata={"description": "the date that the rule gives"})
    service_on = fields.Date(required=True, metadata={"description": "another one where it was moved"})
    from_time = LocalTime(required=True)
    to_time = LocalTime(required=True)
    state = fields.Enum(intake.OccurrenceState, by_value=True, required=True)
    state_label = fields.Function(
        lambda one: say(one.state_words), required=True, metadata={"type": "string", "description": "for reading"}
    )
    reason = fields.Enum(
        intake.PauseReason,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "why it is paused"},
    )
    care_request_id = fields.UUID(required=True, allow_none=True)
    request_status = fields.Enum(intake.RequestStatus, by_value=True, required=True, allow_none=True)
    blocked_by = fields.UUID(
        required=True, allow_none=True, metadata={"description": "the open request that stands in its place"}
    )
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "why no request was made: the code of the error"}
    )
    detail = fields.Function(
        lambda one: say(one.words) if one.words else None,
        required=True,
        metadata={
            "description": "why no request was made, and who can clear it",
            "json_schema": {"type": ["string", "null"]},
        },
    )


class SeriesHeadSchema(Schema):
    """A series without its dates; of the elder the id alone."""

    id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    area_code = fields.String(required=True, metadata={"description": "where the elder lives"})
    service_code = fields.String(required=True)
    channel = fields.Enum(intake.Channel, by_value=True, required=True)
    urgency = fields.Enum(intake.Urgency, by_value=True, required=True)
    requested_by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    on_behalf_of = fields.String(required=True, allow_none=True)
    rrule = fields.String(required=True, metadata={"description": RULE_DOC})
    starts_on = fields.Date(required=True)
    last_on = fields.Date(required=True, metadata={"description": "the last date that the rule gives"})
    from_time = LocalTime(required=True, metadata={"description": TIME_DOC})
    to_time = LocalTime(required=True, metadata={"description": TIME_DOC})
    carers_needed = fields.Integer(required=True, allow_none=True)
    pairing = fields.Enum(intake.Pairing, by_value=True, required=True, allow_none=True)
    carer_sex = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([None, *(each.value for each in elders.Sex)])
    )
    status = fields.Enum(intake.SeriesStatus, by_value=True, required=True)
    ended_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "first date on which there is none any more"}
    )
    end_reason = fields.Enum(intake.SeriesEndReason, by_value=True, required=True, allow_none=True)
    pauses = fields.List(fields.Nested(PauseSchema), required=True)
    exceptions = fields.List(fields.Nested(SeriesExceptionSchema), required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class CareSeriesSchema(SeriesHeadSchema):
    """A series with all its dates."""

    occurrences = fields.List(fields.Nested(OccurrenceSchema), required=True)


class CareSeriesQuery(PageQuery):
    """Which series."""

    status = fields.Enum(intake.SeriesStatus, by_value=True, load_default=None)
    elder = fields.UUID(load_default=None, metadata={"description": "of one elder"})
    area = fields.String(load_default=None, validate=AREA, metadata={"description": "of this area and below"})


class CareSeriesListSchema(Schema):
    """A page of series, newest first."""

    items = fields.List(fields.Nested(SeriesHeadSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
