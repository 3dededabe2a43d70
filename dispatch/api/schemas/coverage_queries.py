"""What is asked of coverage runs in an address: which run, which areas, which box."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from dispatch import areas, coverage
from dispatch.api.paging import PageQuery
from dispatch.words import Words

AREA_CODE = validate.Regexp(r"^\d{2}(\d{4}(\d{3}(\d{3})?)?)?\Z", error="String does not match expected pattern.")
BOX_TEXT = r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"
NAME_MAX_LENGTH = 60
RUN_OR_PLACE = Words("给出 run，或同时给出 service 和 area。", "Give run, or both service and area.")
BOX_WANTED = Words("应为 西,南,东,北 四个数（经度在前）。", "Needs four numbers: west,south,east,north.")
BOX_REVERSED = Words("西须小于东，南须小于北。", "West must be less than east and south less than north.")


def refused(words: Words) -> ValidationError:
    """Make a validation error that is put into the reader's language later."""
    return ValidationError(words)  # type: ignore[arg-type] # Words pass through marshmallow untouched


class BoxField(fields.Field[tuple[float, float, float, float]]):
    """A bounding box "west,south,east,north" in WGS 84 degrees."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[float, float, float, float]:  # noqa: ANN401, ARG002 - marshmallow's signature
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            raise refused(BOX_WANTED) from None
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):  # noqa: PLR2004 - the globe
            raise refused(BOX_WANTED)
        if west >= east or south >= north:
            raise refused(BOX_REVERSED)
        return west, south, east, north


def box_field() -> BoxField:
    """Make the query field of a bounding box."""
    return BoxField(
        load_default=None,
        metadata={
            "type": "string",
            "pattern": BOX_TEXT,
            "description": "west,south,east,north; WGS 84, longitude first",
        },
    )


class CoverageRunQuery(PageQuery):
    """Which runs."""

    area = fields.String(load_default=None, validate=AREA_CODE)
    service = fields.String(load_default=None, validate=validate.Length(1, NAME_MAX_LENGTH))


class RunPlaceQuery(PageQuery):
    """A run by its id, or the newest one of a service that covers an area."""

    run = fields.UUID(load_default=None)
    service = fields.String(
        load_default=None,
        validate=validate.Length(1, NAME_MAX_LENGTH),
        metadata={"description": "code or Chinese label", "example": "day_care"},
    )
    area = fields.String(load_default=None, validate=AREA_CODE, metadata={"example": "120198"})
    mode = fields.Enum(
        coverage.Mode,
        by_value=True,
        load_default=coverage.Mode.WALK,
        metadata={"description": "of the newest run: elders who walk, or carers who come"},
    )

    @validates_schema
    def needs_a_run(self, data: dict[str, Any], **_kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's signature
        """Refuse a query that names no run."""
        if data.get("run") is None and (data.get("service") is None or data.get("area") is None):
            raise refused(RUN_OR_PLACE)


class OfRunQuery(RunPlaceQuery):
    """The same, within a box."""

    bbox = box_field()


class OfLevelQuery(OfRunQuery):
    """The same, with the level of area."""

    level = fields.Enum(areas.Level, by_value=True, load_default=areas.Level.COMMUNITY)


class GapsQuery(OfLevelQuery):
    """The same, and which gaps come first."""

    rank = fields.String(
        load_default="elders",
        validate=validate.OneOf(["elders", "unmet"]),
        metadata={"description": "by elders outside, or by requests that found nobody"},
    )
    from_on = fields.Date(
        data_key="from", load_default=None, metadata={"description": "with rank=unmet; a year before to where left out"}
    )
    to_on = fields.Date(
        data_key="to",
        load_default=None,
        metadata={"description": "itself left out; where left out, 61 days from today, for which one can ask"},
    )


class CompareQuery(Schema):
    """Two runs."""

    a = fields.UUID(required=True)
    b = fields.UUID(required=True)
