"""One elder's circle (G10): who gives each basic service within the limits, or why nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import shapely

from dispatch import areas, dates, directory, geo, streets
from dispatch.coverage.operations.providing import point_of, read_starts
from dispatch.coverage.rules.measuring import points_of, snap
from dispatch.coverage.values import (
    BASIC_RULE,
    BASIC_SERVICES,
    RULE_VERSION,
    USUAL,
    CircleItem,
    ElderCircle,
    Missing,
    Mode,
    Provider,
    Question,
    Way,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.elders import ElderFacts
    from dispatch.geo import LonLat
    from dispatch.streets import Network

DISTRICT_DIGITS = 6
MARGIN = 1.01  # the sphere differs from the ellipsoid by up to 0.56 %, and lengths are rounded to decimetres


class JudgeFit(Protocol):
    """Say which services do not take an elder, by the id of the service at its site, each with its reasons."""

    def __call__(self, offers: Iterable[directory.Offer], /, *, facts: ElderFacts) -> dict[UUID, list[Any]]:
        """Judge them."""


class _Case(NamedTuple):
    """One provider with its way: seconds, None where it is out of range; and its limit."""

    offer: directory.Offer
    way: Way
    time_s: int | None
    limit_s: int


def find_circle(
    facts: ElderFacts, *, network: Network, at: datetime, zone: ZoneInfo, judge_fit: JudgeFit
) -> ElderCircle:
    """
    Find the nearest provider of each item of the area's basic service list, or why there is none.

    What is given at a site is walked to, what comes to the home comes from where a carer starts, by the carer's own
    mode; each within its limit, or the catchment's own. Whether an elder is taken is judged by `judge_fit`, by the
    rules of the search for candidates. A provider whose capacity nobody told is not full.
    """
    on = dates.service_date(at, zone)
    codes, rule_area = _basic_services(facts, on=on)
    members = {code: directory.service_with_children(code) for code in codes}
    home_ll = None if facts.home is None else point_of(facts.home.lon, facts.home.lat)
    home = snap(network, points_ll=points_of([home_ll]))
    cases: list[_Case] = []
    if home_ll is not None and home.is_located[0]:
        wanted = frozenset().union(*members.values())
        cases = _cases(facts, home_ll=home_ll, home=home, codes=wanted, network=network, on=on)
    unfit = judge_fit([case.offer for case in cases], facts=facts)
    calendar = directory.read_calendar()
    items = []
    for code in codes:
        here = [case for case in cases if case.offer.service_code in members[code]]
        if home_ll is None or not home.is_located[0]:
            items.append(CircleItem(code, None, missing=Missing.HOME_UNLOCATED))
        else:
            items.append(_item(code, cases=here, unfit=unfit, at=at, zone=zone, calendar=calendar))
    source_at = network.manifest.source_at
    return ElderCircle(
        elder_id=facts.elder_id,
        on=on,
        rule_area_code=rule_area,
        items=tuple(items),
        assumptions={
            "rule_version": RULE_VERSION,
            "network": streets.network_identity(network.manifest),
            "network_date": None if source_at is None else source_at.isoformat(),
            "walk_speed_mps": USUAL[Mode.WALK].speed_mps,
            "walk_limit_s": USUAL[Mode.WALK].limit_min * 60,
            "carer_walk_speed_mps": USUAL[Mode.CARER_WALK].speed_mps,
            "carer_ebike_speed_mps": USUAL[Mode.CARER_EBIKE].speed_mps,
            "carer_limit_s": USUAL[Mode.CARER_EBIKE].limit_min * 60,
            "parking_and_door_s": streets.PARKING_S + streets.DOOR_S,
        },
    )


def _basic_services(facts: ElderFacts, *, on: date) -> tuple[tuple[str, ...], str | None]:
    rule = None if facts.home is None else areas.find_rule(facts.home.area_code, rule_key=BASIC_RULE, on=on)
    return (BASIC_SERVICES, None) if rule is None else (tuple(rule.value), rule.area_code)


def _cases(
    facts: ElderFacts,
    *,
    home_ll: LonLat,
    home: streets.Snaps,
    codes: frozenset[str],
    network: Network,
    on: date,
) -> list[_Case]:
    """Find the providers that could be in range: at sites around the home, and for the home those of the district."""
    assert facts.home is not None  # noqa: S101 - whoever has a point has a home
    district = facts.home.area_code[:DISTRICT_DIGITS]
    offers = {
        each.service_at_site_id: each
        for each in directory.find_offers(service_codes=codes, on=on, area_prefixes=[district])
    }
    radius_m = USUAL[Mode.WALK].limit_min * 60 * USUAL[Mode.WALK].speed_mps * MARGIN
    near = directory.find_offers_near(home_ll, service_codes=codes, radius_m=radius_m)
    across = {each.service_at_site_id for each in near} - offers.keys()
    if across:
        for each in directory.find_offers(service_codes=codes, on=on, offer_ids=across):
            if each.delivery is directory.Delivery.SITE:
                offers[each.service_at_site_id] = each
    active = [each for each in offers.values() if each.service_status is directory.ServiceStatus.ACTIVE]
    starts = read_starts([each for each in active if each.delivery is directory.Delivery.HOME], on=on)
    places: dict[LonLat, int] = {}
    for each in active:
        for point, _ in _starts(each, starts=starts):
            places.setdefault(point, len(places))
    lengths = _measure(network, home=home, places=list(places), offers=active)
    return [_case(each, facts=facts, home_ll=home_ll, starts=starts, lengths=lengths, places=places) for each in active]


def _measure(
    network: Network,
    *,
    home: streets.Snaps,
    places: Sequence[LonLat],
    offers: Iterable[directory.Offer],
) -> list[int]:
    """Measure the way to every place in decimetres, as far as any limit goes."""
    if not places:
        return []
    longest_s = max((one.limit_min * 60 for each in offers for one in each.catchments if one.limit_min), default=0)
    question = _question(Way.CARER_EBIKE)
    limit_dm = question.limit_dm(limit_s=max(longest_s, question.limit_s))
    there = snap(network, points_ll=points_of(list(places)))
    found: list[int] = streets.matrix(network, origins=home, destinations=there, limit_dm=limit_dm)[0].tolist()
    return found


def _starts(offer: directory.Offer, *, starts: dict[UUID, set[tuple[LonLat, str]]]) -> Iterable[tuple[LonLat, str]]:
    """Give where the way of an offer begins or ends, and how it is made."""
    if offer.delivery is directory.Delivery.HOME:
        return starts[offer.service_at_site_id]
    point = point_of(offer.lon, offer.lat)
    return [] if point is None or offer.delivery is directory.Delivery.REMOTE else [(point, Way.WALK.value)]


def _case(
    offer: directory.Offer,
    *,
    facts: ElderFacts,
    home_ll: LonLat,
    starts: dict[UUID, set[tuple[LonLat, str]]],
    lengths: list[int],
    places: dict[LonLat, int],
) -> _Case:
    if offer.delivery is directory.Delivery.REMOTE:
        return _Case(offer, Way.REMOTE, time_s=0, limit_s=0)
    best = _Case(offer, Way.WALK, time_s=None, limit_s=0)
    for point, mode in sorted(_starts(offer, starts=starts)):
        way, length_dm = Way(mode), lengths[places[point]]
        question = _question(way)
        limit_s = _limit_s(offer, facts=facts, home_ll=home_ll, usual_s=question.limit_s)
        if length_dm == streets.UNREACHED or length_dm > question.limit_dm(limit_s=limit_s):
            continue
        time_s = int(question.time_s(length_dm))
        if best.time_s is None or time_s < best.time_s:
            best = _Case(offer, way, time_s=time_s, limit_s=limit_s)
    return best


def _question(way: Way) -> Question:
    mode = Mode(way.value)
    return Question(limit_s=USUAL[mode].limit_min * 60, speed_mps=USUAL[mode].speed_mps, mode=mode)


def _limit_s(offer: directory.Offer, *, facts: ElderFacts, home_ll: LonLat, usual_s: int) -> int:
    """Give how long the way may be: the catchment's own minutes where it sets any, else the usual ones."""
    here = [
        one.limit_min * 60 if one.limit_min else usual_s
        for one in offer.catchments
        if (one.area_code and facts.home and facts.home.area_code.startswith(one.area_code))
        or (one.extent_ll is not None and geo.read_polygon(one.extent_ll).covers(shapely.Point(home_ll)))
    ]
    return max(here, default=usual_s)


