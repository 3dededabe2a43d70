"""Open requests with names, and what a search for candidates must say of each provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from seed.ids import local_at
from seed.offers import OFFERS, Offer, find_offer

WEDNESDAY, SUNDAY = date(2026, 4, 15), date(2026, 4, 19)


@dataclass(frozen=True, slots=True)
class Wish:
    """
    One named request.

    `candidates` are the sites that can serve it; `refused` gives for others the reasons that must be among theirs.
    """

    key: str
    service_code: str
    from_at: datetime
    hours: int
    candidates: tuple[str, ...]
    refused: dict[str, tuple[str, ...]]
    carer_sex: str | None = None
    note: str = ""


# whoever cannot bathe an elder of the west bank on a weekday afternoon
_CANNOT_BATHE = {
    "bp01": ("closed_then",),
    "hc01": ("outside_catchment",),
    "sh01": ("no_skill",),
    "dc14": ("site_not_open",),
    "dc05": ("site_not_open",),
}


def _rounds_elsewhere(*but: str) -> dict[str, tuple[str, ...]]:
    kitchens = [offer.site for offer in OFFERS if offer.service.code == "meal_delivery" and offer.site not in but]
    return dict.fromkeys(kitchens, ("outside_catchment",))


def named_wishes() -> list[Wish]:
    """List the named requests."""
    afternoon, noon, morning = local_at(WEDNESDAY, 14), local_at(WEDNESDAY, 10, 30), local_at(WEDNESDAY, 9, 30)
    return [
        Wish(
            "demo", "bathing_home", afternoon, 2, ("hm01", "cx01", "cx02"), {**_CANNOT_BATHE, "ar02": ("out_of_range",)}
        ),
        Wish(
            "wishes_woman",
            "bathing_home",
            afternoon,
            2,
            ("hm01", "cx01"),
            {**_CANNOT_BATHE, "cx02": ("sex_not_matched",)},
            "female",
            "cx02 has men only",
        ),
        Wish(
            "refuser",
            "bathing_home",
            afternoon,
            2,
            ("hm01", "cx02"),
            {**_CANNOT_BATHE, "cx01": ("refused_before",)},
            note="the elder refuses all at cx01 who could lift",
        ),
        Wish(
            "sunday_evening",
            "bathing_home",
            local_at(SUNDAY, 18),
            1,
            (),
            {
                "hm01": ("no_pair",),
                "cx01": ("closed_then",),
                "cx02": ("closed_then",),
                "bp01": ("closed_then",),
                "sh01": ("closed_then", "no_skill"),
            },
            note="the only hour of the week with one bather on shift",
        ),
        Wish(
            "equal_candidates",
            "cleaning",
            morning,
            3,
            ("hm01", "hm02"),
            {},
            note="equal scores: the one given fewer first",
        ),
        Wish("expired_grade", "bedside_care", afternoon, 2, (), {"cx01": ("grade_not_eligible",)}),
        Wish(
            "under_80",
            "meal_delivery",
            noon,
            2,
            (),
            {**_rounds_elsewhere("ct02"), "ct02": ("age_not_eligible",)},
        ),
        Wish("over_80", "meal_delivery", noon, 2, ("ct02",), _rounds_elsewhere("ct02")),
        Wish("no_delivery_here", "meal_delivery", noon, 2, (), _rounds_elsewhere()),
        Wish("kitchen_full", "meal_delivery", noon, 2, (), {**_rounds_elsewhere("ct05"), "ct05": ("full",)}),
        Wish("not_alone", "comfort", afternoon, 2, (), {"pm01": ("category_not_eligible",)}),
        Wish("registered_elsewhere", "respite", afternoon, 2, (), {"cx02": ("registration_not_eligible",)}),
        Wish(
            "at_night",
            "escort_hospital",
            local_at(WEDNESDAY, 20),
            2,
            (),
            {"hm02": ("no_shift",), "sc01": ("no_shift",)},
        ),
    ]


def wish_truth(wish: Wish) -> dict[str, Any]:
    """Give what a search must find, by the ids of offers."""

    def of(site: str) -> Offer:
        return find_offer(site, wish.service_code)

    return {
        "candidates": sorted(of(site).id for site in wish.candidates),
        "reasons_include": {of(site).id: list(reasons) for site, reasons in sorted(wish.refused.items())},
        "sites": {of(site).id: site for site in sorted({*wish.candidates, *wish.refused})},
        "note": wish.note,
    }
