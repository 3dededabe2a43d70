"""Decisions about elders: who sees how much, what a masked record shows, who was in a set."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dispatch import geo
from dispatch.actor import Role
from dispatch.elders.values import CategorySetFacts, ElderCard, Member, MembershipFacts, Stay, Ties, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from dispatch.actor import Actor

# domain: a place is shown to others rounded to 100 m
ROUNDED_TO_M = 100.0
BAND_YEARS, LOWEST_BAND, OPEN_BAND = 10, 60, 90
CODE_LENGTHS = (12, 9, 6, 2)  # community, subdistrict, district, city
DISTRICT_DIGITS = 6
DAY = timedelta(days=1)


def age_on(born_on: date, *, on: date) -> int:
    """Give the full years of age; who is born on 29 February is a year older on 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def age_band(age: int) -> str:
    """Give the ten years an age lies in: "60-69", "70-79", "80-89", "90+", and "0-59" below."""
    if age < LOWEST_BAND:
        return f"0-{LOWEST_BAND - 1}"
    if age >= OPEN_BAND:
        return f"{OPEN_BAND}+"
    low = age // BAND_YEARS * BAND_YEARS
    return f"{low}-{low + BAND_YEARS - 1}"


def ancestors(area_code: str) -> list[str]:
    """List the codes of an area and of those it lies in, nearest first."""
    return [area_code[:length] for length in CODE_LENGTHS if length <= len(area_code)]


def is_overlapping(spans: Iterable[tuple[date, date | None]]) -> bool:
    """Say whether two of the half-open spans share a day."""
    ordered = sorted(spans, key=lambda span: span[0])
    return any(before[1] is None or before[1] > after[0] for before, after in pairwise(ordered))


def judge_view(actor: Actor, *, elder_id: UUID, area_code: str | None, ties: Ties) -> View:
    """
    Say how much of an elder's record the actor sees; the widest of what the roles allow.

    Parameters
    ----------
    actor : Actor
        Who asks.
    elder_id : UUID
        Whose record it is.
    area_code : str or None
        Where the elder lives.
    ties : Ties
        The elders to whom work ties the actor today.

    """
    area = area_code or "-"  # an elder who lives nowhere is in nobody's area
    is_own = elder_id in actor.elder_ids(Role.ELDER, Role.FAMILY)
    is_responsible = actor.covers_area(area, Role.COMMUNITY_WORKER) and elder_id in ties.caseload
    if actor.is_system or is_own or is_responsible or actor.covers_area(area, Role.DISTRICT_OFFICER):
        return View.FULL
    if actor.has_role(Role.COORDINATOR) and elder_id in ties.requested:
        return View.REQUEST
    if actor.has_role(Role.CARER, Role.COMMUNITY_WORKER) and elder_id in ties.visited_today:
        return View.VISIT
    if actor.covers_area(area, Role.COMMUNITY_WORKER, Role.OPERATOR):
        return View.MASKED
    return View.NONE


def mask_name(name: str) -> str:
    """Give the first character and two stars, however long the name is."""
    return f"{name[:1]}**"


def round_point(lonlat: geo.LonLat) -> geo.LonLat:
    """Give the nearest crossing of a 100 m grid: a place, but no door."""
    # a grid for each tenth of a degree, so that its metres are metres
    projection = geo.local_projection(round(lonlat[0], 1), round(lonlat[1], 1))
    rounded_xy = np.round(projection.to_xy(np.array([lonlat])) / ROUNDED_TO_M) * ROUNDED_TO_M
    lon, lat = projection.to_ll(rounded_xy)[0]
    return round(float(lon), 6), round(float(lat), 6)


def show_card(card: ElderCard, *, view: View) -> ElderCard:
    """Give of a full record what a view shows."""
    if view is View.FULL:
        return card
    if view in {View.REQUEST, View.VISIT}:
        return ElderCard(
            elder_id=card.elder_id,
            view=view,
            name=card.name,
            sex=card.sex,
            age_band=card.age_band,
            born_on=card.born_on,
            age=card.age,
            area_code=card.area_code,
            address=card.address,
            lon=card.lon,
            lat=card.lat,
            located_by=card.located_by,
            has_lift_access=card.has_lift_access,
            assessment=card.assessment if view is View.REQUEST else None,
        )
    lon, lat = (None, None) if card.lon is None or card.lat is None else round_point((card.lon, card.lat))
    return ElderCard(
        elder_id=card.elder_id,
        view=View.MASKED,
        name=mask_name(card.name),
        sex=card.sex,
        age_band=card.age_band,
        area_code=card.area_code,
        lon=lon,
        lat=lat,
        is_rounded=lon is not None,
    )


def nearest_set(sets: Iterable[CategorySetFacts], *, area_code: str, on: date) -> CategorySetFacts | None:
    """Find the set in force on a date in the area itself or in the nearest one above that has one."""
    fitting = [
        each
        for each in sets
        if area_code.startswith(each.area_code)
        and each.valid_from <= on
        and (each.valid_to is None or on < each.valid_to)
    ]
    return max(fitting, key=lambda each: len(each.area_code), default=None)


def judge_member(
    elder_id: UUID,
    *,
    stays: Sequence[Stay],
    memberships: Sequence[MembershipFacts],
    sets: Sequence[CategorySetFacts],
    from_on: date,
    to_on: date,
) -> list[Member]:
    """
    Say in which districts' sets an elder was on at least one day of a span.

    Residences, memberships and sets are cut at each other's dates, so that a set or residence that changes
    within the span is followed to the day. A move inside a district counts once, where the span ends; a move
    between districts ends membership in one and begins it in the other.
    """
    found: dict[str, list[tuple[date, date, Stay, str, CategorySetFacts]]] = {}
    for stay in stays:
        for membership in memberships:
            low = max(from_on, stay.valid_from, membership.valid_from)
            high = min(to_on, stay.valid_to or to_on, membership.valid_to or to_on)
            for begin, end in _pieces(sets, low=low, high=high):
                counted = nearest_set(sets, area_code=stay.area_code, on=begin)
                if counted and membership.category in counted.members:
                    district = stay.area_code[:DISTRICT_DIGITS]
                    found.setdefault(district, []).append((begin, end, stay, membership.category, counted))
    return [_member(elder_id, days) for _, days in sorted(found.items())]


def _pieces(sets: Sequence[CategorySetFacts], *, low: date, high: date) -> list[tuple[date, date]]:
    if low >= high:
        return []
    turns = {day for each in sets for day in (each.valid_from, each.valid_to) if day and low < day < high}
    return list(pairwise(sorted({low, high} | turns)))


def _member(elder_id: UUID, days: list[tuple[date, date, Stay, str, CategorySetFacts]]) -> Member:
    _, end, stay, _, counted = max(days, key=lambda piece: piece[1])
    return Member(
        elder_id=elder_id,
        area_code=stay.area_code,
        first_on=min(piece[0] for piece in days),
        last_on=end - DAY,
        categories=frozenset(piece[3] for piece in days),
        category_set=counted,
    )
