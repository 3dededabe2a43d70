"""OGC API - Features on the wire."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from dispatch import areas
from dispatch.api.access import settings
from dispatch.api.paging import CursorField
from dispatch.api.schemas.areas import AREA_CODE
from dispatch.api.schemas.coverage_queries import refused
from dispatch.words import Words

if TYPE_CHECKING:
    from marshmallow.fields import Field

LIMIT_DEFAULT, LIMIT_MAX = 10, 1_000
NAME_MAX_LENGTH = 100
FLAT, SOLID = 4, 6  # numbers of a box without and with heights
HALF_TURN_DEG, QUARTER_TURN_DEG = 180, 90
OPEN_END = ("", "..")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
BOX_PATTERN = r"^-?\d+(\.\d+)?([eE][+-]?\d+)?(,-?\d+(\.\d+)?([eE][+-]?\d+)?){3}((,-?\d+(\.\d+)?([eE][+-]?\d+)?){2})?$"
BOX_WANTED = Words(
    "应为 西,南,东,北 四个数（或加上高度共六个），经度在前，不超出 ±180、±90。",
    "Needs four numbers, west,south,east,north (or six with heights), longitude first, within ±180 and ±90.",
)
BOX_UPSIDE_DOWN = Words("南须不大于北。", "South must not be greater than north.")
TIME_WANTED = Words(
    "应为一个日期或带时区的时间，或用 / 连接的一段；一头可写 ..。",
    "Needs a date or a time with its zone, or two of them joined by /; one end may be left open as ..",
)
TIME_REVERSED = Words("开始须不晚于结束。", "The start must not be later than the end.")
LIMIT_WANTED = Words("须为不小于 1 的整数。", "Needs a whole number from 1 on.")

Box = tuple[float, float, float, float]


class BoxesField(fields.Field[tuple[Box, ...]]):
    """A bbox of four or six numbers in WGS 84; one across the 180th meridian becomes two."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Box, ...]:  # noqa: ANN401, ARG002 - marshmallow's signature
        try:
            numbers = [float(part) for part in str(value).split(",")]
        except ValueError:
            raise refused(BOX_WANTED) from None
        if len(numbers) not in {FLAT, SOLID} or not all(math.isfinite(one) for one in numbers):
            raise refused(BOX_WANTED)
        west, south = numbers[:2]
        east, north = numbers[2:4] if len(numbers) == FLAT else numbers[3:5]
        if max(abs(west), abs(east)) > HALF_TURN_DEG or max(abs(south), abs(north)) > QUARTER_TURN_DEG:
            raise refused(BOX_WANTED)
        if south > north:
            raise refused(BOX_UPSIDE_DOWN)
        if west <= east:
            return ((west, south, east, north),)
        return (west, south, HALF_TURN_DEG, north), (-HALF_TURN_DEG, south, east, north)


class PeriodField(fields.Field[tuple[date | None, date | None]]):
    """
    An instant, or an interval that may be open at one end, as the first and last calendar date it touches.

    What the layers know in time is of a whole day in the service's zone: a day is met by an instant within it.
    """

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 - marshmallow's signature
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
        **kwargs: Any,  # noqa: ANN401, ARG002 - marshmallow's signature
    ) -> tuple[date | None, date | None]:
        start, slash, end = str(value).partition("/")
        if not slash:
            day = _day(start)
            return day, day
        period = tuple(None if part in OPEN_END else _day(part) for part in (start, end))
        if period == (None, None):
            raise refused(TIME_WANTED)
        if None not in period and period[0] > period[1]:  # type: ignore[operator] # neither is None
            raise refused(TIME_REVERSED)
        return period[0], period[1]


