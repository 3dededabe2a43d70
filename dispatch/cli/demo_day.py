"""A day ahead that is worth planning, for the demo: made-up requests and outreach visits, and a plan to look at."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from dispatch import areas, assignment, carers, dates, directory, elders, intake, storage, visits
from dispatch.actor import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from dispatch.elders import Home

DISTRICT: Final = "120198"
NAMES: Final = UUID("8d0ff9a6-5f0b-5d5c-9c26-3a1d7a1f0c52")
PLANNED_ON: Final = frozenset({0, 2, 3, 4})
"""Weekdays that are planned ahead: on Tuesdays the demo's carer1 is off."""
# service, how many requests, hours in which their windows begin
ASKED: Final = (("bathing_home", 8, (9, 10, 14, 15)), ("cleaning", 20, (9, 10, 11, 13, 14, 15)))
WINDOW: Final = timedelta(hours=2)
OUTREACH_OF_EACH: Final = 4
OUTREACH_MIN: Final = 30
SECONDS: Final = 10


def put_demo_day(*, now: datetime, zone: ZoneInfo) -> UUID | None:
    """
    Put visits of the next day that is planned on record and ask for a plan of it; the plan's id comes back.

    Only once for each day: None where there is something on that day already.
    """
    on = _next_planned_day(dates.service_date(now, zone))
    midnight_at = dates.start_of(on, zone)
    with storage.reading():
        if visits.find_day(from_at=midnight_at, to_at=midnight_at + timedelta(days=1)):
            return None
        homes = [home for home in elders.find_homes(DISTRICT, on=on) if home.lon is not None]
    with storage.transaction():
        _put_requests(homes, on=on, now=now, zone=zone)
        _put_outreach(homes, on=on, now=now, zone=zone)
        area = areas.get_area(DISTRICT)
        wish = assignment.PlanWish(on, area.code, seconds=SECONDS)
        return assignment.request_plan(wish, actor=SYSTEM, now=now, zone=zone).plan_id


def _next_planned_day(today: date) -> date:
    ahead = (today + timedelta(days=number) for number in range(1, 5))
    return next(day for day in ahead if day.weekday() in PLANNED_ON)


def _put_requests(homes: list[Home], *, on: date, now: datetime, zone: ZoneInfo) -> None:
    """Ask for services that providers with carers of their own took; nobody has a carer yet."""
    turn = iter(homes[:: len(homes) // (2 * sum(count for _, count, _ in ASKED)) or 1])
    for service_code, count, hours in ASKED:
        offers = list(_offers(service_code, on=on))
        made = 0
        while offers and made < count:
            home = next(turn, None)
            if home is None:
                return
            begin = datetime.combine(on, time(hours[made % len(hours)]), tzinfo=zone)
            wish = intake.RequestWish(
                id=uuid5(NAMES, f"{on}/{service_code}/{made}"),
                elder_id=home.elder_id,
                service_code=service_code,
                window_from_at=begin,
                window_to_at=begin + WINDOW,
                channel=intake.Channel.COUNTER,
            )
            try:
                card = intake.submit_request(wish, actor=SYSTEM, now=now, zone=zone, is_history=True)
            except (elders.ElderNotFoundError, intake.CareRequestRepeatedError):
                continue
            except intake.ElderAwayError:
                continue
            _accept(card, offer=offers[made % len(offers)], now=now)
            made += 1


def _offers(service_code: str, *, on: date) -> Iterator[directory.Offer]:
    """Give who comes to the home for a service, and has people for it."""
    needs = directory.service_needs(service_code)
    for offer in directory.find_offers(service_codes=[service_code], on=on, area_prefixes=[DISTRICT]):
        staff = carers.find_carers(on=on, organization_ids=[offer.organization_id])
        able = [each for each in staff if needs.skills_all <= each.skills.keys()]
        if offer.delivery is directory.Delivery.HOME and len(able) > max(1, needs.carers):
            yield offer


def _accept(card: intake.RequestCard, *, offer: directory.Offer, now: datetime) -> None:
    pair_id = uuid5(card.id, "pair") if card.carers_needed > 1 else None
    planned = visits.plan_visits(
        [
            visits.NewVisit(
                card.elder_id,
                card.service_code,
                card.window_from_at,
                card.window_to_at,
                visit_min=offer.visit_min or OUTREACH_MIN,
                pair_id=pair_id,
                slot_no=slot_no,
                id=uuid5(card.id, f"visit/{slot_no}"),
            )
            for slot_no in range(1, max(1, card.carers_needed) + 1)
        ],
        actor=SYSTEM,
        at=now,
    )
    intake.move_request(
        card.id,
        to=intake.RequestStatus.ACCEPTED,
        actor=SYSTEM,
        now=now,
        service_at_site_id=offer.service_at_site_id,
        visit_ids=[each.visit_id for each in planned],
    )


def _put_outreach(homes: list[Home], *, on: date, now: datetime, zone: ZoneInfo) -> None:
    """Plan visits of community workers to elders for whom they answer: some in the morning, some after noon."""
    workers = visits.find_workers([home.elder_id for home in homes], on=on)
    theirs: dict[UUID, list[UUID]] = {}
    for elder_id, carer_id in sorted(workers.items()):
        theirs.setdefault(carer_id, []).append(elder_id)
    wishes = []
    for _, elder_ids in sorted(theirs.items()):
        for number, elder_id in enumerate(elder_ids[:OUTREACH_OF_EACH]):
            begin = datetime.combine(on, time(9 if number % 2 else 14), tzinfo=zone)
            wishes.append(
                visits.NewVisit(
                    elder_id,
                    "visiting",
                    begin,
                    begin + timedelta(hours=3),
                    visit_min=OUTREACH_MIN,
                    purpose=visits.VisitPurpose.OUTREACH,
                    id=uuid5(NAMES, f"{on}/visit/{elder_id}"),
                )
            )
    visits.plan_visits(wishes, actor=SYSTEM, at=now)
