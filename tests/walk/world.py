"""
Two districts, two organizations, two families, carers with and without a visit: everything in them can be told apart.

Each text that only one record holds (an id, a name, a phone, an address, a reason) is known with its owner and its
kind, so that whatever a reply shows can be held against what its reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from dispatch import carers, directory, elders, intake, storage, visits
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from tests.factories.accounts import headers_of, make_account, make_session
from tests.factories.carers import carer_record, put_carers
from tests.factories.elders import make_id_no, put_set
from tests.factories.intake import NOW
from tests.factories.notices import tell_all
from tests.factories.visits import log_entry, new_visit, put_caseload, record_logs
from tests.walk.houses import close_site, put_site_parts
from tests.walk.planning import put_edit, put_run, put_siting
from tests.worlds.tiny_day import AREA, OTHER_DISTRICT, make_tiny_day, point_ll

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from tests.worlds.tiny_day import TinyDay

ON, BEFORE = date(2026, 3, 30), date(2025, 1, 1)
HERE, THERE = "here", "there"
COMMUNITIES = {HERE: AREA, THERE: OTHER_DISTRICT}
# surnames that stand nowhere else, each followed by two characters that a masked name hides
NAMES = {"tied_here": "戚慕莲", "other_here": "窦逸筠", "tied_there": "谌沐霖", "other_there": "亓若溪"}


class Kind(StrEnum):
    """What a text tells about an elder."""

    ELDER = "elder"  # that there is such a record: its id
    REQUEST = "request"  # the id of a care request, a visit or a log
    IDENTITY = "identity"  # name, phone, address, birth date
    ID_NO = "id_no"  # the whole number stands in no record
    PLACE = "place"  # where the door is
    SENSITIVE = "sensitive"  # categories, risk, assessment, absence, consent, needs, contacts, events


ALL = frozenset(Kind) - {Kind.ID_NO}
WHO_AND_WHERE = frozenset({Kind.ELDER, Kind.REQUEST, Kind.IDENTITY, Kind.PLACE})
MASKED = frozenset({Kind.ELDER, Kind.REQUEST})
NOTHING: frozenset[Kind] = frozenset()


@dataclass
class Known:
    """An elder, with the ids of all that belongs to them and the texts that give them away."""

    name: str
    side: str
    elder_id: UUID
    version: int = 1
    requests: list[UUID] = field(default_factory=list)
    told_of: list[UUID] = field(default_factory=list)  # requests and visits
    contact_id: UUID | None = None
    entries: dict[str, UUID] = field(default_factory=dict)  # by the part's address
    texts: dict[str, Kind] = field(default_factory=dict)

    def holds(self, text: object, kind: Kind) -> None:
        """Remember a text that only this elder's record holds."""
        self.texts[str(text)] = kind


@dataclass
class Caller:
    """Somebody of this side, and of each elder of the world the kinds that they may see."""

    name: str
    role: Role
    headers: dict[str, str]
    account_id: UUID
    carer_id: UUID | None
    sees: dict[str, frozenset[Kind]]

    def may_see(self, known: Known) -> frozenset[Kind]:
        """Say what the caller may see of an elder; nothing of those of the other side."""
        return self.sees.get(known.name, NOTHING)


@dataclass
class World:
    """What there is, by name; `sides` holds for each side whatever else a route may be asked for."""

    town: TinyDay
    elders: dict[str, Known]
    callers: dict[str, Caller]
    sides: dict[str, dict[str, UUID]]
    sessions: dict[str, UUID]  # a device of each caller, and of somebody on the other side
    jobs: dict[str, UUID]  # a background job likewise
    foreign_texts: dict[str, str]  # of the other side, but of no elder: text, whose
    log: str = ""  # what was logged while everybody asked

    def own_session(self, caller: Caller | None) -> UUID:
        """Give another device of the caller's own account."""
        return self.sessions[caller.name] if caller else self.foreign_session()

    def foreign_session(self) -> UUID:
        """Give a device of somebody else."""
        return self.sessions[THERE]

    def own_job(self, caller: Caller | None) -> UUID:
        """Give a background job that the caller asked for."""
        return self.jobs[caller.name] if caller else self.foreign_job()

    def foreign_job(self) -> UUID:
        """Give a background job of the other side."""
        return self.jobs[THERE]

    def community(self, known: Known) -> str:
        """Give the community that an elder lives in."""
        return COMMUNITIES[known.side]

    def district(self, known: Known) -> str:
        """Give the district that an elder lives in."""
        return COMMUNITIES[known.side][:6]

    def find_elders(self, text: str) -> dict[str, set[Kind]]:
        """Find whose texts, and of which kinds, stand in a text."""
        found: dict[str, set[Kind]] = {}
        for known in self.elders.values():
            kinds = {kind for each, kind in known.texts.items() if each in text}
            if kinds:
                found[known.name] = kinds
        return found


