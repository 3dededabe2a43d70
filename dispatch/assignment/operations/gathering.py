"""From the rooms' rows to the values that the rules decide on, in a number of queries that does not grow."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dispatch import dates, directory, intake, streets
from dispatch.assignment.operations.distances import Distances
from dispatch.assignment.operations.fitness import catchments_here, conditions_of, elder_case, home_ll_of
from dispatch.assignment.operations.pricing import find_subsidies
from dispatch.assignment.operations.rostering import Roster
from dispatch.assignment.queries import find_shares, select_offered
from dispatch.assignment.rules.opening import find_open
from dispatch.assignment.rules.scoring import CONTINUITY_DAYS, FAIR_SHARE_DAYS, median_cents
from dispatch.assignment.rules.travel import EBIKE, HOME_LIMIT_S, SITE_LIMIT_S, WALK, carer_limit_dm
from dispatch.assignment.values import (
    BareSite,
    MatchCase,
    OfferCase,
    Places,
    RequestCase,
    Share,
    Span,
)
from dispatch.storage import session

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from dispatch.elders import ElderFacts
    from dispatch.geo import LonLat
    from dispatch.streets import Network

DISTRICT_DIGITS = 6
VISIT_MIN = 60  # domain.md section 1, service: where neither the service nor its code says how long
# ways are searched a little beyond the limit of a walk, so that a reason can say how far it is
SEARCH_SITE_S = 2 * SITE_LIMIT_S
SITE, HOME = directory.Delivery.SITE, directory.Delivery.HOME


def find_fitting(
    request: intake.RequestCard, *, facts: ElderFacts, offer_id: UUID | None = None
) -> list[directory.Offer]:
    """
    Find the services at sites that fit a request: its code or one below it, given in the elder's district.

    Sites across the border count where they lie within a walk in a straight line. With `offer_id` that one alone
    is looked at, wherever it is; one that does not fit is left out.
    """
    codes = directory.service_with_children(request.service_code)
    if offer_id is not None:
        return directory.find_offers(service_codes=codes, on=request.service_on, offer_ids=[offer_id])
    district = request.area_code[:DISTRICT_DIGITS]
    found = directory.find_offers(service_codes=codes, on=request.service_on, area_prefixes=[district])
    home_ll = home_ll_of(facts)
    if home_ll is None:
        return found
    radius_m = SITE_LIMIT_S * streets.WALK_SPEED_MPS
    near = directory.find_offers_near(home_ll, service_codes=codes, radius_m=radius_m)
    across = {each.service_at_site_id for each in near} - {each.service_at_site_id for each in found}
    if across:
        there = directory.find_offers(service_codes=codes, on=request.service_on, offer_ids=across)
        found += [each for each in there if each.delivery is SITE]
    return found


def gather(
    request: intake.RequestCard,
    *,
    facts: ElderFacts,
    offers: Sequence[directory.Offer],
    network: Network,
    now: datetime,
    zone: ZoneInfo,
    tried: Collection[UUID] = (),
    is_locked: bool = False,
) -> MatchCase:
    """
    Bring together what one search is decided on.

    `tried` are service_at_site rows that are not asked again. With `is_locked` the carers are held until the
    transaction ends, so that what is found free stays free.

    Raises
    ------
    HomeUnlocatedError
        Where the elder's home has no point, or no street is near it.

    """
    window = Span(request.window_from_at, request.window_to_at)
    needs = directory.find_service_needs({each.service_code for each in offers})
    roster = Roster(
        {offer.organization_id: _point(offer) for offer in offers if offer.delivery is HOME},
        elder_id=request.elder_id,
        skills=frozenset[str]().union(*(each.skills_all | each.skills_any for each in needs.values())),
        window=window,
        now=now,
        zone=zone,
        is_locked=is_locked,
    )
    limits = {offer.service_at_site_id: _limit_s(offer, facts=facts) for offer in offers}
    distances = Distances(
        network,
        home_ll=home_ll_of(facts),
        points_ll=[*(point for offer in offers if (point := _point(offer))), *roster.bases_ll],
        limit_dm=_search_limit_dm(offers, limits=limits),
    )
    providers = _Providers(request, facts=facts, offers=offers, needs=needs, tried=tried, now=now, zone=zone)
    return MatchCase(
        request=RequestCase(
            request_id=request.id,
            window=window,
            not_before_at=now,
            carers_needed=request.carers_needed,
            carer_sex=request.carer_sex,
            is_sequential=request.pairing is intake.Pairing.SEQUENTIAL,
        ),
        elder=elder_case(facts, area_code=request.area_code),
        offers=providers.cases(distances=distances, limits=limits, window=window),
        others=(),
        carers=roster.cases(distances=distances),
        network=streets.network_identity(network.manifest),
        subsidy_rules=providers.subsidy_rules,
    )


def find_others(request: intake.RequestCard, *, offers: Sequence[directory.Offer]) -> tuple[BareSite, ...]:
    """Find the sites of the district at which the service is not offered."""
    site = directory.Site
    rows = session().execute(
        sa.select(site.id, site.name, site.organization_id).where(
            site.area_code.startswith(request.area_code[:DISTRICT_DIGITS], autoescape=True)
        )
    )
    offering = {offer.site_id for offer in offers}
    return tuple(BareSite(*row) for row in rows if row.id not in offering)


class _Providers:
    """What is read once for all providers of a search."""

    def __init__(
        self,
        request: intake.RequestCard,
        *,
        facts: ElderFacts,
        offers: Sequence[directory.Offer],
        needs: dict[str, directory.ServiceNeeds],
        tried: Collection[UUID],
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self.facts, self.offers, self.tried, self.zone = facts, offers, tried, zone
        self.needs = needs
        demanding = {each.site_id for each in offers if needs[each.service_code].agreement}
        self.agreements = directory.find_agreements(demanding, on=request.service_on) if demanding else {}
        today = dates.service_date(now, zone)
        since_at = now - timedelta(days=FAIR_SHARE_DAYS)
        self.shares = find_shares([each.service_at_site_id for each in offers], since_at=since_at)
        self.history = intake.find_history(
            request.elder_id,
            since_at=since_at,
            offered=select_offered(since_at=since_at),
            days=(today - timedelta(days=CONTINUITY_DAYS), today),
        )
        self.slots = directory.find_slots(
            service_at_site_ids=[each.service_at_site_id for each in offers],
            service_on=request.service_on,
            period=request.period,
        )
        prices = defaultdict(list)
        for each in offers:
            if each.price_cents is not None and each.area_code.startswith(request.area_code[:DISTRICT_DIGITS]):
                prices[each.service_code, each.price_unit].append(each.price_cents)
        priced = {each.service_code for each in offers if each.price_cents}
        self.subsidies = find_subsidies(request, facts=facts, service_codes=priced)
        self.references = {key: median_cents(found) for key, found in prices.items()}
        self.calendar = directory.read_calendar()
        self.open: dict[tuple[object, ...], tuple[tuple[Span, ...], bool]] = {}

    def cases(self, *, distances: Distances, limits: dict[UUID, int], window: Span) -> tuple[OfferCase, ...]:
        """Give the providers as the rules are told of them."""
        return tuple(
            self._case(each, distances=distances, limit_s=limits[each.service_at_site_id], window=window)
            for each in self.offers
        )

    def _case(self, offer: directory.Offer, *, distances: Distances, limit_s: int, window: Span) -> OfferCase:
        needs = self.needs[offer.service_code]
        key = (offer.hours, offer.closures)
        if key not in self.open:  # few hours are written in many ways; the same ones are looked at once
            self.open[key] = find_open(
                offer.hours, closures=offer.closures, window=window, zone=self.zone, calendar=self.calendar
            )
        open_spans, is_hours_known = self.open[key]
        return OfferCase(
            service_at_site_id=offer.service_at_site_id,
            site_id=offer.site_id,
            site_name=offer.site_name,
            organization_id=offer.organization_id,
            service_code=offer.service_code,
            delivery=offer.delivery,
            is_active=offer.service_status is directory.ServiceStatus.ACTIVE,
            stage=offer.stage,
            visit_min=offer.visit_min or VISIT_MIN,
            conditions=conditions_of(offer),
            carers=needs.carers,
            skills_all=needs.skills_all,
            skills_any=needs.skills_any,
            site_way=distances.site_way(_point(offer), limit_s=limit_s) if offer.delivery is SITE else None,
            home_limit_s=limit_s if offer.delivery is HOME else HOME_LIMIT_S,
            has_catchment=bool(offer.catchments),
            is_inside_catchment=bool(catchments_here(offer, facts=self.facts)),
            open_spans=open_spans,
            is_hours_known=is_hours_known,
            places=self._places(offer),
            visits_90d=self.history.of_elder.get(offer.service_at_site_id, 0),
            price_cents=offer.price_cents,
            price_unit=offer.price_unit,
            reference_cents=self.references.get((offer.service_code, offer.price_unit)),
            share=self._share(offer),
            subsidy_cents=self._subsidy_cents(offer),
            has_declined=offer.service_at_site_id in self.tried,
            is_designated=needs.agreement is None or needs.agreement in self.agreements.get(offer.site_id, ()),
        )

    @property
    def subsidy_rules(self) -> tuple[str, ...]:
        """The versions of the rules by which something is paid."""
        return tuple(sorted({each.rule_version for each in self.subsidies.values() if each.rule_version}))

    def _subsidy_cents(self, offer: directory.Offer) -> int:
        found = self.subsidies.get(offer.service_code)
        return min(found.amount_cents, offer.price_cents or 0) if found else 0

    def _share(self, offer: directory.Offer) -> Share:
        """Give what a provider was offered, and what it was given without an offer."""
        offered = self.shares.get(offer.service_at_site_id, Share())
        given = self.history.by_offer.get(offer.service_at_site_id)
        if given is None:
            return offered
        times = [at for at in (offered.last_at, given.newest_at) if at]
        return Share(offered.offers_28d + given.count, max(times, default=None))

    def _places(self, offer: directory.Offer) -> Places | None:
        """
        Give the free places as the provider last said, less those taken here for that day and period.

        Where the provider has planned the places of that period, they are counted here and never out of date.
        """
        slot = self.slots.get(offer.service_at_site_id)
        if slot is not None and slot.is_planned:
            return Places(slot.maximum - slot.taken, slot.maximum)
        if offer.capacity is None:
            return None
        free = offer.capacity.available - (slot.taken if slot else 0)
        return Places(max(0, free), offer.capacity.maximum, offer.capacity.updated_at, offer.capacity.stale_after)


def _point(offer: directory.Offer) -> LonLat | None:
    return (offer.lon, offer.lat) if offer.lon is not None and offer.lat is not None else None


def _limit_s(offer: directory.Offer, *, facts: ElderFacts) -> int:
    """Give how long the way may be: the catchment's own minutes where it has any, else the rule's."""
    usual_s = SITE_LIMIT_S if offer.delivery is SITE else HOME_LIMIT_S
    here = catchments_here(offer, facts=facts)
    return max((each.limit_min * 60 if each.limit_min else usual_s for each in here), default=usual_s)


def _search_limit_dm(offers: Sequence[directory.Offer], *, limits: dict[UUID, int]) -> int:
    """Give how far the one search must go to decide every way."""
    walk_limit_s = max((limits[each.service_at_site_id] for each in offers if each.delivery is SITE), default=0)
    home_limit_s = max((limits[each.service_at_site_id] for each in offers if each.delivery is HOME), default=0)
    reaches_dm = [carer_limit_dm(limit_s=home_limit_s, mode=mode) for mode in (WALK, EBIKE)]
    walk_dm = streets.length_limit_dm(
        limit_s=max(walk_limit_s, SEARCH_SITE_S if walk_limit_s else 0), speed_mps=streets.WALK_SPEED_MPS
    )
    return max(walk_dm, *reaches_dm)
