"""Services, and the nearest of them on foot."""

from __future__ import annotations

from dataclasses import asdict
from dataclasses import fields as columns_of
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import areas, assignment, clock, directory, elders, storage, streets
from dispatch.actor import Role
from dispatch.api.access import account_id, actor, open_to, open_to_anyone, settings
from dispatch.api.elders import log_cards, present_ties, today
from dispatch.api.language import say
from dispatch.api.matching import reason_out
from dispatch.api.networks import current_network
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.problems import RequestError
from dispatch.api.schemas.directory import NewServiceSchema, ServiceSchema
from dispatch.api.schemas.geometry import point_out, study_area
from dispatch.api.schemas.nearby import NearbyPageSchema, NearbyQuery
from dispatch.errors import NotAllowedError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dispatch.assignment import Reason
    from dispatch.directory import NearbyService, Offer, Service, Vacancy
    from dispatch.elders import ElderFacts
    from dispatch.geo import LonLat

SECONDS_IN_MINUTE = 60
OFF_NETWORK = Words(
    "这个点附近 200 米内没有街道，算不出步行时间。",
    "No street lies within 200 m of this point, so no walking time can be given.",
)

HOME_WITHOUT_POINT = Words(
    "老人的住址没有坐标：先给住址定位，或写明 near 和 crs。",
    "The elder's home has no location: locate it first, or give near and crs.",
)


class WholeRecordNeededError(NotAllowedError):
    """What takes an elder or not tells of age, categories, grade and registration."""

    slug = "whole-record-needed"
    title = Words("要能看老人全部资料才能这样查", "The elder's whole record is needed")
    detail = Words(
        "由负责的社区工作者、区工作人员、家属或老人本人来查；或只按地点查。",
        "Ask the worker who answers for the elder, an officer of the area or the family; or ask by place alone.",
    )


bp = Blueprint("services", __name__, url_prefix="/v1", description="Services, and the nearest on foot")


@bp.get("/services")
@open_to_anyone
@bp.arguments(NearbyQuery, location="query")
@bp.response(200, NearbyPageSchema)
def list_nearby(query: dict[str, Any]) -> dict[str, Any]:
    """List open services that are reached on foot within the minutes asked for, the nearest first, for an elder too."""
    facts = facts_of(query["for_elder"]) if query["for_elder"] else None
    network = current_network()
    with storage.reading():
        answer = directory.find_nearby(
            _start_ll(query, facts=facts),
            service_codes=directory.service_with_children(query["service"]) if query["service"] else None,
            limit_s=int(query["within"].removesuffix("min")) * SECONDS_IN_MINUTE,
            speed_mps=query["speed_mps"] or streets.WALK_SPEED_MPS,
            network=network,
            at=clock.utc_now(),
            zone=settings().time_zone,
        )
    unfit = assignment.find_unfit([each.offer for each in answer.found], facts=facts) if facts else {}
    fitting = [each for each in answer.found if each.offer.service_at_site_id not in unfit]
    shown, is_more = _page(fitting, query=query)
    return {
        "items": [_nearby(each) for each in shown],
        "excluded": _excluded(answer.found, unfit=unfit) if facts else None,
        "next_cursor": encode_cursor(*_place(shown[-1])) if is_more else None,
        "is_on_network": answer.is_on_network,
        "note": None if answer.is_on_network else say(OFF_NETWORK),
        "assumptions": asdict(answer.assumptions)
        | {"fit_rule_version": assignment.RULE_VERSION if facts else None, "fit_on": facts.on if facts else None},
    }


@bp.post("/services")
@open_to(Role.ADMINISTRATOR, Role.DISTRICT_OFFICER)
@bp.arguments(NewServiceSchema)
@bp.response(201, ServiceSchema)
def create_service(wish: directory.NewService) -> dict[str, Any]:
    """Create a service of an organization; `POST /v1/sites/{id}/services` says where it is given."""
    with storage.transaction():
        return service_out(directory.create_service(wish, actor=actor(), at=clock.utc_now()))


def service_out(service: Service) -> dict[str, Any]:
    """Give the fields of a service."""
    return {name: getattr(service, name) for name in ServiceSchema().fields}


def offer_out(offer: Offer) -> dict[str, Any]:
    """Give an offer with its price as one object."""
    out = {column.name: getattr(offer, column.name) for column in columns_of(offer)}
    out["price"] = None if offer.price_unit is None else {"unit": offer.price_unit, "amount_cents": offer.price_cents}
    out["capacity"] = vacancy_out(offer.capacity)
    for name in ("categories", "grades"):
        out[name] = None if out[name] is None else sorted(out[name])
    return out


def vacancy_out(vacancy: Vacancy | None) -> dict[str, Any] | None:
    """Give a vacancy, and whether it is too old to rely on."""
    if vacancy is None:
        return None
    names = ("unit", "maximum", "available", "updated_at")
    return {name: getattr(vacancy, name) for name in names} | {"stale": vacancy.is_stale(clock.utc_now())}


def facts_of(elder_id: UUID) -> ElderFacts:
    """Give what decides whom a service is for; the look leaves a line, and only who sees the whole record may."""
    account_id()  # a sign-in is needed
    on = today()
    with storage.transaction():
        card = elders.get_elder(elder_id, actor=actor(), on=on, ties=present_ties(on))
        if card.view is not elders.View.FULL:
            raise WholeRecordNeededError
        elders.check_not_merged(elder_id)
        log_cards([card])
        return elders.get_facts(elder_id, on=on)


def _start_ll(query: dict[str, Any], *, facts: ElderFacts | None) -> LonLat:
    if query["near"] is not None:
        return areas.read_point(query["near"], crs=query["crs"], study_area=study_area()).lonlat
    home_ll = assignment.home_ll_of(facts) if facts else None
    if home_ll is None:
        raise RequestError(422, detail=HOME_WITHOUT_POINT, fields={"near": [HOME_WITHOUT_POINT]})
    return home_ll


def _excluded(found: Iterable[NearbyService], *, unfit: dict[UUID, list[Reason]]) -> list[dict[str, Any]]:
    return [
        {
            "service_at_site_id": each.offer.service_at_site_id,
            "service_code": each.offer.service_code,
            "site_id": each.offer.site_id,
            "site_name": each.offer.site_name,
            "walk_s": each.walk_s,
            "shown_min": each.shown_min,
            "excluded_because": [reason_out(reason) for reason in unfit[each.offer.service_at_site_id]],
        }
        for each in found
        if each.offer.service_at_site_id in unfit
    ]


def _page(found: list[NearbyService], *, query: dict[str, Any]) -> tuple[list[NearbyService], bool]:
    cursor = query["cursor"]
    after = (cursor[0], UUID(cursor[1])) if cursor else None
    rest = [each for each in found if after is None or (each.walk_s, each.offer.service_at_site_id) > after]
    return rest[: query["limit"]], len(rest) > query["limit"]


def _place(each: NearbyService) -> tuple[int, str]:
    return each.walk_s, str(each.offer.service_at_site_id)


def _nearby(each: NearbyService) -> dict[str, Any]:
    offer = each.offer
    return {
        "walk_s": each.walk_s,
        "walk_m": each.walk_m,
        "straight_m": each.straight_m,
        "shown_min": each.shown_min,
        "open_now": each.is_open_now,
        "service": offer_out(offer),
        "site": {
            "id": offer.site_id,
            "name": offer.site_name,
            "facility_type": offer.facility_type,
            "area_code": offer.area_code,
            "point": point_out((offer.lon, offer.lat), crs="wgs84"),
        },
    }
