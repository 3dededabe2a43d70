"""One row of a spreadsheet, judged: the site it tells of, or what is wrong with it."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dispatch import areas, geo
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from dispatch.sheets import Row, RowFault

NOT_WORDS = re.compile(r"[\W_]+")
LARGEST_M2 = 1_000_000.0  # a square kilometer of floor: no house has it
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
EMPTY = Words("必填。", "This cell must be filled in.")
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
    facility_type: str | None


class SentPoint(NamedTuple):
    """A point as it was sent: degrees in its reference system, which `judge_points` finds to be one of ours."""

    lon: float
    lat: float
    crs: str


@dataclass(slots=True)
class RowJudgment:
    """The site of one row; it is stored only where there are no faults."""

    row: int
    source_ref: str = ""
    name: str = ""
    address: str = ""
    place: bytes = b""  # what two records of one place have in common
    area_code: str = ""
    names_area: bool = False
    facility_type: str = ""
    institution_class: str | None = None
    organization: str = ""
    operator_kind: str = "not_stated"
    floor_area_m2: float | None = None
    opened_on: date | None = None
    point: SentPoint | None = None
    faults: Sequence[RowFault] = ()


def alike_key(name: str, *, address: str) -> str:
    """Give what two records of one place have in common: name and address in plain signs, without punctuation."""
    place = areas.plain_name(address)
    province = areas.read_province(place)
    if province:
        place = place.removeprefix(province.name if place.startswith(province.name) else province.short)
    return "|".join(NOT_WORDS.sub("", areas.plain_name(text)).casefold() for text in (name, place))


def place_digest(name: str, *, address: str) -> bytes:
    """Give `alike_key` in 16 bytes: hundreds of thousands are held at once."""
    return hashlib.sha256(alike_key(name, address=address).encode()).digest()[:16]


def judge_row(row: Row, *, around: Surroundings) -> RowJudgment:
    """
    Judge one row by itself, its point aside, see `judge_points`; duplicates are found by who sees all rows.

    Parameters
    ----------
    row : Row
        The row.
    around : Surroundings
        What it is judged against.

    Returns
    -------
    RowJudgment
        With every fault of the row, not only the first.

    """
    found = RowJudgment(row=row.number, faults=row.faults)
    if row.faults:
        return found
    name, address = (row.text(column, is_needed=True, longest=500) for column in ("name", "address"))
    if not name or not address:
        return found
    found.name, found.address = name, address
    found.place = place_digest(found.name, address=found.address)
    found.source_ref = row.text("source_ref") or found.place[:8].hex()
    found.organization = sys.intern(row.text("organization") or found.name)

    claimed = row.text("province") or ""
    elsewhere = _elsewhere(found.address, claimed=claimed)
    if elsewhere:
        row.blame("address", code="province_differs", words=PROVINCE, found=elsewhere, claimed=claimed)
    else:
        _judge_area(found, row=row, around=around)
    _judge_codes(found, row=row, around=around)
    found.floor_area_m2 = row.number_of("floor_area_m2", low=0.1, high=LARGEST_M2)
    found.opened_on = row.day("opened_on")
    _judge_point(found, row=row)
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


def _judge_area(found: RowJudgment, *, row: Row, around: Surroundings) -> None:
    for column in ("area_code", "area"):
        text = row.text(column)
        if text:
            code = around.find_area(text)
            if code is None:
                row.blame(column, code="unknown_area", words=NO_AREA, text=text[:40])
                return
            found.area_code, found.names_area = code, True
            return
    code = areas.read_district(found.address, names=around.district_names)
    if code is None:
        row.blame("address", code="unknown_area", words=AREA, example="天津市和平区")
    else:
        found.area_code = code


def _judge_codes(found: RowJudgment, *, row: Row, around: Surroundings) -> None:
    for column in ("facility_type", "institution_class", "operator_kind"):
        text = row.text(column)
        if text:
            code = around.find_code(column, text)
            if code is None:
                allowed = ", ".join(around.list_codes(column))
                row.blame(column, code="unknown_code", words=CODE, given=text[:40], allowed=allowed)
            else:
                setattr(found, column, code)
        elif column == "facility_type":
            if around.facility_type is None:
                row.blame("facility_type", code="required", words=EMPTY)
            else:
                found.facility_type = around.facility_type


def _judge_point(found: RowJudgment, *, row: Row) -> None:
    texts = {column: row.text(column) for column in ("lon", "lat")}
    if not any(texts.values()):
        return
    if not all(texts.values()):
        row.blame("lon" if not texts["lon"] else "lat", code="invalid_point", words=HALF_POINT)
        return
    lon, lat = row.number_of("lon", low=-180, high=180), row.number_of("lat", low=-180, high=180)
    if lon is None or lat is None:
        return
    found.point = SentPoint(lon, lat, sys.intern((row.text("crs") or "").replace("-", "").casefold()))


def judge_points(judged: Sequence[tuple[Row, RowJudgment]], *, study_area: geo.StudyArea | None) -> None:
    """Judge the points of many rows at once, which takes as long as of ten; what cannot be is blamed and gone."""
    placed = [(row, found, found.point) for row, found in judged if found.point is not None]
    moved = areas.read_points([((point.lon, point.lat), point.crs) for _, _, point in placed], study_area=study_area)
    for (row, found, point), answer in zip(placed, moved, strict=True):
        if isinstance(answer, areas.InvalidPointError):
            column, words = next(iter(answer.fields.items()))
            code = "crs_missing" if column == "crs" and not point.crs else "invalid_point"
            row.blame(column, code=code, words=_plain(words[0]))
            found.point = None


def _plain(words: Words | str) -> Words:
    return words if isinstance(words, Words) else Words(words, words)
