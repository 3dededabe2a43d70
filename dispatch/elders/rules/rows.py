"""One row of a file of elders, judged by itself: the elder it tells of, or every fault of the row."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dispatch.elders.rules.grading import STANDARD
from dispatch.elders.rules.identity import judge_identity
from dispatch.elders.rules.layout import CONTACTS
from dispatch.elders.values import (
    FAULT_WORDS,
    AssessmentRecord,
    CategoryRow,
    ContactRecord,
    ElderRow,
    Grade,
    HomeRow,
    IdentityFault,
    LocatedBy,
    PointCell,
    Relation,
    Risk,
    RiskRow,
    Sex,
    read_id_no,
)
from dispatch.phones import read_phone
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch.sheets import Row

LONGEST_NAME, LONGEST_REF, LONGEST_ADDRESS, LONGEST_CATEGORIES = 80, 60, 300, 1_000
HIDDEN = ("*", "\uff0a")

SEXES = {"女": Sex.FEMALE, "女性": Sex.FEMALE, "男": Sex.MALE, "男性": Sex.MALE, "female": Sex.FEMALE, "male": Sex.MALE}
LEVELS = {"高": Risk.HIGH, "高风险": Risk.HIGH, "重点": Risk.KEY, "一般": Risk.GENERAL} | {
    str(one): one for one in Risk
}
PLACES = {"入户": LocatedBy.DOOR, "地址": LocatedBy.ADDRESS, "地图": LocatedBy.MAP} | {
    str(one): one for one in LocatedBy
}
GRADES = {
    "能力完好": Grade.INTACT,
    "轻度失能": Grade.MILD,
    "中度失能": Grade.MODERATE,
    "重度失能": Grade.SEVERE,
    "完全失能": Grade.COMPLETE,
} | {str(one): one for one in Grade}
RELATIONS = {
    "配偶": Relation.SPOUSE,
    "子女": Relation.CHILD,
    "儿子": Relation.CHILD,
    "女儿": Relation.CHILD,
    "孙子女": Relation.GRANDCHILD,
    "兄弟姐妹": Relation.SIBLING,
    "监护人": Relation.GUARDIAN,
    "邻居": Relation.NEIGHBOR,
    "其他": Relation.OTHER,
} | {str(one): one for one in Relation}

BETWEEN, SIGNS = re.compile(r"[;；、\n]"), re.compile(r"[-/.]")
DATES = re.compile(r"(?P<from>\d{4}(?:[-/.]\d{1,2}){2})?(?:~(?P<to>\d{4}(?:[-/.]\d{1,2}){2})?)?")

NO_KEY = Words(
    "身份证号码和编号至少填一个，下次导入才认得出是同一位老人。",
    "Fill in the ID number or the reference: by one of them the elder is known when the file comes again.",
)
MASKED = Words("有星号，是遮盖过的内容，不能导入。", "It has stars: what was hidden cannot be imported.")
NO_CATEGORY = Words("没有这种类别，只能是：{allowed}。", "There is no such category; it must be one of: {allowed}.")
CATEGORY_DATES = Words(
    "类别的日期写成：独居 2024-05-01，已结束的写成：独居 2024-05-01~2025-03-01。",
    "Write dates like this: living_alone 2024-05-01, and what has ended: living_alone 2024-05-01~2025-03-01.",
)
CATEGORY_TWICE = Words("同一类别写了两次。", "The same category stands there twice.")
ORDER = Words("结束日期要晚于开始日期。", "The end must be later than the beginning.")
TO_COME = Words("日期还没到。", "The date is still to come.")
TOGETHER = Words("这几列要同时填写：{columns}。", "These go together: {columns}.")
NO_AREA = Words("没有这个区域。", "There is no such area.")
NO_CALL = Words("联系人要有电话。", "A contact needs a phone.")
HALF_POINT = Words("经度、纬度要同时填写。", "Longitude and latitude go together.")


@dataclass(frozen=True, slots=True)
class ElderSurroundings:
    """What rows are judged against; the lookups answer None for what they do not know."""

    on: date
    find_area: Callable[[str], str | None]
    find_category: Callable[[str], str | None]
    categories: str


def judge_elder(row: Row, *, around: ElderSurroundings) -> ElderRow | None:
    """
    Judge one row by itself; what the register and other rows say against it is found by the caller.

    Parameters
    ----------
    row : Row
        The row; every fault is in it afterwards, not only the first.
    around : ElderSurroundings
        What it is judged against.

    """
    if row.faults:  # the cells may stand under the wrong names
        return None
    name = _plain(row, "name", is_needed=True, longest=LONGEST_NAME)
    number = row.text("id_no")
    typed, phone = row.digits("id_no"), row.digits("phone")
    id_no = read_id_no(typed) if typed else None
    born_on, sex = row.day("born_on", is_needed=not number), row.choice("sex", known=SEXES, is_needed=not number)
    by_number = _read_birth_and_sex(id_no) if id_no else None
    if by_number:
        born_on, sex = born_on or by_number[0], sex or by_number[1]
    source_ref = row.text("source_ref", longest=LONGEST_REF)
    if id_no is None and source_ref is None and not row.faults:
        row.blame("id_no", code="required", words=NO_KEY)
    # where a fact is missing it is told of already, and the number alone is judged
    identity = judge_identity(
        id_no=id_no, phone=phone, sex=sex or Sex.FEMALE, born_on=born_on or around.on, on=around.on
    )
    if (born_on and sex) or not by_number:
        for column, faults in identity.faults.items():
            _blame_identity(row, column, fault=faults[0])
    elder = ElderRow(
        name=name or "",
        sex=str(sex),
        born_on=born_on or around.on,
        source_ref=source_ref,
        id_no=id_no,
        phone=identity.phone,
        registered_area_code=_area(row, "registered_area_code", around=around),
        has_lift_access=row.flag("has_lift_access"),
        home=_home(row, around=around),
        categories=_categories(row, around=around),
        category_basis=row.text("category_basis"),
        risk=_risk(row, around=around),
        assessment=_assessment(row, around=around),
        contacts=_contacts(row),
    )
    return None if row.faults else elder


def _plain(row: Row, column: str, *, longest: int, is_needed: bool = False) -> str | None:
    text = row.text(column, is_needed=is_needed, longest=longest)
    if text and any(star in text for star in HIDDEN):
        row.blame(column, code="masked", words=MASKED)
        return None
    return text


def _read_birth_and_sex(id_no: str) -> tuple[date, Sex] | None:
    """Give what an ID number says itself, or None; whether it is good is judged with all facts."""
    try:
        born_on = date(int(id_no[6:10]), int(id_no[10:12]), int(id_no[12:14]))
        return born_on, Sex.MALE if int(id_no[16]) % 2 else Sex.FEMALE
    except (ValueError, IndexError):
        return None


def _blame_identity(row: Row, column: str, *, fault: IdentityFault) -> None:
    row.blame(column, code=str(fault), words=FAULT_WORDS[fault])


def _area(row: Row, column: str, *, around: ElderSurroundings) -> str | None:
    text = row.text(column)
    if not text:
        return None
    code = around.find_area(text)
    if code is None:
        row.blame(column, code="unknown_area", words=NO_AREA)
    return code


def _past_day(row: Row, column: str, *, around: ElderSurroundings) -> date | None:
    day = row.day(column)
    if day is not None and day > around.on:
        row.blame(column, code="still_to_come", words=TO_COME)
        return None
    return day


def _home(row: Row, *, around: ElderSurroundings) -> HomeRow | None:
    code, named = (_area(row, column, around=around) for column in ("area_code", "area"))
    home = HomeRow(
        area_code=code or named,
        address=_plain(row, "address", longest=LONGEST_ADDRESS),
        point=_point(row),
        located_by=row.choice("located_by", known=PLACES),
        since=_past_day(row, "lives_since", around=around),
    )
    return home if home.area_code or home.address or home.point or home.since else None


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


def _categories(row: Row, *, around: ElderSurroundings) -> tuple[CategoryRow, ...]:
    text = row.text("categories", longest=LONGEST_CATEGORIES)
    found: list[CategoryRow] = []
    for part in BETWEEN.split(text or ""):
        if not part.strip():
            continue
        word, _, dates = unicodedata.normalize("NFKC", part).strip().partition(" ")
        category, given = around.find_category(word), DATES.fullmatch("".join(dates.split()))
        if category is None:
            row.blame("categories", code="unknown_code", words=NO_CATEGORY, allowed=around.categories)
            break
        try:
            if given is None:
                raise ValueError
            valid_from, valid_to = (_date(given[name]) for name in ("from", "to"))
        except ValueError:
            row.blame("categories", code="not_a_date", words=CATEGORY_DATES)
            break
        if valid_from and valid_to and valid_to <= valid_from:
            row.blame("categories", code="dates_swapped", words=ORDER)
            break
        if valid_from and valid_from > around.on:
            row.blame("categories", code="still_to_come", words=TO_COME)
            break
        if any(each.category == category and (each.valid_from == valid_from or not valid_from) for each in found):
            row.blame("categories", code="dates_overlap", words=CATEGORY_TWICE)
            break
        found.append(CategoryRow(category, valid_from, valid_to))
    return tuple(found)


def _date(text: str | None) -> date | None:
    if not text:
        return None
    year, month, day = (int(part) for part in SIGNS.split(text))
    return date(year, month, day)


def _risk(row: Row, *, around: ElderSurroundings) -> RiskRow | None:
    level = row.choice("risk", known=LEVELS)
    if level is None:
        return None
    reason = row.text("risk_reason", is_needed=True)
    since = _past_day(row, "risk_since", around=around)
    return RiskRow(str(level), reason, since) if reason else None


def _assessment(row: Row, *, around: ElderSurroundings) -> AssessmentRecord | None:
    grade = row.choice("grade", known=GRADES)
    assessed_on = _past_day(row, "assessed_on", around=around)
    last_on = row.day("grade_last_on")
    given = {"grade": grade, "assessed_on": assessed_on, "grade_last_on": last_on}
    if not any(row.text(column) for column in given):
        return None
    for column, value in given.items():
        if value is None and not row.text(column):
            row.blame(column, code="required", words=TOGETHER, columns=", ".join(given))
    if grade is None or assessed_on is None or last_on is None:
        return None
    if last_on < assessed_on:
        row.blame("grade_last_on", code="dates_swapped", words=ORDER)
        return None
    return AssessmentRecord(STANDARD, str(grade), assessed_on, last_on + timedelta(days=1))


def _contacts(row: Row) -> tuple[ContactRecord, ...]:
    found: list[ContactRecord] = []
    for number in range(1, CONTACTS + 1):
        start = "contact" if number == 1 else f"contact{number}"
        name = _plain(row, f"{start}_name", longest=LONGEST_NAME)
        relation = row.choice(f"{start}_relation", known=RELATIONS)
        typed = row.digits(f"{start}_phone")
        if name is None and typed is None:
            continue
        if typed is None:
            row.blame(f"{start}_phone", code="required", words=NO_CALL)
            continue
        phone = read_phone(typed)
        if phone is None:
            _blame_identity(row, f"{start}_phone", fault=IdentityFault.PHONE_FORM)
        elif name is None:
            row.text(f"{start}_name", is_needed=True)
        else:
            found.append(ContactRecord(name, str(relation or Relation.OTHER), phone, ladder_order=number))
    return tuple(found)
