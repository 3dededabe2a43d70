"""The parts of an elder's record: homes, categories, needs, absences, consent, risk, contacts, events, assessments."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID  # noqa: TC003 - flask-smorest reads the views' types

from dispatch import clock, elders, storage
from dispatch.actor import Role
from dispatch.api.access import actor, open_to
from dispatch.api.elders import log_cards, present_ties, today
from dispatch.api.plumbing import Blueprint, version_wanted, with_version
from dispatch.api.schemas import elder_parts as schemas
from dispatch.api.schemas.geometry import point_out

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

    from dispatch.errors import DispatchError

OWN = (Role.ELDER, Role.FAMILY)
READERS = (*OWN, Role.COMMUNITY_WORKER, Role.DISTRICT_OFFICER)
WRITERS = (Role.COMMUNITY_WORKER, Role.DISTRICT_OFFICER)

bp = Blueprint(
    "elder_parts", __name__, url_prefix="/v1", description="The parts of an elder's record, with their dates"
)


class _Part(NamedTuple):
    """A dated part: its address, what it is called, who may add to it and who may correct it, how it is written."""

    part: elders.Part
    path: str
    one: str
    many: str
    adders: tuple[Role, ...]
    correctors: tuple[Role, ...]
    wish: type[Schema]
    entry: type[schemas.EntrySchema]


CONSENTERS = (*OWN, Role.COMMUNITY_WORKER, Role.OPERATOR, Role.DISTRICT_OFFICER)
OFFICER = (Role.DISTRICT_OFFICER,)
PARTS = (
    _Part(
        elders.Part.RESIDENCES,
        "residences",
        "residence",
        "residences",
        WRITERS,
        WRITERS,
        schemas.ResidenceWishSchema,
        schemas.ResidenceEntrySchema,
    ),
    _Part(
        elders.Part.MEMBERSHIPS,
        "categories",
        "category",
        "categories",
        WRITERS,
        OFFICER,
        schemas.MembershipWishSchema,
        schemas.MembershipEntrySchema,
    ),
    _Part(
        elders.Part.NEEDS,
        "needs",
        "need",
        "needs",
        WRITERS,
        WRITERS,
        schemas.NeedWishSchema,
        schemas.NeedEntrySchema,
    ),
    _Part(
        elders.Part.ABSENCES,
        "absences",
        "absence",
        "absences",
        WRITERS,
        WRITERS,
        schemas.AbsenceWishSchema,
        schemas.AbsenceEntrySchema,
    ),
    _Part(
        elders.Part.CONSENTS,
        "consents",
        "consent",
        "consents",
        CONSENTERS,
        CONSENTERS,
        schemas.ConsentWishSchema,
        schemas.ConsentEntrySchema,
    ),
    _Part(
        elders.Part.RISK_LEVELS,
        "risk-levels",
        "risk_level",
        "risk_levels",
        WRITERS,
        OFFICER,
        schemas.RiskWishSchema,
        schemas.RiskEntrySchema,
    ),
)


def _open_part(part: _Part) -> None:
    """Make the three routes of a dated part: list, add, correct."""
    address = f"/elders/<uuid:elder_id>/{part.path}"
    words = part.many.replace("_", " ")

    def list_entries(query: dict[str, Any], elder_id: UUID) -> dict[str, Any]:
        on = today()
        with storage.transaction():
            ties = present_ties(on)
            found = elders.list_part(
                elder_id, part=part.part, actor=actor(), on=on, ties=ties, known_at=query["known_at"]
            )
            _look(elder_id)
        return {"items": [_entry(row) for row in found]}

    def add_entry(record: elders.PartRecord, elder_id: UUID) -> ResponseReturnValue:
        on, now = today(), clock.utc_now()
        with storage.transaction():
            _look(elder_id)
            row = elders.add_part(
                elder_id, part=part.part, record=record, actor=actor(), at=now, on=on, ties=present_ties(on)
            )
        return with_version(_entry(row), row.version or 1, 201)

    def correct_entry(record: elders.PartRecord, elder_id: UUID, entry_id: UUID) -> ResponseReturnValue:
        on, now, version = today(), clock.utc_now(), version_wanted()
        with storage.transaction():
            _look(elder_id)  # before the change: another home may lie where the caller sees nothing
            row = elders.correct_part(
                elder_id,
                part=part.part,
                row_id=entry_id,
                record=record,
                version=version,
                actor=actor(),
                at=now,
                on=on,
                ties=present_ties(on),
            )
        return with_version(_entry(row), row.version or 1)

    named = (
        (list_entries, f"list_{part.many}", f"List an elder's {words}, as they stand or were on record at a time."),
        (add_entry, f"add_{part.one}", f"Add to an elder's {words}; what excludes it must be corrected first."),
        (
            correct_entry,
            f"correct_{part.one}",
            f"Correct one of an elder's {words}: the old entry is superseded and stays readable.",
        ),
    )
    for view, name, doc in named:
        view.__name__, view.__doc__ = name, doc
    listed = bp.response(200, schemas.entries_schema(part.entry))(list_entries)
    bp.get(address)(open_to(*READERS)(bp.arguments(schemas.KnownQuery, location="query")(listed)))
    added = bp.arguments(part.wish)(bp.response(201, part.entry)(add_entry))
    bp.post(address)(open_to(*part.adders)(added))
    corrected = bp.arguments(part.wish)(bp.response(200, part.entry)(correct_entry))
    bp.put(f"{address}/<uuid:entry_id>")(open_to(*part.correctors)(corrected))


for _each in PARTS:
    _open_part(_each)


@bp.get("/elders/<uuid:elder_id>/contacts")
@open_to(*READERS)
@bp.response(200, schemas.ContactsSchema)
def list_contacts(elder_id: UUID) -> dict[str, Any]:
    """List whom to call for an elder, those of the alarm ladder first."""
    on = today()
    with storage.transaction():
        found = elders.list_contacts(elder_id, actor=actor(), on=on, ties=present_ties(on))
        _look(elder_id)
    return {"items": found}


@bp.post("/elders/<uuid:elder_id>/contacts")
@open_to(*READERS)
@bp.arguments(schemas.ContactWishSchema)
@bp.response(201, schemas.ContactSchema)
def add_contact(record: elders.ContactRecord, elder_id: UUID) -> ResponseReturnValue:
    """Add somebody to call for an elder."""
    on, now = today(), clock.utc_now()
    with storage.transaction():
        card = elders.put_contact(elder_id, record=record, actor=actor(), at=now, on=on, ties=present_ties(on))
        _look(elder_id)
    return with_version(card, card.version or 1, 201)


@bp.put("/elders/<uuid:elder_id>/contacts/<uuid:contact_id>")
@open_to(*READERS)
@bp.arguments(schemas.ContactWishSchema)
@bp.response(200, schemas.ContactSchema)
def change_contact(record: elders.ContactRecord, elder_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """Change somebody to call for an elder."""
    on, now, version = today(), clock.utc_now(), version_wanted()
    with storage.transaction():
        card = elders.put_contact(
            elder_id,
            record=record,
            contact_id=contact_id,
            version=version,
            actor=actor(),
            at=now,
            on=on,
            ties=present_ties(on),
        )
        _look(elder_id)
    return with_version(card, card.version or 1)


@bp.delete("/elders/<uuid:elder_id>/contacts/<uuid:contact_id>")
@open_to(*READERS)
@bp.response(204)
def remove_contact(elder_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """Remove somebody from whom to call for an elder; name and phone are gone."""
    on, now, wanted = today(), clock.utc_now(), version_wanted()
    with storage.transaction():
        version = elders.remove_contact(
            elder_id, contact_id=contact_id, version=wanted, actor=actor(), at=now, on=on, ties=present_ties(on)
        )
        _look(elder_id)
    return with_version("", version, 204)


@bp.get("/elders/<uuid:elder_id>/events")
@open_to(*READERS)
@bp.response(200, schemas.ElderEventsSchema)
def list_events(elder_id: UUID) -> dict[str, Any]:
    """List what befell an elder: death, moves, institutions, grave changes."""
    on = today()
    with storage.transaction():
        found = elders.list_events(elder_id, actor=actor(), on=on, ties=present_ties(on))
        _look(elder_id)
    return {"items": found}


@bp.post("/elders/<uuid:elder_id>/events")
@open_to(*WRITERS)
@bp.arguments(schemas.EventWishSchema)
@bp.response(201, schemas.ElderEventSchema)
def record_event(record: elders.EventRecord, elder_id: UUID) -> ResponseReturnValue:
    """Record what befell an elder; death and leaving end homes and categories on that day."""
    on, now = today(), clock.utc_now()
    with storage.transaction():
        _look(elder_id)  # before it: who moved away lives where the caller may see nothing
        card = elders.record_event(elder_id, record=record, actor=actor(), at=now, on=on, ties=present_ties(on))
    return with_version(card, card.version or 1, 201)


@bp.get("/elders/<uuid:elder_id>/assessments")
@open_to(*READERS)
@bp.response(200, schemas.AssessmentsSchema)
def list_assessments(elder_id: UUID) -> dict[str, Any]:
    """List an elder's ability assessments with their scores."""
    on = today()
    with storage.transaction():
        found = elders.list_assessments(elder_id, actor=actor(), on=on, ties=present_ties(on))
        _look(elder_id)
    return {"items": found}


