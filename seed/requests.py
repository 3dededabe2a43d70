"""Three hundred care requests by the state in which they ended, and the carers whom elders refuse or prefer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seed.areas import DISTRICT
from seed.homes import WorldError
from seed.ids import local_at, make_id, text_at
from seed.offers import Offer, find_offer
from seed.wishes import named_wishes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seed.carers import Carer
    from seed.people import Elder

FIRST_ON, LAST_ON = date(2026, 1, 5), date(2026, 3, 29)
OPEN_ON = date(2026, 4, 15)
SERVED_SUBDISTRICT = "120198002"  # where every kind of service is within reach
OPERATOR, FAMILY, OFFICER, SYSTEM = "operator1", "family1", "district_officer1", "system"
CHANNELS = ("phone", "app", "counter", "worker", "visit", "sos")
URGENCIES = ("routine", "routine", "soon", "urgent", "emergency")

# service, site, how many were completed, hour of the window
COMPLETED = (
    ("meal_delivery", "ct03", 90, 10),
    ("cleaning", "hm01", 30, 9),
    ("cleaning", "hm02", 20, 9),
    ("bathing_home", "hm01", 25, 14),
    ("bathing_home", "cx01", 15, 14),
    ("escort_hospital", "sc01", 30, 8),
    ("comfort", "pm01", 30, 15),
)
CANCEL_REASONS = ("not_needed", "served_elsewhere", "entered_wrongly", "died")
CANCELED, FAILED = 12, 8
HOLD_REASONS = ("in_hospital", "away", "waiting_family", "waiting_document", "in_hospital")
# service, reason, how many, subdistrict of the elder, hour of the window; Sunday evening is when one bather is on shift
UNMATCHED = (
    ("bathing_home", "no_pair", 6, "120198002", 18),
    ("bathing_home", "no_skill", 3, "120198004209", 14),
    ("bathing_home", "out_of_range", 2, "120198004209", 14),
    ("meal_delivery", "outside_catchment", 3, "120198004209", 10),
    ("meal_delivery", "full", 2, "120198003", 10),
    ("escort_hospital", "no_shift", 4, "120198001", 20),
)
STATES = {"completed": 240, "canceled": 12, "failed": 8, "on_hold": 5, "open": 15, "unmatched": 20}


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a request to another state."""

    to: str
    at: datetime
    actor: str = OFFICER
    reason: str | None = None


