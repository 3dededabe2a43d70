"""Carers: their records, parts and rosters."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from dispatch import carers, clock, dates, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to, settings
from dispatch.api.language import say
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint, version_wanted, with_version
from dispatch.api.schemas import carers as schemas
from dispatch.api.schemas.elder_parts import KnownQuery, entries_schema
from dispatch.api.schemas.geometry import point_out
from dispatch.words import Words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

    from dispatch.carers import CarerCard, PartRecord, PartRow

MANAGERS = (Role.COORDINATOR, Role.DISTRICT_OFFICER)
READERS = (*MANAGERS, Role.CARER, Role.COMMUNITY_WORKER)  # the last two see themselves
REASONS = {
    carers.WhyOnRoster.SHIFT: Words("排班", "on shift"),
    carers.WhyOnRoster.EXTRA: Words("加班", "extra hours"),
    carers.WhyOnRoster.OFF: Words("休息：当天开始的班次不上", "day off: shifts that begin on it are not worked"),
    carers.WhyOnRoster.SICK: Words("病假：当天全部不上", "sick: nothing is worked"),
    carers.WhyOnRoster.SICK_NEXT_DAY: Words(
        "次日病假：夜班到零点为止", "sick the next day: the night ends at midnight"
    ),
    carers.WhyOnRoster.NO_SHIFT: Words("当天没有排班", "no shift on this day"),
}

bp = Blueprint("carers", __name__, url_prefix="/v1", description="Carers, their qualifications and their rosters")


@bp.get("/carers")
@open_to(*READERS)
@bp.arguments(schemas.CarerQuery, location="query")
@bp.response(200, schemas.CarersSchema)
def list_carers(query: dict[str, Any]) -> dict[str, Any]:
    """List the carers within one's scope; phones are masked in lists."""
    limit, cursor = query["limit"], query["cursor"]
    with storage.reading():
        found = carers.find_cards(
            actor(),
            organization_id=query["organization_id"],
            kind=query["kind"],
            status=query["status"],
            after=UUID(cursor[0]) if cursor else None,
            limit=limit + 1,
        )
    page = found[:limit]
    last = encode_cursor(str(page[-1].carer_id)) if len(found) > limit else None
    return {"items": [_carer(card) for card in page], "next_cursor": last}


@bp.get("/carers/<uuid:carer_id>")
@open_to(*READERS)
@bp.response(200, schemas.CarerSchema)
def show_carer(carer_id: UUID) -> ResponseReturnValue:
    """Show a carer's record; officers see the phone masked and the base to 100 m."""
    with storage.reading():
        card = carers.get_card(carer_id, actor=actor())
    return _shown(card)


@bp.post("/carers")
@open_to(*MANAGERS)
@bp.arguments(schemas.NewCarerSchema)
@bp.response(201, schemas.CarerSchema)
def create_carer(record: carers.CarerRecord) -> ResponseReturnValue:
    """Put a carer on record for an organization of one's own."""
    with storage.transaction():
        card = carers.create_carer(record, actor=actor(), at=clock.utc_now())
    return _shown(card, status=201)


@bp.patch("/carers/<uuid:carer_id>")
@open_to(*MANAGERS)
@bp.arguments(schemas.CarerChangeSchema)
@bp.response(200, schemas.CarerSchema)
def change_carer(change: carers.CarerChange, carer_id: UUID) -> ResponseReturnValue:
    """Change who a carer is: what is left out stays, null empties it."""
    version = version_wanted()
    with storage.transaction():
        card = carers.change_carer(carer_id, change=change, version=version, actor=actor(), at=clock.utc_now())
    return _shown(card)


@bp.delete("/carers/<uuid:carer_id>")
@open_to(*MANAGERS)
@bp.response(200, schemas.CarerSchema)
def end_carer(carer_id: UUID) -> ResponseReturnValue:
    """Let a carer leave today: shifts and qualifications end, the record stays readable."""
    version, now = version_wanted(), clock.utc_now()
    on = dates.service_date(now, settings().time_zone)
    with storage.transaction():
        card = carers.end_carer(carer_id, version=version, actor=actor(), at=now, on=on)
    return _shown(card)


@bp.get("/carers/<uuid:carer_id>/roster")
@open_to(*READERS)
@bp.arguments(schemas.RosterQuery, location="query")
@bp.response(200, schemas.RosterSchema)
def show_roster(query: dict[str, Any], carer_id: UUID) -> dict[str, Any]:
    """Say on each date when a carer is on duty, exceptions applied, and why."""
    zone = settings().time_zone
    with storage.reading():
        days = carers.get_roster(carer_id, from_on=query["from_on"], to_on=query["to_on"], actor=actor(), zone=zone)
    return {"carer_id": carer_id, "items": [_day(day) for day in days]}