class LimitField(fields.Field[int]):
    """How many at most; more than the largest page means the largest page, as the standard wants it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ANN401, ARG002 - marshmallow's signature
        text = str(value)
        if not re.fullmatch(r"\+?0*[1-9][0-9]{0,17}", text):
            raise refused(LIMIT_WANTED)
        return min(int(text), LIMIT_MAX)


def _day(text: str) -> date:
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a + that nobody escaped
        if at.tzinfo is None:
            raise refused(TIME_WANTED)
        return at.astimezone(settings().time_zone).date()
    except (ValueError, OverflowError):
        raise refused(TIME_WANTED) from None


def _format_field() -> Field[Any]:
    return fields.String(
        load_default="json", validate=validate.OneOf(["json"]), metadata={"description": "there is JSON alone"}
    )


class FormatQuery(Schema):
    """The format of the answer."""

    f = _format_field()


class ItemsQuery(Schema):
    """Which features; a collection takes those of its own properties, and refuses the others."""

    f = _format_field()
    bbox = BoxesField(
        load_default=None,
        metadata={
            "type": "string",
            "pattern": BOX_PATTERN,
            "description": "west,south,east,north; WGS 84, longitude first; features without an outline fit every box",
        },
    )
    datetime = PeriodField(
        load_default=None,
        metadata={
            "type": "string",
            "description": "a date, a time with its zone, or two joined by /: runs of these days",
            "example": "2026-01-01/..",
        },
    )
    limit = LimitField(
        load_default=LIMIT_DEFAULT,
        metadata={
            "type": "integer",
            "minimum": 1,
            "maximum": LIMIT_MAX,
            "description": "a larger one is taken for the maximum",
        },
    )
    cursor = CursorField(
        load_default=None,
        metadata={
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]+$",
            "maxLength": 2_000,
            "description": "of the `next` link of the page before",
        },
    )
    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "in this area or below"})
    area_code = fields.String(load_default=None, validate=AREA_CODE, metadata={"description": "exactly this area"})
    level = fields.Enum(areas.Level, by_value=True, load_default=None)
    service = fields.String(
        load_default=None,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "code or Chinese label", "example": "day_care"},
    )
    run = fields.UUID(load_default=None, metadata={"description": "one run instead of the newest of each service"})
    site_id = fields.UUID(load_default=None)
    cell = fields.String(
        load_default=None, validate=validate.Regexp("^8[0-9a-f]{14}\\Z"), metadata={"description": "as H3 writes it"}
    )
    name = fields.String(
        load_default=None, validate=validate.Length(1, NAME_MAX_LENGTH), metadata={"description": "the whole name"}
    )
    facility_type = fields.String(load_default=None, validate=validate.Length(1, NAME_MAX_LENGTH))


class OgcLinkSchema(Schema):
    """A link (RFC 8288)."""

    href = fields.String(required=True)
    rel = fields.String(required=True)
    type = fields.String()
    title = fields.String()


class LandingSchema(Schema):
    """What there is."""

    title = fields.String(required=True)
    description = fields.String(required=True)
    attribution = fields.String(required=True)
    links = fields.List(fields.Nested(OgcLinkSchema), required=True)


class ConformanceSchema(Schema):
    """Which parts of the standard hold here."""

    conformsTo = fields.List(fields.String(), required=True)  # noqa: N815 - the standard's word


class ExtentSchema(Schema):
    """Where and when the features lie."""

    spatial = fields.Dict(required=True)
    temporal = fields.Dict()


class LayerRunSchema(Schema):
    """A run that features rest on."""

    run = fields.UUID(required=True, attribute="run.id")
    service = fields.String(required=True, attribute="run.service_code")
    run_area = fields.String(required=True, attribute="run.area_code")
    as_of = fields.Date(required=True, attribute="run.as_of")
    network = fields.String(required=True, attribute="run.network_id")
    rule_version = fields.String(required=True, attribute="run.rule_version")
    published = fields.Boolean(required=True, attribute="is_published")
    shown = fields.String(
        required=True,
        attribute="sight.value",
        metadata={"description": "all counts, those from five on (`from_five`), or what was `published`"},
    )


class AssumedRunSchema(LayerRunSchema):
    """The same with everything it rests on."""

    assumptions = fields.Dict(keys=fields.String(), required=True, attribute="run.assumptions")


class OgcCollectionSchema(Schema):
    """A collection."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    itemType = fields.String(required=True)  # noqa: N815 - the standard's word
    crs = fields.List(fields.String(), required=True)
    extent = fields.Nested(ExtentSchema, required=True)
    links = fields.List(fields.Nested(OgcLinkSchema), required=True)


class OgcCollectionCardSchema(OgcCollectionSchema):
    """A collection with the runs that it shows."""

    runs = fields.List(fields.Nested(AssumedRunSchema), required=True)


class OgcCollectionsSchema(Schema):
    """All collections."""

    collections = fields.List(fields.Nested(OgcCollectionSchema), required=True)
    links = fields.List(fields.Nested(OgcLinkSchema), required=True)


class OgcGeometrySchema(Schema):
    """A GeoJSON geometry, WGS 84, longitude first."""

    type = fields.String(required=True, validate=validate.OneOf(["Point", "Polygon", "MultiPolygon"]))
    coordinates = fields.List(fields.Raw(), required=True)


class OgcFeatureSchema(Schema):
    """One feature; which properties there are says the schema of its collection."""

    type = fields.String(required=True, validate=validate.Equal("Feature"))
    id = fields.String(required=True)
    geometry = fields.Nested(OgcGeometrySchema, required=True, allow_none=True)
    properties = fields.Dict(keys=fields.String(), required=True)


class OgcFeatureCardSchema(OgcFeatureSchema):
    """One feature by itself."""

    links = fields.List(fields.Nested(OgcLinkSchema), required=True)
    runs = fields.List(fields.Nested(LayerRunSchema), required=True)


class OgcItemsSchema(Schema):
    """A page of features."""

    type = fields.String(required=True, validate=validate.Equal("FeatureCollection"))
    numberMatched = fields.Integer(metadata={"description": "left out where only reading on would tell"})  # noqa: N815 - the standard's word
    numberReturned = fields.Integer(required=True)  # noqa: N815 - the standard's word
    features = fields.List(fields.Nested(OgcFeatureSchema), required=True)
    links = fields.List(fields.Nested(OgcLinkSchema), required=True)
    runs = fields.List(
        fields.Nested(LayerRunSchema),
        required=True,
        metadata={"description": "those that features of the page rest on"},
    )
