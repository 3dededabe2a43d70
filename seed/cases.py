"""Roles in the month of March 2026, and the twelve elders of the worked example."""

from __future__ import annotations

from datetime import date

MONTH_FROM, MONTH_TO = date(2026, 3, 1), date(2026, 4, 1)

# how many elders of the first district play which role
ROLES = {
    "visited": 1_111,  # in the set before March and to its end, visited
    "visited_died": 1,  # visited, then died
    "died": 9,
    "moved_out": 8,
    "admitted": 12,
    "in_hospital_all_month": 6,
    "refused": 7,
    "unvisited": 46,
    "entered_visited": 28,
    "entered_unvisited": 2,
    "entered_late": 10,
}
LEAVERS = ("visited_died", "died", "moved_out")  # no longer residents at the end of March
VISITED = ("visited", "visited_died", "entered_visited")
ENTERED = ("entered_visited", "entered_unvisited", "entered_late")
EXCLUDED = ("died", "moved_out", "admitted", "in_hospital_all_month", "refused", "entered_late")
UNVISITED = ("unvisited", "entered_unvisited")

# what each of the twelve elders of the worked example is: role, categories, last or first day of membership
CASES: dict[str, tuple[str, tuple[str, ...], date | None]] = {
    "E01": ("visited", ("living_alone",), None),
    "E02": ("visited", ("empty_nest", "functionally_disabled", "severe_disability"), None),
    "E03": ("visited_died", ("living_alone",), date(2026, 3, 15)),
    "E04": ("died", ("empty_nest",), date(2026, 3, 9)),
    "E05": ("visited", ("empty_nest",), None),
    "E06": ("moved_out", ("empty_nest",), date(2026, 3, 20)),
    "E07": ("admitted", ("functionally_disabled",), date(2026, 3, 6)),
    "E08": ("refused", ("living_alone",), None),
    "E09": ("visited", ("living_alone",), None),
    "E10": ("unvisited", ("empty_nest",), None),
    "E11": ("unvisited", ("living_alone",), None),
    "E12": ("entered_late", ("living_alone",), date(2026, 3, 28)),
}
E05_MOVED_ON = date(2026, 3, 12)

# 1,200 elders in the set on 1 March: 60 in three categories, 240 in two, 900 in one; 1,560 memberships in all
COMBINATIONS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (60, ("empty_nest", "functionally_disabled", "severe_disability")),
    (60, ("empty_nest", "functionally_disabled")),
    (60, ("living_alone", "functionally_disabled")),
    (40, ("empty_nest", "left_behind")),
    (50, ("living_alone", "no_family")),
    (30, ("living_alone", "severe_disability")),
    (360, ("empty_nest",)),
    (240, ("living_alone",)),
    (60, ("functionally_disabled",)),
    (50, ("severe_disability",)),
    (90, ("left_behind",)),
    (40, ("no_family",)),
    (60, ("family_planning_special",)),
)
ENTERED_CATEGORIES = ("empty_nest", "living_alone", "functionally_disabled", "left_behind")

# the second district: five categories count; two ways to meet count
SECOND_ROLES = {"visited": 90, "visited_by_phone": 10, "unvisited": 20, "not_in_the_five": 30}
