"""Which service is given at which site: hours, prices, catchments, free places, closures and beds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seed.ids import SOURCE, make_id
from seed.organizations import SERVICES, Service
from seed.sites import BY_REF, OPENED_ON

FRESH_AT = "2026-03-31T00:00:00Z"  # eight in the morning of the last day of March
STALE_AT = "2026-03-20T00:00:00Z"
DAY_CARE_HOURS = "Mo-Fr 08:00-17:00; PH off"
HOME_HOURS = "Mo-Su 08:00-18:00"
LONG_HOURS = "Mo-Su 08:00-20:00"
MEAL_HOURS = "Mo-Su 10:30-13:00,16:30-18:30"

Price = tuple[str, int]
Capacity = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """One service at one site."""

    site: str
    service: Service
    hours: str | None = None
    price: Price | None = None
    catchments: tuple[str, ...] = ()
    capacity: Capacity | None = None

    @property
    def id(self) -> str:
        """Give its id."""
        return make_id("offer", f"{self.site}/{self.service.organization}/{self.service.ref}")


def _service(organization: str, ref: str) -> Service:
    return next(service for service in SERVICES if (service.organization, service.ref) == (organization, ref))


def _day_care() -> list[Offer]:
    free = {"dc03": 0}  # full
    stale = {"dc06", "dc09", "dc12"}
    refs = [f"dc{number:02}" for number in range(1, 15)] + ["ma01", "ma02", "ma03", "dx01"]
    return [
        Offer(
            ref,
            _service(BY_REF[ref].organization, "day_care"),
            DAY_CARE_HOURS,
            ("month", 60_000),
            (),
            ("place", 20, free.get(ref, 8), STALE_AT if ref in stale else FRESH_AT),
        )
        for ref in refs
    ]


def _meals() -> list[Offer]:
    kitchens = [f"ct{number:02}" for number in range(1, 7)]
    tables = [
        *((ref, "shanfang") for ref in kitchens),
        *((f"sc{number:02}", "minzheng") for number in range(1, 5)),
        ("cx01", "minfu"),
        ("cx02", "yangguang"),
        ("dx02", "daoxiang"),
    ]
    offers = [Offer(ref, _service(org, "dine_in"), MEAL_HOURS, ("meal", 1_500)) for ref, org in tables]
    home = _service("shanfang", "delivery")
    rounds = {
        "ct01": ("120198001001", "120198001002", "120198001003"),
        "ct03": ("120198002",),
        "ct05": ("120198003",),
        "ct06": ("120198004201",),
    }
    full = ("meal", 80, 0, FRESH_AT)
    offers += [
        Offer(ref, home, MEAL_HOURS, ("meal", 1_800), areas, full if ref == "ct05" else None)
        for ref, areas in rounds.items()
    ]
    oldest = _service("shanfang", "delivery_80")
    offers.append(Offer("ct02", oldest, MEAL_HOURS, ("meal", 1_200), ("120198001004", "120198001005")))
    return offers


def _bathing() -> list[Offer]:
    """List who washes elders at home: three that can, and one for each reason why another cannot."""
    rows: list[tuple[str, str, str, tuple[str, ...]]] = [
        ("hm01", "ankang", LONG_HOURS, ()),
        ("cx01", "minfu", HOME_HOURS, ()),
        ("cx02", "yangguang", HOME_HOURS, ()),
        ("bp01", "qingquan", "Mo-Su 08:00-12:00", ()),  # closed in the afternoon
        ("hc01", "weiwan", HOME_HOURS, ("120198004",)),  # for one town only
        ("sh01", "weiwan", HOME_HOURS, ()),  # nobody there has the skill
        ("dc14", "weiwan", HOME_HOURS, ()),  # suspended
        ("dc05", "luyi", HOME_HOURS, ()),  # under construction
        ("ar02", "beiwa", HOME_HOURS, ()),  # too far from the west bank
        ("dx03", "daoxiang", LONG_HOURS, ("120199",)),  # in the other district
    ]
    return [
        Offer(site, _service(organization, "bathing"), hours, ("visit", 12_000), areas)
        for site, organization, hours, areas in rows
    ]


def _at_home() -> list[Offer]:
    rows = [
        ("hm01", "ankang", "cleaning", HOME_HOURS, 6_000),
        ("hm02", "jiajie", "cleaning", HOME_HOURS, 6_000),
        ("hm02", "jiajie", "escort", LONG_HOURS, 9_000),
        ("sc01", "minzheng", "escort", LONG_HOURS, 8_000),
        ("sc02", "minzheng", "emergency", "24/7", 0),
        ("cx01", "minfu", "bedside", HOME_HOURS, 10_000),
        ("pm01", "heyuan", "comfort", HOME_HOURS, 0),
        ("md06", "yiyang", "nursing", HOME_HOURS, 7_000),
        ("mc01", "yiyang", "counseling", HOME_HOURS, 5_000),
    ]
    return [Offer(site, _service(org, ref), hours, ("visit", cents)) for site, org, ref, hours, cents in rows]


def _at_site() -> list[Offer]:
    rows = [
        *((f"sc{number:02}", "minzheng", "referral") for number in range(1, 5)),
        ("cx02", "yangguang", "respite"),
        ("md07", "yiyang", "rehabilitation"),
        ("in01", "luyi", "residential"),
        ("in02", "luyi", "residential"),
        *((f"in{number:02}", "songhe", "residential") for number in range(3, 7)),
        ("sh01", "weiwan", "support"),
        ("es01", "minzheng", "learning"),
    ]
    return [Offer(site, _service(org, ref)) for site, org, ref in rows]


OFFERS = (*_day_care(), *_meals(), *_bathing(), *_at_home(), *_at_site())


def sites_offering(*codes: str) -> set[str]:
    """List the sites to which elders go for one of the services."""
    return {o.site for o in OFFERS if o.service.code in codes and o.service.delivery == "site"}


def find_offer(site: str, code: str) -> Offer:
    """Give the offer of a service at a site."""
    return next(offer for offer in OFFERS if (offer.site, offer.service.code) == (site, code))


def offer_records() -> list[dict[str, Any]]:
    """List the offers."""
    return [
        {
            "site": [SOURCE, offer.site],
            "service": list(offer.service.key),
            "hours": offer.hours,
            "hours_from": OPENED_ON.isoformat(),
            "price": list(offer.price) if offer.price else None,
            "catchments": list(offer.catchments),
            "capacity": list(offer.capacity) if offer.capacity else None,
            "id": offer.id,
        }
        for offer in OFFERS
    ]


def hours_records() -> list[dict[str, Any]]:
    """List the hours of whole sites, where no service has its own."""
    rows = {
        "gc01": "Mo-Fr 08:30-17:30; PH off",
        "es01": "Mo-Fr 09:00-16:00; PH off",
        "md07": "Mo-Su 08:00-17:00",
        **{f"sc{number:02}": "Mo-Su 07:00-21:00" for number in range(1, 5)},
    }
    return [{"site": [SOURCE, ref], "hours": hours, "valid_from": OPENED_ON.isoformat()} for ref, hours in rows.items()]


def closure_records() -> list[dict[str, Any]]:
    """List the closures: one canteen on the first day of the year of the horse."""
    return [
        {
            "site": [SOURCE, "ct03"],
            "from_at": "2026-02-16T16:00:00Z",
            "to_at": "2026-02-17T16:00:00Z",
            "reason": "春节",
        }
    ]


def bed_records() -> list[dict[str, Any]]:
    """List the beds; one day care center has nursing beds."""
    rows = [
        ("dc01", "nursing", 6, 2),
        ("in01", "care", 60, 4),
        ("in02", "nursing", 40, 0),
        ("in03", "care", 80, 11),
        ("in04", "dementia_bed", 20, 3),
        ("in05", "general", 50, 9),
        ("in06", "general", 45, 20),
        ("sh01", "general", 30, 12),
        ("cx01", "day_place", 15, 5),
    ]
    return [
        {"site": [SOURCE, ref], "bed_type": kind, "maximum": most, "available": free, "updated_at": FRESH_AT}
        for ref, kind, most, free in rows
    ]
