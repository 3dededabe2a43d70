"""Counts of breaches by area and clock, with small ones hidden."""

from __future__ import annotations

from dispatch.intake.rules import hide_breaches


def test_an_area_may_have_breaches_of_its_own_beside_those_of_its_parts():
    counted = {("120198001", "accept"): 5, ("120198001001", "accept"): 6}

    rows = hide_breaches(counted, root="120198", sees_small=False)

    assert {row.area_code: row.total for row in rows} == {"120198": 11, "120198001": 11, "120198001001": 6}
