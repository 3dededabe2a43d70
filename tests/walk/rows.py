"""What the walk cannot read off the OpenAPI document: values of addresses, queries and bodies that have a meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from dispatch import areas, assignment, clock, coverage, intake, storage, streets, visits
from dispatch.accounts import find_keys, get_account
from dispatch.accounts.models import PartnerKey
from dispatch.actor import SYSTEM, Actor, Grant, Role, ScopeKind
from dispatch.elders import ASSESSMENT_ITEMS
from dispatch.intake.models import SeriesPause
from dispatch.notices.models import ShortText
from tests.factories.intake import ZONE, submit, wish
from tests.factories.offers import offer_next
from tests.walk.days import board_query, plan_of
from tests.walk.telling import calendar_body, delivery_of, feed_of, hook_body, hook_of
from tests.walk.world import NAMES, Kind
from tests.worlds.tiny_day import point_ll

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from dispatch.coverage import Scenario
    from tests.walk.world import Caller, Known, World

    Made = Callable[[World, Known | None, Caller | None], Any]


def _grant_of(account_id: UUID) -> UUID:
    with storage.reading():
        return next(dated.id for dated in get_account(account_id).grants if dated.grant.scope_kind is not ScopeKind.OWN)


def _key_of(account_id: UUID) -> UUID:
    now = clock.utc_now()
    with storage.transaction() as session:
        for key in find_keys(account_id):
            return key.id
        times = {"issued_at": now, "expires_at": now + timedelta(days=9)}
        row = PartnerKey(
            account_id=account_id, key_index=account_id.bytes, begins_with="", mode="test", label="", **times
        )
        session.add(row)
        session.flush()
        return row.id


def _compound_of(community: str) -> UUID:
    with storage.transaction():
        for row in areas.find_compounds(community):
            return row.id
        record = areas.CompoundRecord(
            community, "老小区", "built_up", households=9, care_floor_area_m2=1.0, source="walk"
        )
        return areas.create_compound(record, actor=SYSTEM, at=clock.utc_now()).id


def _scenario_of(world: World, known: Known) -> Scenario:
    """Give a draft scenario of a side, owned by its planner, with one change; made when it is first asked for."""
    owner = world.callers["planner"].account_id
    actor = Actor(owner, grants=(Grant(Role.PLANNER, ScopeKind.AREA, world.district(known)),))
    with storage.reading():
        for found in coverage.find_scenarios(actor, area_code=world.district(known)):
            return coverage.get_scenario(found.id, actor=actor)
    wish = coverage.ScenarioWish("试", area_code=world.district(known), service_code="meals")
    close = coverage.ChangeWish(coverage.ChangeKind.CLOSE, site_id=world.sides[known.side]["site_id"])
    network = streets.open_network(
        current_app.config["DISPATCH_SETTINGS"].networks_dir / current_app.config["DISPATCH_SETTINGS"].network
    )
    with storage.transaction():
        wanted = replace(wish, changes=(close,))
        placed = coverage.prepare_scenario(wanted, network=network, actor=actor, today=date(2026, 3, 30))
        return coverage.create_scenario(placed, actor=actor, at=clock.utc_now())


def _offer_of(known: Known) -> UUID:
    """Give an open offer of a request of an elder whom the coordinator of the side serves anyway."""
    if not known.name.startswith("tied"):
        return uuid4()
    with storage.reading():
        found = assignment.find_offers(SYSTEM, wanted=assignment.OfferFilter(), limit=200).offers
    mine = [one for one in found if one.request.elder_id == known.elder_id]
    for one in mine:
        if one.status is assignment.OfferStatus.OPEN:
            return one.id
    on = date(2026, 4, 14) + timedelta(weeks=len(mine))  # the carers work on Tuesdays
    with storage.transaction():
        request_id = submit(wish(known.elder_id, on=on.isoformat()), now=clock.utc_now()).id
        made = offer_next(request_id, at=clock.utc_now())
    known.holds(request_id, Kind.REQUEST)
    return made.id if made else uuid4()


def _task_of(known: Known) -> UUID:
    """Have a supervisor look at a request of somebody known; while nobody has it is one and the same task."""
    with storage.transaction():
        return intake.raise_task(known.requests[0], kind=intake.TaskKind.CARER_LOST, actor=SYSTEM, at=clock.utc_now())


def _text_of(world: World, known: Known) -> UUID:
    """Give a short text of a side that has failed; made when it is first asked for."""
    now, area_code = clock.utc_now(), world.community(known)
    with storage.transaction() as session:
        found = session.scalar(
            sa.select(ShortText.id).where(ShortText.area_code == area_code, ShortText.entry_seq == 0)
        )
        if found:
            return found
        codes = {"addressee": "staff", "locale": "zh", "template": "trial", "status": "failed", "area_code": area_code}
        times = {"made_at": now, "due_at": now, "try_at": now, "ended_at": now}
        who = {"kind": "care_request.failed", "recipient": area_code, "is_emergency": False, "tries": 8}
        row = ShortText(entry_seq=0, **who, **codes, **times)
        session.add(row)
        session.flush()
        return row.id


def _series_of(known: Known) -> UUID:
    """Give the series of an elder, asked for by the system; made when it is first asked for."""
    with storage.transaction():
        for found in intake.find_series(SYSTEM, wanted=intake.SeriesFilter(elder_id=known.elder_id)).series:
            return found.id
        wish = intake.SeriesWish(None, known.elder_id, "meals", RULE, date(2026, 4, 7), time(9), time(11))
        made = intake.start_series(wish, actor=SYSTEM, now=clock.utc_now(), zone=ZONE)
        pause = SeriesPause(series_id=made.id, from_on=date(2026, 5, 1), hold_reason="away", made_at=clock.utc_now())
        storage.session().add(pause)
        return made.id


def _pause_of(known: Known) -> UUID:
    with storage.reading():
        return intake.get_series(_series_of(known), actor=SYSTEM).pauses[0].id


RULE = "FREQ=WEEKLY;COUNT=10"


def _visit_of(known: Known, caller: Caller | None) -> UUID:
    """Give a visit to an elder: the caller's own or, for who has none, one that serves a request."""
    with storage.reading():
        found = visits.find_visits(elder_id=known.elder_id)
        served = intake.find_served([each.visit_id for each in found])
    own = [each.visit_id for each in found if caller and caller.carer_id and each.carer_id == caller.carer_id]
    return next(iter([*own, *sorted(served)]), uuid4())