def make_world(app: Flask) -> World:
    """Put the world on record; it is Monday, 30 March 2026, 09:00 in Tianjin."""
    with storage.transaction():
        town = make_tiny_day()
        for number, (side, community) in enumerate(COMMUNITIES.items()):
            put_set("living_alone", area=community[:6], key=f"visit_{side}")
            name = f"浴{side}"
            town.provider(
                name, at=(1800 + number, 500), service="bathing_home", delivery="home", visit_min=60, area=community
            )
            for one, skills in (("甲", ("lifting", "bathing")), ("乙", ("lifting",))):
                town.carer(f"{one}{side}", of=name, skills=skills)
    accounts = {(side, name): _account(app, town=town, name=name, side=side) for side in COMMUNITIES for name in STAFF}
    with storage.transaction():
        sides = {side: _staff(town, side=side, accounts=accounts) for side in COMMUNITIES}
        people = {
            name: _elder(town, name=name, number=number, ids=sides[name.partition("_")[2]])
            for number, name in enumerate(NAMES)
        }
    for side in COMMUNITIES:
        accounts[side, "family"] = make_account(app, role=Role.FAMILY, elder_ids=[people[f"tied_{side}"].elder_id])
    callers = {
        name: Caller(
            name=name,
            role=role,
            headers=headers_of(app, account_id=accounts[HERE, name]),
            account_id=accounts[HERE, name],
            carer_id=sides[HERE].get(name),
            sees={"tied_here": tied, "other_here": other},
        )
        for name, (role, tied, other) in (STAFF | {"family": (Role.FAMILY, ALL, NOTHING)}).items()
    }
    there = {str(ref): f"the account {name}" for (side, name), ref in accounts.items() if side == THERE}
    for side in COMMUNITIES:
        sides[side] |= {"worker_account": accounts[side, "worker"], "family_account": accounts[side, "family"]}
        sides[side]["run_id"] = put_run(app, area_code=COMMUNITIES[side][:6], account_id=accounts[side, "officer"])
        sides[side]["siting_id"] = put_siting(
            app, area_code=COMMUNITIES[side][:6], account_id=accounts[side, "officer"]
        )
        sides[side]["edit_id"] = put_edit(app, area_code=COMMUNITIES[side][:6], account_id=accounts[side, "planner"])
    there |= {str(sides[THERE]["run_id"]): "the coverage run", str(sides[THERE]["siting_id"]): "the siting"}
    there[str(sides[THERE]["edit_id"])] = "the edit of the network"
    there |= {str(sides[THERE][name]): f"the carer {name}" for name in ("worker", "visiting_carer")}
    _read_versions(people)
    sessions = {name: make_session(app, account_id=caller.account_id) for name, caller in callers.items()}
    sessions[THERE] = make_session(app, account_id=accounts[THERE, "officer"])
    jobs = {name: _ask(caller.account_id, HERE) for name, caller in callers.items()}
    jobs[THERE] = _ask(accounts[THERE, "officer"], THERE)
    with storage.transaction():
        for known in people.values():
            for subject_id in known.told_of:
                tell_all(subject_id, at=NOW)
    return World(town, people, callers, sides, sessions, jobs, there)


def _ask(account_id: UUID, side: str) -> UUID:
    with storage.transaction():
        job = storage.request_job(
            "coverage_run", key=str(account_id), args={}, actor=Actor(account_id), at=NOW, area_code=COMMUNITIES[side]
        )
    return job.id


