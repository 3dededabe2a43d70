"""What a point, a code or the beginning of an address means: same input, same answer."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from dispatch import geo
from dispatch.areas.values import DIGITS, AreaRecord, CompoundRecord, CompoundStage, Level, Point, Province, plain_name
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dispatch.sheets import Row

# a place's suffixes, longest first; "河北" is the province and "河北区" a district, so what follows a name decides
SUFFIXES = ("自治县", "新区", "街道", "地区", "市", "区", "县", "镇", "乡", "街")
NOT_A_DISTRICT = ("路", "道", "街", "里", "桥", "大街", "大道", "胡同", "广场")
OTHER_CITY = re.compile(r"^((?:(?![区县镇乡路道街])[一-鿿]){2,4})市(?!场|政|民|区|郊)")

CRS_MISSING = Words(
    "要说明坐标系 crs：wgs84、cgcs2000、gcj02 或 bd09。",
    "Say the reference system in crs: wgs84, cgcs2000, gcj02 or bd09.",
)
CRS_UNKNOWN = Words("坐标系只能是：{allowed}。", "The reference system must be one of: {allowed}.")
ZERO = Words("0,0 不是一个地点；没有坐标就不要填。", "0,0 is not a place; leave the point out where there is none.")
RANGE_LON = Words("经度应在 -180 到 180 之间。", "Longitude must be between -180 and 180.")
RANGE_LAT = Words("纬度应在 -90 到 90 之间。", "Latitude must be between -90 and 90.")
SWAPPED = Words(
    "经度和纬度写反了：lon 是经度，lat 是纬度。",
    "Longitude and latitude are swapped: lon is the longitude, lat the latitude.",
)
OUTSIDE = Words("这个点不在本市范围内。", "The point is outside the study area.")
CODE_WORDS = Words(
    "区划代码：市 2 位、区 6 位、街镇 9 位、村居 12 位数字。",
    "A code has 2 digits for a city, 6 for a district, 9 for a subdistrict, 12 for a community.",
)
CHOICE = Words("没有代码“{given}”，只能是：{allowed}。", 'There is no code "{given}"; it must be one of: {allowed}.')
TOO_MANY_OLD = Words("60 岁以上的人比全部的人还多。", "There are more people of 60 and older than people.")
LARGEST_POPULATION = 50_000_000
SETTLEMENTS = {"urban": "urban", "城镇": "urban", "城市": "urban", "rural": "rural", "乡村": "rural", "农村": "rural"}
# 004 二(二)8
VILLAGE_CLASSES = {"suburban": "城郊融合", "protected": "特色保护", "central": "中心带动"} | {
    "improving": "改善提升",
    "consolidating": "引导整合",
}
WINGS = {"north": "north", "北翼": "north", "北": "north", "south": "south", "南翼": "south", "南": "south"}
COMPOUND_STAGES = {stage.value: stage.value for stage in CompoundStage} | {
    **dict.fromkeys(("新建", "新建居住区", "新建小区", "new"), "new"),
    **dict.fromkeys(("已建成", "已建成小区", "建成", "built up"), "built_up"),
}
LARGEST_HOUSEHOLDS, LARGEST_AREA_M2 = 1_000_000, 10_000_000.0
HALF_CIRCLE_DEG, QUARTER_CIRCLE_DEG = 180.0, 90.0


class InvalidPointError(InvalidError):
    """A point that cannot be used; `fields` says which part and why."""

    slug = "invalid-point"
    title = Words("坐标有误", "The point is not valid")


class InvalidAreaCodeError(InvalidError):
    """The code does not have the digits of its level."""

    slug = "invalid-area-code"
    title = Words("区划代码有误", "The area code is not valid")
    detail = Words(
        "{code}：市 2 位、区 6 位、街镇 9 位、村居 12 位数字。",
        "{code}: a city has 2 digits, a district 6, a subdistrict 9, a community 12.",
    )


def read_point(lonlat: geo.LonLat, *, crs: str | None, study_area: geo.StudyArea | None) -> Point:
    """
    Check a point that arrives and give it in WGS 84.

    Parameters
    ----------
    lonlat : tuple of float
        Longitude and latitude, degrees, in the reference system `crs`.
    crs : str or None
        A code of `geo.ReferenceSystem`; a point without one is refused.
    study_area : geo.StudyArea or None
        Points outside are refused; None asks only for the globe.

    Raises
    ------
    InvalidPointError
        No reference system, 0,0, out of range, longitude and latitude swapped (said so), outside.

    """
    [found] = read_points([(lonlat, crs)], study_area=study_area)
    if isinstance(found, InvalidPointError):
        raise found
    return found


def read_points(
    sent: Sequence[tuple[geo.LonLat, str | None]], *, study_area: geo.StudyArea | None
) -> list[Point | InvalidPointError]:
    """
    Check many points, each as `read_point` does, one reference system at a time; what is wrong comes back.

    Moving thousands at once takes as long as moving ten.
    """
    found: list[Point | InvalidPointError | None] = [
        _fault_of(lonlat, crs=crs, study_area=study_area) for lonlat, crs in sent
    ]
    for crs in {crs for fault, (_, crs) in zip(found, sent, strict=True) if fault is None}:
        system = geo.ReferenceSystem(str(crs))
        places = [place for place, (_, named) in enumerate(sent) if named == crs and found[place] is None]
        moved = geo.to_wgs84(np.array([sent[place][0] for place in places], dtype=np.float64), crs=system)
        for place, (lon, lat) in zip(places, moved.tolist(), strict=True):
            if study_area and not study_area.holds(lon, lat):
                found[place] = InvalidPointError(fields={"lon": [OUTSIDE], "lat": [OUTSIDE]})
            else:
                found[place] = Point(lonlat=(lon, lat), crs=system, raw=sent[place][0])
    return [each for each in found if each is not None]


def _fault_of(lonlat: geo.LonLat, *, crs: str | None, study_area: geo.StudyArea | None) -> InvalidPointError | None:
    """Give what is wrong with a point before it is moved."""
    lon, lat = lonlat
    fields: dict[str, list[Words | str]] = {}
    if not crs:
        fields = {"crs": [CRS_MISSING]}
    elif crs not in set(geo.ReferenceSystem):
        allowed = ", ".join(geo.ReferenceSystem)
        fields = {"crs": [Words(CRS_UNKNOWN.zh.format(allowed=allowed), CRS_UNKNOWN.en.format(allowed=allowed))]}
    elif lon == 0 and lat == 0:
        fields = {"lon": [ZERO], "lat": [ZERO]}
    elif study_area and geo.is_swapped(lon, lat, study_area=study_area):
        fields = {"lon": [SWAPPED], "lat": [SWAPPED]}
    # written so that NaN fails too
    elif not -HALF_CIRCLE_DEG <= lon <= HALF_CIRCLE_DEG:
        fields = {"lon": [RANGE_LON]}
    elif not -QUARTER_CIRCLE_DEG <= lat <= QUARTER_CIRCLE_DEG:
        fields = {"lat": [RANGE_LAT]}
    return InvalidPointError(fields=fields) if fields else None


def check_code(code: str, *, level: str) -> None:
    """Raise InvalidAreaCodeError unless the code is as long as its level asks, in plain digits."""
    if not (code.isascii() and code.isdigit() and len(code) == DIGITS[Level(level)]):
        raise InvalidAreaCodeError(code=code, level=level)


def judge_area_row(row: Row, *, origin: str) -> AreaRecord | None:
    """Make a record of one row of a file of areas, or blame the row."""
    code, name = row.digits("code", is_needed=True), row.text("name", is_needed=True)
    levels = {digits: level for level, digits in DIGITS.items()}
    level = levels.get(len(code)) if code and code.isascii() and code.isdigit() else None
    if code and level is None:
        row.blame("code", code="invalid_area_code", words=CODE_WORDS)
    settlement = _chosen(row, "settlement", choices=SETTLEMENTS)
    classes = {code: code for code in VILLAGE_CLASSES} | {label: code for code, label in VILLAGE_CLASSES.items()}
    village_class = _chosen(row, "village_class", choices=classes)
    wing = _chosen(row, "wing", choices=WINGS)
    residents = row.whole("residents", low=0, high=LARGEST_POPULATION)
    old = row.whole("residents_60plus", low=0, high=LARGEST_POPULATION)
    if residents is not None and old is not None and old > residents:
        row.blame("residents_60plus", code="not_a_number", words=TOO_MANY_OLD)
    aliases = tuple(each for each in re.split(r"[、,，;；\s]+", row.text("aliases") or "") if each)
    if row.faults or not code or not name or level is None:
        return None
    return AreaRecord(
        code=code,
        level=level.value,
        name_zh=name,
        name_en=row.text("name_en"),
        settlement=settlement,
        village_class=village_class,
        residents=residents,
        residents_60plus=old,
        source=origin,
        aliases=aliases,
        wing=wing,
    )


def judge_compound_row(row: Row, *, origin: str) -> CompoundRecord | None:
    """Make a record of one row of a file of compounds, or blame the row."""
    code, name = row.digits("area_code", is_needed=True), row.text("name", is_needed=True)
    if code and not (code.isascii() and code.isdigit() and len(code) in DIGITS.values()):
        row.blame("area_code", code="invalid_area_code", words=CODE_WORDS)
    stage = _chosen(row, "stage", choices=COMPOUND_STAGES, is_needed=True)
    households = row.whole("households", low=0, high=LARGEST_HOUSEHOLDS, is_needed=True)
    residents = row.whole("residents", low=0, high=LARGEST_POPULATION)
    floor_m2 = row.number_of("care_floor_area_m2", low=0, high=LARGEST_AREA_M2, is_needed=True)
    land_m2 = row.number_of("care_land_area_m2", low=0, high=LARGEST_AREA_M2)
    delivered_on = row.day("delivered_on")
    if row.faults or not code or not name or stage is None or households is None or floor_m2 is None:
        return None
    return CompoundRecord(
        area_code=code,
        name=name,
        stage=stage,
        households=households,
        residents=residents,
        care_floor_area_m2=floor_m2,
        care_land_area_m2=land_m2,
        delivered_on=delivered_on,
        source=origin,
    )


def _chosen(row: Row, column: str, *, choices: Mapping[str, str], is_needed: bool = False) -> str | None:
    text = row.text(column, is_needed=is_needed)
    if text is None:
        return None
    found = choices.get(text.strip().casefold())
    if found is None:
        row.blame(column, code="unknown_code", words=CHOICE, given=text[:40], allowed=", ".join(choices))
    return found


def read_province(address: str) -> Province | None:
    """
    Say which province an address begins with, or None where it names none.

    河北省… and 河北石家庄… are Hebei; 河北区… is a district of Tianjin.
    """
    text = plain_name(address)
    for province in known_provinces():
        if text.startswith(province.name):
            return province
        if text.startswith(province.short) and not text[len(province.short) :].startswith(SUFFIXES):
            return province
    return None


def read_other_city(address: str, *, own_names: Sequence[str]) -> str | None:
    """Say which city (…市) an address begins with where that is none of one's own names, or None."""
    found = OTHER_CITY.match(plain_name(address))
    if found is None or any(name.startswith(found[1]) or found[1].startswith(name) for name in own_names):
        return None
    return f"{found[1]}市"


