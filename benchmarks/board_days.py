"""A made-up district day whose plan is proposed: what `benchmarks/board.py` asks about changes by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.matching import _middle, _store_carers, _store_sites
from benchmarks.scenarios import DISTRICT, _areas, _elder
from dispatch import areas, assignment, dates, directory, elders, planner, storage, streets
from dispatch.actor import SYSTEM
from dispatch.intake.models import CareRequest, CareRequestVisit
from dispatch.visits.models import Visit

if TYPE_CHECKING:
    from uuid import UUID

    from dispatch.config import Settings
    from dispatch.streets import Network

ZONE, SEED, SITES = ZoneInfo("Asia/Shanghai"), 20260331, 60
PAIRS_PCT = 10
SERVICES = {False: ("visiting", 20), True: ("bathing_home", 30)}  # for one carer, for two: minutes


def store_day(network: Network, *, settings: Settings, visits: int, carers: int, now: datetime, seconds: float) -> UUID:
    """
    Put a day of requests that wait to be planned on record, and a plan of it that is proposed.

    Tomorrow, so that nothing lies in the past; a tenth of the visits are by two carers at once, windows are of one to
    three hours. The search takes so many seconds of processor. Areas and codes are there already, a network too.
    """
    chance = np.random.default_rng(SEED)
    on = dates.service_date(now, ZONE) + timedelta(days=1)
    with storage.transaction():
        areas.put_areas(_areas(network), actor=SYSTEM, at=now)
        houses = _store_sites(network, count=SITES, chance=chance)
        _store_carers(network, organization_ids=houses, count=carers, chance=chance)
        records = [
            replace(_elder(number, place), id=storage.new_id())
            for number, place in enumerate(_middle(network, count=visits, chance=chance))
        ]
        elders.register_elders(records, actor=SYSTEM, at=now)
        _store_visits(records, on=on, now=now, count=visits, chance=chance)
    if storage.engine().dialect.name == "postgresql":
        with storage.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    with storage.transaction():
        card = assignment.request_plan(assignment.PlanWish(on, DISTRICT), actor=SYSTEM, now=now, zone=ZONE)
    with storage.reading():
        case = assignment.gather_day(on, area_code=DISTRICT, organization_id=None, now=now, zone=ZONE)
    answer = assignment.compute_day(
        case,
        network=network,
        zone=ZONE,
        weights=planner.Weights(),
        seed=1,
        search=lambda problem: planner.solve(problem, stop=planner.MaxSeconds(seconds, is_cpu=True), seed=1),
        cache=streets.TravelCache(settings.travel_dir, key=settings.index_key.encode()),
    )
    with storage.transaction():
        assignment.store_answer(card.plan_id, answer=answer, actor=SYSTEM, at=now)
    return card.plan_id


def _store_visits(
    people: list[elders.ElderRecord], *, on: date, now: datetime, count: int, chance: np.random.Generator
) -> None:
    offers: dict[str, list[UUID]] = {}
    for offer in directory.find_offers(service_codes=[code for code, _ in SERVICES.values()], on=on):
        offers.setdefault(offer.service_code, []).append(offer.service_at_site_id)
    rows: dict[Any, list[dict[str, Any]]] = {CareRequest: [], Visit: [], CareRequestVisit: []}
    morning = datetime.combine(on, time(8), ZONE)
    while len(rows[Visit]) < count:
        number = len(rows[CareRequest])
        is_double = number % 100 < PAIRS_PCT and len(rows[Visit]) < count - 1
        code, visit_min = SERVICES[is_double]
        person = people[number]
        request_id, pair_id = storage.new_id(), storage.new_id() if is_double else None
        from_at = morning + timedelta(minutes=15 * int(chance.integers(0, 36)))
        window = {"window_from_at": from_at, "window_to_at": from_at + timedelta(minutes=int(chance.integers(60, 181)))}
        rows[CareRequest].append(
            window
            | {
                "id": request_id,
                "elder_id": person.id,
                "area_code": person.residences[0].area_code,
                "service_code": code,
                "channel": "phone",
                "urgency": "routine",
                "service_on": on,
                "period": "morning",
                "carers_needed": 1 + is_double,
                "pairing": "simultaneous" if is_double else None,
                "service_at_site_id": offers[code][number % len(offers[code])],
                "status": "accepted",
                "submitted_at": now,
                "move_no": 0,
                "version": 1,
            }
        )
        for slot_no in range(1, 2 + is_double):
            visit_id = storage.new_id()
            rows[Visit].append(
                window
                | {
                    "id": visit_id,
                    "elder_id": person.id,
                    "service_code": code,
                    "purpose": "service",
                    "visit_min": visit_min,
                    "pair_id": pair_id,
                    "slot_no": slot_no,
                    "is_pinned": False,
                    "status": "planned",
                    "version": 1,
                }
            )
            rows[CareRequestVisit].append({"care_request_id": request_id, "visit_id": visit_id, "slot_no": slot_no})
    for model, some in rows.items():
        storage.insert_rows(model.__table__, rows=some)