OUTSIDE = "129998"  # a district that is on no record
# the addresses of an elder's dated parts; each elder of the world has one entry of each
ENTRY_PARTS = ("residences", "categories", "needs", "absences", "consents", "risk-levels")
# likewise of a site's
SITE_PARTS = ("stages", "operations", "functions", "agreements", "prices")
# variable of an address -> what stands for it, or how to find it for a target
IDS: dict[str, Any] = {
    "code": "120198",
    "list_name": "service",
    "day": "2026-10-01",
    "period": "noon",
    "collection_id": "areas",
    "layer": "areas",
    "z": "0",
    "x": "0",
    "y": "0",
    "feature_id": lambda world, known, _: f"{world.sides[known.side]['run_id']}.{world.district(known)}",
    "bed_type": "nursing",
    "compound_id": lambda world, known, _: _compound_of(world.community(known)),
    "rule_key": "visit.modes",
    "session_id": lambda world, known, caller: (
        world.own_session(caller) if known.name == "tied_here" else world.foreign_session()
    ),
    "visit_id": lambda _, known, caller: _visit_of(known, caller),
    "carer_id": lambda world, known, _: world.sides[known.side]["visiting_carer"],
    "account_id": lambda world, known, _: world.sides[known.side]["worker_account"],
    "grant_id": lambda world, known, _: _grant_of(world.sides[known.side]["worker_account"]),
    "key_id": lambda world, known, _: _key_of(world.sides[known.side]["worker_account"]),
    "bound_account_id": lambda world, known, _: world.sides[known.side]["family_account"],
    "offer_id": lambda _world, known, _: _offer_of(known),
    "text_id": lambda world, known, _: _text_of(world, known),
    "scenario_id": lambda world, known, _: _scenario_of(world, known).id,
    "task_id": lambda _world, known, _caller: _task_of(known),
    "plan_id": lambda world, known, _: plan_of(world, known),
    "series_id": lambda _, known, __: _series_of(known),
    "pause_id": lambda _, known, __: _pause_of(known),
    "change_id": lambda world, known, _: _scenario_of(world, known).changes[0].id,
    "webhook_id": lambda world, known, _: hook_of(world, known),
    "delivery_id": lambda world, known, _: delivery_of(hook_of(world, known)),
    "calendar_id": lambda _, __, caller: feed_of(caller),
    "token": "cal_nobody-has-it",
    "job_id": lambda world, known, caller: world.own_job(caller) if known.name == "tied_here" else world.foreign_job(),
}
# endpoint -> query parameters, or how to make them
QUERIES: dict[str, Any] = {
    "confirmations.show_totals": {"month": "2026-03"},
    "services.list_nearby": {"near": "117.2,39.1", "service": "bathing_home", "crs": "wgs84"},
    "sla.count_breaches": lambda world, known, _: {"area": world.district(known) if known else OUTSIDE},
    "visits.show_rate": {"month": "2026-03"},
    "days.show_board": board_query,
    "coverage_people.list_unmet": lambda world, known, _: {
        "service": "bathing_home",
        "area": world.district(known) if known else OUTSIDE,
    },
    "reports.get_report": {"format": "xlsx"},  # what it says can be read by a test; a PDF's letters cannot
    "carers.show_roster": {"from": "2026-03-30", "to": "2026-04-06"},
} | {
    endpoint: lambda world, known, _: {
        "service": "bathing_home",
        "area": world.district(known) if known else OUTSIDE,
        "run": None,
    }
    for endpoint in (
        *(f"coverage.list_{what}" for what in ("gaps", "areas", "circles", "hexagons")),
        "coverage_people.list_categories",
    )
}
WINDOW = {"window_from_at": "2026-04-08T09:00:00+08:00", "window_to_at": "2026-04-08T11:00:00+08:00"}
SPAN = {"valid_from": "2026-03-01"}
PHONED = {"channel": "phone", "on_behalf_of": "女儿"}
# endpoint -> what stands in the body beside what the schema asks for, or how to make it
BODIES: dict[str, Any] = {
    "elders.create_elder": lambda world, known, _: {
        "name": "新来的",
        "born_on": "1944-05-06",
        "residences": [
            {
                "kind": "main",
                "area_code": world.community(known) if known else f"{OUTSIDE}001001",
                "address": "新路1号",
                **SPAN,
            }
        ],
    },
    "elders.change_elder": {"has_lift_access": True},
    "elder_parts.add_residence": SPAN | {"kind": "second"},
    "elder_parts.correct_residence": SPAN | {"kind": "second"},
    "elder_parts.add_category": SPAN | {"category": "left_behind"},
    "elder_parts.correct_category": SPAN | {"category": "left_behind"},
    "carers.create_carer": {"name": "新来的"},
    "carers.change_carer": {"name": "改过的"},
    "carers.add_qualification": {"skill": "nursing"},
    "carers.add_shift": SPAN | {"weekday": 6},
    "carers.correct_shift": SPAN | {"weekday": 6},
    "elder_parts.add_assessment": {"item_scores": dict(ASSESSMENT_ITEMS)},
    "elder_parts.record_event": {"kind": "grave_change"},
    "care_requests.submit": lambda _, __, caller: (
        WINDOW
        | {"service_code": "meals", "even_if_not_offered": True, "is_draft": False}
        | (PHONED if caller and caller.role is Role.OPERATOR else {})
    ),
    "quotes.make_quote": {"service_dates": ["2026-04-08"], "service_code": "meals"},
    "subsidies.put_rule": lambda world, known, _: {
        **SPAN,
        "area_code": world.district(known) if known else OUTSIDE,
        "rule_version": "W-1",
        "service_code": "meals",
    },
    "care_series.start": lambda _, __, caller: (
        {"service_code": "bathing_home", "starts_on": "2026-04-14", "from_time": "09:00", "to_time": "11:00"}
        | ({"channel": "phone", "on_behalf_of": "女儿"} if caller and caller.role is Role.OPERATOR else {})
    ),
    "care_series.pause": {"from_on": "2026-04-07"},
    "care_series.make_exception": {"on": "2026-04-07"},
    "plans.create_plan": lambda world, known, _: {
        "on": "2026-05-12",
        "area_code": world.district(known) if known else OUTSIDE,
        "organization_id": str(world.sides[known.side]["organization_id"] if known else uuid4()),
    },
    "doing.start": {"started_at": "2026-03-30T09:00:00+08:00", "device_at": "2026-03-30T09:00:00+08:00"},
    "doing.finish": {
        "started_at": "2026-03-30T08:20:00+08:00",
        "finished_at": "2026-03-30T09:00:00+08:00",
        "device_at": "2026-03-30T09:00:00+08:00",
    },
    "doing.report_problem": {
        "kind": "nobody_home",
        "late_min": None,
        "happened_at": "2026-03-30T09:00:00+08:00",
        "device_at": "2026-03-30T09:00:00+08:00",
    },
    "doing.change_carer": lambda world, known, _: {
        "carer_id": str(world.town.carers[f"甲{known.side}"] if known else uuid4())
    },
    "visits.record_log": {
        "service_code": "visiting",
        "place": "home",
        "started_at": "2026-03-30T08:00:00+08:00",
        "finished_at": "2026-03-30T08:30:00+08:00",
        "device_at": "2026-03-30T08:31:00+08:00",
    },
    **{
        endpoint: lambda world, known, _: (
            SPAN
            | {
                "area_code": world.district(known) if known else OUTSIDE,
                "kind": "closure",
                "geometry": {"type": "Point", "coordinates": list(point_ll(1000, 500))},
                "crs": "wgs84",
            }
        )
        for endpoint in ("network_edits.add_edit", "network_edits.correct_edit")
    },
    "coverage.create_run": lambda world, known, _: {
        "area_code": world.district(known) if known else OUTSIDE,
        "service_code": "bathing_home",
        "as_of": "2026-03-30",
    },
    "scenarios.create_scenario": lambda world, known, _: {
        "area_code": world.district(known) if known else OUTSIDE,
        "service_code": "bathing_home",
    },
    "scenarios.put_changes": {"name": "试过"},
    "sitings.create_siting": lambda world, known, _: {
        "area_code": world.district(known) if known else OUTSIDE,
        "service_code": "bathing_home",
        "as_of": "2026-03-30",
        "picks": 1,
    },
    "privacy.erase": {"basis": "own_request"},
    "webhooks.create_webhook": hook_body,
    "calendars.issue": calendar_body,
    "phone_desk.search": lambda _world, known, _: {"q": NAMES.get(known.name, known.name) if known else "无名氏"},
    "phone_desk.open_call": {"caller": "elder", "checked_by": "number_shown"},
    "emergencies.open_emergency": {"reason": "敲门无人应，屋内有呼救声"},
    "accounts.open_account": lambda world, known, _: {
        "username": "newcomer",
        "grants": [
            {
                "role": "planner",
                "scope_kind": "area",
                "scope_ref": world.community(known) if known else f"{OUTSIDE}001001",
            }
        ],
    },
    "accounts.give_grant": lambda world, known, _: {
        "role": "planner",
        "scope_kind": "area",
        "scope_ref": world.community(known) if known else f"{OUTSIDE}001001",
    },
    "sites.create_offer": {"hours": "Mo-Fr 08:00-17:00"},
    "areas.put_rule": {"value": ["door"]},
    "hours.close_site": {"from_at": "2026-04-01T08:00:00+08:00", "to_at": "2026-04-02T08:00:00+08:00"},
}
# what the walk does not get into, each with the status that it gets and the reason
UNREACHED: dict[str, tuple[int, str]] = {
    "care_requests.confirm": (409, "the requests of the world are asked already"),
    "site_parts.add_stage": (409, "the sites of the world are open without an end"),
    "feed.mark_seen": (422, "the walk holds no cursor"),
    "auth.sign_in": (401, "the walk knows no password"),
    "passwords.change_password": (401, "as above"),
    "passwords.choose_password": (422, "the walk holds no one-time code"),
    "passwords.register": (422, "as above"),
    "passwords.link": (422, "as above"),
    "calendars.show": (404, "whoever holds the address reads as another account; see tests/api/test_calendars.py"),
    "imports.create_import": (415, "the walk sends no file"),
    "auth.refresh": (401, "the walk holds no refresh token"),
    "sites.create_offer": (409, "the sites of the world give their only service already"),
    "phone_desk.end_call": (404, "nobody of the world is on the line"),
    "emergencies.acknowledge_emergency": (404, "nobody has opened an elder of the world"),
    "supervisor_tasks.close": (428, "the walk sends no version with a POST"),
    "privacy.erase": (409, "the elders of the world live at home"),
    "doing.attend": (409, "carers go to the elders of the world"),
    "confirmations.confirm": (409, "no request of the world is completed"),
    "confirmations.dispute": (409, "as above"),
    "confirmations.close": (409, "as above"),
    "accounts.issue_key": (409, "the accounts of the world are people's, no system's"),
    "elders.merge_elder": (428, "as for sites, below"),
    "duplicates.merge_site": (428, "the walk sends no version with a POST"),
    "publications.get_publication": (404, "nothing is published in the world: everybody could see it"),
    "publications.withdraw_publication": (404, "as above"),
    "scenarios.add_change": (428, "the walk sends no version with a POST"),
    "scenarios.share_scenario": (428, "as above"),
    "scenarios.archive_scenario": (428, "as above"),
    "scenarios.adopt_scenario": (428, "as above"),
    "plans.accept": (428, "as above"),
    "plans.reject": (428, "as above"),
    "plan_changes.make": (428, "as above"),
    "plan_changes.undo": (428, "as above"),
    "plan_changes.repair": (409, "no plan of the world is signed"),
    "plan_changes.list_carers": (404, "the plan of the world has no visit; see tests/api/test_plan_changes.py"),
    "plan_changes.check": (404, "the plan of the world has no visit; see tests/api/test_plan_changes.py"),
    "organizations.delete_organization": (409, "the organizations of the world have open sites"),
}
