"""A blueprint with one route of each form, for tests of what all routes have in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from marshmallow import Schema, fields, validate

from dispatch import clock, errors, journal, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.paging import CursorField, PageQuery, encode_cursor
from dispatch.api.plumbing import GEOJSON, Blueprint, conditional, version_wanted, with_version
from dispatch.words import Words

VERSION = 3
NAMES = [f"第{number}号" for number in range(5)]
THING_ID = UUID("01980000-0000-7000-8000-00000000000c")
SECRET = "zhang-san\nof-120101195001010011"  # noqa: S105 - what must not leak

bp = Blueprint("things", __name__, url_prefix="/v1/things", description="For tests")


class ThingPointSchema(Schema):
    """A place."""

    lon = fields.Float(required=True, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))


class ThingSchema(Schema):
    """What is sent."""

    name = fields.String(required=True, validate=validate.Length(1, 20))
    kind = fields.String(validate=validate.OneOf(["meals", "bathing"]))
    count = fields.Integer(validate=validate.Range(min=1, max=2**62))
    seen_at = fields.AwareDateTime()
    on = fields.Date()
    point = fields.Nested(ThingPointSchema)
    tags = fields.List(fields.String())
    extra = fields.Dict()


class ThingViewSchema(Schema):
    """What is shown."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class ThingPageSchema(Schema):
    """One page."""

    items = fields.List(fields.String(), required=True)
    next_cursor = fields.String()


class ThingQuery(PageQuery):
    """A filter."""

    kind = fields.String(validate=validate.OneOf(["meals", "bathing"]))


class OtherQuery(Schema):
    """A cursor of another list."""

    cursor = CursorField(load_default=None)


class ThingPositionSchema(Schema):
    """A GeoJSON point."""

    type = fields.String(required=True)
    coordinates = fields.List(
        fields.Float(),
        required=True,
        metadata={"json_schema": {"prefixItems": [{"type": "number"}, {"type": "number"}], "minItems": 2}},
    )


class ThingTakenError(errors.ConflictError):
    """For tests."""

    slug = "thing-taken"
    title = Words("东西被拿走了", "The thing is taken")
    detail = Words("{name} 被拿走了", "{name} is taken")


@bp.get("")
@open_to_anyone
@bp.arguments(ThingQuery, location="query")
@bp.response(200, ThingPageSchema)
def list_things(query: dict[str, Any]) -> dict[str, Any]:
    """List."""
    begin = NAMES.index(query["cursor"][0]) + 1 if query["cursor"] else 0
    page = NAMES[begin : begin + query["limit"]]
    more = {"next_cursor": encode_cursor(page[-1])} if begin + len(page) < len(NAMES) else {}
    return {"items": page, **more}


@bp.get("/others")
@open_to_anyone
@bp.arguments(OtherQuery, location="query")
@bp.response(200, ThingPageSchema)
def list_others(query: dict[str, Any]) -> dict[str, Any]:
    """List others."""
    return {"items": [str(query["cursor"])]}


@bp.post("")
@open_to(Role.PLANNER, Role.OPERATOR)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(ThingSchema)
@bp.response(201, ThingViewSchema)
def make_thing(wish: dict[str, Any]) -> Any:
    """Make one, once."""

    def operation() -> dict[str, Any]:
        thing_id = uuid4()
        journal.append("thing.made", actor=actor(), at=clock.utc_now(), subject_id="things", name=wish["name"])
        return {"id": thing_id, "name": wish["name"]}

    with storage.transaction():
        return once(operation, schema=ThingViewSchema(), status=201)


@bp.get("/<uuid:thing_id>")
@open_to(*Role)
@conditional
@bp.response(200, ThingViewSchema)
def show_thing(thing_id: UUID) -> Any:
    """Show one."""
    if thing_id != THING_ID:
        raise errors.NotFoundError
    return with_version({"id": thing_id, "name": "one"}, VERSION)


@bp.put("/<uuid:thing_id>")
@open_to(*Role)
@bp.arguments(ThingSchema)
@bp.response(200, ThingViewSchema)
def change_thing(wish: dict[str, Any], thing_id: UUID) -> Any:
    """Change one."""
    storage.check_version(VERSION, expected=version_wanted())
    return with_version({"id": thing_id, "name": wish["name"]}, VERSION + 1)


@bp.get("/position")
@open_to_anyone
@conditional
@bp.response(200, ThingPositionSchema, content_type=GEOJSON)
def show_position() -> dict[str, Any]:
    """Show a place."""
    return {"type": "Point", "coordinates": [117.2, 39.1]}


@bp.get("/numbers/<int:number>")
@open_to_anyone
@bp.response(200, ThingPageSchema)
def show_number(number: int) -> dict[str, Any]:
    """Show a number that the database must hold."""
    with storage.reading() as session:
        return {"items": [str(session.scalar(sa.select(sa.cast(number, sa.BigInteger))))]}


@bp.get("/names/<name>")
@open_to_anyone
@bp.response(200, ThingPageSchema)
def show_name(name: str) -> dict[str, Any]:
    """Show a text that the database must hold."""
    with storage.reading() as session:
        return {"items": [str(session.scalar(sa.select(sa.cast(name, sa.String))))]}


@bp.get("/taken")
@open_to_anyone
@bp.response(200, ThingPageSchema)
def show_taken() -> Any:
    """Fail as expected."""
    raise ThingTakenError(
        fields={"point.crs": [Words("要写明坐标系", "say which")]}, name="A1", who=Words("别人", "somebody")
    )


@bp.get("/fault")
@open_to_anyone
@bp.response(200, ThingPageSchema)
def fail() -> Any:
    """Fail as never expected."""
    raise RuntimeError("this was our fault")


@bp.get("/database-fault")
@open_to_anyone
@bp.response(200, ThingPageSchema)
def fail_in_database() -> Any:
    """Fail with a row that the database refuses."""
    with storage.transaction() as session:
        session.execute(
            sa.text("insert into account (id, username, display_name) values (:id, :name, :name)"),
            {"id": uuid4().hex, "name": SECRET},
        )
