"""Requests in the night in the tiny town: who began on the evening before can come, and is not worked twice."""

from __future__ import annotations

from datetime import date, time

import pytest

from dispatch import carers, storage
from tests.factories.elders import SINCE, elder_record, put_elders
from tests.factories.intake import local
from tests.worlds.tiny_day import AREA, HOME_XY, make_tiny_day, point_ll

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1)
NIGHT = carers.ShiftRecord(1, time(22), time(6), 0, SINCE)  # Tuesdays


@pytest.fixture
def town(db):  # noqa: ARG001 - what is put is undone
    """The town with a provider of housekeeping around the clock."""
    with storage.transaction():
        made = make_tiny_day()
        made.provider("夜", at=(1100, 500), service="housekeeping", delivery="home", visit_min=60, hours="24/7")
        yield made


def request(town, *window: str, on: str, service: str = "housekeeping"):
    """Ask for another elder of the same house: one has no two open requests for one part of a day."""
    [elder_id] = put_elders(elder_record(point_ll=point_ll(*HOME_XY), area=AREA))
    return town.ask(service, window=window, on=on, elder_id=elder_id)


def ask(town, *window: str, on: str, service: str = "housekeeping"):
    return town.match(request(town, *window, on=on, service=service))


@pytest.mark.feature("R5")
def test_carer_of_the_evening_before_can_come_in_the_early_morning(town):
    town.carer("夜班", of="夜", shifts=(NIGHT,))

    assert town.order(ask(town, "01:00", "03:00", on="2026-04-01")) == ["夜"]
    assert town.codes(ask(town, "01:00", "03:00", on="2026-03-31")) == {"夜": ["no_shift"]}
    # the shift ends at 06:00, and 06:00-07:00 does not fit into it
    assert town.codes(ask(town, "06:00", "08:00", on="2026-04-01")) == {"夜": ["no_shift"]}


def test_window_over_midnight_and_the_last_hour_of_the_night(town):
    town.carer("夜班", of="夜", shifts=(NIGHT,))

    over_midnight = town.match(
        town.ask("housekeeping", window=("23:30", "23:59"), window_to_at=local("2026-04-01 01:00"))
    )

    assert town.order(over_midnight) == ["夜"]
    assert town.order(ask(town, "05:00", "06:00", on="2026-04-01")) == ["夜"]
    assert town.order(ask(town, "05:01", "06:30", on="2026-04-01")) == []


def test_skill_that_begins_or_ends_at_midnight_is_that_of_the_day_of_the_visit(town):
    town.provider("浴", at=(1100, 500), service="meal_delivery", delivery="home", visit_min=60, hours="24/7")
    since = (carers.QualificationRecord("food_hygiene", None, WEDNESDAY),)
    until = (carers.QualificationRecord("food_hygiene", None, SINCE, WEDNESDAY),)
    town.carer("已过期", of="浴", shifts=(NIGHT,), qualifications=until)

    without = ask(town, "01:00", "03:00", on="2026-04-01", service="meal_delivery")
    town.carer("刚取得", of="浴", shifts=(NIGHT,), qualifications=since)
    found = ask(town, "03:00", "05:00", on="2026-04-01", service="meal_delivery")

    assert town.codes(without)["浴"] == ["no_skill"]
    assert town.order(found) == ["浴"]


@pytest.mark.parametrize(
    ("exception", "order"),
    [
        (carers.ExceptionRecord(WEDNESDAY, "sick"), []),
        (carers.ExceptionRecord(WEDNESDAY, "off"), ["夜"]),
        (carers.ExceptionRecord(TUESDAY, "off"), []),
        (carers.ExceptionRecord(TUESDAY, "sick"), []),
    ],
)
def test_exceptions_on_both_days_of_a_night(town, exception, order):
    town.carer("夜班", of="夜", shifts=(NIGHT,), exceptions=(exception,))

    assert town.order(ask(town, "01:00", "03:00", on="2026-04-01")) == order


def test_visits_of_both_days_count_into_the_night(town):
    """Eight hours less seven of break leave one: a visit before midnight takes what one after it would need."""
    town.carer("夜班", of="夜", shifts=(NIGHT._replace(break_min=420),))
    request_id = request(town, "22:30", "23:59", on="2026-03-31")
    before = town.order(ask(town, "01:00", "03:00", on="2026-04-01"))

    town.assign(request_id, "夜")

    assert before == ["夜"]
    assert town.codes(ask(town, "03:00", "05:00", on="2026-04-01")) == {"夜": ["no_time"]}


def test_visit_after_midnight_leaves_the_shift_of_its_own_date_whole(town):
    day = carers.ShiftRecord(2, time(8), time(10), 60, SINCE)  # Wednesday: one hour of work
    town.carer("夜班", of="夜", shifts=(NIGHT, day))

    town.assign(request(town, "01:00", "03:00", on="2026-04-01"), "夜")

    assert town.order(ask(town, "08:00", "10:00", on="2026-04-01")) == ["夜"]
