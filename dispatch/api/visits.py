"""Visits: logging them, one's own day, and the monthly rate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch import areas, carers, clock, dates, elders, intake, storage, visits
from dispatch.actor import Role
from dispatch.api.access import RoleNeededError, actor, log_access, open_to, settings
from dispatch.api.elders import get_record, purpose_of
from dispatch.api.paging import encode_cursor
from dispatch.api.plumbing import Blueprint
from dispatch.api.problems import RequestError
from dispatch.api.schemas.visits import (
    DayQuery,
    DaySchema,
    KeptLogSchema,
    KeptLogsSchema,
    LogQuery,
    RateQuery,
    RateSchema,
    VisitLogSchema,
)
from dispatch.journal import AccessPurpose
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dispatch.visits import Count, LogFacts, PublicRate, Rate, Standing, VisitLogEntry

bp = Blueprint("visits", __name__, url_prefix="/v1", description="Visits, logs and the monthly visit rate")

VISITORS = (Role.COMMUNITY_WORKER, Role.CARER)
NAMERS = (Role.DISTRICT_OFFICER, Role.COMMUNITY_WORKER)
ELDER_WANTED = Words("说明是哪位老人：?elder=编号。", "Say which elder: ?elder=ID.")


@bp.post("/visits/logs")
@open_to(*VISITORS)
@bp.arguments(VisitLogSchema)
@bp.response(201, KeptLogSchema)
@bp.alt_response(200, schema=KeptLogSchema, description="Kept before; the first answer again")
def record_log(entry: VisitLogEntry) -> tuple[LogFacts | None, int]:
    """Log one's own visit; sent again with the same `log_id` it is answered as before."""
    with storage.transaction():
        [result] = intake.record_visit_logs(
            [entry], actor=actor(), received_at=clock.utc_now(), zone=settings().time_zone
        )
        if result.refusal is not None:
            raise result.refusal
        log_access([entry.elder_id], purpose=AccessPurpose.VISIT)
    return result.log, 200 if result.status is visits.LogStatus.REPEATED else 201


@bp.get("/visits/logs")
@open_to(*VISITORS, Role.DISTRICT_OFFICER, Role.ELDER, Role.FAMILY)
@bp.arguments(LogQuery, location="query")
@bp.response(200, KeptLogsSchema)
def list_logs(query: dict[str, Any]) -> dict[str, Any]:
    """List one's own logs or, for officers and the elder's own, those of one elder; each elder shown is a look."""
    now, zone, limit = clock.utc_now(), settings().time_zone, query["limit"]
    before = query["cursor"] and (datetime.fromisoformat(query["cursor"][0]), UUID(query["cursor"][1]))
    with storage.transaction():
        purpose, carer_id = _log_scope(query["elder"], now=now)
        found = visits.find_logs(
            zone=zone, carer_id=carer_id, elder_id=query["elder"], before=before or None, limit=limit + 1
        )
        shown = found[:limit]
        log_access(sorted({log.elder_id for log in shown}), purpose=purpose)
    last = shown[-1] if len(found) > limit else None
    return {
        "items": shown,
        "next_cursor": encode_cursor(last.started_at.isoformat(), str(last.log_id)) if last else None,
    }


@bp.get("/visits")
@open_to(*VISITORS)
@bp.arguments(DayQuery, location="query")
@bp.response(200, DaySchema)
def show_day(query: dict[str, Any]) -> dict[str, Any]:
    """Show one's own visits of a day; who the elder is stands in the elder's record. Each elder shown is a look."""
    zone = settings().time_zone
    on = query["on"] or dates.service_date(clock.utc_now(), zone)
    with storage.transaction():
        carer_id = _own_carer_id()
        found = visits.find_visits(
            carer_ids=[carer_id] if carer_id else [],
            from_at=dates.start_of(on, zone),
            to_at=dates.start_of(on + timedelta(days=1), zone),
        )
        log_access(sorted({visit.elder_id for visit in found}), purpose=AccessPurpose.VISIT)
    return {"on": on, "items": found}


