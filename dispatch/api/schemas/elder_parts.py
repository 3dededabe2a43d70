"""The parts of an elder's record on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import elders
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.directory import LONGEST_TEXT, NAME
from dispatch.api.schemas.geometry import PointOutSchema, PointSchema

if TYPE_CHECKING:
    from enum import StrEnum

KNOWN_AT = "as it was on record at that time, whatever was corrected since; now where it is left out"
MOST_A_MONTH, LAST_OF_LADDER = 200, 20
TEXT = validate.Length(0, LONGEST_TEXT)


def _kept(kinds: type[StrEnum], *, allow_none: bool = False) -> fields.String:
    """Make the field of a member of a closed list, as it is kept."""
    return fields.String(required=True, allow_none=allow_none, validate=validate.OneOf([kind.value for kind in kinds]))


class SpanSchema(Schema):
    """From a date up to, not including, another."""

    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True, metadata={"description": "not included; null: open"})


class EntrySchema(Schema):
    """An entry of a record; a correction supersedes it."""

    entry_id = fields.UUID(required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "not included; null: open"})
    recorded_at = fields.AwareDateTime(required=True)
    superseded_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: it stands; otherwise when it was corrected"}
    )


class KnownQuery(Schema):
    """As known at which time."""

    known_at = fields.AwareDateTime(load_default=None, metadata={"description": KNOWN_AT})


class ResidenceWishSchema(SpanSchema):
    """Where an elder lives; without a point the home is unlocated."""

    kind = fields.Enum(elders.ResidenceKind, by_value=True, required=True)
    area_code = fields.String(required=True, validate=AREA_CODE, metadata={"example": "120198001001"})
    address = fields.String(required=True, validate=TEXT)
    point = fields.Nested(PointSchema, load_default=None, allow_none=True)
    located_by = fields.Enum(elders.LocatedBy, by_value=True, load_default=None, allow_none=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.ResidenceRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value; the point as it was sent, with its reference system."""
        point = data.pop("point")
        sent = {"lon": point.raw[0], "lat": point.raw[1], "crs": point.crs.value} if point else {}
        return elders.ResidenceRecord(**data, **sent)


class ResidenceEntrySchema(EntrySchema):
    """Where an elder lives or lived."""

    kind = _kept(elders.ResidenceKind)
    area_code = fields.String(required=True)
    address = fields.String(required=True)
    point = fields.Nested(PointOutSchema, required=True, allow_none=True)
    located_by = _kept(elders.LocatedBy, allow_none=True)


class MembershipWishSchema(SpanSchema):
    """A category that an elder belongs to."""

    category = fields.String(
        required=True, validate=NAME, metadata={"description": "of the list `category`", "example": "living_alone"}
    )
    basis = fields.String(load_default="", validate=TEXT, metadata={"description": "on what ground"})

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.MembershipRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.MembershipRecord(**data)


class MembershipEntrySchema(EntrySchema):
    """A category that an elder belongs or belonged to."""

    category = fields.String(required=True, metadata={"description": "of the list `category`"})
    basis = fields.String(required=True, metadata={"description": "on what ground"})


class NeedWishSchema(SpanSchema):
    """A service that an elder needs."""

    service_code = fields.String(
        required=True, validate=NAME, metadata={"description": "a code of the list `service`", "example": "meals"}
    )
    per_month = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, MOST_A_MONTH))

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.NeedRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.NeedRecord(**data)


class NeedEntrySchema(EntrySchema):
    """A service that an elder needs or needed."""

    service_code = fields.String(required=True)
    per_month = fields.Integer(required=True, allow_none=True)


class AbsenceWishSchema(SpanSchema):
    """An elder is away from home."""

    kind = fields.Enum(elders.AbsenceKind, by_value=True, required=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.AbsenceRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.AbsenceRecord(**data)


class AbsenceEntrySchema(EntrySchema):
    """An elder is or was away from home."""

    kind = _kept(elders.AbsenceKind)


class ConsentWishSchema(SpanSchema):
    """What an elder agrees to or refuses."""

    purpose = fields.Enum(elders.ConsentPurpose, by_value=True, required=True)
    state = fields.Enum(elders.ConsentState, by_value=True, required=True)
    channel = fields.Enum(elders.ConsentChannel, by_value=True, required=True)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.ConsentRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.ConsentRecord(**data)


class ConsentEntrySchema(EntrySchema):
    """What an elder agreed to or refused."""

    purpose = _kept(elders.ConsentPurpose)
    state = _kept(elders.ConsentState)
    channel = _kept(elders.ConsentChannel)
    reviewed_by = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "account of the officer who recorded it"},
    )


class RiskWishSchema(SpanSchema):
    """How closely an elder is watched."""

    level = fields.Enum(elders.Risk, by_value=True, required=True)
    reason = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.RiskRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.RiskRecord(**data)


