"""One row of a file of rosters or carers, judged by itself: what it says, or every fault of the row."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from dispatch.carers.values import CarerRow, ExceptionKind, PointCell, RosterRow, Sex, SkillCell, TravelMode
from dispatch.phones import read_phone
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch.sheets import Row

LONGEST_NAME, LONGEST_REF, LONGEST_SKILLS, DAY_MIN, LAST_LEVEL = 80, 60, 1_000, 1440, 5
HIDDEN = ("*", "\uff0a")
SHIFT = "shift"
KINDS = {"班次": SHIFT, "上班": SHIFT, "排班": SHIFT, SHIFT: SHIFT} | {
    "休息": "off",
    "请假": "off",
    "休假": "off",
    "病假": "sick",
    "加班": "extra",
    "off": "off",
    "sick": "sick",
    "extra": "extra",
}
WEEKDAYS = {
    word: str(number)
    for number, sign in enumerate("一二三四五六日")
    for word in (f"周{sign}", f"星期{sign}", f"礼拜{sign}", sign, str(number + 1))
} | {
    name: str(number)
    for number, full in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    for name in (full, full[:3])
}
DAYS_TOLD = "周一 1 mon, 周二 2 tue, 周三 3 wed, 周四 4 thu, 周五 5 fri, 周六 6 sat, 周日 7 sun"
WEEKDAYS |= {"周天": "6", "星期天": "6"}
SEXES = {"女": Sex.FEMALE, "女性": Sex.FEMALE, "男": Sex.MALE, "男性": Sex.MALE} | {str(one): one for one in Sex}
MODES = {
    "步行": TravelMode.WALK,
    "走路": TravelMode.WALK,
    "电动车": TravelMode.EBIKE,
    "电动自行车": TravelMode.EBIKE,
} | {str(one): one for one in TravelMode}
HOURS = re.compile(r"(\d{1,2}):(\d{2})[-~至到\u2013\u2014](?:次日)?(\d{1,2}):(\d{2})")
BETWEEN = re.compile(r"[;；、\n]")
SKILL_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})?(?:~(\d{4}-\d{2}-\d{2})?)?")
SKILL_LEVEL = re.compile(r"([1-5])级|level([1-5])")
MINUTES_MAX, HOURS_MAX = 59, 23

DAY_NEEDED = Words(
    "每周的班次填星期，某一天的填日期。", "Fill in the weekday of weekly hours, or the date of a single day."
)
DATE_NEEDED = Words("休息、病假、加班要填日期。", "Days off, sick days and extra hours need a date.")
WEEKDAY_ELSE = Words("日期不是这个星期几。", "The date is another weekday.")
HOURS_NEEDED = Words("要填起止时间，写法如 22:00-06:00。", "Fill in the hours; write 22:00-06:00.")
HOURS_ELSE = Words("时段与起止时间不一致。", "The hours differ from beginning and end.")
HOURS_TAKEN = Words("休息和病假是整天，不填时间。", "Days off and sick days are whole days: leave out the hours.")
SAME_TIME = Words("开始和结束是同一时刻。", "Beginning and end are the same.")
LONG_BREAK = Words("休息不能比班次长。", "The break must be shorter than the hours.")
ORDER = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")
DATES_OF_DAY = Words("某一天的班次不填生效、失效日期。", "Hours of a single date have no other dates.")
MASKED = Words("有星号，是遮盖过的内容，不能导入。", "It has stars: what was hidden cannot be imported.")
PHONE = Words(
    "不是有效的电话号码；固定电话要带区号。", "This is no valid phone number; landlines need their area code."
)
HALF_POINT = Words("经度、纬度要同时填写。", "Longitude and latitude go together.")
SKILLS = Words(
    "资质写成：助浴 3级 2024-05-01~2027-05-01 证号TJ01，多项之间用分号。",
    "Write skills like this: bathing level3 2024-05-01~2027-05-01 no.TJ01; separate several by semicolons.",
)
NO_CODE = Words("没有这个代码，只能是：{allowed}。", "There is no such code; it must be one of: {allowed}.")
TWICE = Words("同一资质写了两次。", "The same skill stands there twice.")


class CarerSurroundings(NamedTuple):
    """What rows of carers are judged against; the lookups answer None for what they do not know."""

    find_kind: Callable[[str], str | None]
    kinds: str
    find_skill: Callable[[str], str | None]
    skills: str


def judge_roster(row: Row) -> RosterRow | None:
    """Judge a row of a roster by itself; every fault is in it afterwards, not only the first."""
    if row.faults:  # the cells may stand under the wrong names
        return None
    ref = row.digits("carer_ref", is_needed=True)
    name = _plain(row, "carer_name")
    kind = row.choice("kind", known=KINDS) or SHIFT
    weekday_text, on_date = row.choice("weekday", known=WEEKDAYS, told=DAYS_TOLD), row.day("on_date")
    weekday = int(weekday_text) if weekday_text else None
    begin, end = _hours(row)
    break_min = row.whole("break_min", low=0, high=DAY_MIN)
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    if row.faults:
        return None
    if kind == SHIFT:
        _judge_day(row, weekday=weekday, on_date=on_date, dates=(valid_from, valid_to))
    elif on_date is None:
        row.blame("on_date", code="day_needed", words=DATE_NEEDED)
    if on_date is not None and weekday is not None and on_date.weekday() != weekday:
        row.blame("weekday", code="weekday_else", words=WEEKDAY_ELSE)
    _judge_hours(row, kind=kind, hours=(begin, end), break_min=break_min)
    if row.faults or ref is None:
        return None
    return RosterRow(ref, name, kind, weekday, on_date, begin, end, break_min, valid_from, valid_to)


def judge_carer(row: Row, *, around: CarerSurroundings) -> CarerRow | None:
    """Judge a row of carers by itself; every fault is in it afterwards, not only the first."""
    if row.faults:
        return None
    ref = row.digits("source_ref", is_needed=True)
    name = _plain(row, "name", is_needed=True)
    phone_text = _plain(row, "phone")
    typed = row.digits("phone") if phone_text else None
    phone = read_phone(typed) if typed else None
    if typed and phone is None:
        row.blame("phone", code="phone_form", words=PHONE)
    kind = _code(row, "kind", find=around.find_kind, allowed=around.kinds)
    sex, mode = row.choice("sex", known=SEXES), row.choice("travel_mode", known=MODES)
    carer = CarerRow(
        source_ref=ref or "",
        name=name or "",
        organization=row.text("organization"),
        uscc=row.digits("uscc"),
        kind=kind,
        sex=str(sex) if sex else None,
        phone=phone,
        travel_mode=str(mode) if mode else None,
        day_limit_min=row.whole("day_limit_min", low=1, high=DAY_MIN),
        point=_point(row),
        skills=_skills(row, around=around),
    )
    return None if row.faults else carer


def _judge_day(row: Row, *, weekday: int | None, on_date: date | None, dates: tuple[date | None, date | None]) -> None:
    if weekday is None and on_date is None:
        row.blame("weekday", code="day_needed", words=DAY_NEEDED)
    elif on_date is not None and any(dates):
        row.blame("valid_from", code="dates_swapped", words=DATES_OF_DAY)
    elif dates[0] and dates[1] and dates[1] <= dates[0]:
        row.blame("valid_to", code="dates_swapped", words=ORDER)


def _judge_hours(row: Row, *, kind: str, hours: tuple[time | None, time | None], break_min: int | None) -> None:
    begin, end = hours
    if kind in {ExceptionKind.OFF, ExceptionKind.SICK}:
        if begin or end:
            row.blame("from_time", code="hours_taken", words=HOURS_TAKEN)
        return
    if begin is None or end is None:
        row.blame("from_time", code="required", words=HOURS_NEEDED)
    elif begin == end:
        row.blame("to_time", code="same_time", words=SAME_TIME)
    elif break_min is not None and break_min >= length_min(begin, to_time=end):
        row.blame("break_min", code="long_break", words=LONG_BREAK)


def length_min(from_time: time, *, to_time: time) -> int:
    """Give how long hours are, across midnight too."""
    begin, end = (each.hour * 60 + each.minute for each in (from_time, to_time))
    return (end - begin) % DAY_MIN or DAY_MIN


def _hours(row: Row) -> tuple[time | None, time | None]:
    begin, end = row.clock("from_time"), row.clock("to_time")
    text = row.text("hours")
    if not text:
        return begin, end
    found = HOURS.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    whole = (_time(found[1], found[2]), _time(found[3], found[4])) if found else (None, None)
    if whole[0] is None or whole[1] is None:
        row.blame("hours", code="not_a_time", words=HOURS_NEEDED)
        return None, None
    if (begin or whole[0], end or whole[1]) != whole:
        row.blame("hours", code="hours_else", words=HOURS_ELSE)
    return whole


def _time(hour: str, minute: str) -> time | None:
    hours, minutes = int(hour), int(minute)
    if (hours, minutes) == (HOURS_MAX + 1, 0):
        return time()
    return time(hours, minutes) if hours <= HOURS_MAX and minutes <= MINUTES_MAX else None


def _plain(row: Row, column: str, *, is_needed: bool = False) -> str | None:
    text = row.text(column, is_needed=is_needed, longest=LONGEST_NAME)
    if text and any(star in text for star in HIDDEN):
        row.blame(column, code="masked", words=MASKED)
        return None
    return text


def _code(row: Row, column: str, *, find: Callable[[str], str | None], allowed: str) -> str | None:
    text = row.text(column)
    code = find(text) if text else None
    if text and code is None:
        row.blame(column, code="unknown_code", words=NO_CODE, allowed=allowed)
    return code


def _point(row: Row) -> PointCell | None:
    texts = [row.text("lon"), row.text("lat")]
    if not any(texts):
        return None
    if not all(texts):
        row.blame("lat" if texts[0] else "lon", code="invalid_point", words=HALF_POINT)
        return None
    lon, lat = row.number_of("lon", low=-180, high=180), row.number_of("lat", low=-180, high=180)
    if lon is None or lat is None:
        return None
    return PointCell(lon, lat, (row.text("crs") or "").replace("-", "").casefold() or None)


def _skills(row: Row, *, around: CarerSurroundings) -> tuple[SkillCell, ...]:
    found: list[SkillCell] = []
    for part in BETWEEN.split(row.text("skills", longest=LONGEST_SKILLS) or ""):
        words = unicodedata.normalize("NFKC", part).split()
        if not words:
            continue
        skill = around.find_skill(words[0])
        if skill is None:
            row.blame("skills", code="unknown_code", words=NO_CODE, allowed=around.skills)
            break
        cell = _skill(skill, words[1:])
        if cell is None:
            row.blame("skills", code="not_a_date", words=SKILLS)
            break
        if cell.valid_from and cell.valid_to and cell.valid_to <= cell.valid_from:
            row.blame("skills", code="dates_swapped", words=ORDER)
            break
        if any(each.skill == skill for each in found):
            row.blame("skills", code="dates_overlap", words=TWICE)
            break
        found.append(cell)
    return tuple(found)


def _skill(skill: str, words: list[str]) -> SkillCell | None:
    level: int | None = None
    dates: tuple[date | None, date | None] = (None, None)
    certificate_no: str | None = None
    for word in words:
        by_level, by_dates = SKILL_LEVEL.fullmatch(word), SKILL_DATES.fullmatch(word)
        if by_level:
            level = int(by_level[1] or by_level[2])
        elif word.startswith(("证号", "no.")):
            certificate_no = word.removeprefix("证号").removeprefix("no.").lstrip(":") or None
        elif by_dates:
            try:
                first, last = (date.fromisoformat(text) if text else None for text in by_dates.groups())
            except ValueError:
                return None
            dates = (first, last)
        else:
            return None
    return SkillCell(skill, level, dates[0], dates[1], certificate_no)


def single_day(on: date) -> tuple[date, date]:
    """Give the span of a shift that holds on one date only."""
    return on, on + timedelta(days=1)