# who there is on each side: role, what they see of the elder they are tied to, and of the other one
STAFF = {
    "worker": (Role.COMMUNITY_WORKER, ALL, MASKED),
    "idle_worker": (Role.COMMUNITY_WORKER, MASKED, MASKED),
    "visiting_carer": (Role.CARER, WHO_AND_WHERE, NOTHING),
    "idle_carer": (Role.CARER, NOTHING, NOTHING),
    # a request that nobody serves yet is shown to whoever could, without saying whose it is
    "coordinator": (Role.COORDINATOR, WHO_AND_WHERE, frozenset({Kind.REQUEST})),
    "operator": (Role.OPERATOR, MASKED, MASKED),
    "planner": (Role.PLANNER, NOTHING, NOTHING),
    "officer": (Role.DISTRICT_OFFICER, ALL, ALL),
    "administrator": (Role.ADMINISTRATOR, NOTHING, NOTHING),
}
BY_AREA = {Role.COMMUNITY_WORKER: 9, Role.OPERATOR: 6, Role.PLANNER: 6, Role.DISTRICT_OFFICER: 6}  # digits


def _account(app: Flask, *, town: TinyDay, name: str, side: str) -> UUID:
    role = STAFF[name][0]
    if role is Role.COORDINATOR:
        return make_account(app, role=role, organization_id=town.organizations[f"浴{side}"])
    if role in BY_AREA:
        return make_account(app, role=role, area=COMMUNITIES[side][: BY_AREA[role]])
    if role is Role.ADMINISTRATOR:
        # bound to its district, so that the two sides differ
        return make_account(app, role=role, grants=[Grant(role, ScopeKind.AREA, COMMUNITIES[side][:6])])
    return make_account(app, role=role)


def _staff(town: TinyDay, *, side: str, accounts: dict[tuple[str, str], UUID]) -> dict[str, UUID]:
    """Put the side's carers on record; the ids of what the side has come back by name."""
    names = ("worker", "idle_worker", "visiting_carer", "idle_carer")
    records = [
        carer_record(
            "first_aid",
            exceptions=(carers.ExceptionRecord(date(2026, 12, 1), "off"),),
            account_id=accounts[side, name],
            organization_id=town.organizations[f"浴{side}"],
            kind="community_worker" if name.endswith("worker") else "care_worker",
            name=f"{name} {side}",
        )
        for name in names
    ]
    put_carers(*records)
    carer_ids = dict(zip(names, (record.id for record in records), strict=True))
    entries = {
        f"{part.value.removesuffix('s')}_id": carers.list_part(carer_ids["visiting_carer"], part=part, actor=SYSTEM)[0]
        for part in carers.CarerPart
    }
    return (
        carer_ids
        | {name: row.entry_id for name, row in entries.items()}
        | {
            "service_at_site_id": town.offers[f"浴{side}"],
            "service_id": directory.find_services(town.organizations[f"浴{side}"])[0].id,
            "closure_id": close_site(town.sites[f"浴{side}"]),
            "site_id": town.sites[f"浴{side}"],
            "organization_id": town.organizations[f"浴{side}"],
        }
        | put_site_parts(town, name=f"浴{side}")
    )


def _elder(town: TinyDay, *, name: str, number: int, ids: dict[str, UUID]) -> Known:
    """Put an elder on record with an entry of every part; the one who is tied has caseload, visit and request."""
    side = name.partition("_")[2]
    known = Known(name, side, storage.new_id())
    lon, lat = (round(degrees, 7) for degrees in point_ll(1003.7 + number * 10, 501.3 + number * 10))
    address, phone, id_no = f"{NAMES[name][1:]}里{number}号楼", f"1900077{number:04d}", make_id_no(number=400 + number)
    record = elders.ElderRecord(
        id=known.elder_id,
        name=NAMES[name],
        sex="female",
        born_on=date(1944, 5, 6),
        id_no=id_no,
        phone=phone,
        residences=(
            elders.ResidenceRecord("main", COMMUNITIES[side], address, BEFORE, lon=lon, lat=lat, located_by="door"),
        ),
        memberships=(elders.MembershipRecord("living_alone", BEFORE, basis=f"依据{NAMES[name]}"),),
    )
    elders.register_elders([record], actor=SYSTEM, at=NOW)
    known.holds(known.elder_id, Kind.ELDER)
    known.holds(id_no, Kind.ID_NO)
    for text in (NAMES[name], address, phone):
        known.holds(text, Kind.IDENTITY)
    for degrees in (lon, lat):
        known.holds(degrees, Kind.PLACE)
    _put_parts(known)
    _put_care(town, known=known, ids=ids)
    return known