class RiskEntrySchema(EntrySchema):
    """How closely an elder is or was watched."""

    level = _kept(elders.Risk)
    reason = fields.String(required=True)


class ContactWishSchema(Schema):
    """Somebody to call for an elder."""

    name = fields.String(required=True, validate=NAME)
    relation = fields.Enum(elders.Relation, by_value=True, required=True)
    phone = fields.String(required=True, validate=validate.Length(1, 40), metadata={"example": "19000000001"})
    ladder_order = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, LAST_OF_LADDER),
        metadata={"description": "who is called first; null: not for alerts"},
    )

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.ContactRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.ContactRecord(**data)


class ContactSchema(Schema):
    """Somebody to call for an elder."""

    contact_id = fields.UUID(required=True)
    name = fields.String(required=True)
    relation = fields.Enum(elders.Relation, by_value=True, required=True)
    phone = fields.String(required=True, metadata={"example": "+8619000000001"})
    ladder_order = fields.Integer(
        required=True, allow_none=True, metadata={"description": "who is called first; null: not for alerts"}
    )


class ContactsSchema(Schema):
    """Whom to call for an elder."""

    items = fields.List(fields.Nested(ContactSchema), required=True)


class EventWishSchema(Schema):
    """What befell an elder."""

    kind = fields.Enum(elders.EventKind, by_value=True, required=True)
    on = fields.Date(required=True)
    to_area_code = fields.String(
        load_default=None,
        allow_none=True,
        validate=AREA_CODE,
        metadata={"description": "of moved_out: where the elder goes; a community of ours goes on counting the elder"},
    )
    evidence = fields.String(load_default=None, allow_none=True, validate=TEXT)

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.EventRecord:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.EventRecord(**data)


class ElderEventSchema(Schema):
    """What befell an elder."""

    event_id = fields.UUID(required=True)
    kind = fields.Enum(elders.EventKind, by_value=True, required=True)
    on = fields.Date(required=True)
    to_area_code = fields.String(required=True, allow_none=True)
    evidence = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)


class ElderEventsSchema(Schema):
    """What befell an elder, in order."""

    items = fields.List(fields.Nested(ElderEventSchema), required=True)


def _example_scores() -> dict[str, int]:
    return dict(elders.ASSESSMENT_ITEMS)


class AssessmentWishSchema(Schema):
    """An assessment by GB/T 42195-2022; total and grade follow from the scores."""

    item_scores = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True),
        required=True,
        validate=validate.Length(max=len(elders.ASSESSMENT_ITEMS)),
        metadata={"description": "all 26 items; the highest score is that of no loss", "example": _example_scores()},
    )
    adjustments = fields.List(
        fields.Enum(elders.Adjustment, by_value=True),
        load_default=(),
        validate=validate.Length(max=len(elders.Adjustment)),
        metadata={"description": "coma: complete loss; any other: one grade worse, once"},
    )
    assessor = fields.String(required=True, validate=NAME)
    assessed_on = fields.Date(required=True)
    valid_to = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "not included; left out: as the area's rule says, else 12 months"},
    )

    @post_load
    def to_record(self, data: dict[str, Any], **_: Any) -> elders.NewAssessment:  # noqa: ANN401 - marshmallow's signature
        """Give the value."""
        return elders.NewAssessment(**data | {"adjustments": tuple(data["adjustments"])})


class AssessmentEntrySchema(Schema):
    """An assessment; scores and total are null where only the grade is known."""

    assessment_id = fields.UUID(required=True)
    standard = fields.String(required=True)
    item_scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, allow_none=True)
    total = fields.Integer(required=True, allow_none=True)
    adjustments = fields.List(fields.Enum(elders.Adjustment, by_value=True), required=True)
    grade = fields.Enum(elders.Grade, by_value=True, required=True)
    assessor = fields.String(required=True, allow_none=True)
    assessed_on = fields.Date(required=True)
    valid_to = fields.Date(required=True, metadata={"description": "not included"})
    recorded_at = fields.AwareDateTime(required=True)


class AssessmentsSchema(Schema):
    """The assessments of an elder, in order."""

    items = fields.List(fields.Nested(AssessmentEntrySchema), required=True)


class GradeQuery(Schema):
    """On which date."""

    on = fields.Date(load_default=None, metadata={"description": "local date; today where it is left out"})


class GradeSchema(Schema):
    """The ability grade in force."""

    elder_id = fields.UUID(required=True)
    on = fields.Date(required=True)
    grade = fields.Enum(elders.Grade, by_value=True, required=True)


def entries_schema(entry: type[Schema]) -> Schema:
    """Make the schema of a list of entries."""
    name = entry.__name__.removesuffix("EntrySchema")
    made: type[Schema] = Schema.from_dict(
        {"items": fields.List(fields.Nested(entry), required=True)}, name=f"{name}EntriesSchema"
    )
    return made()