@bp.get("/visits/rate")
@open_to(Role.DISTRICT_OFFICER, Role.PLANNER, Role.COMMUNITY_WORKER)
@bp.arguments(RateQuery, location="query")
@bp.response(200, RateSchema)
def show_rate(query: dict[str, Any]) -> dict[str, Any]:
    """Count who was due in a month and who was visited; planners see no small counts, workers their own elders."""
    who, area_code, now = actor(), query["area"], clock.utc_now()
    asked = {"month": query["month"], "zone": settings().time_zone, "known_at": query["known_at"]}
    if query["names"] and not who.has_role(*NAMERS):
        raise RoleNeededError(roles=[role.value for role in NAMERS])
    names: dict[UUID, str] | None = None
    with storage.transaction() if query["names"] else storage.reading():
        if who.covers_area(area_code, Role.DISTRICT_OFFICER):
            rate, purpose = visits.compute_rate(area_code, **asked), AccessPurpose.SUPERVISION
        elif who.covers_area(area_code, Role.PLANNER) and not query["names"]:
            return _public_body(visits.compute_public_rate(area_code, **asked), now=now)
        elif who.covers_area(area_code, Role.COMMUNITY_WORKER):
            rate, purpose = _own_rate(visits.compute_rate(area_code, **asked)), AccessPurpose.VISIT
        else:
            raise areas.AreaNotFoundError(area_code=area_code)
        if query["names"]:
            names = elders.find_names(rate.unvisited_ids)
            log_access(sorted(set(rate.unvisited_ids)), purpose=purpose)
    return _body(rate, names=names, now=now)


def _own_carer_id() -> UUID | None:
    account_id = actor().account_id
    return carers.find_carer_id(account_id) if account_id else None


def _log_scope(elder_id: UUID | None, *, now: datetime) -> tuple[AccessPurpose, UUID | None]:
    """Say why the caller reads logs, and whose they are limited to: all of an elder within scope, else one's own."""
    if elder_id is not None and actor().has_role(Role.DISTRICT_OFFICER, Role.ELDER, Role.FAMILY):
        card = get_record(elder_id, on=dates.service_date(now, settings().time_zone))
        return purpose_of(card), None
    carer_id = _own_carer_id()
    if carer_id is None:
        raise RequestError(400, detail=ELDER_WANTED, fields={"elder": [ELDER_WANTED]})
    return AccessPurpose.VISIT, carer_id


def _own_rate(rate: Rate) -> Rate:
    carer_id = _own_carer_id()
    if carer_id is None:  # a worker without a carer's record answers for nobody
        raise areas.AreaNotFoundError(area_code=rate.area_code)
    return visits.narrow_rate(rate, carer_id=carer_id)


def _body(rate: Rate, *, names: Mapping[UUID, str] | None, now: datetime) -> dict[str, Any]:
    unvisited = [each for each in rate.standings if not each.is_visited]
    return {
        **_terms(rate, now=now),
        **_count(rate.whole),
        "by_area": [{"area_code": code, **_count(count)} for code, count in rate.by_area.items()],
        "by_worker": [{"carer_id": carer_id, **_count(count)} for carer_id, count in rate.by_carer.items()],
        "by_category": [{"category": code, **_count(count)} for code, count in rate.by_category.items()],
        "unvisited_elders": None if names is None else [_unvisited(each, names) for each in unvisited],
    }


def _public_body(public: PublicRate, *, now: datetime) -> dict[str, Any]:
    return {
        **_terms(public.rate, now=now),
        **_count(public.whole),
        "by_area": [{"area_code": code, **_count(count)} for code, count in public.by_area.items()],
        "by_worker": None,
        "by_category": [{"category": code, **_count(count)} for code, count in public.by_category.items()],
        "unvisited_elders": None,
    }


def _terms(rate: Rate, *, now: datetime) -> dict[str, Any]:
    zone = settings().time_zone
    return {
        "area_code": rate.area_code,
        "month": rate.month,
        "period_from": rate.period_from,
        "period_to": rate.period_to,
        "counted_at": now,
        "is_month_over": dates.service_date(now, zone) >= rate.period_to,
        "rule_version": rate.rule_version,
        "sets": rate.sets,
        "modes": rate.modes,
        "services": rate.services,
        "outcomes": rate.outcomes,
    }


def _count(count: Count | None) -> dict[str, Any]:
    if count is None:
        hidden = dict.fromkeys(("due", "visited", "unvisited", "rate_strict_share"))
        return {**hidden, "suppressed": True}
    return {
        "due": count.due,
        "visited": count.visited,
        "unvisited": count.unvisited,
        "rate_strict_share": count.strict_share,
        "suppressed": False,
    }


def _unvisited(standing: Standing, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "elder_id": standing.elder_id,
        "name": names[standing.elder_id],
        "area_code": standing.area_code,
        "carer_id": standing.carer_id,
    }
