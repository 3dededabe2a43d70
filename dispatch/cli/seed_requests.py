"""Playing the seed's care requests: asked, moved and served at their past times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from dispatch import intake, visits
from dispatch.actor import SYSTEM
from dispatch.cli.seed_rows import Loaded, Row, typed

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dispatch.actor import Actor


def play_requests(rows: list[Row], *, actors: dict[str, Actor], zone: ZoneInfo) -> Loaded:
    """Submit requests and make their moves at their past times; one that is there has made them."""
    created = 0
    for row in rows:
        fields = typed(row["wish"])
        fields["channel"], fields["urgency"] = intake.Channel(fields["channel"]), intake.Urgency(fields["urgency"])
        fields["pairing"] = intake.Pairing(fields["pairing"]) if fields["pairing"] else None
        wish = intake.RequestWish(**fields)
        submitted_at = datetime.fromisoformat(row["submitted_at"])
        try:
            intake.submit_request(wish, actor=actors[row["actor"]], now=submitted_at, zone=zone, is_history=True)
        except (intake.CareRequestIdTakenError, intake.CareRequestRepeatedError) as repeated:
            if str(repeated.facts.get("care_request_id")) != str(wish.id):
                raise
            continue
        created += 1
        at = {intake.RequestStatus(move["to"]): datetime.fromisoformat(move["at"]) for move in row["moves"]}
        planned = _plan_served(row, at=at)
        for move in row["moves"]:
            to = intake.RequestStatus(move["to"])
            is_accepted = to is intake.RequestStatus.ACCEPTED
            if to is intake.RequestStatus.COMPLETED:
                _prove(planned, at=at, zone=zone)
            intake.move_request(
                UUID(row["wish"]["id"]),
                to=to,
                actor=actors[move["actor"]],
                now=at[to],
                reason=move["reason"],
                service_at_site_id=UUID(row["served_by"]["offer_id"]) if is_accepted else None,
                visit_ids=[each.visit_id for each in planned] if is_accepted else (),
            )
        # made-up requests stay as they were left: their windows have passed, and nobody is to be asked
        intake.unqueue_offering(UUID(row["wish"]["id"]), at=submitted_at)
    return Loaded(created, 0, len(rows) - created)


def _plan_served(row: Row, *, at: dict[intake.RequestStatus, datetime]) -> list[visits.VisitFacts]:
    """Plan the visits of a request that was completed: what is completed has proof."""
    ended_at = at.get(intake.RequestStatus.COMPLETED)
    if ended_at is None:
        return []
    wish, carer_ids = typed(row["wish"]), row["served_by"]["carer_ids"]
    minutes = (ended_at - at[intake.RequestStatus.IN_PROGRESS]) // timedelta(minutes=1)
    wishes = [
        visits.NewVisit(
            wish["elder_id"],
            wish["service_code"],
            wish["window_from_at"],
            wish["window_to_at"],
            visit_min=minutes,
            carer_id=UUID(carer_id),
            pair_id=uuid5(wish["id"], "pair") if len(carer_ids) > 1 else None,
            slot_no=slot_no,
            id=uuid5(wish["id"], f"visit/{slot_no}"),
        )
        for slot_no, carer_id in enumerate(carer_ids, start=1)
    ]
    return visits.plan_visits(wishes, actor=SYSTEM, at=at[intake.RequestStatus.ACCEPTED])


def _prove(planned: list[visits.VisitFacts], *, at: dict[intake.RequestStatus, datetime], zone: ZoneInfo) -> None:
    """Log the visits that served a request."""
    started_at, finished_at = at[intake.RequestStatus.IN_PROGRESS], at[intake.RequestStatus.COMPLETED]
    entries = [
        visits.VisitLogEntry(
            log_id=uuid5(each.visit_id, "log"),
            elder_id=each.elder_id,
            carer_id=each.carer_id or UUID(int=0),
            service_code=each.service_code,
            mode=visits.VisitMode.DOOR,
            outcome=visits.VisitOutcome.DONE,
            started_at=started_at,
            finished_at=finished_at,
            place=visits.Place.HOME,
            device_at=finished_at,
            visit_id=each.visit_id,
        )
        for each in planned
    ]
    visits.record_visit_logs(entries, actor=SYSTEM, received_at=finished_at, zone=zone)