def _put_parts(known: Known) -> None:
    made = {"actor": SYSTEM, "at": NOW, "on": ON, "ties": elders.Ties()}
    secret = f"隐情{NAMES[known.name]}"
    span = {"valid_from": BEFORE, "valid_to": date(2026, 1, 1)}
    records = {
        "residences": (
            elders.Part.RESIDENCES,
            elders.ResidenceRecord("second", COMMUNITIES[known.side], f"{secret}女儿家", **span),
        ),
        "categories": (elders.Part.MEMBERSHIPS, elders.MembershipRecord("empty_nest", basis=secret, **span)),
        "needs": (elders.Part.NEEDS, elders.NeedRecord("meals", **span)),
        "absences": (elders.Part.ABSENCES, elders.AbsenceRecord("hospital", **span)),
        "consents": (elders.Part.CONSENTS, elders.ConsentRecord("photo", "granted", "app", **span)),
        "risk-levels": (elders.Part.RISK_LEVELS, elders.RiskRecord("high", reason=secret, **span)),
    }
    for address, (part, record) in records.items():
        known.entries[address] = elders.add_part(known.elder_id, part=part, record=record, **made).entry_id
        known.holds(known.entries[address], Kind.SENSITIVE)
    contact = elders.put_contact(
        known.elder_id,
        record=elders.ContactRecord(
            f"{secret}女儿", "child", f"1910000{len(known.texts):02d}{ord(secret[2]) % 89:02d}"
        ),
        **made,
    )
    known.contact_id = contact.contact_id
    event = elders.record_event(
        known.elder_id, record=elders.EventRecord("grave_change", ON - timedelta(days=9), evidence=secret), **made
    )
    assessed = elders.add_assessment(
        known.elder_id,
        record=elders.NewAssessment(dict(elders.ASSESSMENT_ITEMS), f"{secret}评估员", ON - timedelta(days=60)),
        **made,
    )
    for text in (secret, contact.contact_id, contact.phone, event.event_id, assessed.assessment_id):
        known.holds(text, Kind.SENSITIVE)


def _put_care(town: TinyDay, *, known: Known, ids: dict[str, UUID]) -> None:
    waiting = town.ask("bathing_home", elder_id=known.elder_id, on="2026-04-07")
    held = town.ask("meals", elder_id=known.elder_id, on="2026-04-07")
    intake.hold_request(held, reason=intake.HoldReason.AWAY, actor=SYSTEM, now=NOW)
    known.requests += [waiting, held]
    made = []
    if known.name.startswith("tied"):
        served = town.ask("bathing_home", elder_id=known.elder_id)
        made = list(town.assign(served, f"浴{known.side}").visit_ids)
        known.told_of += made
        known.requests.append(served)
        put_caseload(ids["worker"], known.elder_id, since=BEFORE)
        for carer in ("worker", "visiting_carer"):
            visit = new_visit(known.elder_id, start_at=NOW, carer_id=ids[carer])
            planned = [each.visit_id for each in visits.plan_visits([visit], actor=SYSTEM, at=NOW)]
            made += planned
            known.told_of += planned
            log = log_entry(known.elder_id, carer_id=ids[carer], started_at=NOW - timedelta(days=3))
            made += [each.log_id for each in record_logs(log)]
    known.told_of += known.requests
    for text in (*known.requests, *made):
        known.holds(text, Kind.REQUEST)


def _read_versions(people: dict[str, Known]) -> None:
    for known in people.values():
        with storage.reading():
            card = elders.get_elder(known.elder_id, actor=SYSTEM, on=ON, ties=elders.Ties())
        known.version = card.version
