"""Who is told of which event, and what is told: ids and codes, and nothing that a person wrote."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from dispatch.webhooks.values import FAMILIES, KINDS

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.journal import Entry
    from dispatch.webhooks.values import EventPlace, Scope

ANY: Final = ".*"
# facts of the journal that are told; one more is a decision, since the journal's readers stand inside and these do not
TOLD_FACTS: Final = frozenset(
    {
        *("bed_type", "care_request_id", "carer_id", "closure_id", "elder_id", "entry_id", "from_at", "from_status"),
        *("into_id", "log_id", "offer_id", "organization_id", "outcome", "part", "period", "series_id"),
        *("service_at_site_id", "service_code", "service_on", "start_at", "status", "to_at", "to_status", "unit"),
        *("visit_id", "visit_ids"),
    }
)
# an id, a code, a date or an instant: whatever else a fact may hold one day, a sentence or a name is none of these
PLAIN: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z][a-z0-9_]{0,39}|\d{4}-\d\d-\d\d(?:T[0-9:.+Z-]+)?"
)
LONGEST_BODY: Final = 65_536  # bytes
MOST_IDS: Final = 200


def wants(kinds: tuple[str, ...], *, kind: str) -> bool:
    """Say whether a subscription to these kinds, or to whole families (`care_request.*`), is one to this kind."""
    return kind in kinds or f"{kind.partition('.')[0]}{ANY}" in kinds


def find_unknown_kinds(kinds: tuple[str, ...]) -> list[str]:
    """List what is neither a kind that can be told nor a family of them."""
    known = {*KINDS, *(f"{family}{ANY}" for family in FAMILIES)}
    return [kind for kind in kinds if kind not in known]


def is_told(scope: Scope, *, place: EventPlace) -> bool:
    """
    Say whether a subscription is told of an event.

    One of an area: where what it is about lies in the area. One of an organization: where it is about what the
    organization serves or runs. An event of no known place is told to nobody.
    """
    if scope.organization_id is not None:
        return scope.organization_id in place.organization_ids
    if scope.area_code is None or place.area_code is None:
        return False
    return place.area_code.startswith(scope.area_code)


def event_id(seq: int) -> str:
    """Name an event by its place in the journal, which never changes; no full stop, which parts what is signed."""
    return f"evt_{seq}"


def write_event(entry: Entry) -> str:
    """Write what is sent of an entry, in the form of Standard Webhooks: `type`, `timestamp`, `data`."""
    facts = {name: value for name, value in sorted(entry.facts.items()) if name in TOLD_FACTS and _is_plain(value)}
    data = {"id": event_id(entry.cursor.seq), "subject_id": entry.subject_id, "facts": facts}
    return write_body(entry.kind, at=entry.at, data=data)


def write_body(kind: str, *, at: datetime, data: dict[str, Any]) -> str:
    """Write a body, always the same for the same event."""
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, separators=(",", ":"))


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_IDS and all(isinstance(each, str) and _is_plain(each) for each in value)
    return (
        value is None
        or isinstance(value, bool | int)
        or (isinstance(value, str) and PLAIN.fullmatch(value) is not None)
    )