@dataclass(slots=True)
class Request:
    """One request with everything that befell it after it was submitted."""

    key: str
    elder: Elder
    service_code: str
    from_at: datetime
    to_at: datetime
    submitted_at: datetime
    actor: str = OPERATOR
    channel: str = "phone"
    urgency: str = "routine"
    carer_sex: str | None = None
    moves: list[Move] = field(default_factory=list)
    offer: Offer | None = None
    carer_ids: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Give the id."""
        return make_id("request", self.key)

    @property
    def state(self) -> str:
        """Give the state in which it ended."""
        return self.moves[-1].to if self.moves else "submitted"

    def record(self) -> dict[str, Any]:
        """Give the wish, who asked, what happened and who served."""
        wish = {
            "id": self.id,
            "elder_id": self.elder.id,
            "service_code": self.service_code,
            "channel": self.channel,
            "urgency": self.urgency,
            "window_from_at": text_at(self.from_at),
            "window_to_at": text_at(self.to_at),
            "period": None,
            "carer_sex": self.carer_sex,
            "pairing": "simultaneous" if self.service_code == "bathing_home" else None,
            "carers_needed": None,
            "on_behalf_of": "老人本人来电" if self.channel == "phone" else None,
        }
        moves = [
            {"to": move.to, "at": text_at(move.at), "actor": move.actor, "reason": move.reason} for move in self.moves
        ]
        served_by = {"offer_id": self.offer.id, "carer_ids": self.carer_ids} if self.offer else None
        return {
            "wish": wish,
            "actor": self.actor,
            "submitted_at": text_at(self.submitted_at),
            "moves": moves,
            "served_by": served_by,
        }


def make_requests(people: list[Elder], carers: list[Carer]) -> list[Request]:
    """Make all requests."""
    rng = random.Random("requests")
    elders = _Askers(people, rng)
    requests = [
        *_completed(elders, carers),
        *_ended(elders, carers),
        *_unmatched(elders),
        *_open(people, elders, carers),
    ]
    return sorted(requests, key=lambda request: (request.submitted_at, request.id))


def preference_records(people: list[Elder], carers: list[Carer]) -> list[dict[str, Any]]:
    """List whom elders refuse and prefer."""
    by_key = {elder.key: elder for elder in people if elder.key}
    by_ref = {carer.ref: carer for carer in carers}
    rows = [("wishes_woman", "cw01", "preferred")]
    # all of cx01 who could lift
    rows += [("refuser", f"cw{number:02}", "refused") for number in range(8, 12)]
    return [
        {
            "elder_id": by_key[key].id,
            "carer_id": by_ref[ref].id,
            "kind": kind,
            "valid_from": "2026-01-01",
            "valid_to": None,
        }
        for key, ref, kind in rows
    ]


class _Askers:
    """Residents who ask for something, one after the other, none of them named by an edge case."""

    def __init__(self, people: list[Elder], rng: random.Random) -> None:
        free = [e for e in people if e.key is None and e.role in (None, "visited") and e.code.startswith(DISTRICT)]
        self._free = rng.sample(free, len(free))

    def next(self, prefix: str, *, alone: bool = False) -> Elder:
        """Give the next one of an area, if asked for one who lives alone."""
        for number, elder in enumerate(self._free):
            is_alone = bool({"living_alone", "no_family"} & set(elder.categories))
            if elder.code.startswith(prefix) and (is_alone or not alone):
                return self._free.pop(number)
        raise WorldError(f"nobody is left in {prefix}")


def _days() -> Iterator[date]:
    """Give working days from January to March, round and round."""
    span = (LAST_ON - FIRST_ON).days
    number = 0
    while True:
        on = FIRST_ON + timedelta(days=number % span)
        if on.weekday() in range(1, 5):  # Tuesday to Friday: everybody is at work
            yield on
        number += 1


def _team(offer: Offer, carers: list[Carer]) -> list[str]:
    wanted = 2 if offer.service.code == "bathing_home" else 1
    team = [carer for carer in carers if carer.base_site == offer.site]
    return [carer.id for carer in team[:wanted]]


def _request(key: str, elder: Elder, service_code: str, on: date, hour: int, number: int) -> Request:
    from_at = local_at(on, hour)
    to_at = from_at + timedelta(hours={18: 1, 20: 2}.get(hour, 2))
    channel = CHANNELS[number % len(CHANNELS)]
    asked_at = local_at(on - timedelta(days=2), 10, number % 60)
    actor = OPERATOR if channel == "phone" else SYSTEM  # only a call is taken down by the operator
    return Request(key, elder, service_code, from_at, to_at, asked_at, actor, channel, URGENCIES[number % 5])


def _serve(request: Request, site: str, carers: list[Carer], *, until: str) -> Request:
    """Move a request along the straight way."""
    offer = find_offer(site, request.service_code)
    request.offer, request.carer_ids = offer, _team(offer, carers)
    at = request.submitted_at
    start_at = request.from_at + timedelta(minutes=10)
    way = (
        Move("accepted", at + timedelta(hours=1)),
        Move("scheduled", at + timedelta(hours=2), SYSTEM),
        Move("in_progress", start_at, SYSTEM),
        Move("completed", start_at + timedelta(minutes=offer.service.visit_min or 60), SYSTEM),
    )
    for move in way:
        request.moves.append(move)
        if move.to == until:
            break
    return request


def _completed(elders: _Askers, carers: list[Carer]) -> Iterator[Request]:
    days, number = _days(), 0
    for service_code, site, count, hour in COMPLETED:
        for _ in range(count):
            number += 1
            elder = elders.next(SERVED_SUBDISTRICT, alone=service_code == "comfort")
            request = _request(f"completed/{number}", elder, service_code, next(days), hour, number)
            yield _serve(request, site, carers, until="completed")


def _ended(elders: _Askers, carers: list[Carer]) -> Iterator[Request]:
    days = _days()
    for number in range(CANCELED):
        request = _request(f"canceled/{number}", elders.next(SERVED_SUBDISTRICT), "cleaning", next(days), 9, number)
        reason = CANCEL_REASONS[number % len(CANCEL_REASONS)]
        request.moves.append(Move("canceled", request.submitted_at + timedelta(hours=3), reason=reason))
        yield request
    for number in range(FAILED):
        request = _request(f"failed/{number}", elders.next(SERVED_SUBDISTRICT), "bathing_home", next(days), 14, number)
        _serve(request, "cx01", carers, until="scheduled")
        request.moves.append(Move("failed", request.from_at + timedelta(minutes=30), SYSTEM, "not_home"))
        yield request
    for number, reason in enumerate(HOLD_REASONS):
        request = _request(f"held/{number}", elders.next(SERVED_SUBDISTRICT), "cleaning", OPEN_ON, 9, number)
        request.submitted_at = local_at(date(2026, 3, 30), 10, number)
        request.moves.append(Move("on_hold", request.submitted_at + timedelta(hours=2), reason=reason))
        yield request


def _unmatched(elders: _Askers) -> Iterator[Request]:
    for service_code, reason, count, prefix, hour in UNMATCHED:
        for number in range(count):
            # Sundays in February and March for the evening with one bather, Wednesdays otherwise
            on = date(2026, 2, 1 if reason == "no_pair" else 4) + timedelta(weeks=number)
            request = _request(f"{reason}/{service_code}/{number}", elders.next(prefix), service_code, on, hour, 0)
            request.moves.append(Move("unmatched", request.submitted_at + timedelta(hours=4), SYSTEM, reason))
            yield request


def _open(people: list[Elder], elders: _Askers, carers: list[Carer]) -> Iterator[Request]:
    by_key = {elder.key: elder for elder in people if elder.key}
    for number, wish in enumerate(named_wishes()):
        to_at = wish.from_at + timedelta(hours=wish.hours)
        yield Request(
            f"named/{wish.key}",
            by_key[wish.key],
            wish.service_code,
            wish.from_at,
            to_at,
            local_at(date(2026, 3, 31), 9, number),
            FAMILY if wish.key == "demo" else OPERATOR,
            "app" if wish.key == "demo" else "phone",
            carer_sex=wish.carer_sex,
        )
    for number, until in enumerate(("accepted", "scheduled")):
        request = _request(f"open/{until}", elders.next(SERVED_SUBDISTRICT), "cleaning", OPEN_ON, 9, number)
        request.submitted_at = local_at(date(2026, 3, 30), 11, number)
        yield _serve(request, "hm01", carers, until=until)
