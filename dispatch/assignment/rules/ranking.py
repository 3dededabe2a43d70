"""From facts to an answer: every provider gets a rank or all its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dispatch import directory
from dispatch.assignment.rules.eligibility import (
    judge_agreement,
    judge_answer,
    judge_catchment,
    judge_elder,
    judge_hours,
    judge_places,
    judge_stage,
    judge_way,
)
from dispatch.assignment.rules.scoring import rank_key, score
from dispatch.assignment.rules.staffing import find_staff
from dispatch.assignment.rules.timing import latest_starts
from dispatch.assignment.rules.travel import HOME_LIMIT_S
from dispatch.assignment.values import (
    TOGETHER,
    Candidate,
    Job,
    Lag,
    MatchView,
    Places,
    Reason,
    ReasonCode,
    Staffing,
    Way,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from dispatch.assignment.values import (
        BareSite,
        CarerCase,
        ElderCase,
        MatchCase,
        OfferCase,
        RequestCase,
        Span,
    )

HOME = directory.Delivery.HOME
TOP_COUNT = 5
LISTED = {code: position for position, code in enumerate(ReasonCode)}
FROM_AFAR = Way(time_s=0, limit_s=HOME_LIMIT_S)


def judge_all(case: MatchCase, *, now: datetime) -> tuple[list[Candidate], list[Candidate]]:
    """Rank the providers that can serve, best first, and give the others with their reasons, by name."""
    staff = _Staff(case.carers)
    judged = [judge_offer(offer, request=case.request, elder=case.elder, staff=staff, now=now) for offer in case.offers]
    able = sorted((each for each in judged if not each.reasons), key=rank_key)
    ranked = [replace(each, rank=rank) for rank, each in enumerate(able, start=1)]
    rejected = [each for each in judged if each.reasons] + [_not_offered(site) for site in case.others]
    rejected.sort(key=lambda each: (each.service_at_site_id is None, each.site_name, each.site_id))
    return ranked, rejected


def judge_offer(
    offer: OfferCase,
    *,
    request: RequestCase,
    elder: ElderCase,
    staff: _Staff,
    now: datetime,
) -> Candidate:
    """Apply every hard rule to one provider; one that fails none is scored."""
    job = _job(offer, request=request)
    begins = _starts(job)
    staffing = staff.find(offer, job=job if begins else _as_if_open(job)) if offer.delivery is HOME else None
    places = offer.places
    if staffing and not places and staffing.qualified:
        places = Places(free=staffing.able, maximum=staffing.qualified)
    way = staff.way(offer, staffing=staffing) if staffing else offer.site_way
    found = [
        None if offer.is_active else Reason(ReasonCode.NOT_OFFERED),
        judge_stage(offer.stage),
        judge_hours(is_open_sometime=bool(begins)),
        judge_way(offer.site_way) if offer.site_way else None,
        judge_catchment(has_catchment=offer.has_catchment, is_inside=offer.is_inside_catchment),
        *judge_elder(elder, conditions=offer.conditions),
        *judge_places(offer.places, now=now),
        judge_agreement(is_designated=offer.is_designated),
        judge_answer(has_declined=offer.has_declined),
        *(staffing.reasons if staffing else ()),
    ]
    reasons = sorted((reason for reason in found if reason), key=lambda reason: LISTED[reason.code])
    blank = Candidate(
        site_id=offer.site_id,
        site_name=offer.site_name,
        organization_id=offer.organization_id,
        service_at_site_id=offer.service_at_site_id,
        service_code=offer.service_code,
        delivery=offer.delivery,
        visit_min=job.visit_min,
        is_hours_known=offer.is_hours_known,
        price_cents=offer.price_cents,
        subsidy_cents=None if offer.price_cents is None else offer.subsidy_cents,
        own_share_cents=None if offer.price_cents is None else offer.price_cents - offer.subsidy_cents,
        price_unit=offer.price_unit,
        reference_cents=offer.reference_cents,
        share=offer.share,
        way=way,
        places=places,
        reasons=tuple(reasons),
    )
    if reasons:
        return blank
    carers_chosen = staffing.chosen if staffing else ()
    start_at = carers_chosen[0].start_at if carers_chosen else begins[0].from_at
    end_at = max((each.end_at for each in carers_chosen), default=start_at + timedelta(minutes=job.visit_min))
    visits_90d = sum(each.visits_90d for each in carers_chosen) if staffing else offer.visits_90d
    return replace(
        blank,
        start_at=start_at,
        end_at=end_at,
        carers=carers_chosen,
        visits_90d=visits_90d,
        score=score(
            way=way or FROM_AFAR,
            shift=start_at - request.window.from_at,
            visits_90d=visits_90d,
            carers=max(1, len(carers_chosen)),
            places=places,
            own_cents=blank.own_share_cents,
            reference_cents=offer.reference_cents,
        ),
    )


def narrow(
    ranked: Iterable[Candidate],
    rejected: Iterable[Candidate],
    *,
    view: MatchView,
    organization_ids: Collection[UUID],
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """
    Give what a reader may see.

    A coordinator sees the rows of their own organizations; elder and family see the best five and why the
    others cannot, but neither carers nor what a provider was given before.
    """
    if view is MatchView.OWN_ROWS:
        own = [tuple(each for each in rows if each.organization_id in organization_ids) for rows in (ranked, rejected)]
        return own[0], own[1]
    if view is MatchView.TOP:
        bare = [tuple(replace(each, carers=(), share=None) for each in rows) for rows in (ranked, rejected)]
        return bare[0][:TOP_COUNT], bare[1]
    return tuple(ranked), tuple(rejected)


class _Staff:
    """The carers of a search; an organization with many sites is asked once where the same is asked of it."""

    def __init__(self, carers: dict[UUID, tuple[CarerCase, ...]]) -> None:
        self._carers = carers
        self._within: dict[tuple[UUID, int], tuple[CarerCase, ...]] = {}
        self._found: dict[tuple[UUID, int, Job], Staffing] = {}

    def find(self, offer: OfferCase, *, job: Job) -> Staffing:
        """Find who would go for a provider."""
        key = (offer.organization_id, offer.home_limit_s, job)
        if key not in self._found:
            self._found[key] = find_staff(self._of(offer), job=job)
        return self._found[key]

    def way(self, offer: OfferCase, *, staffing: Staffing) -> Way | None:
        """Give the longest way of those who would come."""
        chosen = {each.carer_id for each in staffing.chosen}
        ways = [case.way for case in self._of(offer) if case.carer_id in chosen]
        return max(ways, key=lambda way: way.time_s or 0, default=None)

    def _of(self, offer: OfferCase) -> tuple[CarerCase, ...]:
        """Give the carers of an organization with their ways held against the provider's own limit."""
        limit_s = offer.home_limit_s
        key = (offer.organization_id, limit_s)
        if key not in self._within:
            self._within[key] = tuple(
                case if case.way.limit_s == limit_s else replace(case, way=replace(case.way, limit_s=limit_s))
                for case in self._carers.get(offer.organization_id, ())
            )
        return self._within[key]


