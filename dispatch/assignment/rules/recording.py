"""What is stored of a search: ids, codes and points, and a hash of all that went in."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dispatch.assignment.rules.ranking import TOP_COUNT
from dispatch.assignment.values import RULE_VERSION, Change, ChangeCode, MatchView, Reason, ReasonCode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from dispatch.assignment.values import Candidate, CarerCase, MatchCase, Span


def hash_of(case: MatchCase) -> str:
    """Give the SHA-256 of the rules' version and of everything the search was decided on, in one written form."""
    staff = [
        (organization_id, [_carer(each) for each in cases]) for organization_id, cases in sorted(case.carers.items())
    ]
    told = [RULE_VERSION, case.request, case.elder, case.offers, case.others, staff, case.network, case.subsidy_rules]
    text = json.dumps(told, default=_plain, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _carer(case: CarerCase) -> list[object]:
    """Give a carer as JSON: there are hundreds, and what `_plain` is asked for one by one takes longest."""
    return [
        case.carer_id.hex,
        case.name,
        case.sex,
        sorted(case.skills),
        case.way,
        [(_seconds(each.span), each.left_min) for each in case.work],
        [_seconds(each) for each in case.busy],
        case.visits_90d,
        case.is_refused,
        case.is_preferred,
    ]


def _seconds(span: Span) -> tuple[float, float]:
    return span.from_at.timestamp(), span.to_at.timestamp()


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of the room
    """Give as JSON what JSON does not know; sets in order, so that the same facts are written in the same way."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(value)
    return [getattr(value, field.name) for field in dataclasses.fields(value)]


def record_of(ranked: Iterable[Candidate], rejected: Iterable[Candidate]) -> dict[str, Any]:
    """Write an answer down without anything personal."""
    return {
        "ranked": [_ranked(each) for each in ranked],
        "rejected": [
            {
                "site_id": str(each.site_id),
                "organization_id": str(each.organization_id),
                "service_at_site_id": str(each.service_at_site_id) if each.service_at_site_id else None,
                "service_code": each.service_code,
                "reasons": [{"code": reason.code.value, **reason.facts()} for reason in each.reasons],
            }
            for each in rejected
        ],
    }


def _ranked(candidate: Candidate) -> dict[str, Any]:
    return {
        "rank": candidate.rank,
        "site_id": str(candidate.site_id),
        "organization_id": str(candidate.organization_id),
        "service_at_site_id": str(candidate.service_at_site_id),
        "service_code": candidate.service_code,
        "start_at": candidate.start_at.isoformat() if candidate.start_at else None,
        "end_at": candidate.end_at.isoformat() if candidate.end_at else None,
        "travel_s": candidate.way.time_s if candidate.way else None,
        "carer_ids": [str(each.carer_id) for each in candidate.carers],
        "score": dataclasses.asdict(candidate.score) if candidate.score else None,
        "own_share_cents": candidate.own_share_cents,
        "offers_28d": candidate.share.offers_28d if candidate.share else 0,
    }


def reasons_of(row: dict[str, Any]) -> list[Reason]:
    """Read the reasons of a recorded row back, to say them in the reader's language."""
    return [
        Reason(
            ReasonCode(told["code"]),
            minutes=told.get("minutes"),
            limit_min=told.get("limit_min"),
            is_at_least=told.get("is_at_least", False),
            change=Change(ChangeCode(told["change"]["code"]), told["change"]["minutes"]) if "change" in told else None,
        )
        for told in row["reasons"]
    ]


def narrow_record(
    record: dict[str, Any], *, view: MatchView, organization_ids: Collection[UUID]
) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """Give of a record what a reader may see, as `ranking.narrow` does; rows without owner are left out."""
    """Give of a record what a reader may see, as `ranking.narrow` of an answer; rows without owner are left out."""
    rows = record["ranked"], record["rejected"]
    if view is MatchView.OWN_ROWS:
        own = {str(each) for each in organization_ids}
        ranked, rejected = (tuple(row for row in each if row.get("organization_id") in own) for each in rows)
        return ranked, rejected
    if view is MatchView.TOP:
        return tuple(row | {"carer_ids": [], "offers_28d": None} for row in rows[0][:TOP_COUNT]), tuple(rows[1])
    return tuple(rows[0]), tuple(rows[1])
