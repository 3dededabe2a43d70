"""The made-up district: requests that found nobody, places and moments are what it was made to have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dispatch import areas, coverage
from dispatch.actor import SYSTEM

pytestmark = [pytest.mark.usefixtures("network", "district")]

DISTRICT, LAST_OF_MARCH = "120198", date(2026, 3, 31)
WISH = coverage.RunWish(area_code=DISTRICT, service_code="day_care", as_of=LAST_OF_MARCH)


def find_counts(wish: coverage.RunWish, *, network) -> dict[str, int]:
    findings = coverage.compute_run(coverage.prepare_run(wish, actor=SYSTEM), network=network)
    return {figures.area.code: figures.counts.covered for figures in findings.areas}


@pytest.mark.feature("R11")
def test_every_request_that_found_nobody_counts_once(truth):
    expected = Counter()
    for key, count in truth["counts"]["unmatched_reasons"].items():
        expected[key.partition(":")[0]] += count

    found, why, happened = {}, Counter(), Counter()
    for service in expected:
        rows = coverage.find_unmet(
            service,
            actor=SYSTEM,
            area_code=DISTRICT,
            level=areas.Level.COMMUNITY,
            from_on=date(2026, 1, 1),
            to_on=date(2026, 5, 1),
        )
        found[service] = sum(row.unmet for row in rows)
        for row in rows:
            why.update({f"{service}:{code}": count for code, count in row.unmet_reasons.items()})
            happened.update(row.events)
    assert dict(why) == truth["counts"]["unmatched_reasons"]
    assert (happened["unmatched"], happened["declined"], happened["expired"]) == (20, 0, 0)
    assert found == dict(expected)
    assert sum(found.values()) == 20  # domain.md section 6


@pytest.mark.feature("G4")
def test_doubled_places_lower_no_community(network):
    inputs = coverage.prepare_run(replace(WISH, capacity=coverage.CapacityRule.MAXIMUM), actor=SYSTEM)
    found = []
    for times in (0, 1, 2, 4):
        sites = tuple(replace(site, places=times * (site.places or 0)) for site in inputs.sites)
        findings = coverage.compute_run(replace(inputs, sites=sites), network=network)
        found.append({figures.area.code: figures.counts.covered for figures in findings.areas})
        assert findings.totals["covered"] <= sum(site.places for site in sites)

    assert found[0][DISTRICT] == 0
    for fewer, more in pairwise(found):
        assert all(fewer[code] <= more[code] for code in fewer)


@pytest.mark.feature("G7")
def test_sunday_evening_is_never_above_any_time(network):
    always = find_counts(WISH, network=network)

    for at in ("Su 18:00", "Tu 10:00"):
        wish = coverage.make_wish(
            area_code=DISTRICT,
            service_code="day_care",
            today=LAST_OF_MARCH,
            zone=ZoneInfo("Asia/Shanghai"),
            at_local=at,
            unknown_hours=coverage.UnknownHours.INCLUDE,
        )
        then = find_counts(wish, network=network)
        assert all(then[code] <= always[code] for code in always)
