"""Coverage at a moment: only sites open then serve (G7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import coverage, directory, storage
from dispatch.actor import SYSTEM
from dispatch.coverage.operations.providing import read_sites
from tests.worlds import long_street as world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ZONE = ZoneInfo("Asia/Shanghai")
NETWORK = world.make_network()
HOURS = ("Mo-Fr 08:00-17:00; PH off", "Mo-Su 07:00-19:00", "Sa,Su 10:00-12:00", None)


def wish(at: str | None = None, **changes) -> coverage.RunWish:
    return coverage.make_wish(
        area_code=world.DISTRICT,
        service_code="day_care",
        as_of=changes.pop("as_of", world.AS_OF),
        today=world.AS_OF,
        zone=ZONE,
        at_local=at,
        **changes,
    )


def run(asked: coverage.RunWish) -> coverage.Run:
    with storage.transaction():
        return coverage.run_coverage(asked, network=NETWORK, actor=SYSTEM, now=world.AT)


@pytest.fixture(autouse=True)
def _world(db: Session) -> None:  # noqa: ARG001 - undone after the test
    with storage.transaction():
        world.put_world()
        # at x = 1300 it reaches the three of C3 and two of C1, 440 and 439 m away; A, at 0, reaches two of C1
        world.put_site("w", area=world.C3, point_xy=(1300.0, 0.0), hours="Mo-Fr 08:00-17:00; PH off")


@pytest.mark.feature("G7")
def test_site_that_is_closed_then_covers_nobody_and_one_without_hours_counts_when_included() -> None:
    any_time = run(wish())
    excluded, included = run(wish("Su 18:00")), run(wish("Su 18:00", unknown_hours=coverage.UnknownHours.INCLUDE))
    tuesday = run(wish("Tu 09:00"))

    # A and B have no hours: with them A's two, without them nobody; on Tuesday the new site's five
    assert any_time.totals["covered"] == 6
    assert (excluded.totals["covered"], excluded.totals["sites"]) == (0, 0)
    assert (included.totals["covered"], included.totals["sites"]) == (2, 2)
    assert tuesday.totals["covered"] == 5
    for one in (excluded, included):
        assert one.assumptions["sites_without_hours"] == 2
        assert one.assumptions["sites_closed_then"] == 1
    # the first Sunday from 31 March 2026, a Tuesday, on
    assert excluded.at_local == "2026-04-05T18:00"
    assert excluded.assumptions["at_local"] == "2026-04-05T18:00+08:00"
    assert len({one.inputs_hash for one in (any_time, excluded, included, tuesday)}) == 4


@pytest.mark.feature("G7")
def test_holidays_and_closures_of_the_day_count() -> None:
    # 5 April 2026 is Qingming, and Monday 6 April is off for it (State Council's notice for 2026)
    assert run(wish("2026-04-06T09:00")).totals["covered"] == 0
    assert run(wish("2026-04-07T09:00")).totals["covered"] == 5
    with storage.transaction():
        closure = directory.ClosureRecord(
            site=("test", "w"),
            from_at=datetime(2026, 4, 7, 0, tzinfo=UTC),
            to_at=datetime(2026, 4, 7, 2, tzinfo=UTC),  # 10:00 in Shanghai
            reason="检修",
        )
        directory.put_closures([closure], actor=SYSTEM, at=world.AT)

    assert run(wish("2026-04-07T09:59")).totals["covered"] == 0
    assert run(wish("2026-04-07T10:00")).totals["covered"] == 5


@pytest.mark.feature("G7")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    day=st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "周日"]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    unknown=st.sampled_from(coverage.UnknownHours),
)
def test_sites_of_a_moment_are_among_those_of_any_time(day: str, hour: int, minute: int, unknown) -> None:
    at = wish(f"{day} {hour:02d}:{minute:02d}", unknown_hours=unknown)

    with storage.reading():
        always, _ = read_sites({"day_care"}, wish=wish())
        then, counts = read_sites({"day_care"}, wish=at)

    assert set(then) <= set(always)
    # each site of any time is open, closed or unknown
    is_counted = unknown is coverage.UnknownHours.INCLUDE
    shown = len(then) - (counts["sites_without_hours"] if is_counted else 0)
    assert shown + counts["sites_without_hours"] + counts["sites_closed_then"] == len(always)


@pytest.mark.feature("G7")
def test_coverage_on_sunday_evening_is_never_above_any_time() -> None:
    with storage.transaction():
        for number, hours in enumerate(HOURS):
            world.put_site(f"h{number}", area=world.C2, point_xy=(200.0 * number, 500.0), hours=hours)
    any_time = run(wish()).totals["covered"]

    for at in ("Su 18:00", "Sa 11:00", "Mo 03:00", "We 12:00", "2026-10-01T10:00"):
        for unknown in coverage.UnknownHours:
            assert run(wish(at, unknown_hours=unknown)).totals["covered"] <= any_time


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "Su 25:00",
        "Su",
        "2026-02-30T10:00",
        "2026-13-01T10:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "18:00",
        "Su 18:00 " * 50,
        "Su ١٨:00",
    ],
)
def test_moment_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(coverage.InvalidMomentError):
        wish(text)


def test_date_in_the_moment_is_the_date_of_sites_and_homes_unless_another_is_given() -> None:
    asked = coverage.make_wish(
        area_code=world.DISTRICT, service_code="day_care", today=world.AS_OF, zone=ZONE, at_local="2026-04-07T09:00"
    )

    assert asked.as_of == date(2026, 4, 7)
    assert replace(asked, as_of=world.AS_OF) == wish("2026-04-07T09:00")
