"""When a provider is open within a window, how long a way takes, and where a provider goes."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch import directory, elders
from dispatch.assignment.operations import fitness, gathering
from dispatch.assignment.rules.opening import find_open
from dispatch.assignment.rules.travel import EBIKE, WALK, carer_limit_dm, carer_way_s, elder_walk_s
from dispatch.assignment.values import Span
from tests.factories.intake import local

ZONE = ZoneInfo("Asia/Shanghai")
LUNCH = "Mo-Fr 08:00-12:00,13:30-17:00"


def spans(*pairs: tuple[str, str]) -> tuple[Span, ...]:
    return tuple(Span(local(f"2026-03-{one}"), local(f"2026-03-{other}")) for one, other in pairs)


@pytest.mark.parametrize(
    ("hours", "window", "found"),
    [
        (LUNCH, ("31 08:00", "31 12:00"), [("31 08:00", "31 12:00")]),
        (LUNCH, ("31 11:00", "31 14:00"), [("31 11:00", "31 12:00"), ("31 13:30", "31 14:00")]),
        # a window that begins between two steps loses nothing: the first step is a short one
        (LUNCH, ("31 11:57", "31 14:00"), [("31 11:57", "31 12:00"), ("31 13:30", "31 14:00")]),
        (LUNCH, ("31 12:00", "31 13:30"), []),
        # over night, from Monday to Tuesday, and over a weekend in steps of a quarter of an hour
        (LUNCH, ("30 16:00", "31 09:00"), [("30 16:00", "30 17:00"), ("31 08:00", "31 09:00")]),
        (LUNCH, ("27 16:00", "30 09:00"), [("27 16:00", "27 17:00"), ("30 08:00", "30 09:00")]),
    ],
)
def test_open_stretches_are_found_to_the_minute(hours, window, found):
    [whole] = spans(window)

    assert find_open(hours, closures=(), window=whole, zone=ZONE) == (spans(*found), True)


def test_a_closure_wins_and_unknown_hours_are_taken_as_open_and_said_to_be_unknown():
    [window] = spans(("31 09:00", "31 12:00"))
    [closure] = spans(("31 10:00", "31 11:00"))

    closed = find_open(LUNCH, closures=(directory.Span(*closure),), window=window, zone=ZONE)

    assert closed == (spans(("31 09:00", "31 10:00"), ("31 11:00", "31 12:00")), True)
    assert find_open(None, closures=(), window=window, zone=ZONE) == ((window,), False)


def test_ways_take_as_long_as_the_domain_says():
    # domain.md section 5: 867 m on foot 867 s; 4,200 m by e-bike 1,008 + 180 = 1,188 s; 800 m at 1.3 m/s 616 + 180 s
    assert elder_walk_s(np.array([8670])).tolist() == [867]
    assert carer_way_s(np.array([42_000]), mode=EBIKE).tolist() == [1188]
    assert carer_way_s(np.array([8000]), mode=WALK).tolist() == [796]


@pytest.mark.parametrize("mode", [WALK, EBIKE])
def test_the_search_goes_exactly_as_far_as_the_limit_of_a_carer(mode):
    limit_dm = carer_limit_dm(limit_s=1800, mode=mode)

    within, beyond = carer_way_s(np.array([limit_dm, limit_dm + 5]), mode=mode)

    assert within <= 1800 < beyond


def _offer(*catchments: directory.CatchmentArea) -> directory.Offer:
    blank = dict.fromkeys(directory.Offer.__dataclass_fields__)
    return directory.Offer(**(blank | {"catchments": catchments, "delivery": directory.Delivery.HOME}))


FACTS = elders.ElderFacts(
    elder_id=UUID(int=1),
    on=date(2026, 3, 31),
    born_on=date(1944, 5, 6),
    age=81,
    sex=elders.Sex.FEMALE,
    registered_area_code=None,
    has_lift_access=None,
    home=elders.Home(UUID(int=1), "120198001001", 117.20, 39.10),
    categories=frozenset(),
    grade=None,
    has_expired_grade=False,
)


def _square(west: float) -> dict[str, object]:
    ring = [[west, 39.0], [west + 0.1, 39.0], [west + 0.1, 39.2], [west, 39.2], [west, 39.0]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize(
    ("catchments", "is_inside", "limit_s"),
    [
        ([], False, 1800),
        ([("120198001", None, None)], True, 1800),
        ([("120198001001", None, 20)], True, 1200),
        ([("120198002", None, 20)], False, 1800),
        ([(None, _square(117.15), 45)], True, 2700),
        ([(None, _square(117.25), 45)], False, 1800),
        ([("120198", None, None), ("120198001", None, 20)], True, 1800),
    ],
)
def test_a_catchment_is_an_area_or_a_polygon_and_may_have_its_own_limit(catchments, is_inside, limit_s):
    offer = _offer(*(directory.CatchmentArea(*each) for each in catchments))

    assert bool(fitness.catchments_here(offer, facts=FACTS)) is is_inside
    assert gathering._limit_s(offer, facts=FACTS) == limit_s