def _job(offer: OfferCase, *, request: RequestCase) -> Job:
    visit_min = offer.visit_min
    if offer.delivery is not HOME:
        # who goes there may leave when the window ends: the place must be open for that long only
        whole_min = int((request.window.to_at - request.window.from_at).total_seconds()) // 60
        visit_min = max(1, min(visit_min, whole_min))
    return Job(
        carers=max(1, offer.carers, request.carers_needed),
        skills_all=offer.skills_all,
        skills_any=offer.skills_any,
        carer_sex=request.carer_sex,
        visit_min=visit_min,
        window=request.window,
        open_spans=offer.open_spans,
        not_before_at=request.not_before_at,
        lag=_lag(request, visit_min=visit_min),
    )


def _lag(request: RequestCase, *, visit_min: int) -> Lag:
    """Give how two carers begin; one after the other means, where nothing else is said, when the first has finished."""
    if not request.is_sequential:
        return TOGETHER
    from_min = visit_min if request.lag_min_min is None else request.lag_min_min
    return Lag(from_min, request.lag_max_min)


def _starts(job: Job) -> list[Span]:
    """Find when the service can begin as far as the provider's hours go, from now on and on a full minute."""
    from_now_on = [span._replace(from_at=max(span.from_at, job.not_before_at)) for span in job.open_spans]
    return latest_starts(from_now_on, visit_min=job.visit_min)


def _as_if_open(job: Job) -> Job:
    """Let the carers be judged over the whole window where the provider is closed: both reasons are then told."""
    return replace(job, open_spans=(job.window,))


def _not_offered(site: BareSite) -> Candidate:
    return Candidate(
        site_id=site.site_id,
        site_name=site.site_name,
        organization_id=site.organization_id,
        reasons=(Reason(ReasonCode.NOT_OFFERED),),
    )