def read_district(address: str, *, names: Mapping[str, str]) -> str | None:
    """
    Recognize the district that an address names behind its province (天津市蓟县…, 天津武清开发区…).

    Parameters
    ----------
    address : str
        As people write it.
    names : mapping
        Full, short and old names of districts, each with its district's code (see `district_names`).

    Returns
    -------
    str or None
        The code, of the longest name that fits. A name is looked for at the start only, since streets are
        named after districts everywhere: 和平路 is not 和平区.

    """
    text = plain_name(address)
    province = read_province(text)
    if province:
        text = text.removeprefix(province.name if text.startswith(province.name) else province.short)
    for name in sorted(names, key=len, reverse=True):
        if province and not names[name].startswith(province.code):
            continue
        if text.startswith(name) and (name.endswith(SUFFIXES) or not text[len(name) :].startswith(NOT_A_DISTRICT)):
            return names[name]
    return None


@cache
def known_provinces() -> tuple[Province, ...]:
    """Give the province-level units (GB/T 2260)."""
    return tuple(Province(**row) for row in _rows("provinces.tsv"))


@cache
def known_areas() -> tuple[AreaRecord, ...]:
    """Give Tianjin and its sixteen districts with their census totals, facts that come with the product."""
    return tuple(
        AreaRecord(
            code=row["code"],
            level=row["level"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            residents=int(row["residents"]),
            source=row["source"],
            aliases=tuple(filter(None, row["aliases"].split(","))),
        )
        for row in _rows("tianjin.tsv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    lines = (files("dispatch.areas") / "facts" / name).read_text(encoding="utf-8").splitlines()
    titles = lines[0].split("\t")
    return [dict(zip(titles, line.split("\t"), strict=True)) for line in lines[1:]]
