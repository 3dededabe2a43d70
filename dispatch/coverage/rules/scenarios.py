"""Sets of changes: what one must say, which exclude each other, and what they make of the sites of a question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dispatch.coverage.rules.hashing import hash_of
from dispatch.coverage.values import CapacityRule, SiteFacts, UnknownHours
from dispatch.coverage.values.scenarios import CHANGES_MAX, ChangeKind, ChangeNote
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from dispatch.coverage.values import RunWish
    from dispatch.coverage.values.scenarios import ChangeWish, ScenarioChange

# what a change of each kind must say, and what it may say
FIELDS: dict[ChangeKind, tuple[frozenset[str], frozenset[str]]] = {
    ChangeKind.OPEN: (
        frozenset({"name", "point"}),
        frozenset({"area_code", "facility_type", "service_code", "organization_id", "address"})
        | {"valid_from", "capacity", "hours"},
    ),
    ChangeKind.CLOSE: (frozenset({"site_id"}), frozenset({"valid_from"})),
    ChangeKind.MOVE: (frozenset({"site_id", "point"}), frozenset()),
    ChangeKind.CAPACITY: (frozenset({"site_id", "capacity"}), frozenset()),
    ChangeKind.HOURS: (frozenset({"site_id", "hours"}), frozenset({"valid_from"})),
    ChangeKind.NETWORK_EDIT: (frozenset({"edit"}), frozenset({"valid_from"})),
}
MISSING = Words("这类改动要填这一项。", "A change of this kind needs it.")
STRAY = Words("这类改动不用这一项，去掉它。", "A change of this kind does not take it; leave it out.")
TWICE = Words("同一站点的同类改动只能有一项。", "A site takes one change of a kind.")
CLOSED_ELSEWHERE = Words("方案里这个站点已关闭，不能再改。", "The scenario closes this site; it takes no other change.")
SAME_AGAIN = Words("与前面的一项完全相同。", "It is the same as one before.")
TOO_MANY = Words(
    f"一个方案最多 {CHANGES_MAX} 项改动，请分成几个方案。",
    f"A scenario holds up to {CHANGES_MAX} changes; make several scenarios.",
)
FOUND = Words("已计入", "Counted")
NOT_IN_QUESTION = Words(
    "该站点在这一日期不提供这项服务或未开放，关闭或移动它不影响结果。",
    "The site does not give this service or is not open on the date; closing or moving it changes nothing.",
)
OTHER_SERVICE = Words("新站点提供的是另一项服务，不影响结果。", "The new site gives another service.")
CAPACITY_UNASKED = Words(
    "这个问题不计容量，容量改动不影响结果。", "The question ignores capacity; a change of it changes nothing."
)
HOURS_UNASKED = Words(
    "这个问题不限时刻，开放时间改动不影响结果。",
    "The question asks for no time of day; a change of hours changes nothing.",
)
CLOSED_THEN = Words("新站点那时不开放，不影响结果。", "The new site is not open at that time.")
APPLIED = "applied"
TOLD = {
    APPLIED: FOUND,
    "closed_then": CLOSED_THEN,
    "site_not_in_question": NOT_IN_QUESTION,
    "other_service": OTHER_SERVICE,
    "capacity_not_asked": CAPACITY_UNASKED,
    "hours_not_asked": HOURS_UNASKED,
}


class InvalidChangesError(InvalidError):
    """A set of changes that does not fit together; `fields` names each by its place in the set."""

    slug = "scenario-changes-invalid"
    title = Words("方案里的改动有误", "The changes do not fit together")


def check_wishes(wishes: Sequence[ChangeWish]) -> None:
    """Raise InvalidChangesError where there are too many changes, or one lacks something or says too much."""
    if len(wishes) > CHANGES_MAX:
        raise InvalidChangesError(fields={"changes": [TOO_MANY]})
    faults: dict[str, list[Words | str]] = {}
    for place, wish in enumerate(wishes):
        faults |= _faults_of(wish, at=f"changes.{place}")
    if faults:
        raise InvalidChangesError(fields=faults)


def check_set(changes: Sequence[ScenarioChange], *, begin: int = 0) -> None:
    """Raise InvalidChangesError where changes exclude each other; `begin` of them are on record already."""
    if len(changes) > CHANGES_MAX:
        raise InvalidChangesError(fields={"changes": [TOO_MANY]})
    faults: dict[str, list[Words | str]] = {}
    closed = {change.site_id for change in changes if change.kind is ChangeKind.CLOSE}
    seen: set[tuple[ChangeKind, UUID | str]] = set()
    for place, change in enumerate(changes):
        at = f"changes.{max(0, place - begin)}"
        key = (change.kind, change.site_id or hash_of(change.payload))
        if key in seen:
            faults |= {f"{at}.site_id": [TWICE]} if change.site_id else {at: [SAME_AGAIN]}
        elif change.site_id in closed and change.site_id and change.kind is not ChangeKind.CLOSE:
            faults[f"{at}.site_id"] = [CLOSED_ELSEWHERE]
        seen.add(key)
    if faults:
        raise InvalidChangesError(fields=faults)


def payload_of(wish: ChangeWish) -> dict[str, Any]:
    """Give what a change does as plain values; a point in WGS 84, with what was sent."""
    found: dict[str, Any] = {}
    for name in sorted(FIELDS[wish.kind][0] | FIELDS[wish.kind][1]):
        value = getattr(wish, name)
        if value is None or name == "site_id":
            continue
        if name == "point":
            found |= {
                "lon": value.lonlat[0],
                "lat": value.lonlat[1],
                "crs": value.crs.value,
                "raw": [value.raw[0], value.raw[1]],
            }
        elif name in {"organization_id", "valid_from"}:
            found[name] = str(value)
        else:
            found[name] = value
    return found


def hash_changes(changes: Iterable[ScenarioChange]) -> str:
    """Give one hash for a set of changes: equal sets have the same, whatever scenario they stand in."""
    return hash_of([[one.kind.value, str(one.site_id), one.payload] for one in changes])


def apply_changes(
    sites: Iterable[SiteFacts],
    *,
    changes: Iterable[ScenarioChange],
    service_codes: Collection[str],
    wish: RunWish,
    at_any_hour: Mapping[UUID, SiteFacts] | None = None,
    open_then: Mapping[UUID, bool | None] | None = None,
    taken: Mapping[UUID, int] | None = None,
) -> tuple[tuple[SiteFacts, ...], tuple[ChangeNote, ...]]:
    """
    Take changes of sites as made: give the sites of a question in the order of ids, and what became of each change.

    Parameters
    ----------
    sites : iterable of SiteFacts
        Those of the question without the changes.
    changes : iterable of ScenarioChange
        In their order.
    service_codes : collection of str
        What is asked for.
    wish : RunWish
        The question: whether it asks for a time of day, or for places.
    at_any_hour : mapping of UUID to SiteFacts, optional
        Where a time of day is asked for: the sites without regard for it, since new hours may open one.
    open_then : mapping of UUID to bool or None, optional
        For each new site and each change of hours whether it is open at that time; None where nobody knows.
    taken : mapping of UUID to int, optional
        Where free places are asked for: how many of each site's are not, and stay so.

    A new site has the id of its change and comes last.

    """
    applied = _Applied(
        {site.site_id: site for site in sites},
        service_codes=service_codes,
        wish=wish,
        at_any_hour=at_any_hour or {},
        open_then=open_then or {},
        taken=taken or {},
    )
    notes = []
    for change in changes:
        code = applied.take(change)
        is_applied = code == APPLIED
        notes.append(ChangeNote(change.id, change.position, change.kind, is_applied, code=code, reason=TOLD[code]))
    ordered = [applied.standing[site_id] for site_id in sorted(applied.standing)]
    return (*ordered, *sorted(applied.planned, key=lambda site: site.site_id)), tuple(notes)


class _Applied:
    """The sites of a question while changes are taken as made, one after the other."""

    def __init__(
        self,
        standing: dict[UUID, SiteFacts],
        *,
        service_codes: Collection[str],
        wish: RunWish,
        at_any_hour: Mapping[UUID, SiteFacts],
        open_then: Mapping[UUID, bool | None],
        taken: Mapping[UUID, int],
    ) -> None:
        self.standing, self.planned = standing, list[SiteFacts]()
        self.known = dict(at_any_hour) or dict(standing)
        self.service_codes, self.wish, self.open_then, self.taken = service_codes, wish, open_then, taken
        self.asks_places: bool = wish.capacity is not CapacityRule.IGNORED

    def take(self, change: ScenarioChange) -> str:
        """Take one change as made and say what became of it."""
        if change.kind is ChangeKind.OPEN:
            return self._open(change)
        if change.site_id is None:  # an edit of the network, which changes no site
            return APPLIED
        if change.site_id not in self.known:
            return "site_not_in_question"
        return self._change(change, site_id=change.site_id)

    def _open(self, change: ScenarioChange) -> str:
        payload = change.payload
        if payload["service_code"] not in self.service_codes:
            return "other_service"
        if self.wish.at_local is not None and not self._is_open(change):
            return "closed_then"
        site = SiteFacts(
            site_id=change.id,
            name=payload["name"],
            area_code=payload["area_code"],
            point_ll=(payload["lon"], payload["lat"]),
            places=payload.get("capacity", 0) if self.asks_places else None,
            is_planned=True,
        )
        self.planned.append(site)
        return APPLIED

    def _change(self, change: ScenarioChange, *, site_id: UUID) -> str:
        if change.kind is ChangeKind.CAPACITY and not self.asks_places:
            return "capacity_not_asked"
        if change.kind is ChangeKind.HOURS:
            return self._set_hours(change, site_id=site_id)
        if change.kind is ChangeKind.CLOSE:
            self.standing.pop(site_id, None)
            del self.known[site_id]
            return APPLIED
        site = self.known[site_id]
        if change.kind is ChangeKind.CAPACITY:
            site = replace(site, places=max(0, change.payload["capacity"] - self.taken.get(site_id, 0)))
        else:
            point = (change.payload["lon"], change.payload["lat"])
            site = replace(site, point_ll=point, area_code=change.payload.get("area_code", site.area_code))
        self.known[site_id] = site
        if site_id in self.standing:
            self.standing[site_id] = site
        return APPLIED

    def _set_hours(self, change: ScenarioChange, *, site_id: UUID) -> str:
        if self.wish.at_local is None:
            return "hours_not_asked"
        if self._is_open(change):
            self.standing[site_id] = self.known[site_id]
        else:
            self.standing.pop(site_id, None)
        return APPLIED

    def _is_open(self, change: ScenarioChange) -> bool:
        known = self.open_then.get(change.id)
        return self.wish.unknown_hours is UnknownHours.INCLUDE if known is None else known


def _faults_of(wish: ChangeWish, *, at: str) -> dict[str, list[Words | str]]:
    needed, optional = FIELDS[wish.kind]
    given = {
        name
        for kind_needed, kind_optional in FIELDS.values()
        for name in kind_needed | kind_optional
        if getattr(wish, name) is not None
    }
    faults: dict[str, list[Words | str]] = {f"{at}.{name}": [MISSING] for name in sorted(needed - given)}
    return faults | {f"{at}.{name}": [STRAY] for name in sorted(given - needed - optional)}
