"""One row of a spreadsheet, judged: the site it tells of, or what is wrong with it."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from dispatch import areas, geo
from dispatch.directory.values.imports import ImportFault
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dispatch.directory.rules.spreadsheet import Line

NOT_WORDS = re.compile(r"[\W_]+")
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
EMPTY = Words("必填。", "This cell must be filled in.")
CELLS = Words("这一行的单元格数与表头不同。", "The row does not have as many cells as the header.")
NUMBER = Words("“{text}”不是大于 0 的数字。", '"{text}" is not a number above 0.')
DATE = Words("“{text}”不是日期，写法如 2020-05-01。", '"{text}" is not a date; write 2020-05-01.')
CODE = Words("没有代码“{given}”，只能是：{allowed}。", 'There is no code "{given}"; it must be one of: {allowed}.')
PROVINCE = Words("地址在{found}，这一行却写的是{claimed}。", "The address is in {found}, but the row says {claimed}.")
AREA = Words(
    "看不出在哪个区：填上 area_code，或把地址写成“{example}……”。",
    'The district is not recognized: fill in area_code, or begin the address with "{example}".',
)
NO_AREA = Words("没有区域“{text}”。", 'There is no area "{text}".')
HALF_POINT = Words("经度、纬度要同时填写。", "Longitude and latitude go together.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows are judged against; the lookups answer None for what they do not know."""

    find_code: Callable[[str, str], str | None]
    list_codes: Callable[[str], list[str]]
    find_area: Callable[[str], str | None]
    district_names: Mapping[str, str]
    study_area: geo.StudyArea | None
    facility_type: str | None


@dataclass(slots=True)
class RowJudgment:
    """The site of one row; it is stored only where there are no faults."""

    row: int
    source_ref: str = ""
    name: str = ""
    address: str = ""
    area_code: str = ""
    names_area: bool = False
    facility_type: str = ""
    institution_class: str | None = None
    organization: str = ""
    operator_kind: str = "not_stated"
    floor_area_m2: float | None = None
    opened_on: date | None = None
    point: areas.Point | None = None
    faults: list[ImportFault] = field(default_factory=list)


def alike_key(name: str, *, address: str) -> str:
    """Give what two records of one place have in common: name and address in plain signs, without punctuation."""
    place = areas.plain_name(address)
    province = areas.read_province(place)
    if province:
        place = place.removeprefix(province.name if place.startswith(province.name) else province.short)
    return "|".join(NOT_WORDS.sub("", areas.plain_name(text)).casefold() for text in (name, place))


def judge_row(line: Line, *, titles: Mapping[str, str], around: Surroundings) -> RowJudgment:
    """
    Judge one row by itself; duplicates are found by the caller, who sees all rows.

    Parameters
    ----------
    line : Line
        The row.
    titles : mapping
        What the file calls our columns.
    around : Surroundings
        What it is judged against.

    Returns
    -------
    RowJudgment
        With every fault of the row, not only the first.

    """
    cells = line.cells
    found = RowJudgment(row=line.row, name=cells.get("name", ""), address=cells.get("address", ""))

    def blame(column: str, *, code: str, words: Words, **facts: str) -> None:
        message = Words(words.zh.format(**facts), words.en.format(**facts)) if facts else words
        found.faults.append(ImportFault(row=line.row, column=titles.get(column, column), code=code, message=message))

    if not line.is_whole:
        blame("name", code="cells_differ", words=CELLS)
        return found
    for column in ("name", "address"):
        if not cells[column]:
            blame(column, code="required", words=EMPTY)
    if found.faults:
        return found
    key = alike_key(found.name, address=found.address)
    found.source_ref = cells.get("source_ref") or hashlib.sha256(key.encode()).hexdigest()[:16]
    found.organization = cells.get("organization") or found.name

    elsewhere = _elsewhere(found.address, claimed=cells.get("province", ""))
    if elsewhere:
        blame("address", code="province_differs", words=PROVINCE, found=elsewhere, claimed=cells["province"])
    else:
        _judge_area(found, cells=cells, around=around, blame=blame)
    _judge_codes(found, cells=cells, around=around, blame=blame)
    _judge_numbers(found, cells=cells, blame=blame)
    _judge_point(found, cells=cells, around=around, blame=blame)
    return found


def _elsewhere(address: str, *, claimed: str) -> str | None:
    """Say which province or city the address names, where that is not the claimed one."""
    province = areas.read_province(claimed) if claimed else None
    if province is None:
        return None
    named = areas.read_province(address)
    if named is not None:
        return None if named.code == province.code else named.name
    if province.code in MUNICIPALITIES:
        return areas.read_other_city(address, own_names=(province.name, province.short))
    return None


def _judge_area(
    found: RowJudgment, *, cells: Mapping[str, str], around: Surroundings, blame: Callable[..., None]
) -> None:
    for column in ("area_code", "area"):
        text = cells.get(column, "")
        if text:
            code = around.find_area(text)
            if code is None:
                blame(column, code="unknown_area", words=NO_AREA, text=text[:40])
                return
            found.area_code, found.names_area = code, True
            return
    code = areas.read_district(found.address, names=around.district_names)
    if code is None:
        blame("address", code="unknown_area", words=AREA, example="天津市和平区")
    else:
        found.area_code = code


def _judge_codes(
    found: RowJudgment, *, cells: Mapping[str, str], around: Surroundings, blame: Callable[..., None]
) -> None:
    for column in ("facility_type", "institution_class", "operator_kind"):
        text = cells.get(column, "")
        if text:
            code = around.find_code(column, text)
            if code is None:
                allowed = ", ".join(around.list_codes(column))
                blame(column, code="unknown_code", words=CODE, given=text[:40], allowed=allowed)
            else:
                setattr(found, column, code)
    if not cells.get("facility_type"):
        if around.facility_type is None:
            blame("facility_type", code="required", words=EMPTY)
        else:
            found.facility_type = around.facility_type


def _judge_numbers(found: RowJudgment, *, cells: Mapping[str, str], blame: Callable[..., None]) -> None:
    area_m2 = cells.get("floor_area_m2", "")
    if area_m2:
        found.floor_area_m2 = _number(area_m2)
        if found.floor_area_m2 is None or found.floor_area_m2 <= 0:
            blame("floor_area_m2", code="not_a_number", words=NUMBER, text=area_m2[:40])
    opened = cells.get("opened_on", "")
    if opened:
        try:
            found.opened_on = date.fromisoformat(opened)
        except ValueError:
            blame("opened_on", code="not_a_date", words=DATE, text=opened[:40])


def _judge_point(
    found: RowJudgment, *, cells: Mapping[str, str], around: Surroundings, blame: Callable[..., None]
) -> None:
    texts = {column: cells.get(column, "") for column in ("lon", "lat")}
    if not any(texts.values()):
        return
    if not all(texts.values()):
        blame("lon" if not texts["lon"] else "lat", code="invalid_point", words=HALF_POINT)
        return
    numbers = {column: _number(text) for column, text in texts.items()}
    for column, number in numbers.items():
        if number is None:
            blame(column, code="not_a_number", words=NUMBER, text=texts[column][:40])
    lon, lat = numbers["lon"], numbers["lat"]
    if lon is None or lat is None:
        return
    try:
        crs = cells.get("crs", "").replace("-", "").casefold()
        found.point = areas.read_point((lon, lat), crs=crs, study_area=around.study_area)
    except areas.InvalidPointError as error:
        column, words = next(iter(error.fields.items()))
        code = "crs_missing" if column == "crs" and not crs else "invalid_point"
        blame(column, code=code, words=words[0])


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
