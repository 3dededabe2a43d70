"""What is recorded of sites with its dates, and the vacancies and places of their services."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID  # noqa: TC003 - flask-smorest reads the views' types

from flask import jsonify

from dispatch import clock, directory, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, open_to_anyone
from dispatch.api.once import HEADER_DOC, once
from dispatch.api.plumbing import Blueprint
from dispatch.api.problems import RequestError
from dispatch.api.schemas import site_parts as schemas
from dispatch.api.schemas.elder_parts import KnownQuery, entries_schema

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

    from dispatch.directory import Capacity, CapacitySlot, PartRecord

OFFICERS = (Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
TENDERS = (*OFFICERS, Role.COORDINATOR)
SLOT = "/sites/<uuid:site_id>/services/<uuid:service_at_site_id>/slots"
ONE_SLOT = f"{SLOT}/<string:day>/<string:period>"

bp = Blueprint("site_parts", __name__, url_prefix="/v1", description="Sites through time: stages, operators, prices")


class _Part(NamedTuple):
    """A dated part: its address, what it is called, who writes it, how it is written."""

    part: directory.SitePart
    path: str
    one: str
    writers: tuple[Role, ...]
    wish: type[Schema]
    entry: type[schemas.SiteEntrySchema]


PARTS = (
    _Part(
        directory.SitePart.STAGES,
        "/sites/<uuid:site_id>/stages",
        "stage",
        OFFICERS,
        schemas.StageWishSchema,
        schemas.StageEntrySchema,
    ),
    _Part(
        directory.SitePart.OPERATIONS,
        "/sites/<uuid:site_id>/operations",
        "operation",
        OFFICERS,
        schemas.OperationWishSchema,
        schemas.OperationEntrySchema,
    ),
    _Part(
        directory.SitePart.FUNCTIONS,
        "/sites/<uuid:site_id>/functions",
        "function",
        TENDERS,
        schemas.FunctionWishSchema,
        schemas.FunctionEntrySchema,
    ),
    _Part(
        directory.SitePart.AGREEMENTS,
        "/sites/<uuid:site_id>/agreements",
        "agreement",
        OFFICERS,
        schemas.AgreementWishSchema,
        schemas.AgreementEntrySchema,
    ),
    _Part(
        directory.SitePart.PRICES,
        "/sites/<uuid:site_id>/services/<uuid:service_at_site_id>/prices",
        "price",
        TENDERS,
        schemas.PriceWishSchema,
        schemas.PriceEntrySchema,
    ),
)


def _open_part(part: _Part) -> None:
    """Make the three routes of a dated part: list, add, correct."""

    def list_entries(query: dict[str, Any], site_id: UUID, service_at_site_id: UUID | None = None) -> dict[str, Any]:
        with storage.reading():
            found = directory.list_site_part(
                site_id, part=part.part, service_at_site_id=service_at_site_id, known_at=query["known_at"]
            )
            return {"items": [_entry(row, part=part) for row in found]}

    def add_entry(record: PartRecord, site_id: UUID, service_at_site_id: UUID | None = None) -> dict[str, Any]:
        with storage.transaction():
            row = directory.add_site_part(
                site_id,
                part=part.part,
                record=record,
                service_at_site_id=service_at_site_id,
                actor=actor(),
                at=clock.utc_now(),
            )
            return _entry(row, part=part)

    def correct_entry(
        record: PartRecord, site_id: UUID, entry_id: UUID, service_at_site_id: UUID | None = None
    ) -> dict[str, Any]:
        with storage.transaction():
            row = directory.correct_site_part(
                site_id,
                part=part.part,
                entry_id=entry_id,
                record=record,
                service_at_site_id=service_at_site_id,
                actor=actor(),
                at=clock.utc_now(),
            )
            return _entry(row, part=part)

    named = (
        (list_entries, f"list_{part.one}s", f"List the {part.one}s on record, as they stand or stood at a time."),
        (add_entry, f"add_{part.one}", f"Add to the {part.one}s; what excludes it must be corrected first."),
        (
            correct_entry,
            f"correct_{part.one}",
            f"Correct one of the {part.one}s: the old entry is superseded and stays readable.",
        ),
    )
    for view, name, doc in named:
        view.__name__, view.__doc__ = name, doc
    listed = bp.response(200, entries_schema(part.entry))(list_entries)
    bp.get(part.path)(open_to_anyone(bp.arguments(KnownQuery, location="query")(listed)))
    added = bp.arguments(part.wish)(bp.response(201, part.entry)(add_entry))
    bp.post(part.path)(open_to(*part.writers)(added))
    corrected = bp.arguments(part.wish)(bp.response(200, part.entry)(correct_entry))
    bp.put(f"{part.path}/<uuid:entry_id>")(open_to(*part.writers)(corrected))


for _each in PARTS:
    _open_part(_each)


@bp.put("/sites/<uuid:site_id>/services/<uuid:service_at_site_id>/capacity")
@open_to(*TENDERS)
@bp.arguments(schemas.VacancyWishSchema)
@bp.response(200, schemas.ToldVacancySchema)
def tell_vacancy(wish: dict[str, Any], site_id: UUID, service_at_site_id: UUID) -> dict[str, Any]:
    """Say how many places a service at a site has and how many are free now; the last word counts."""
    with storage.transaction():
        row = directory.tell_vacancy(service_at_site_id, site_id=site_id, **wish, actor=actor(), at=clock.utc_now())
        return _vacancy(row)


@bp.put("/sites/<uuid:site_id>/beds/<string:bed_type>")
@open_to(*TENDERS)
@bp.arguments(schemas.BedsWishSchema)
@bp.response(200, schemas.ToldVacancySchema)
def tell_beds(wish: dict[str, Any], site_id: UUID, bed_type: str) -> dict[str, Any]:
    """Say how many beds of a type (a code of bed_type) a site has and how many are free now."""
    with storage.transaction():
        row = directory.tell_beds(site_id, bed_type=bed_type, **wish, actor=actor(), at=clock.utc_now())
        return _vacancy(row)


@bp.get(SLOT)
@open_to_anyone
@bp.arguments(schemas.SlotQuery, location="query")
@bp.response(200, schemas.SlotsSchema)
def list_slots(query: dict[str, Any], site_id: UUID, service_at_site_id: UUID) -> dict[str, Any]:
    """List the places of a service at a site day by day, with those taken."""
    with storage.reading():
        found = directory.list_slots(service_at_site_id, site_id=site_id, first=query["from_"], last=query["to"])
        return {"items": [_slot(each) for each in found]}


@bp.put(ONE_SLOT)
@open_to(*TENDERS)
@bp.arguments(schemas.PlacesWishSchema)
@bp.response(200, schemas.SlotSchema)
def plan_places(wish: dict[str, Any], site_id: UUID, service_at_site_id: UUID, day: str, period: str) -> dict[str, Any]:
    """Say how many places there are in a part (morning, noon, evening) of a day; what is taken stays taken."""
    when = _when(day, period=period)
    with storage.transaction():
        slot = directory.plan_places(
            service_at_site_id, site_id=site_id, **when, **wish, actor=actor(), at=clock.utc_now()
        )
        return _slot(slot)


@bp.post(f"{ONE_SLOT}/bookings")
@open_to(*TENDERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(schemas.BookingSchema)
@bp.response(200, schemas.SlotSchema)
def book_place(
    _wish: dict[str, Any], site_id: UUID, service_at_site_id: UUID, day: str, period: str
) -> ResponseReturnValue:
    """Take one of the planned places for somebody who walked in or telephoned; 409 where none is free."""
    when = _when(day, period=period)
    with storage.transaction():
        reply, status = once(
            lambda: _slot(
                directory.book_place(service_at_site_id, site_id=site_id, **when, actor=actor(), at=clock.utc_now())
            ),
            schema=schemas.SlotSchema(),
            status=200,
        )
    return jsonify(reply), status


@bp.post(f"{ONE_SLOT}/releases")
@open_to(*TENDERS)
@bp.doc(parameters=[HEADER_DOC])
@bp.arguments(schemas.BookingSchema)
@bp.response(200, schemas.SlotSchema)
def release_place(
    _wish: dict[str, Any], site_id: UUID, service_at_site_id: UUID, day: str, period: str
) -> ResponseReturnValue:
    """Give one booked place back."""
    when = _when(day, period=period)
    with storage.transaction():
        reply, status = once(
            lambda: _slot(
                directory.release_place(service_at_site_id, site_id=site_id, **when, actor=actor(), at=clock.utc_now())
            ),
            schema=schemas.SlotSchema(),
            status=200,
        )
    return jsonify(reply), status


def _entry(row: Any, *, part: _Part) -> dict[str, Any]:  # noqa: ANN401 - a row of the part's table
    return {
        field.attribute or name: getattr(row, field.attribute or name) for name, field in part.entry().fields.items()
    }


def _when(day: str, *, period: str) -> dict[str, Any]:
    """Read which part of which day; what is none has no address."""
    try:
        return {"service_on": date.fromisoformat(day), "period": directory.Period(period)}
    except ValueError:
        raise RequestError(404) from None


def _slot(slot: CapacitySlot) -> dict[str, Any]:
    names = ("service_on", "period", "maximum", "taken", "is_planned", "version")
    return {name: getattr(slot, name) for name in names} | {"free": slot.maximum - slot.taken}


def _vacancy(row: Capacity) -> dict[str, Any]:
    names = ("unit", "maximum", "available", "updated_at", "bed_type", "version")
    return {name: getattr(row, name) for name in names} | {"unit": directory.CapacityUnit(row.unit), "stale": False}