def _item(
    code: str,
    *,
    cases: list[_Case],
    unfit: dict[UUID, list[Any]],
    at: datetime,
    zone: ZoneInfo,
    calendar: directory.Calendar,
) -> CircleItem:
    in_range = [case for case in cases if case.time_s is not None]
    failing: dict[Missing, tuple[Any, ...]] = {}
    for case in sorted(in_range, key=lambda case: (case.time_s, str(case.offer.service_at_site_id))):
        offer = case.offer
        because = tuple(unfit.get(offer.service_at_site_id, ()))
        is_closed = offer.stage is not directory.Stage.OPEN or any(
            closure.from_at <= at < closure.to_at for closure in offer.closures
        )
        if because:
            failing.setdefault(Missing.NOT_ELIGIBLE, because)
        elif is_closed:
            failing.setdefault(Missing.CLOSED, ())
        elif offer.capacity is not None and offer.capacity.available == 0:
            failing.setdefault(Missing.FULL, ())
        else:
            return CircleItem(code, _provider(case, at=at, zone=zone, calendar=calendar))
    missing = next((reason for reason in Missing if reason in failing), Missing.NONE_IN_RANGE)
    return CircleItem(code, None, missing=missing, because=failing.get(missing, ()))


def _provider(case: _Case, *, at: datetime, zone: ZoneInfo, calendar: directory.Calendar) -> Provider:
    offer = case.offer
    is_remote = case.way is Way.REMOTE
    return Provider(
        service_at_site_id=offer.service_at_site_id,
        service_code=offer.service_code,
        site_id=offer.site_id,
        site_name=offer.site_name,
        organization_name=offer.organization_name,
        way=case.way,
        time_s=None if is_remote else case.time_s,
        limit_s=None if is_remote else case.limit_s,
        is_open_now=directory.is_open(offer.hours, closures=offer.closures, at=at, zone=zone, calendar=calendar),
    )
