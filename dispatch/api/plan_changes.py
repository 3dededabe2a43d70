"""Changing a proposed plan by hand: who could, what it would do, making it, taking it back."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import jsonify, make_response

from dispatch import assignment, clock, dates, elders, storage, streets
from dispatch.actor import Role
from dispatch.api.access import actor, is_test, log_access, open_to, settings
from dispatch.api.care_requests import purpose_of
from dispatch.api.language import say
from dispatch.api.networks import network_on
from dispatch.api.once import OPTIONAL_HEADER_DOC, find_earlier, once_where_keyed
from dispatch.api.plumbing import Blueprint, version_wanted, with_version
from dispatch.api.schemas.plan_changes import (
    ChangedPlanSchema,
    PlanChangesSchema,
    PlanChangeWishSchema,
    PlanCheckedSchema,
    PlanCheckSchema,
    RepairedPlanSchema,
    RepairWishSchema,
    UndoSchema,
    WhoCanSchema,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from flask import Response

    from dispatch.assignment import ChangeAnswer, ChangeRecord, ChangeWish, Laid, MadeChange, RepairWish
    from dispatch.streets import Network

bp = Blueprint("plan_changes", __name__, url_prefix="/v1", description="Changes of a plan by hand")

PLANNERS = (Role.COORDINATOR, Role.DISTRICT_OFFICER)


@bp.get("/plans/<uuid:plan_id>/visits/<uuid:visit_id>/carers")
@open_to(*PLANNERS)
@bp.response(200, WhoCanSchema)
def list_carers(plan_id: UUID, visit_id: UUID) -> dict[str, Any]:
    """Say who can take a visit of a plan, when, and why not the others."""
    found = assignment.find_who_can(_lay_out(plan_id, {visit_id}), visit_id=visit_id)
    body = {name: getattr(found, name) for name in ("plan_id", "version", "visit_id", "nobody")}
    body["options"] = [
        asdict(each) | {"names": [found.names.get(carer_id, "") for carer_id in each.carer_ids]}
        for each in found.options
    ]
    body["others"] = [
        SimpleNamespace(**each._asdict(), name=found.names.get(each.carer_id) if each.carer_id else None)
        for each in found.others
    ]
    return body


@bp.post("/plans/<uuid:plan_id>/check")
@open_to(*PLANNERS)
@bp.arguments(PlanCheckSchema)
@bp.response(200, PlanCheckedSchema)
def check(wish: ChangeWish, plan_id: UUID) -> ChangeAnswer:
    """Say what a change would do, or the rule that blocks it; nothing is changed."""
    return assignment.check_change(_lay_out(plan_id, _named(wish)), wish=wish)


@bp.post("/plans/<uuid:plan_id>/changes")
@open_to(*PLANNERS)
@bp.arguments(PlanChangeWishSchema)
@bp.response(201, ChangedPlanSchema)
def make(asked: dict[str, Any], plan_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Make a change in a proposed plan, with a reason; the version read before goes into If-Match."""
    version = version_wanted()
    made = assignment.make_change(_lay_out(plan_id, _named(asked["wish"])), wish=asked["wish"])
    return _keep(plan_id, made=made, reason=asked["reason"], version=version)


@bp.post("/plans/<uuid:plan_id>/undo")
@open_to(*PLANNERS)
@bp.arguments(UndoSchema)
@bp.response(201, ChangedPlanSchema)
def undo(asked: dict[str, Any], plan_id: UUID) -> Any:  # noqa: ANN401 - body, status and headers
    """Take the last change back, with a reason; both stay in the list."""
    version = version_wanted()
    laid = _lay_out(plan_id)
    with storage.reading():
        last = assignment.find_last_change(plan_id, actor=actor())
    made = assignment.make_undo(laid, last=last)
    return _keep(plan_id, made=made, reason=asked["reason"], version=version)


@bp.get("/plans/<uuid:plan_id>/changes")
@open_to(*PLANNERS)
@bp.response(200, PlanChangesSchema)
def list_changes(plan_id: UUID) -> dict[str, list[ChangeRecord]]:
    """List what was changed in a plan by hand: who, when, why, and what came of it."""
    with storage.reading():
        return {"items": assignment.find_changes(plan_id, actor=actor())}


