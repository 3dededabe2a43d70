"""When a carer works: local hours become instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from dispatch.carers import CarerFacts, ExceptionRecord, ShiftRecord, TravelMode, WorkSpan, work_spans

TIANJIN = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 30)
SINCE = date(2020, 1, 1)


def carer(on: date, *, shifts=(), exceptions=()) -> CarerFacts:
    return CarerFacts(
        carer_id=UUID(int=1),
        on=on,
        organization_id=UUID(int=2),
        account_id=None,
        kind="care_worker",
        name="李四",
        sex="female",
        travel_mode=TravelMode.WALK,
        day_limit_min=480,
        base_lon=None,
        base_lat=None,
        base_site_id=None,
        skills={},
        shifts=tuple(shifts),
        exceptions=tuple(exceptions),
    )


def utc(hour: int, minute: int = 0, *, day: int = 30) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_local_hours_are_instants_of_the_zone() -> None:
    # 08:00-12:00 in Tianjin (UTC+8) is 00:00-04:00 UTC
    morning = ShiftRecord(0, time(8), time(12), 15, SINCE)

    assert work_spans(carer(MONDAY, shifts=[morning]), zone=TIANJIN) == (WorkSpan(utc(0), utc(4), 15),)


def test_early_shift_begins_on_the_day_before_in_utc() -> None:
    # 06:30 on the 30th in Tianjin is 22:30 UTC on the 29th
    early = ShiftRecord(0, time(6, 30), time(8, 30), 0, SINCE)

    assert work_spans(carer(MONDAY, shifts=[early]), zone=TIANJIN) == (WorkSpan(utc(22, 30, day=29), utc(0, 30), 0),)


def test_shift_follows_summer_time_where_there_is_one() -> None:
    # Berlin changed to UTC+2 on Sunday 29 March 2026; on the 28th 09:00 is 08:00 UTC, on the 30th 07:00 UTC
    shifts = [ShiftRecord(day, time(9), time(10), 0, SINCE) for day in (0, 5)]
    berlin = ZoneInfo("Europe/Berlin")

    assert work_spans(carer(date(2026, 3, 28), shifts=shifts), zone=berlin)[0].from_at == utc(8, day=28)
    assert work_spans(carer(MONDAY, shifts=shifts), zone=berlin)[0].from_at == utc(7)


def test_shift_counts_on_its_weekday_and_while_it_holds() -> None:
    tuesday = ShiftRecord(1, time(8), time(12), 0, SINCE)
    ended = ShiftRecord(0, time(8), time(12), 0, SINCE, MONDAY)
    not_begun = ShiftRecord(0, time(8), time(12), 0, date(2026, 3, 31))

    assert work_spans(carer(MONDAY, shifts=[tuesday, ended, not_begun]), zone=TIANJIN) == ()


def test_day_off_leaves_extra_hours_and_a_sick_day_nothing() -> None:
    shift = ShiftRecord(0, time(8), time(12), 0, SINCE)
    extra = ExceptionRecord(MONDAY, "extra", time(18), time(20))
    off, sick = ExceptionRecord(MONDAY, "off"), ExceptionRecord(MONDAY, "sick")

    assert work_spans(carer(MONDAY, shifts=[shift], exceptions=[off]), zone=TIANJIN) == ()
    assert work_spans(carer(MONDAY, shifts=[shift], exceptions=[off, extra]), zone=TIANJIN) == (
        WorkSpan(utc(10), utc(12), 0),
    )
    assert work_spans(carer(MONDAY, shifts=[shift], exceptions=[sick, extra]), zone=TIANJIN) == ()


def test_hours_that_touch_or_overlap_are_one_span() -> None:
    shifts = [ShiftRecord(0, time(8), time(12), 10, SINCE), ShiftRecord(0, time(12), time(14), 5, SINCE)]
    inside = ExceptionRecord(MONDAY, "extra", time(9), time(10))
    apart = ExceptionRecord(MONDAY, "extra", time(15), time(16))

    assert work_spans(carer(MONDAY, shifts=shifts, exceptions=[inside]), zone=TIANJIN) == (
        WorkSpan(utc(0), utc(6), 15),
    )
    assert work_spans(carer(MONDAY, shifts=shifts, exceptions=[apart]), zone=TIANJIN) == (
        WorkSpan(utc(0), utc(6), 15),
        WorkSpan(utc(7), utc(8), 0),
    )