class _Part(NamedTuple):
    """A part: its address, what one entry is called, how it is written and read."""

    part: carers.CarerPart
    one: str
    wish: type[Schema]
    entry: type[Schema]


PARTS = (
    _Part(
        carers.CarerPart.QUALIFICATIONS,
        "qualification",
        schemas.QualificationWishSchema,
        schemas.QualificationEntrySchema,
    ),
    _Part(carers.CarerPart.SHIFTS, "shift", schemas.ShiftWishSchema, schemas.ShiftEntrySchema),
    _Part(carers.CarerPart.EXCEPTIONS, "exception", schemas.ExceptionWishSchema, schemas.ExceptionEntrySchema),
)


def _open_part(part: _Part) -> None:
    """Make the routes of a part: list, add, correct, withdraw."""
    many, one = part.part.value, part.one
    address, entry_id = f"/carers/<uuid:carer_id>/{many}", f"{one}_id"

    def list_entries(query: dict[str, Any], carer_id: UUID) -> dict[str, Any]:
        with storage.reading():
            found = carers.list_part(carer_id, part=part.part, actor=actor(), known_at=query["known_at"])
        return {"items": [_entry(row) for row in found]}

    def add_entry(record: PartRecord, carer_id: UUID) -> ResponseReturnValue:
        with storage.transaction():
            row = carers.add_part(carer_id, part=part.part, record=record, actor=actor(), at=clock.utc_now())
        return with_version(_entry(row), row.version or 1, 201)

    def correct_entry(record: PartRecord, carer_id: UUID, **ids: UUID) -> ResponseReturnValue:
        version = version_wanted()
        with storage.transaction():
            row = carers.correct_part(
                carer_id,
                part=part.part,
                row_id=ids[entry_id],
                record=record,
                version=version,
                actor=actor(),
                at=clock.utc_now(),
            )
        return with_version(_entry(row), row.version or 1)

    def withdraw_entry(carer_id: UUID, **ids: UUID) -> ResponseReturnValue:
        wanted = version_wanted()
        with storage.transaction():
            version = carers.withdraw_part(
                carer_id, part=part.part, row_id=ids[entry_id], version=wanted, actor=actor(), at=clock.utc_now()
            )
        return with_version("", version, 204)

    named = (
        (list_entries, f"list_{many}", f"List a carer's {many}, as they stand or were on record at a time."),
        (add_entry, f"add_{one}", f"Add to a carer's {many}; what excludes it must be corrected first."),
        (correct_entry, f"correct_{one}", f"Correct or end one of a carer's {many}: the old entry stays readable."),
        (
            withdraw_entry,
            f"withdraw_{one}",
            f"Withdraw one of a carer's {many}: it stands no longer, and stays readable.",
        ),
    )
    for view, name, doc in named:
        view.__name__, view.__doc__ = name, doc
    listed = bp.response(200, entries_schema(part.entry))(list_entries)
    bp.get(address)(open_to(*READERS)(bp.arguments(KnownQuery, location="query")(listed)))
    bp.post(address)(open_to(*MANAGERS)(bp.arguments(part.wish)(bp.response(201, part.entry)(add_entry))))
    one_address = f"{address}/<uuid:{entry_id}>"
    bp.put(one_address)(open_to(*MANAGERS)(bp.arguments(part.wish)(bp.response(200, part.entry)(correct_entry))))
    bp.delete(one_address)(open_to(*MANAGERS)(bp.response(204)(withdraw_entry)))


for _each in PARTS:
    _open_part(_each)


def _entry(row: PartRow) -> dict[str, Any]:
    return {
        "entry_id": row.entry_id,
        **row.record._asdict(),
        "recorded_at": row.recorded_at,
        "superseded_at": row.superseded_at,
    }


def _shown(card: CarerCard, *, status: int = 200) -> ResponseReturnValue:
    return with_version(_carer(card), card.version, status, view=card.view.value)


def _carer(card: CarerCard) -> dict[str, Any]:
    facts = asdict(card)
    return facts | {"base": point_out(facts.pop("base_ll") or (None, None), crs="wgs84")}


def _day(day: carers.RosterDay) -> dict[str, Any]:
    return {
        "on": day.on,
        "spans": [span._asdict() for span in day.spans],
        "duty_min": day.duty_min,
        "reasons": [
            {
                "code": reason.code,
                "label": say(REASONS[reason.code]),
                "from_time": reason.from_time,
                "to_time": reason.to_time,
            }
            for reason in day.reasons
        ],
    }