@bp.post("/plans/<uuid:plan_id>/repairs")
@open_to(*PLANNERS)
@bp.doc(parameters=[OPTIONAL_HEADER_DOC])
@bp.arguments(RepairWishSchema)
@bp.response(201, RepairedPlanSchema)
def repair(wish: RepairWish, plan_id: UUID) -> Response:
    """Propose a repair of a signed plan: what began or is pinned stays, few move, each moved elder is named."""
    with storage.reading():
        earlier = find_earlier()
    body, status = _tell_again(earlier) if earlier else _make_repair(plan_id, wish=wish)
    reply = make_response(jsonify(body), status)
    reply.headers["ETag"] = f'"v{body["plan"]["version"]}"'
    return reply


def _make_repair(plan_id: UUID, *, wish: RepairWish) -> tuple[dict[str, Any], int]:
    """Read, compute apart from the database, and keep it; where the same was asked meanwhile, what came of that."""
    now, zone = clock.utc_now(), settings().time_zone
    with storage.reading():
        found = assignment.prepare_repair(plan_id, wish=wish, actor=actor(), now=now, zone=zone)
    made = assignment.compute_repair(found, network=find_network(found.card.plan_on), cache=_travel_cache(), zone=zone)
    report = made.report

    def keep() -> dict[str, Any]:
        card = assignment.store_repair(made, actor=actor(), now=now)
        body = {name: getattr(report, name) for name in ("elders_moved", "elders_other_carer", "elders_lost", "moved")}
        return body | {"plan": card, "text": say(report.words), "newly_placed": report.newly_placed}

    with storage.transaction():
        body, status = once_where_keyed(keep, schema=RepairedPlanSchema(), status=201)
        _log_moved(body)
    return body, status


def _tell_again(earlier: tuple[dict[str, Any], int]) -> tuple[dict[str, Any], int]:
    """Give the first answer; it is a look again."""
    with storage.transaction():
        _log_moved(earlier[0])
    return earlier


def _log_moved(body: Mapping[str, Any]) -> None:
    ids = sorted({UUID(each["elder_id"]) for each in body["moved"]})
    homes = elders.find_area_codes(ids, on=dates.service_date(clock.utc_now(), settings().time_zone))
    purposes = {each: purpose_of(each, area_code=homes.get(each, "")) for each in ids}
    for purpose in sorted(set(purposes.values())):
        log_access([each for each, why in purposes.items() if why is purpose], purpose=purpose)


def _named(wish: ChangeWish) -> frozenset[UUID]:
    return frozenset(each for each in (wish.visit_id, wish.other_visit_id) if each)


def _lay_out(plan_id: UUID, naming: Collection[UUID] = ()) -> Laid:
    """Lay a plan out for questions about visits: read, then computed apart from the database."""
    now, zone = clock.utc_now(), settings().time_zone
    with storage.reading():
        read = assignment.read_standing(plan_id, actor=actor(), now=now, zone=zone, naming=naming)
    return assignment.lay_out(
        read, network=lambda: find_network(read.card.plan_on), cache=_travel_cache(), now=now, zone=zone
    )


def _travel_cache() -> streets.TravelCache:
    """Give where the job that built the plan has kept its ways."""
    return streets.TravelCache(settings().travel_dir, key=settings().index_key.encode())


def find_network(on: date) -> Network | None:
    """Give the network of a date, or None where none was imported."""
    try:
        return network_on(on)
    except streets.NetworkNotFoundError:
        return None


def _keep(plan_id: UUID, *, made: MadeChange, reason: str, version: int) -> Any:  # noqa: ANN401 - body, status and headers
    with storage.transaction():
        card, change = assignment.store_change(
            plan_id,
            made=made,
            reason=reason,
            actor=actor(),
            now=clock.utc_now(),
            zone=settings().time_zone,
            expected_version=version,
        )
    if not is_test():  # of a test key nothing was kept
        assignment.keep_changed(made, card=card, zone=settings().time_zone)
    return with_version({"plan": card, "change": change}, card.version, 201)