@bp.post("/elders/<uuid:elder_id>/assessments")
@open_to(*WRITERS)
@bp.arguments(schemas.AssessmentWishSchema)
@bp.response(201, schemas.AssessmentEntrySchema)
def add_assessment(record: elders.NewAssessment, elder_id: UUID) -> ResponseReturnValue:
    """Record an ability assessment by GB/T 42195-2022: 26 scores; total and grade follow."""
    on, now = today(), clock.utc_now()
    with storage.transaction():
        card = elders.add_assessment(elder_id, record=record, actor=actor(), at=now, on=on, ties=present_ties(on))
        _look(elder_id)
    return with_version(card, card.version or 1, 201)


@bp.get("/elders/<uuid:elder_id>/grade")
@open_to(*READERS, Role.COORDINATOR)
@bp.arguments(schemas.GradeQuery, location="query")
@bp.response(200, schemas.GradeSchema)
def show_grade(query: dict[str, Any], elder_id: UUID) -> dict[str, Any]:
    """Give the ability grade that an admission or a subsidy may rest on; 409 where it has expired."""
    on = today()
    with storage.transaction():
        refusal: DispatchError | None = None
        try:
            grade = elders.get_grade(elder_id, actor=actor(), on=on, ties=present_ties(on), as_of=query["on"])
        except (elders.AssessmentExpiredError, elders.AssessmentMissingError) as error:
            refusal = error  # it tells of the grade, too, and so leaves its line
        _look(elder_id)
    if refusal is not None:
        raise refusal
    return {"elder_id": elder_id, "on": query["on"] or on, "grade": grade}


def _look(elder_id: UUID) -> None:
    """Leave the access line of a call that shows or changes a part of a record."""
    on = today()
    log_cards([elders.get_elder(elder_id, actor=actor(), on=on, ties=present_ties(on))])


def _entry(row: elders.PartRow) -> dict[str, Any]:
    facts = asdict(row.record)
    if isinstance(row.record, elders.ResidenceRecord):
        facts["point"] = point_out((row.record.lon, row.record.lat), crs="wgs84")
    return {
        "entry_id": row.entry_id,
        **facts,
        "recorded_at": row.recorded_at,
        "superseded_at": row.superseded_at,
    }
